"""BF score: do the contours of prediction and target run along each other?"""

import functools
import math
from dataclasses import dataclass

import numpy as np

from segdemo.metrics.counts import ClassCounts
from segdemo.metrics.division import divide, mean_of_occurring
from segdemo.metrics.label_maps import check_and_shrink
from segdemo.metrics.neighbourhood import diagonal_px, found_within, spread_disc

_SHARE_OF_DIAGONAL = 0.0075


def default_contour_tolerance_px(shape: tuple[int, ...]) -> float:
    """Tolerance that the paper takes for an image: 0.75 % of its diagonal, not rounded.

    Args:
        shape: Shape (H, W) of the label maps.

    Returns:
        Distance in pixels; below 1, where only contours on the very same pixels match, for
        diagonals below 133 pixels.

    Raises:
        ValueError: If ``shape`` has not two entries.

    Example:
        >>> default_contour_tolerance_px((480, 640))  # 0.75 % of 800
        6.0

    References:
        MATLAB, Image Processing Toolbox, ``bfscore``: default threshold.
    """
    return _SHARE_OF_DIAGONAL * diagonal_px(shape)


@dataclass(frozen=True, eq=False)
class ContourCounts(ClassCounts):
    """Contour pixels of each class and how many match, with sums of scores per image.

    The first four fields are for scores over the contours of all images together, the others
    for means of scores per image.

    Args:
        pred: Contour pixels of the prediction; shape (C,), int64.
        pred_matched: Those of them that are close to a contour of the target.
        target: Contour pixels of the target; shape (C,), int64.
        target_matched: Those of them that are close to a contour of the prediction.
        images: Images in which the class has a contour; shape (C,), int64.
        score_sum: Sum over these images of the BF score of the class; shape (C,), float64.
        images_scored: Images in which any class has a contour.
        mean_score_sum: Sum over these images of the mean BF score of their classes.

    Raises:
        ValueError: If the arrays do not fit together, or hold no sums.
    """

    pred: np.ndarray
    pred_matched: np.ndarray
    target: np.ndarray
    target_matched: np.ndarray
    images: np.ndarray
    score_sum: np.ndarray
    images_scored: int
    mean_score_sum: float


def count_contours(
    pred: np.ndarray,
    target: np.ndarray,
    *,
    num_classes: int,
    ignore_index: int = 255,
    tolerance_px: float | None = None,
) -> ContourCounts:
    """Count the contour pixels of each class and those that match, for the BF score.

    A pixel is on the contour of its class if one of its four neighbours has another label. It
    matches if a contour pixel of the same class in the other map is at most ``tolerance_px``
    away (Euclidean). Several pixels may match the same one.

    The image border is no contour: nobody drew it, and both maps would match there for free. So
    a class that fills an image has none. Void pixels leave both sides, as a label of their own:
    the edge of a void region is a contour of whatever touches it, in both maps, since in VOC
    void is drawn where the contours are. What is predicted on void pixels changes nothing.

    Args:
        pred: Predicted class per pixel, shape (H, W), integer or bool, 0..C-1.
        target: True class per pixel, shape (H, W), integer or bool, 0..C-1 or
            ``ignore_index``.
        num_classes: Number of classes C, background included.
        ignore_index: Label of void pixels, outside 0..C-1.
        tolerance_px: Largest distance of two contours that match, at least 0; None takes
            :func:`default_contour_tolerance_px`.

    Returns:
        Counts of this image, to add to those of others. All zeros if there is no contour.

    Raises:
        ValueError: If ``tolerance_px`` is negative or not finite, the maps are not of shape
            (H, W), or :func:`confusion_matrix` refuses them.

    Example:
        >>> target = np.array([[0, 0, 0, 1, 1, 1]])
        >>> pred = np.array([[0, 0, 1, 1, 1, 1]])
        >>> counts = count_contours(pred, target, num_classes=2, tolerance_px=1)
        >>> counts.pred, counts.pred_matched
        (array([1, 1]), array([1, 1]))

    References:
        Csurka et al., What is a good evaluation measure for semantic segmentation?, BMVC 2013.
    """
    pred, target = check_and_shrink(
        pred, target, num_classes=num_classes, ignore_index=ignore_index
    )
    if tolerance_px is None:
        tolerance_px = default_contour_tolerance_px(target.shape)
    if not 0 <= tolerance_px < math.inf:
        raise ValueError(f"tolerance_px must be finite and at least 0, got {tolerance_px}")
    pred[target == num_classes] = num_classes
    on_pred, on_target = (_keep_contours(labels, num_classes) for labels in (pred, target))
    found = functools.partial(
        found_within,
        num_labels=num_classes,
        spread=functools.partial(spread_disc, radius_px=tolerance_px),
    )
    return _with_scores(
        *(
            np.bincount(labels.reshape(-1), minlength=num_classes + 1)[:num_classes]
            for labels in (
                on_pred,
                on_pred[found(on_pred, on_target)],
                on_target,
                on_target[found(on_target, on_pred)],
            )
        )
    )


def contour_precision_per_class(counts: ContourCounts) -> np.ndarray:
    r"""Share of the predicted contour of each class that is close to its true contour.

    .. math:: P_c = \frac{|\{x \in B_c : d(x, \hat B_c) \le \theta\}|}{|B_c|}

    B is the contour in the prediction, the other one that in the target. Counts of several
    images are over all their contour pixels, not a mean of per-image values.

    Args:
        counts: Sum of what :func:`count_contours` gave for each image.

    Returns:
        Array of shape (C,), float64, fractions in [0, 1], higher is better. 0 for a class with
        a contour on one side only, NaN for one without any.

    Example:
        >>> target = np.array([[0, 0, 0, 1, 1, 1]] * 2)
        >>> pred = np.array([[0, 0, 0, 1, 1, 1], [0, 1, 1, 1, 1, 1]])
        >>> counts = count_contours(pred, target, num_classes=3, tolerance_px=1)
        >>> contour_precision_per_class(counts)  # 2 of 3 pixels each; class 2 has none
        array([0.66666667, 0.66666667,        nan])

    References:
        Csurka et al., What is a good evaluation measure for semantic segmentation?, BMVC 2013.
    """
    return divide(counts.pred_matched, counts.pred, counts.pred + counts.target > 0)


def contour_recall_per_class(counts: ContourCounts) -> np.ndarray:
    """Share of the true contour of each class that is close to its predicted contour.

    It is the precision with prediction and target swapped.

    Args:
        counts: Sum of what :func:`count_contours` gave for each image.

    Returns:
        Array of shape (C,), float64, fractions in [0, 1], higher is better. 0 for a class with
        a contour on one side only, NaN for one without any.

    References:
        Csurka et al., What is a good evaluation measure for semantic segmentation?, BMVC 2013.
    """
    return divide(counts.target_matched, counts.target, counts.pred + counts.target > 0)


def bf_score_per_class(counts: ContourCounts) -> np.ndarray:
    r"""BF score of each class, over the contours of all images together.

    .. math:: \mathrm{BF}_c = \frac{2\,P_c R_c}{P_c + R_c}

    P and R are the precision and the recall of contour pixels. The paper averages per-image
    scores instead, which is :func:`imagewise_bf_score_per_class`; for one image both are the
    same. Over all contours an image counts by the length of its contours.

    Args:
        counts: Sum of what :func:`count_contours` gave for each image.

    Returns:
        Array of shape (C,), float64, fractions in [0, 1], higher is better. 0 for a class with
        a contour on one side only, NaN for one without any.

    Example:
        >>> target = np.array([[0, 0, 0, 1, 1, 1]])
        >>> pred = np.array([[0, 1, 1, 1, 1, 1]])
        >>> counts = count_contours(pred, target, num_classes=2, tolerance_px=1)
        >>> bf_score_per_class(counts)  # both contours are 2 pixels off
        array([0., 0.])

    References:
        Csurka et al., What is a good evaluation measure for semantic segmentation?, BMVC 2013.
    """
    precision, recall = contour_precision_per_class(counts), contour_recall_per_class(counts)
    return divide(2 * precision * recall, precision + recall, ~np.isnan(precision))


def mean_bf_score(counts: ContourCounts) -> float:
    """Mean of the per-class BF score over all contours, over the classes with a contour.

    Not the number of the paper, which is :func:`imagewise_mean_bf_score`.

    Args:
        counts: Sum of what :func:`count_contours` gave for each image.

    Returns:
        Fraction in [0, 1], higher is better. A class with a contour on one side only counts as
        0; NaN if no class has a contour.
    """
    return mean_of_occurring(bf_score_per_class(counts))


def imagewise_bf_score_per_class(counts: ContourCounts) -> np.ndarray:
    """BF score of each class as the mean of its scores per image.

    Each image counts the same. Images in which the class has no contour are left out.

    Args:
        counts: Sum of what :func:`count_contours` gave for each image.

    Returns:
        Array of shape (C,), float64, fractions in [0, 1], higher is better. An image with a
        contour on one side only counts as 0; NaN for a class without any contour.

    References:
        Csurka et al., What is a good evaluation measure for semantic segmentation?, BMVC 2013.
    """
    return divide(counts.score_sum, counts.images, counts.images > 0)


def imagewise_mean_bf_score(counts: ContourCounts) -> float:
    """BF score of the paper: the mean over images of the mean over each image's classes.

    Args:
        counts: Sum of what :func:`count_contours` gave for each image.

    Returns:
        Fraction in [0, 1], higher is better. A class with a contour on one side only counts as
        0 in its image, an image without a contour is left out; NaN if none has one.

    References:
        Csurka et al., What is a good evaluation measure for semantic segmentation?, BMVC 2013.
    """
    return counts.mean_score_sum / counts.images_scored if counts.images_scored else float("nan")


def _keep_contours(labels: np.ndarray, num_classes: int) -> np.ndarray:
    """Copy of a label map that keeps contour pixels and holds C everywhere else."""
    contours = np.full_like(labels, num_classes)
    for kept, lines in ((contours, labels), (contours.T, labels.T)):
        differs = lines[1:] != lines[:-1]
        np.copyto(kept[1:], lines[1:], where=differs)
        np.copyto(kept[:-1], lines[:-1], where=differs)
    return contours


def _with_scores(
    pred: np.ndarray, pred_matched: np.ndarray, target: np.ndarray, target_matched: np.ndarray
) -> ContourCounts:
    """Counts of one image, completed by its scores."""
    nothing = np.zeros(pred.shape)
    plain = ContourCounts(pred, pred_matched, target, target_matched, pred * 0, nothing, 0, 0.0)
    scores, mean = bf_score_per_class(plain), mean_bf_score(plain)
    return ContourCounts(
        pred,
        pred_matched,
        target,
        target_matched,
        images=(~np.isnan(scores)).astype(np.int64),
        score_sum=np.nan_to_num(scores),
        images_scored=int(not math.isnan(mean)),
        mean_score_sum=0.0 if math.isnan(mean) else mean,
    )
