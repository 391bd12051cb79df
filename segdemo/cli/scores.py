"""How scores are printed."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from segdemo.cli.options import print_line, warn

if TYPE_CHECKING:
    from segdemo.evaluation import Evaluation, Pairing
    from segdemo.metrics import Assessment, Scores
    from segdemo.reporting import Run

_TITLE_WIDTH = 32
_NAMES_LISTED = 5


def print_evaluation(evaluation: "Evaluation", *, conventions: bool) -> None:
    """Print everything about one model."""
    images = len(evaluation.judged)
    print_line(f"{evaluation.model_id} on {images} photo{'' if images == 1 else 's'}")
    print_line(evaluation.masks_statement)
    _print_scores(evaluation.scores)
    _print_context(evaluation.assessment)
    if conventions:
        _print_conventions(evaluation.assessment)


def print_leaderboard(run: "Run") -> None:
    """Print a line for each of several models, best first."""
    from segdemo.reporting import leaderboard
    from segdemo.reporting.sheets import LEADERBOARD_HEAD

    rows = [LEADERBOARD_HEAD, *leaderboard(run)]
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    for name, *cells in rows:
        shown = (f"{cell:>{width}}" for cell, width in zip(cells, others, strict=True))
        print_line("  ".join([name.ljust(first), *shown]))
    print_line(run.evaluations[0].scores.policy)


def warn_of_failures(evaluations: Sequence["Evaluation"], pairs: int) -> None:
    """Say on stderr which pairs could not be judged, and why."""
    reasons = {row.stem: row.reason for one in evaluations for row in one.failed}
    if reasons:
        warn(f"{len(reasons)} of {pairs} pairs could not be scored:")
        for stem, reason in list(reasons.items())[:_NAMES_LISTED]:
            warn(f"  {stem}: {reason}")
        if len(reasons) > _NAMES_LISTED:
            warn(f"  and {len(reasons) - _NAMES_LISTED} more; --json and --out list them all")


def warn_of_singles(pairing: "Pairing") -> None:
    """Say on stderr what has no partner."""
    from segdemo.reporting import without_partner

    for line in without_partner(pairing, most=_NAMES_LISTED):
        warn(line)


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
