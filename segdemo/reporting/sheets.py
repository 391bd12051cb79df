"""An evaluation as tables."""

import csv
import io
import math
from collections.abc import Iterable, Sequence

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
