"""``train``: train a model on own data or by a bundled recipe, or resume."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from segdemo.cli import own_data
from segdemo.cli.options import Verbs, new_verb, positive, print_line, run_dir
from segdemo.errors import DataError

if TYPE_CHECKING:
    from segdemo.training.settings import RunSettings
    from segdemo.training.team import Team

_USAGE = (
    "python -m segdemo train --images DIR --masks DIR --val-images DIR --val-masks DIR\n"
    "                                --arch NAME --labels NAME|FILE.json --out FILE [options]\n"
    "       python -m segdemo train MODEL --data DATA [options]"
)
_EXAMPLE = (
    "--images photos --masks masks --val-images val/photos\n"
    "         --val-masks val/masks --arch deeplabv3plus --labels pets.json --epochs 40\n"
    "         --out weights/pets.safetensors\n"
    "also:    python -m segdemo train deeplabv3plus-street --data DATA\n"
    "or, on several GPUs: torchrun --nproc-per-node 4 -m segdemo train ... --device cuda"
)
_BY_RECIPE = {"data": "--data", "tuned": "--tuned", "hold_out_val": "--hold-out-val"}
"""Options that only training by recipe has, as they are stored and as they are written."""


def add_verb(verbs: Verbs) -> None:
    """Enter the verb."""
    verb = new_verb(
        verbs,
        "train",
        _train,
        summary="train a model on own photos or by a bundled recipe, or resume",
        example=_EXAMPLE,
    )
    verb.formatter_class = argparse.RawDescriptionHelpFormatter
    verb.usage = _USAGE
    own_data.add_options(verb)
    _add_recipe_options(verb)
    run = verb.add_argument_group("the run; repeat the same command to resume it")
    run.add_argument(
        "--epochs",
        type=positive,
        metavar="N",
        help="passes over the photos; default 40, or the recipe's",
    )
    run.add_argument(
        "--run-dir", type=Path, metavar="DIR", help="folder of the run; default runs/<model>"
    )
    run.add_argument("--device", default="cpu", help="cpu or cuda")
    run.add_argument("--bfloat16", action="store_true", help="faster where the processor can")
    run.add_argument("--threads", type=positive, metavar="N", help="cores to use; default all")
    run.add_argument(
        "--nice", type=int, default=10, metavar="N", help="how far to stand back for others"
    )


def _add_recipe_options(verb: argparse.ArgumentParser) -> None:
    group = verb.add_argument_group("by a bundled recipe")
    group.add_argument(
        "model",
        nargs="?",
        metavar="MODEL",
        help="<architecture>-<label set>; backbone-<label set> for the stage before",
    )
    group.add_argument("--data", type=Path, metavar="DIR", help="folder with the data's splits")
    group.add_argument(
        "--tuned", type=Path, metavar="DIR", help="run of the stage before; default beside"
    )
    group.add_argument(
        "--hold-out-val", action="store_true", help="never train on the validation photos"
    )


def _train(options: argparse.Namespace) -> None:
    given = own_data.given(options)
    if options.model:
        if given:
            raise DataError(f"{given[0]} is for own data and MODEL for a recipe. Choose one form.")
        if options.data is None:
            raise DataError("Name the folder with the data's splits: --data DATA.")
        _train_by_recipe(options)
        return
    foreign = [written for stored, written in _BY_RECIPE.items() if getattr(options, stored)]
    if foreign:
        raise DataError(f"{foreign[0]} needs the MODEL to train. See: python -m segdemo train -h")
    own_data.check(options)
    _train_on_own_data(options)


def _train_by_recipe(options: argparse.Namespace) -> None:
    from segdemo.training.runs import TUNING_PREFIX, train_by_recipe
    from segdemo.training.team import join_team

    with join_team(options.device) as (team, device):
        train_by_recipe(
            options.model,
            data_dir=options.data,
            settings=_settings(options, run_dir(options), team, device),
            report=print_line,
            tuned_dir=options.tuned,
            epochs=options.epochs,
            hold_out_val=options.hold_out_val,
        )
    if not team.leads:
        return
    if options.model.startswith(TUNING_PREFIX):
        print_line("Done. Next: train the architectures that start from this backbone.")
    else:
        print_line(f"Done. Next: python -m segdemo publish {options.model} --data {options.data}")


def _train_on_own_data(options: argparse.Namespace) -> None:
    from segdemo.training.own_data import train_on_own_data
    from segdemo.training.team import join_team

    plan = own_data.plan(options)
    folder = options.run_dir or Path("runs") / plan.model_id
    with join_team(options.device) as (team, device):
        settings = _settings(options, folder, team, device)
        card = train_on_own_data(plan, settings=settings, report=print_line)
    if card is None:
        return
    for score in card.scores:
        print_line(f"{card.model_id}: mean IoU {score.mean_iou:.4f} on {score.data}")
    print_line(f"Done: {plan.out} and {plan.out.with_suffix('.onnx').name}; curve in {folder}.")


def _settings(
    options: argparse.Namespace, folder: Path, team: "Team", device: str
) -> "RunSettings":
    """Where the run computes; takes the cores that this process may use."""
    import torch

    from segdemo.engines.cores import usable_cores
    from segdemo.engines.torch import torch_device
    from segdemo.training.settings import RunSettings
    from segdemo.training.team import processes_here

    os.nice(options.nice)
    torch.set_num_threads(options.threads or max(1, usable_cores() // processes_here()))
    return RunSettings(
        run_dir=folder,
        device=torch_device(device),
        bfloat16=options.bfloat16,
        team=team,
        **own_data.settings(options),
    )
