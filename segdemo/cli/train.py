"""``train``: train a model by its recipe, or resume."""

import argparse
import os
from pathlib import Path

from segdemo.cli.options import Verbs, add_run, new_verb, positive, print_line, run_dir


def add_verb(verbs: Verbs) -> None:
    """Enter the verb."""
    verb = new_verb(
        verbs,
        "train",
        _train,
        summary="train a model by its recipe, or resume",
        example="deeplabv3plus-street --data DATA",
    )
    add_run(verb, "<architecture>-<label set>; backbone-<label set> for the stage before")
    verb.add_argument("--tuned", type=Path, help="run of the stage before; default beside")
    verb.add_argument(
        "--hold-out-val", action="store_true", help="never train on the validation photos"
    )
    verb.add_argument("--epochs", type=positive, help="instead of the recipe's number")
    verb.add_argument("--device", default="cpu", help="cpu or cuda")
    verb.add_argument("--bfloat16", action="store_true", help="faster where the processor can")
    verb.add_argument("--threads", type=positive, help="cores to use; default all")
    verb.add_argument("--nice", type=int, default=10, help="how far to stand back for others")


def _train(options: argparse.Namespace) -> None:
    import torch

    from segdemo.engines.cores import usable_cores
    from segdemo.engines.torch import torch_device
    from segdemo.training.runs import TUNING_PREFIX, train_by_recipe
    from segdemo.training.settings import RunSettings

    os.nice(options.nice)
    torch.set_num_threads(options.threads or usable_cores())
    settings = RunSettings(
        run_dir=run_dir(options),
        device=torch_device(options.device),
        bfloat16=options.bfloat16,
    )
    train_by_recipe(
        options.model,
        data_dir=options.data,
        settings=settings,
        report=print_line,
        tuned_dir=options.tuned,
        epochs=options.epochs,
        hold_out_val=options.hold_out_val,
    )
    if options.model.startswith(TUNING_PREFIX):
        print_line("Done. Next: train the architectures that start from this backbone.")
    else:
        print_line(f"Done. Next: python -m segdemo publish {options.model} --data {options.data}")
