"""``evaluate``: judge a model against ground truth."""

import argparse
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

from segdemo.cli.options import Verbs, add_model, new_verb, print_line
from segdemo.errors import DataError

if TYPE_CHECKING:
    from segdemo.evaluation import Evaluation, Pair
    from segdemo.metrics import Assessment, Scores

_TITLE_WIDTH = 32


def add_verb(verbs: Verbs) -> None:
    """Enter the verb."""
    verb = new_verb(
        verbs,
        "evaluate",
        _evaluate,
        summary="score a model against ground truth",
        example="--image photo.jpg --mask mask.png",
    )
    verb.add_argument("--image", type=Path, help="one photo")
    verb.add_argument("--mask", type=Path, help="its ground truth")
    verb.add_argument("--images", type=Path, help="folder of photos")
    verb.add_argument("--masks", type=Path, help="folder of masks, paired by name")
    add_model(verb)
    verb.add_argument("--reading", help="how to read the masks, if not the likeliest way")
    verb.add_argument(
        "--details", action="store_true", help="boundaries and kinds of errors of folders too"
    )
    verb.add_argument(
        "--conventions", action="store_true", help="print what other libraries would print"
    )
    verb.add_argument("--json", action="store_true", help="print JSON")


def _evaluate(options: argparse.Namespace) -> None:
    from segdemo.evaluation import evaluate
    from segdemo.predictor import load_predictor

    pairs = _pairs(options)
    evaluation = evaluate(
        load_predictor(options.model, device=options.device),
        pairs,
        details=options.details or options.image is not None,
        reading=options.reading,
    )
    if options.json:
        facts = {
            "model": options.model,
            "images": len(pairs),
            "encodings": evaluation.encodings,
            "unknown": evaluation.unknown,
        }
        print_line(json.dumps(facts | evaluation.assessment.to_json()))
        return
    print_line(f"{options.model} on {len(pairs)} photo{'s' if len(pairs) > 1 else ''}")
    _print_readings(evaluation)
    _print_scores(evaluation.scores)
    _print_context(evaluation.assessment)
    if options.conventions:
        _print_conventions(evaluation.assessment)


def _pairs(options: argparse.Namespace) -> "list[Pair]":
    from segdemo.evaluation import Pair, find_pairs

    if options.image and options.mask:
        return [Pair(options.image.stem, options.image, options.mask)]
    if options.images and options.masks:
        return find_pairs(options.images, options.masks)
    raise DataError("Name a photo and its mask (--image, --mask) or folders (--images, --masks).")


def _print_readings(evaluation: "Evaluation") -> None:
    for summary, files in evaluation.readings.items():
        print_line(f"{files} {'mask' if files == 1 else 'masks'}: {summary}")
    if evaluation.unknown:
        print_line(f"{evaluation.unknown:.2%} of the pixels are no class and were left out")


def _print_scores(scores: "Scores") -> None:
    from segdemo.metrics import METRICS, METRICS_PER_CLASS

    for metric in METRICS:
        value = getattr(scores, metric.name)
        if not math.isnan(value):
            print_line(f"{metric.title:<{_TITLE_WIDTH}}{value:.4f}")
    columns = {
        metric.title: getattr(scores, metric.name)
        for metric in METRICS_PER_CLASS
        if not all(math.isnan(value) for value in getattr(scores, metric.name))
    }
    print_line("".join(["class".ljust(16), *(f"{title:>14}" for title in columns)]))
    for name, *values in zip(scores.class_names, *columns.values(), strict=True):
        cells = (f"{'-' if math.isnan(value) else f'{value:.4f}':>14}" for value in values)
        print_line("".join([f"{name:<16}", *cells]))
    print_line(scores.statement)


def _print_context(assessment: "Assessment") -> None:
    names = assessment.scores.class_names
    if assessment.error_shares and not math.isnan(assessment.scores.mean_iou):
        kinds = ", ".join(f"{kind} {share:.2%}" for kind, share in assessment.error_shares.items())
        print_line(f"Wrong pixels by kind, in all valid ones: {kinds}")
    if assessment.confused:
        pairs = ", ".join(
            f"{names[pair.target]} taken for {names[pair.pred]} {pair.share:.0%}"
            for pair in assessment.confused
        )
        print_line(f"Most confused, of all wrong pixels: {pairs}")
    if not math.isnan(assessment.interval.low):
        print_line(
            f"Mean IoU is within {assessment.interval.low:.4f} to {assessment.interval.high:.4f} "
            f"at {assessment.interval.confidence:.0%} (bootstrap over photos); mean of the "
            f"photos' own: {assessment.per_image.mean:.4f}"
        )


def _print_conventions(assessment: "Assessment") -> None:
    print_line("What other libraries would print for the same masks:")
    for convention, value in assessment.conventions:
        printed = "no number" if math.isnan(value) else f"{value:.4f}"
        print_line(f"{convention.title:<44}{printed:>10}  {convention.statement}")
