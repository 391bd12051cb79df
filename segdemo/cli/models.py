"""``models``: list the models, as text, JSON, tables or a figure."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segdemo.cli.options import Verbs, new_verb, print_line
from segdemo.errors import DataError
from segdemo.zoo import ZooEntry, condition_of, list_models

if TYPE_CHECKING:
    from segdemo.timings import Timings


def add_verb(verbs: Verbs) -> None:
    """Enter the verb."""
    verb = new_verb(verbs, "models", _models, summary="list the models", example="--json")
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the cards as JSON")
    form.add_argument("--markdown", action="store_true", help="print README.md's table")
    form.add_argument("--weights-readme", action="store_true", help="print weights/README.md")
    form.add_argument("--figure", type=Path, help="draw accuracy against time into this PNG")


def _models(options: argparse.Namespace) -> None:
    from segdemo.tables import weights_readme, zoo_table
    from segdemo.timings import read_timings

    entries = list_models()
    timings = read_timings()
    if options.json:
        print_line(json.dumps([_facts(entry) for entry in entries]))
    elif options.weights_readme:
        sys.stdout.write(weights_readme(entries, timings))
    elif options.markdown:
        sys.stdout.write(zoo_table(entries, timings))
    elif options.figure:
        _draw(entries, timings, options.figure)
    else:
        for entry in entries:
            print_line(_line(entry))


def _facts(entry: ZooEntry) -> dict[str, Any]:
    """The card, and beside it what a list needs, such as id, bytes and status."""
    card = entry.card
    return {
        "id": card.model_id,
        "labels": card.label_set,
        "gmacs": card.multiply_adds / 1e9,
        "bytes": {path.name: path.stat().st_size for path in entry.paths},
        "status": condition_of(entry),
        "origin": entry.status,
        **asdict(card),
    }


def _line(entry: ZooEntry) -> str:
    card = entry.card
    scores = ", ".join(f"{score.data} {score.mean_iou:.3f}" for score in card.scores)
    size = sum(path.stat().st_size for path in entry.paths)
    return (
        f"{card.model_id:<32}{card.architecture:<15}{card.label_set:<16}"
        f"{card.parameters / 1e6:5.1f} M parameters{card.multiply_adds / 1e9:6.1f} GMAC"
        f"{size / 1e6:6.1f} MB  {condition_of(entry):<12}{entry.status:<24}"
        f"mean IoU: {scores or 'not measured'}"
    )


def _draw(entries: Sequence[ZooEntry], timings: "Timings | None", path: Path) -> None:
    from segdemo.tables import timing_title
    from segdemo.views.charts import draw_accuracy_against_time
    from segdemo.zoo_chart import accuracy_panels

    panels = accuracy_panels(entries, timings)
    if timings is None or not panels:
        raise DataError("No times were measured yet. Run: python -m segdemo bench --write")
    figure = draw_accuracy_against_time(
        panels, score_title="mean IoU", time_title=timing_title(timings)
    )
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise DataError(f"'{path}' cannot be written. Name a PNG file.") from error
    print_line(f"{path}: {sum(len(points) for _, points in panels)} models")
