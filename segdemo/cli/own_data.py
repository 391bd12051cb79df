"""The options by which ``train`` is told of own data, and the plan that they make."""

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segdemo.cli.options import positive
from segdemo.errors import DataError, UnknownNameError
from segdemo.labels import LABEL_SETS, LabelSet

if TYPE_CHECKING:
    from segdemo.training.own_plan import OwnPlan

_NEEDED = ("images", "masks", "val_images", "val_masks", "arch", "labels", "out")
_FOLDERS = _NEEDED[:4]
_TEXTS = {"data_text": "data", "licence": "licence", "limits": "limits"}
_SETTINGS = ("validate_every", "loader_workers")
_VALIDATIONS = 20
"""About how often a run is validated if nothing else is asked for."""

_WHOLE = "whole"


def share(text: str) -> float:
    """Read a number from 0 to 1."""
    number = float(text)
    if not 0 <= number <= 1:
        raise ValueError
    return number


def factor(text: str) -> float:
    """Read a number above 0."""
    number = float(text)
    if not 0 < number < math.inf:
        raise ValueError
    return number


def amount(text: str) -> float:
    """Read a number from 0 up."""
    number = float(text)
    if not 0 <= number < math.inf:
        raise ValueError
    return number


def count(text: str) -> int:
    """Read a whole number from 0 up."""
    number = int(text)
    if number < 0:
        raise ValueError
    return number


def shape(text: str) -> tuple[int, int] | None:
    """Read HEIGHTxWIDTH; None for ``whole``."""
    if text == _WHOLE:
        return None
    height, width = text.split("x")
    return positive(height), positive(width)


_NAMES: dict[Callable[[str], Any], str] = {
    share: "number from 0 to 1",
    factor: "number above 0",
    amount: "number from 0 up",
    count: "whole number from 0 up",
    shape: "HEIGHTxWIDTH or whole",
}
for _reader, _name in _NAMES.items():
    _reader.__name__ = _name  # what argparse calls it in its message


def add_options(verb: argparse.ArgumentParser) -> None:
    """Add the options of training on own data; those not given are absent afterwards."""
    _add_data(verb)
    _add_training(verb)
    augmentation = _group(verb, "own data: random changes of the photos")
    augmentation("--scale", dest="scale_range", nargs=2, type=factor, metavar=("LOW", "HIGH"),
        help="smallest and largest size; default 0.6 1.6, off: 1 1")  # fmt: skip
    augmentation("--crop", dest="crop_shape", type=shape, metavar="HxW",
        help="size of crops; default five sixths of --size, off: whole")  # fmt: skip
    augmentation("--no-flip", dest="flip", action="store_false", help="never mirror")
    augmentation("--colour", dest="colour_jitter", type=share,
        help="change of brightness, contrast, saturation; default 0.3, off: 0")  # fmt: skip
    loss = _group(verb, "own data: the loss, cross-entropy and more")
    loss("--class-balance", type=share, help="weight of rare classes, 1 for median frequency")
    loss("--prior-restoration", type=share, help="how far the result takes the balance back")
    loss("--hard-share", type=share, help="share of the pixels, the hardest, that count (OHEM)")
    loss("--label-smoothing", type=share, help="share of a target spread over all classes")
    loss("--region-weight", type=amount, help="weight of the loss per region; default 1, off: 0")
    loss("--region-kind", choices=("jaccard", "dice"), help="what it measures; default jaccard")
    card = _group(verb, "own data: what the card says")
    card("--data-text", metavar="TEXT", help="what it was trained on")
    card("--licence", metavar="TEXT", help="default: Unstated: ask the trainer.")
    card("--limits", metavar="TEXT", help="what the model cannot do")


def _group(verb: argparse.ArgumentParser, title: str) -> Callable[..., argparse.Action]:
    """A group of options without defaults, so that those given can be told."""
    group = verb.add_argument_group(title)

    def add(*names: str, **settings: Any) -> argparse.Action:
        number = {"metavar": "N"} if "type" in settings else {}
        return group.add_argument(*names, **{"default": argparse.SUPPRESS, **number, **settings})

    return add


def _add_data(verb: argparse.ArgumentParser) -> None:
    data = _group(verb, "on own data; photo and mask share a name")
    data("--images", type=Path, metavar="DIR", help="training photos")
    data("--masks", type=Path, metavar="DIR", help="their masks, in any encoding that is read")
    data("--val-images", type=Path, metavar="DIR", help="photos to validate on")
    data("--val-masks", type=Path, metavar="DIR", help="their masks")
    data("--arch", metavar="NAME", help="deeplabv3plus, fcn, pspnet, segnet or unet")
    data("--labels", metavar="NAME|FILE", help="street, people_animals, voc, cityscapes, or a file "
        'like {"id": "pets", "classes": [{"name": "cat", "colour": [9, 9, 9]}, ...]}')  # fmt: skip
    data("--out", type=Path, metavar="FILE", help="weights/NAME.safetensors; NAME.onnx beside it")
    data("--init", metavar="ID", help="model to start from, imagenet (default) or none")


def _add_training(verb: argparse.ArgumentParser) -> None:
    training = _group(verb, "own data: steps")
    training("--size", dest="longest_side_px", type=positive, metavar="PX",
        help="longer side at which photos are seen; default 384")  # fmt: skip
    training("--batch-size", type=positive, help="photos per step, over all processes; default 8")
    training("--lr", dest="head_learning_rate", type=factor, help="peak rate; default 0.0015")
    training("--backbone-lr", dest="backbone_learning_rate", type=amount,
        help="peak rate of the backbone; default 0.0003 from ImageNet")  # fmt: skip
    training("--schedule", choices=("poly", "one-cycle", "cosine"), help="default poly")
    training("--warmup", dest="warmup_steps", type=count, metavar="STEPS",
        help="steps over which the rate rises; default a tenth of all, at most 100")  # fmt: skip
    training("--weight-decay", type=amount, help="default 0.01")
    training("--dropout", type=share, help="default: the architecture's, 0.1")
    training(
        "--ema", dest="ema_decay", type=share, help="decay of the average; default 0.998, off: 0"
    )
    training("--frozen-stages", type=int, choices=(0, 1, 2), help="default 2, without a start 0")
    training("--seed", type=count, help="default 20")
    training("--validate-every", type=positive, metavar="EPOCHS", help="default 20 times a run")
    training("--loader-workers", type=count, help="processes that prepare crops; default 1")


def given(options: argparse.Namespace) -> list[str]:
    """The options of own data that are there, as they are stored."""
    both = {"run", "verb", "model", "data", "tuned", "hold_out_val", "epochs", "run_dir"}
    both |= {"device", "bfloat16", "threads", "nice"}
    return [f"--{name.replace('_', '-')}" for name in vars(options) if name not in both]


def check(options: argparse.Namespace) -> None:
    """Refuse a call that lacks what own data needs.

    Raises:
        DataError: If an option is missing.
    """
    missing = [f"--{name.replace('_', '-')}" for name in _NEEDED if not hasattr(options, name)]
    if missing:
        raise DataError(
            f"Training on own data also needs {', '.join(missing)}. See: python -m segdemo train -h"
        )


def plan(options: argparse.Namespace) -> "OwnPlan":
    """What the options ask for.

    Raises:
        SegdemoError: If the label set is unknown, or an option has no effect.
    """
    from segdemo.training.own_plan import DEFAULT_SIZE_PX, CardTexts, OwnFolders, OwnPlan

    chosen = vars(options)
    changes = _changes(chosen, DEFAULT_SIZE_PX)
    texts = {field: chosen[name] for name, field in _TEXTS.items() if name in chosen}
    return OwnPlan(
        folders=OwnFolders(*(chosen[name] for name in _FOLDERS)),
        architecture=options.arch,
        labels=label_set(options.labels),
        out=options.out,
        init=chosen.get("init"),
        changes=changes,
        texts=CardTexts(**texts),
    )


def _changes(chosen: dict[str, Any], default_size_px: int) -> dict[str, Any]:
    """The settings of the recipe among the options."""
    from dataclasses import fields

    from segdemo.training.recipes import Recipe

    changes = {field.name: chosen[field.name] for field in fields(Recipe) if field.name in chosen}
    if changes["epochs"] is None:
        del changes["epochs"]
    if "scale_range" in changes:
        changes["scale_range"] = tuple(changes["scale_range"])
        if changes["scale_range"][0] > changes["scale_range"][1]:
            raise DataError("--scale takes the smaller size first, such as --scale 0.6 1.6.")
    if changes.get("crop_shape", ()) is None:
        side_px = changes.get("longest_side_px", default_size_px)
        changes["crop_shape"] = (side_px, side_px)
    return changes


def settings(options: argparse.Namespace) -> dict[str, Any]:
    """Arguments of ``RunSettings`` among the options; none where a recipe is followed."""
    if not given(options):
        return {}
    from segdemo.training.own_plan import DEFAULT_EPOCHS

    epochs = options.epochs or DEFAULT_EPOCHS
    chosen = {name: vars(options)[name] for name in _SETTINGS if name in vars(options)}
    return {"validate_every": max(1, epochs // _VALIDATIONS), **chosen}


def label_set(text: str) -> LabelSet:
    """The label set that a person names, bundled or in a file.

    Raises:
        UnknownNameError: If it is neither a bundled one nor a JSON file.
        DataError: If the file holds no label set.
    """
    from segdemo.label_file import read_label_set

    if text in LABEL_SETS:
        return LABEL_SETS[text]
    if text.lower().endswith(".json"):
        return read_label_set(Path(text))
    known = ", ".join(LABEL_SETS)
    raise UnknownNameError(
        f"There is no label set '{text}'. Choose one of {known}, or name a JSON file."
    )
