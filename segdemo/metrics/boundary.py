"""Boundary IoU: overlap of prediction and target near their contours."""

from dataclasses import dataclass

import numpy as np

from segdemo.metrics.counts import ClassCounts
from segdemo.metrics.division import divide, mean_of_occurring
from segdemo.metrics.label_maps import check_and_shrink
from segdemo.metrics.neighbourhood import check_distance_px, diagonal_px, differs_within

_SHARE_OF_DIAGONAL = 0.02


def default_boundary_distance_px(shape: tuple[int, ...]) -> int:
    """Distance that the paper takes for an image: 2 % of its diagonal, at least 1 pixel.

    Args:
        shape: Shape (H, W) of the label maps.

    Returns:
        Distance in whole pixels.

    Raises:
        ValueError: If ``shape`` has not two entries.

    Example:
        >>> default_boundary_distance_px((480, 640))  # 2 % of 800
        16

    References:
        Cheng et al., Boundary IoU, https://arxiv.org/abs/2103.16562, CVPR 2021.
    """
    return max(1, round(_SHARE_OF_DIAGONAL * diagonal_px(shape)))


@dataclass(frozen=True, eq=False)
class BoundaryCounts(ClassCounts):
    """Pixels near the contours of each class; adds up over images.

    Args:
        intersection: Pixels per class that are near its contour, inside, both in the
            prediction and in the target; shape (C,), int64.
        union: Pixels per class that are so in at least one of them; shape (C,), int64.

    Raises:
        ValueError: If the arrays do not fit together, or hold no counts.
    """

    intersection: np.ndarray
    union: np.ndarray


def count_boundary(
    pred: np.ndarray,
    target: np.ndarray,
    *,
    num_classes: int,
    ignore_index: int = 255,
    distance_px: int | None = None,
) -> BoundaryCounts:
    r"""Count the pixels near the contours of each class, for Boundary IoU.

    A pixel of a class is near its contour if a pixel that is not of the class lies within
    ``distance_px`` rows and columns of it (Chebyshev distance, the paper's d erosions by 3x3
    pixels). As in the paper's code the image border is part of the contour.

    The paper knows no void pixels. Here they leave both sides: the edge of a void region is a
    contour of whatever touches it, in the target and in the prediction alike. So what is
    predicted on void pixels changes nothing, and a prediction that is right on all valid pixels
    scores 1.

    Args:
        pred: Predicted class per pixel, shape (H, W), integer or bool, 0..C-1.
        target: True class per pixel, shape (H, W), integer or bool, 0..C-1 or
            ``ignore_index``.
        num_classes: Number of classes C, background included.
        ignore_index: Label of void pixels, outside 0..C-1.
        distance_px: Distance in whole pixels, at least 1; None takes
            :func:`default_boundary_distance_px`.

    Returns:
        Counts of this image, to add to those of others. All zeros if no pixel is valid.

    Raises:
        ValueError: If ``distance_px`` is below 1, the maps are not of shape (H, W), or
            :func:`confusion_matrix` refuses them.

    Example:
        >>> target = np.ones((5, 5), dtype=np.uint8)  # near the image border: 25 - 9 pixels
        >>> pred = target.copy()
        >>> pred[2, 2] = 0  # all others are near it or near the image border
        >>> counts = count_boundary(pred, target, num_classes=2, distance_px=1)
        >>> counts.intersection, counts.union
        (array([ 0, 16]), array([ 1, 24]))

    References:
        Cheng et al., Boundary IoU, https://arxiv.org/abs/2103.16562, CVPR 2021.
        https://github.com/bowenc0221/boundary-iou-api, ``boundary_utils.py``.
    """
    pred, target = check_and_shrink(
        pred, target, num_classes=num_classes, ignore_index=ignore_index
    )
    if distance_px is None:
        distance_px = default_boundary_distance_px(target.shape)
    check_distance_px("distance_px", distance_px)
    pred[target == num_classes] = num_classes
    # All classes at once: a square is inside a class if it holds no other label.
    near_pred, near_target = (_near_contour(labels, distance_px) for labels in (pred, target))
    both = near_pred & near_target & (pred == target)
    predicted, actual, intersection = (
        np.bincount(labels[near], minlength=num_classes + 1)[:num_classes].astype(np.int64)
        for labels, near in ((pred, near_pred), (target, near_target), (target, both))
    )
    return BoundaryCounts(intersection, predicted + actual - intersection)


def boundary_iou_per_class(counts: BoundaryCounts) -> np.ndarray:
    r"""Boundary IoU of each class: intersection over union of what is near the contours.

    .. math:: \mathrm{BIoU}_c =
        \frac{|(G_d \cap G) \cap (P_d \cap P)|}{|(G_d \cap G) \cup (P_d \cap P)|}

    G and P are the pixels of the class in the target and in the prediction, G_d and P_d all
    pixels within d of their contours. Counts of several images are over all their pixels, not
    a mean of per-image scores.

    Args:
        counts: Sum of what :func:`count_boundary` gave for each image.

    Returns:
        Array of shape (C,), float64, fractions in [0, 1], higher is better. 0 for a class in
        the prediction only or in the target only, NaN for a class in neither.

    Example:
        >>> counts = BoundaryCounts(np.array([3, 0, 0]), np.array([4, 2, 0]))
        >>> boundary_iou_per_class(counts)
        array([0.75, 0.  ,  nan])

    References:
        Cheng et al., Boundary IoU, https://arxiv.org/abs/2103.16562, CVPR 2021.
    """
    return divide(counts.intersection, counts.union, counts.union > 0)


def mean_boundary_iou(counts: BoundaryCounts) -> float:
    """Mean of the per-class Boundary IoU, over the classes that occur.

    Args:
        counts: Sum of what :func:`count_boundary` gave for each image.

    Returns:
        Fraction in [0, 1], higher is better. A class on one side only counts as 0, a class in
        neither prediction nor target is left out; NaN if no class occurs.

    Example:
        >>> mean_boundary_iou(BoundaryCounts(np.array([3, 0, 0]), np.array([4, 2, 0])))
        0.375
    """
    return mean_of_occurring(boundary_iou_per_class(counts))


def _near_contour(labels: np.ndarray, distance_px: int) -> np.ndarray:
    """Where another label or the image border lies within a distance of a pixel."""
    near = differs_within(labels, distance_px)
    for lines in (near, near.T):
        lines[:distance_px] = True
        lines[-distance_px:] = True
    return near
