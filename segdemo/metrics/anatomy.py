"""Error anatomy: what kind of mistake each wrong pixel is."""

import functools
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from segdemo.metrics.components import label_components
from segdemo.metrics.confusion import confusion_matrix
from segdemo.metrics.counts import ClassCounts
from segdemo.metrics.division import divide
from segdemo.metrics.label_maps import check_and_shrink
from segdemo.metrics.neighbourhood import (
    check_distance_px,
    diagonal_px,
    found_within,
    spread_square,
)

_SHARE_OF_DIAGONAL = 0.01


class ErrorKind(IntEnum):
    """What a pixel is in an error map; the values that :func:`error_map` writes."""

    RIGHT = 0
    BOUNDARY = 1
    EXTENT = 2
    SEGMENT = 3
    VOID = 255


_KINDS = 4
"""Number of kinds of valid pixels."""


def default_error_width_px(shape: tuple[int, ...]) -> int:
    """Width that the paper takes for boundary errors: 1 % of the diagonal, at least 1 pixel.

    Args:
        shape: Shape (H, W) of the label maps.

    Returns:
        Distance in whole pixels.

    Raises:
        ValueError: If ``shape`` has not two entries.

    Example:
        >>> default_error_width_px((480, 640))  # 1 % of 800
        8

    References:
        https://github.com/mxbh/beyond-iou, ``boundary_width``.
    """
    return max(1, round(_SHARE_OF_DIAGONAL * diagonal_px(shape)))


def error_map(
    pred: np.ndarray,
    target: np.ndarray,
    *,
    num_classes: int,
    ignore_index: int = 255,
    width_px: int | None = None,
) -> np.ndarray:
    """Tell for each pixel whether it is right, and if not, what kind of error it is.

    A segment is a connected region of one class (8 neighbours) in the prediction or in the
    target. A wrong pixel is in one of each. The first that holds is its kind:

    - segment: one of its two segments has no right pixel at all. Something that is not there
      was found, or something that is there was missed as a whole.
    - boundary: right pixels of both its classes, the predicted and the true one, lie within
      ``width_px`` rows and columns: the line between the two is merely drawn a bit off. What
      lies around such pixels, within ``width_px`` of one of the same predicted and of one of
      the same true class, belongs to it, so that a strip is taken in its whole width: strips
      less than twice ``width_px`` wide are.
    - extent: all other. The segment was found, but it is too large or too small.

    Differences from the paper, where each class has errors of its own, so that a wrong pixel
    has two kinds, as a false positive of one class and as a false negative of another. Here it
    has one, the graver of the two, which a picture can show. So segment comes first; in the
    paper it comes last, but there a boundary error must touch a right pixel of its class, with
    which it then shares a segment. Distances are counted in rows and columns, not Euclidean.

    Void pixels have no kind, and are no right pixels. A predicted segment may run across them,
    so that the void line that VOC draws around an object does not cut it in two; here alone
    what is predicted on void pixels matters.

    Args:
        pred: Predicted class per pixel, shape (H, W), integer or bool, 0..C-1.
        target: True class per pixel, shape (H, W), integer or bool, 0..C-1 or
            ``ignore_index``.
        num_classes: Number of classes C, background included.
        ignore_index: Label of void pixels, outside 0..C-1.
        width_px: Width of boundary errors in whole pixels, at least 1; None takes
            :func:`default_error_width_px`.

    Returns:
        New array of shape (H, W), uint8, values of :class:`ErrorKind`.

    Raises:
        ValueError: If ``width_px`` is below 1, the maps are not of shape (H, W), or
            :func:`confusion_matrix` refuses them.

    Example:
        >>> target = np.array([[0, 0, 0, 0, 1, 1, 1, 1, 0, 2, 255]])
        >>> pred = np.array([[0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0]])
        >>> error_map(pred, target, num_classes=3, width_px=1).tolist()
        [[0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 255]]

    References:
        Bernhard et al., What's Outside the Intersection? Fine-Grained Error Analysis for
        Semantic Segmentation Beyond IoU, WACV 2024; https://github.com/mxbh/beyond-iou.
    """
    pred, target = check_and_shrink(
        pred, target, num_classes=num_classes, ignore_index=ignore_index
    )
    if width_px is None:
        width_px = default_error_width_px(target.shape)
    check_distance_px("width_px", width_px)
    right = pred == target
    void = target == num_classes
    wrong = ~(right | void)
    kinds = np.where(wrong, np.uint8(ErrorKind.EXTENT), np.uint8(ErrorKind.RIGHT))
    kinds[_is_boundary_error(pred, target, wrong, num_classes, width_px)] = ErrorKind.BOUNDARY
    for labels in (pred, target):
        kinds[wrong & ~_holds_any(labels, right)] = ErrorKind.SEGMENT
    kinds[void] = ErrorKind.VOID
    return kinds


@dataclass(frozen=True, eq=False)
class ErrorCounts(ClassCounts):
    """Pixels of each kind per class; adds up over images.

    Args:
        by_target: Pixels per true class and kind; shape (C, 4), int64, columns right,
            boundary, extent, segment: what became of the pixels of a class.
        by_pred: Pixels per predicted class and kind, in the same form: what the pixels are
            that were taken for a class.

    Raises:
        ValueError: If the arrays do not fit together, or hold no counts.
    """

    by_target: np.ndarray
    by_pred: np.ndarray

    def __post_init__(self) -> None:
        """Check that there is one column per kind too."""
        super().__post_init__()
        for name in ("by_target", "by_pred"):
            if getattr(self, name).shape[1:] != (_KINDS,):
                raise ValueError(
                    f"{name} must have shape (C, {_KINDS}), got {getattr(self, name).shape}"
                )


def count_errors(
    kinds: np.ndarray, pred: np.ndarray, target: np.ndarray, *, num_classes: int
) -> ErrorCounts:
    """Count the pixels of each kind per class.

    Args:
        kinds: What :func:`error_map` gave for ``pred`` and ``target``.
        pred: Predicted class per pixel, shape (H, W), integer or bool, 0..C-1.
        target: True class per pixel, shape (H, W), integer or bool, 0..C-1 on all pixels that
            are not void in ``kinds``.
        num_classes: Number of classes C, background included.

    Returns:
        Counts of this image, to add to those of others.

    Raises:
        ValueError: If the three maps differ in shape, or a value is out of range on a pixel
            that is not void in ``kinds``.

    Example:
        >>> target, pred = np.array([[0, 0, 1, 1]]), np.array([[0, 1, 1, 1]])
        >>> kinds = error_map(pred, target, num_classes=2)
        >>> count_errors(kinds, pred, target, num_classes=2).by_target
        array([[1, 1, 0, 0],
               [2, 0, 0, 0]])
    """
    if not kinds.shape == pred.shape == target.shape:
        raise ValueError(
            f"kinds, pred and target must have the same shape, got {kinds.shape}, {pred.shape} "
            f"and {target.shape}"
        )
    valid = kinds != ErrorKind.VOID
    kind, actual, predicted = kinds[valid], target[valid], pred[valid]
    for name, values, limit in (
        ("kinds", kind, _KINDS),
        ("target", actual, num_classes),
        ("pred", predicted, num_classes),
    ):
        if values.size and not (values.min() >= 0 and values.max() < limit):
            raise ValueError(
                f"{name} must hold 0 to {limit - 1} where kinds is not void, got "
                f"{values.min()} to {values.max()}"
            )
    # Pairs of two numbers are counted as pairs of two classes are.
    size = max(num_classes, _KINDS)
    by_target, by_pred = (
        confusion_matrix(kind, labels, num_classes=size, ignore_index=-1)[:num_classes, :_KINDS]
        for labels in (actual, predicted)
    )
    return ErrorCounts(by_target, by_pred)


def error_shares(counts: ErrorCounts) -> np.ndarray:
    """Share of each kind in all valid pixels.

    Args:
        counts: Sum of what :func:`count_errors` gave for each image.

    Returns:
        Array of shape (4,), float64: right (the pixel accuracy), boundary, extent, segment.
        They sum up to 1; all NaN if no pixel is valid.

    Example:
        >>> by_class = np.array([[6, 1, 0, 1], [0, 0, 2, 0]])
        >>> error_shares(ErrorCounts(by_class, by_class))
        array([0.6, 0.1, 0.2, 0.1])
    """
    pixels = counts.by_target.sum(axis=0)
    return divide(pixels, np.full(_KINDS, pixels.sum()), np.full(_KINDS, pixels.sum() > 0))


def error_over_union_per_class(counts: ErrorCounts) -> np.ndarray:
    r"""What keeps the IoU of each class below 1, kind by kind.

    .. math:: \mathrm{EoU}_{c,k} = \frac{FP_{c,k} + FN_{c,k}}{TP_c + FP_c + FN_c}

    The IoU of the class and its three values sum up to 1. A wrong pixel counts for its true
    and for its predicted class, with one and the same kind; see :func:`error_map`.

    Args:
        counts: Sum of what :func:`count_errors` gave for each image.

    Returns:
        Array of shape (C, 3), float64, fractions in [0, 1], lower is better: boundary, extent,
        segment. NaN for a class that is in neither prediction nor target.

    Example:
        >>> by_target = np.array([[1, 1, 0, 0], [2, 0, 0, 0]])
        >>> by_pred = np.array([[1, 0, 0, 0], [2, 1, 0, 0]])
        >>> error_over_union_per_class(ErrorCounts(by_target, by_pred))
        array([[0.5       , 0.        , 0.        ],
               [0.33333333, 0.        , 0.        ]])

    References:
        Bernhard et al., What's Outside the Intersection?, WACV 2024.
    """
    errors = (counts.by_target + counts.by_pred)[:, 1:]
    union = counts.by_target[:, :1] + errors.sum(axis=1, keepdims=True)
    union = np.broadcast_to(union, errors.shape)
    return divide(errors, union, union > 0)


def _is_boundary_error(
    pred: np.ndarray, target: np.ndarray, wrong: np.ndarray, num_classes: int, width_px: int
) -> np.ndarray:
    """Wrong pixels, between right ones of both their classes, as wide as the strip is."""
    found = functools.partial(
        found_within,
        num_labels=num_classes,
        spread=functools.partial(spread_square, distance_px=width_px, combine=np.bitwise_or),
    )
    nothing = pred.dtype.type(num_classes)
    right_labels = np.where(pred == target, pred, nothing)
    wrong_pred, wrong_target = (np.where(wrong, labels, nothing) for labels in (pred, target))
    between = found(wrong_pred, right_labels) & found(wrong_target, right_labels)
    around_pred, around_target = (
        found(labels, np.where(between, labels, nothing)) for labels in (wrong_pred, wrong_target)
    )
    return around_pred & around_target


def _holds_any(labels: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """Whether the segment of each pixel has a marked pixel."""
    segments, count = label_components(labels)
    holds = np.zeros(count, dtype=bool)
    holds[segments[marked]] = True
    return holds[segments]
