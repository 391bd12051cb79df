"""Scores: every metric of one or many images, with what is needed to read it."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from segdemo.metrics.agreement import cohens_kappa, frequency_weighted_iou
from segdemo.metrics.boundary import boundary_iou_per_class, mean_boundary_iou
from segdemo.metrics.calibration import expected_calibration_error, top_label_brier
from segdemo.metrics.catalogue import (
    METRICS,
    METRICS_PER_CLASS,
    REGION_METRICS_PER_CLASS,
    Metric,
)
from segdemo.metrics.contour import bf_score_per_class, mean_bf_score
from segdemo.metrics.plain import nan_to_none
from segdemo.metrics.region import (
    f1_per_class,
    iou_per_class,
    mean_accuracy,
    mean_f1,
    mean_iou,
    mean_precision,
    mean_recall,
    pixel_accuracy,
    precision_per_class,
    recall_per_class,
)
from segdemo.metrics.tally import BAND_PX, Tally

POLICY = (
    "All pixels are counted together in one confusion matrix; void pixels are left out. A class "
    "counts in a mean if it is in the prediction or in the ground truth; if it is in only one of "
    "them, it scores 0. Where nothing is valid there is no score."
)
"""How the numbers of ``score`` were counted; printed beside them."""

DETAILS_POLICY = (
    "Boundary IoU looks at pixels within 2 % of the photo's diagonal of a contour, the BF score "
    "allows contours to be 0.75 % of it apart, and accuracy near boundaries takes "
    f"{BAND_PX} pixels on either side."
)
"""The distances in the boundary metrics; printed beside them."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Every metric of one tally; made by :func:`score`.

    NaN stands for no value: nothing to score, or, for the boundary and calibration metrics, not
    counted. ``METRICS`` and ``METRICS_PER_CLASS`` hold titles, bounds and directions; the
    functions of the same names say what each metric is.

    Args:
        class_names: One name per class, all different.
        confmat: Pixel counts of shape (C, C), int64, rows target, columns prediction; kept
            as a read-only copy.
        pixel_accuracy: Share of the valid pixels that are right.
        mean_accuracy: Mean recall over the classes in the target.
        mean_iou: Mean of ``iou_per_class`` over the classes that occur.
        mean_precision: Mean of ``precision_per_class`` over the same classes.
        mean_recall: Mean of ``recall_per_class`` over the same classes.
        mean_f1: Mean of ``f1_per_class`` over the same classes.
        frequency_weighted_iou: IoU weighted by pixels in the target.
        cohens_kappa: Agreement above chance.
        mean_boundary_iou: Mean of ``boundary_iou_per_class``.
        mean_bf_score: Mean of ``bf_score_per_class``.
        band_accuracy: Pixel accuracy within a few pixels of the target's boundaries.
        expected_calibration_error: Distance of confidence and accuracy.
        top_label_brier: Squared distance of the confidence from being right.
        iou_per_class: Intersection over union per class.
        precision_per_class: Precision per class.
        recall_per_class: Recall per class.
        f1_per_class: F1 score (Dice coefficient) per class.
        boundary_iou_per_class: Boundary IoU per class.
        bf_score_per_class: Contour F1 per class.
        num_classes_averaged: Number of classes that occur; the region means are over them.
        num_valid_pixels: Number of pixels counted: all but the void ones.
        policy: How the numbers were counted, for people.

    Raises:
        ValueError: If names, matrix and values do not fit together, or a value is out of its
            metric's bounds.
    """

    class_names: tuple[str, ...]
    confmat: np.ndarray
    pixel_accuracy: float
    mean_accuracy: float
    mean_iou: float
    mean_precision: float
    mean_recall: float
    mean_f1: float
    frequency_weighted_iou: float
    cohens_kappa: float
    mean_boundary_iou: float
    mean_bf_score: float
    band_accuracy: float
    expected_calibration_error: float
    top_label_brier: float
    iou_per_class: tuple[float, ...]
    precision_per_class: tuple[float, ...]
    recall_per_class: tuple[float, ...]
    f1_per_class: tuple[float, ...]
    boundary_iou_per_class: tuple[float, ...]
    bf_score_per_class: tuple[float, ...]
    num_classes_averaged: int
    num_valid_pixels: int
    policy: str = POLICY

    def __post_init__(self) -> None:
        """Check that everything fits together, and make the matrix a read-only copy."""
        self._check_matrix()
        for metric in METRICS:
            _check_bounds(metric, getattr(self, metric.name))
        for metric in METRICS_PER_CLASS:
            self._check_values(metric, getattr(self, metric.name))
        confmat = self.confmat.astype(np.int64)
        confmat.flags.writeable = False
        object.__setattr__(self, "confmat", confmat)

    def _check_matrix(self) -> None:
        num_classes = len(self.class_names)
        if len(set(self.class_names)) != num_classes:
            raise ValueError(f"class_names must all be different, got {self.class_names}")
        if self.confmat.shape != (num_classes, num_classes):
            raise ValueError(
                f"confmat must have one row and one column per class name, so shape "
                f"{(num_classes, num_classes)}, got {self.confmat.shape}"
            )
        if self.confmat.dtype.kind not in "iu":
            raise ValueError(f"confmat must hold integers, got dtype {self.confmat.dtype}")
        if self.num_valid_pixels != int(self.confmat.sum()):
            raise ValueError(
                f"num_valid_pixels must be the sum of confmat, {int(self.confmat.sum())}, "
                f"got {self.num_valid_pixels}"
            )

    def _check_values(self, metric: Metric, values: tuple[float, ...]) -> None:
        if len(values) != len(self.class_names):
            raise ValueError(
                f"{metric.name} must have one value per class name, so {len(self.class_names)}, "
                f"got {len(values)}"
            )
        for value in values:
            _check_bounds(metric, value)
        occurring = sum(not math.isnan(value) for value in values)
        if metric in REGION_METRICS_PER_CLASS and occurring != self.num_classes_averaged:
            raise ValueError(
                f"num_classes_averaged must be the number of values in {metric.name} that "
                f"are not NaN, got {self.num_classes_averaged} and {values}"
            )

    @property
    def statement(self) -> str:
        """What the means are over and how the numbers were counted, for people."""
        details = "" if math.isnan(self.band_accuracy) else f" {DETAILS_POLICY}"
        return (
            f"Means over {self.num_classes_averaged} classes, {self.num_valid_pixels:,} valid "
            f"pixels. {self.policy}{details}"
        )

    def to_json(self) -> dict[str, Any]:
        """Give everything as plain values that ``json.dumps`` writes as strict JSON.

        Returns:
            Field name to value: None in place of NaN, ``{class name: value}`` for values per
            class, nested lists for ``confmat``.
        """
        return {
            "policy": self.policy,
            "num_classes_averaged": self.num_classes_averaged,
            "num_valid_pixels": self.num_valid_pixels,
            **{metric.name: nan_to_none(getattr(self, metric.name)) for metric in METRICS},
            **{
                metric.name: {
                    name: nan_to_none(value)
                    for name, value in zip(
                        self.class_names, getattr(self, metric.name), strict=True
                    )
                }
                for metric in METRICS_PER_CLASS
            },
            "class_names": list(self.class_names),
            "confmat": self.confmat.tolist(),
        }

    def to_csv(self) -> str:
        """Give every number as a table: one line per metric, or per metric and class.

        Returns:
            Text of a CSV file with the columns metric, class, value; the class is empty for
            metrics with one number, the value is empty where there is none.
        """
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["metric", "class", "value"])
        for metric in METRICS:
            writer.writerow([metric.name, "", nan_to_none(getattr(self, metric.name))])
        for metric in METRICS_PER_CLASS:
            for name, value in zip(self.class_names, getattr(self, metric.name), strict=True):
                writer.writerow([metric.name, name, nan_to_none(value)])
        return file.getvalue()


def score(counts: Tally | np.ndarray, *, class_names: Sequence[str]) -> Scores:
    """Measure every metric of one image, or of many together.

    The scores are over all the pixels that were counted. ``POLICY`` says how classes that are
    missing count.

    Args:
        counts: A tally, or the sum of many; or a confusion matrix of shape (C, C), integer, as
            from :func:`confusion_matrix`, which has region metrics only.
        class_names: One name per class, all different.

    Returns:
        The scores. Every metric is NaN if no pixel was counted.

    Raises:
        ValueError: If the matrix is no square integer matrix of counts or does not fit the
            names.

    Example:
        >>> confmat = np.array([[2, 1, 0], [0, 1, 0], [0, 0, 0]])
        >>> scores = score(confmat, class_names=("road", "car", "bus"))
        >>> scores.pixel_accuracy, scores.num_valid_pixels, scores.num_classes_averaged
        (0.75, 4, 2)
        >>> scores.iou_per_class[1:]  # there is no bus
        (0.5, nan)
        >>> scores.mean_boundary_iou  # a matrix does not know where pixels are
        nan
    """
    if isinstance(counts, np.ndarray):
        ious = iou_per_class(counts)  # refuses what is no matrix of counts
        counts = Tally(counts)
    else:
        ious = iou_per_class(counts.confmat)
    confmat, details, reliability = counts.confmat, counts.details, counts.reliability
    nan, nans = math.nan, (math.nan,) * len(confmat)
    return Scores(
        class_names=tuple(class_names),
        confmat=confmat,
        pixel_accuracy=pixel_accuracy(confmat),
        mean_accuracy=mean_accuracy(confmat),
        mean_iou=mean_iou(confmat),
        mean_precision=mean_precision(confmat),
        mean_recall=mean_recall(confmat),
        mean_f1=mean_f1(confmat),
        frequency_weighted_iou=frequency_weighted_iou(confmat),
        cohens_kappa=cohens_kappa(confmat),
        mean_boundary_iou=mean_boundary_iou(details.boundary) if details else nan,
        mean_bf_score=mean_bf_score(details.contour) if details else nan,
        band_accuracy=pixel_accuracy(details.band) if details else nan,
        expected_calibration_error=expected_calibration_error(reliability) if reliability else nan,
        top_label_brier=top_label_brier(reliability) if reliability else nan,
        iou_per_class=tuple(ious.tolist()),
        precision_per_class=tuple(precision_per_class(confmat).tolist()),
        recall_per_class=tuple(recall_per_class(confmat).tolist()),
        f1_per_class=tuple(f1_per_class(confmat).tolist()),
        boundary_iou_per_class=(
            tuple(boundary_iou_per_class(details.boundary).tolist()) if details else nans
        ),
        bf_score_per_class=tuple(bf_score_per_class(details.contour).tolist()) if details else nans,
        num_classes_averaged=int(np.count_nonzero(~np.isnan(ious))),
        num_valid_pixels=int(confmat.sum()),
    )


def _check_bounds(metric: Metric, value: float) -> None:
    if not (math.isnan(value) or metric.lowest <= value <= metric.highest):
        raise ValueError(
            f"{metric.name} must be in [{metric.lowest}, {metric.highest}] or NaN, got {value}"
        )
