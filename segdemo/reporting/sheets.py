"""An evaluation as tables."""

import csv
import io
import math
from collections.abc import Iterable, Sequence

from segdemo.evaluation import Evaluation
from segdemo.metrics import METRICS, METRICS_PER_CLASS
from segdemo.reporting.run import Run


def per_image_csv(run: Run) -> str:
    """Give a line for every pair and model.

    Args:
        run: One or several models' judgements.

    Returns:
        Text of a CSV file with the columns model, image, mean_iou, pixel_accuracy, valid_pixels,
        seconds (of predicting), reason (why it could not be judged) and ``iou_<class>`` for every
        class of any model; what there is no value for is empty.
    """
    names = list(dict.fromkeys(name for one in run.evaluations for name in one.labels.class_names))
    head = ["model", "image", "mean_iou", "pixel_accuracy", "valid_pixels", "seconds", "reason"]
    lines: list[list[object]] = []
    for evaluation in run.evaluations:
        for row in evaluation.rows:
            ious = dict(zip(evaluation.labels.class_names, row.iou_per_class, strict=False))
            judged = bool(row.counts)
            lines.append(
                [
                    row.model_id,
                    row.stem,
                    _cell(row.mean_iou),
                    _cell(row.pixel_accuracy),
                    row.valid_pixels if judged else "",
                    f"{row.seconds:.4f}" if judged else "",
                    row.reason,
                    *(_cell(ious.get(name, math.nan)) for name in names),
                ]
            )
    return _csv([*head, *(f"iou_{name}" for name in names)], lines)


def confusion_csv(run: Run) -> str:
    """Give the confusion matrices, a line for every true and predicted class.

    Args:
        run: One or several models' judgements.

    Returns:
        Text of a CSV file with the columns model, true, predicted, pixels.
    """
    lines = (
        [evaluation.model_id, true, predicted, int(evaluation.scores.confmat[row, column])]
        for evaluation in run.evaluations
        for row, true in enumerate(evaluation.labels.class_names)
        for column, predicted in enumerate(evaluation.labels.class_names)
    )
    return _csv(["model", "true", "predicted", "pixels"], lines)


LEADERBOARD_HEAD = (
    "model",
    "mean IoU",
    "95 % interval",
    "per image",
    "pixel acc.",
    "images",
    "failed",
)
"""Titles of the leaderboard's columns."""


def leaderboard(run: Run) -> list[tuple[str, ...]]:
    """Give the models with their scores, best first.

    Args:
        run: One or several models' judgements.

    Returns:
        Cells under ``LEADERBOARD_HEAD``: one row per model, by mean IoU; '-' where there is no
        number.
    """
    ranked = sorted(
        run.evaluations,
        key=lambda one: -1.0 if math.isnan(one.scores.mean_iou) else one.scores.mean_iou,
        reverse=True,
    )
    rows: list[tuple[str, ...]] = []
    for one in ranked:
        interval = one.assessment.interval
        limits = f"{interval.low:.3f}-{interval.high:.3f}"
        rows.append(
            (
                one.model_id,
                shown_number(one.scores.mean_iou),
                "-" if math.isnan(interval.low) else limits,
                shown_number(one.assessment.per_image.mean),
                shown_number(one.scores.pixel_accuracy),
                str(len(one.judged)),
                str(len(one.failed)),
            )
        )
    return rows


def overall_scores(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Give the scores over all images that have a value.

    Args:
        evaluation: One model's judgement.

    Returns:
        Title and number of each.
    """
    scores, per_image = evaluation.scores, evaluation.assessment.per_image.mean
    found = [(metric.title, getattr(scores, metric.name)) for metric in METRICS]
    found.append(("Mean of the images' own mean IoU", per_image))
    return [(title, shown_number(value)) for title, value in found if not math.isnan(value)]


def class_table(evaluation: Evaluation) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Give the classes with their scores over all images.

    Args:
        evaluation: One model's judgement.

    Returns:
        Titles of the columns, the class first and then the scores that any class has a value
        of, and the cells under them, a row per class.
    """
    scores = evaluation.scores
    columns = {
        metric.title: getattr(scores, metric.name)
        for metric in METRICS_PER_CLASS
        if not all(math.isnan(value) for value in getattr(scores, metric.name))
    }
    rows = [
        (name, *map(shown_number, values))
        for name, *values in zip(scores.class_names, *columns.values(), strict=True)
    ]
    return ("Class", *columns), rows


def shown_number(value: float) -> str:
    """A score with four decimals, or a dash for NaN."""
    return "-" if math.isnan(value) else f"{value:.4f}"


def _cell(value: float) -> str:
    """All digits of a number, nothing for NaN."""
    return "" if math.isnan(value) else repr(value)


def _csv(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(lines)
    return file.getvalue()
