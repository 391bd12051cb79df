"""``publish``: score a trained model and write its two files."""

import argparse
from pathlib import Path

from segdemo.cli.options import Verbs, add_run, new_verb, print_line, run_dir
from segdemo.zoo import WEIGHTS_DIR


def add_verb(verbs: Verbs) -> None:
    """Enter the verb."""
    verb = new_verb(
        verbs,
        "publish",
        _publish,
        summary="score a trained model, write its files",
        example="deeplabv3plus-street --data DATA",
    )
    add_run(verb, "<architecture>-<label set>")
    verb.add_argument("--weights", type=Path, default=WEIGHTS_DIR, help="folder to write to")


def _publish(options: argparse.Namespace) -> None:
    from segdemo.training.runs import publish_by_recipe

    card = publish_by_recipe(
        options.model,
        data_dir=options.data,
        run_dir=run_dir(options),
        weights_dir=options.weights,
    )
    for score in card.scores:
        print_line(f"{card.model_id}: mean IoU {score.mean_iou:.4f} on {score.data}")
    print_line("Next: python -m segdemo models --weights-readme > weights/README.md")
