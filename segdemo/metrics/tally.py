"""Everything that is counted of one image, or of many together, before anything is divided."""

from dataclasses import dataclass

import numpy as np

from segdemo.metrics.anatomy import ErrorCounts, count_errors, error_map
from segdemo.metrics.boundary import BoundaryCounts, count_boundary
from segdemo.metrics.calibration import ReliabilityCounts, count_reliability
from segdemo.metrics.confusion import confusion_matrix
from segdemo.metrics.contour import ContourCounts, count_contours
from segdemo.metrics.trimap import trimap_confusion_matrix

BAND_PX = 3
"""Width of the trimap's band on each side of a boundary."""


@dataclass(frozen=True, eq=False)
class Details:
    """Counts that look at where pixels lie; a few times dearer than a network's answer.

    Args:
        boundary: For Boundary IoU.
        contour: For the BF score.
        band: Confusion matrix of the pixels within ``BAND_PX`` of a boundary.
        errors: Wrong pixels by kind.
    """

    boundary: BoundaryCounts
    contour: ContourCounts
    band: np.ndarray
    errors: ErrorCounts

    def __add__(self, other: "Details") -> "Details":
        return Details(
            self.boundary + other.boundary,
            self.contour + other.contour,
            self.band + other.band,
            self.errors + other.errors,
        )


@dataclass(frozen=True, eq=False)
class Tally:
    """What one or more images add to every metric; ``+`` joins images.

    Args:
        confmat: Pixel counts of shape (C, C), int64, rows target, columns prediction.
        reliability: For calibration; None where there is no confidence.
        details: Counts of boundaries and errors; None where they were not wanted.
    """

    confmat: np.ndarray
    reliability: ReliabilityCounts | None = None
    details: Details | None = None

    def __add__(self, other: "Tally") -> "Tally":
        """Counts of the images of both; a part that one of them lacks is lacking in the sum."""
        if self.confmat.shape != other.confmat.shape:
            raise ValueError(
                f"tallies must have the same number of classes, got {len(self.confmat)} and "
                f"{len(other.confmat)}"
            )
        reliability = details = None
        if self.reliability and other.reliability:
            reliability = self.reliability + other.reliability
        if self.details and other.details:
            details = self.details + other.details
        return Tally(self.confmat + other.confmat, reliability, details)

    def __post_init__(self) -> None:
        """Make the matrix a read-only copy."""
        confmat = self.confmat.astype(np.int64)
        confmat.flags.writeable = False
        object.__setattr__(self, "confmat", confmat)


def tally(
    pred: np.ndarray,
    target: np.ndarray,
    *,
    num_classes: int,
    confidence: np.ndarray | None = None,
    details: bool = True,
    ignore_index: int = 255,
) -> Tally:
    """Count one image for every metric.

    Args:
        pred: Predicted class per pixel, shape (H, W), integer or bool, 0..C-1.
        target: True class per pixel, shape (H, W), integer or bool, 0..C-1 or
            ``ignore_index``.
        num_classes: Number of classes C, background included.
        confidence: Probability of the predicted class per pixel, shape (H, W), float, 0 to 1.
        details: Whether boundaries and kinds of errors are counted too.
        ignore_index: Label of void pixels, outside 0..C-1.

    Returns:
        Counts of this image.

    Raises:
        ValueError: If :func:`confusion_matrix` or :func:`count_reliability` refuses an array.

    Example:
        >>> target = np.array([[0, 0, 1, 1]], dtype=np.uint8)
        >>> counts = tally(target, target, num_classes=2) + tally(1 - target, target, num_classes=2)
        >>> counts.confmat
        array([[2, 2],
               [2, 2]])
    """
    confmat = confusion_matrix(pred, target, num_classes=num_classes, ignore_index=ignore_index)
    reliability = None
    if confidence is not None:
        reliability = count_reliability(confidence, pred, target, ignore_index=ignore_index)
    if not details:
        return Tally(confmat, reliability)
    classes = {"num_classes": num_classes}
    known = {**classes, "ignore_index": ignore_index}
    kinds = error_map(pred, target, **known)
    return Tally(
        confmat,
        reliability,
        Details(
            boundary=count_boundary(pred, target, distance_px=None, **known),
            contour=count_contours(pred, target, tolerance_px=None, **known),
            band=trimap_confusion_matrix(pred, target, band_px=BAND_PX, **known),
            errors=count_errors(kinds, pred, target, **classes),
        ),
    )
