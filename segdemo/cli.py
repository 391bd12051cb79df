"""The command line: segment, evaluate, models, train, publish, bench."""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from segdemo.errors import DataError, ImageError, SegdemoError
from segdemo.zoo import WEIGHTS_DIR, list_models

if TYPE_CHECKING:
    from segdemo.metrics import Scores

# Each verb imports what it needs: `models` must not wait for ONNX Runtime, nor `segment` for
# PyTorch.


def main(arguments: Sequence[str]) -> int:
    """Run one verb.

    Args:
        arguments: Command line without the program's name.

    Returns:
        Exit code: 0 if all went well, 2 for a mistake that the message says how to mend.
    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except SegdemoError as error:
        sys.stderr.write(f"segdemo: {error}\n")
        return 2
    return 0


def _positive(text: str) -> int:
    """Read a whole number from 1 up; argparse says what it wanted otherwise."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


_positive.__name__ = "whole number from 1 up"  # what argparse calls it in its message


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m segdemo", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    verb = _add(verbs, "segment", _segment, "write the mask of photos", "photo.jpg --out masks")
    verb.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    _add_model(verb)
    verb.add_argument("--out", type=Path, default=Path("masks"), help="folder for the masks")
    verb.add_argument("--overlay", action="store_true", help="also write the mask over the photo")

    example = "--image photo.jpg --mask mask.png"
    verb = _add(verbs, "evaluate", _evaluate, "score a model against ground truth", example)
    verb.add_argument("--image", type=Path, help="one photo")
    verb.add_argument("--mask", type=Path, help="its ground truth")
    verb.add_argument("--images", type=Path, help="folder of photos")
    verb.add_argument("--masks", type=Path, help="folder of masks, paired by name")
    _add_model(verb)
    verb.add_argument("--json", action="store_true", help="print JSON")

    verb = _add(verbs, "models", _models, "list the models", "--json")
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the cards as JSON")
    form.add_argument("--markdown", action="store_true", help="print README.md's table")
    form.add_argument("--weights-readme", action="store_true", help="print weights/README.md")

    example = "deeplabv3plus-street --data ../shared/data"
    verb = _add(verbs, "train", _train, "train a model by its recipe, or resume", example)
    _add_run(verb, "<architecture>-<label set>; backbone-<label set> for the stage before")
    verb.add_argument("--tuned", type=Path, help="run of the stage before; default beside")
    verb.add_argument(
        "--hold-out-val", action="store_true", help="never train on the validation photos"
    )
    verb.add_argument("--epochs", type=_positive, help="instead of the recipe's number")
    verb.add_argument("--device", default="cpu", help="cpu or cuda")
    verb.add_argument("--bfloat16", action="store_true", help="faster where the processor can")
    verb.add_argument("--threads", type=_positive, help="cores to use; default all")
    verb.add_argument("--nice", type=int, default=10, help="how far to stand back for others")

    verb = _add(verbs, "publish", _publish, "score a trained model, write its files", example)
    _add_run(verb, "<architecture>-<label set>")
    verb.add_argument("--weights", type=Path, default=WEIGHTS_DIR, help="folder to write to")

    verb = _add(verbs, "bench", _bench, "time the models, side by side in one run", "--rounds 20")
    verb.add_argument(
        "--rounds", type=_positive, default=20, help="timed rounds over all candidates"
    )
    return parser


def _add(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], None],
    summary: str,
    example: str,
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=f"example: python -m segdemo {name} {example}",
    )
    verb.set_defaults(run=run)
    return verb


def _add_model(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--model", default="deeplabv3plus-people_animals", help="a model's id")
    verb.add_argument("--device", default="cpu", help="cpu or cuda")


def _add_run(verb: argparse.ArgumentParser, name: str) -> None:
    verb.add_argument("model", help=name)
    verb.add_argument("--data", type=Path, required=True, help="folder with the data's splits")
    verb.add_argument("--run-dir", type=Path, help="folder of the run; default runs/<model>")


def _segment(options: argparse.Namespace) -> None:
    from segdemo.images import load_photo
    from segdemo.predictor import load_predictor
    from segdemo.views.overlays import indexed, overlay

    stems = Counter(path.stem for path in options.photos)
    twice = [stem for stem, count in stems.items() if count > 1]
    if twice:
        raise DataError(f"Several photos are named '{twice[0]}'. Segment them into two folders.")
    predictor = load_predictor(options.model, device=options.device)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"The folder '{options.out}' cannot be made. Name another one.") from error
    for path in options.photos:
        try:
            photo = load_photo(path)
        except ImageError as error:
            raise ImageError(f"{path}: {error}") from error
        prediction = predictor.predict(photo)
        mask_path = options.out / f"{path.stem}_mask.png"
        indexed(prediction.label_map, prediction.labels).save(mask_path)
        if options.overlay:
            shown = overlay(photo, prediction.label_map, prediction.labels, opacity=0.6)
            shown.save(options.out / f"{path.stem}_overlay.jpg", quality=92)
        shares = sorted(zip(prediction.shares, prediction.labels.class_names, strict=True))
        found = ", ".join(f"{name} {share:.1%}" for share, name in reversed(shares) if share > 0)
        _print(f"{mask_path}: {found} ({1000 * prediction.timing.total_s:.0f} ms)")


def _evaluate(options: argparse.Namespace) -> None:
    from segdemo.evaluation import Pair, evaluate, find_pairs
    from segdemo.predictor import load_predictor

    if options.image and options.mask:
        pairs = [Pair(options.image.stem, options.image, options.mask)]
    elif options.images and options.masks:
        pairs = find_pairs(options.images, options.masks)
    else:
        raise DataError(
            "Name a photo and its mask (--image, --mask) or folders (--images, --masks)."
        )
    evaluation = evaluate(load_predictor(options.model, device=options.device), pairs)
    if options.json:
        facts = {
            "model": options.model,
            "images": len(pairs),
            "encodings": evaluation.encodings,
            "unknown": evaluation.unknown,
        }
        _print(json.dumps(facts | evaluation.scores.to_json()))
        return
    _print(f"{options.model} on {len(pairs)} photo{'s' if len(pairs) > 1 else ''}")
    for encoding, files in evaluation.encodings.items():
        _print(f"masks read as {encoding} ({files})")
    if evaluation.unknown:
        _print(f"{evaluation.unknown:.2%} of the pixels are no class and were left out")
    _print_scores(evaluation.scores)


def _print_scores(scores: "Scores") -> None:
    from segdemo.metrics import METRICS, METRICS_PER_CLASS

    for metric in METRICS:
        _print(f"{metric.title:<16}{getattr(scores, metric.name):.4f}")
    _print("".join(["class".ljust(16), *(f"{metric.title:>11}" for metric in METRICS_PER_CLASS)]))
    columns = [getattr(scores, metric.name) for metric in METRICS_PER_CLASS]
    for name, *values in zip(scores.class_names, *columns, strict=True):
        _print("".join([f"{name:<16}", *(f"{value:>11.4f}" for value in values)]))
    _print(scores.statement)


def _models(options: argparse.Namespace) -> None:
    from segdemo.tables import weights_readme, zoo_table

    entries = list_models()
    if options.json:
        _print(json.dumps([asdict(entry.card) for entry in entries]))
    elif options.weights_readme:
        sys.stdout.write(weights_readme(entries))
    elif options.markdown:
        sys.stdout.write(zoo_table(entries))
    else:
        for entry in entries:
            card = entry.card
            scores = ", ".join(f"{score.data} {score.mean_iou:.3f}" for score in card.scores)
            _print(
                f"{card.model_id:<32}{card.parameters / 1e6:5.1f} M parameters"
                f"{card.multiply_adds / 1e9:7.1f} GMAC   mean IoU: {scores}"
            )


def _train(options: argparse.Namespace) -> None:
    import torch

    from segdemo.engines.cores import usable_cores
    from segdemo.engines.torch import torch_device
    from segdemo.training.loop import RunSettings
    from segdemo.training.runs import TUNING_PREFIX, train_by_recipe

    os.nice(options.nice)
    torch.set_num_threads(options.threads or usable_cores())
    settings = RunSettings(
        run_dir=_run_dir(options),
        device=torch_device(options.device),
        bfloat16=options.bfloat16,
    )
    train_by_recipe(
        options.model,
        data_dir=options.data,
        settings=settings,
        report=_print,
        tuned_dir=options.tuned,
        epochs=options.epochs,
        hold_out_val=options.hold_out_val,
    )
    if options.model.startswith(TUNING_PREFIX):
        _print("Done. Next: train the architectures that start from this backbone.")
    else:
        _print(f"Done. Next: python -m segdemo publish {options.model} --data {options.data}")


def _publish(options: argparse.Namespace) -> None:
    from segdemo.training.runs import publish_by_recipe

    card = publish_by_recipe(
        options.model,
        data_dir=options.data,
        run_dir=_run_dir(options),
        weights_dir=options.weights,
    )
    for score in card.scores:
        _print(f"{card.model_id}: mean IoU {score.mean_iou:.4f} on {score.data}")
    _print("Next: python -m segdemo models --weights-readme > weights/README.md")


def _bench(options: argparse.Namespace) -> None:
    from segdemo.bench import bench

    for line in bench(rounds=options.rounds):
        _print(line)


def _run_dir(options: argparse.Namespace) -> Path:
    return options.run_dir or Path("runs") / options.model


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
