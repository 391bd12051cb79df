"""Counting: the confusion matrix, the one source of every region metric."""

from collections import Counter

import numpy as np

from segdemo.metrics.checks import check_kind

_STRIP_PX = 2**15
"""Pixels handled at once; their working arrays (256 KB as int64) stay in the CPU's cache."""

_LANES = 4
"""Copies of the matrix, in which neighbouring pixels are counted by turns. Neighbours are mostly
alike, and adding to one number again and again has to wait for each sum."""

_VALUES_NAMED = 8
"""How many wrong values an error message names before it sums up the rest."""


def confusion_matrix(
    pred: np.ndarray, target: np.ndarray, *, num_classes: int, ignore_index: int = 255
) -> np.ndarray:
    r"""Pixel counts per pair of target class and predicted class.

    .. math:: M_{ij} = |\{x : target(x) = i \wedge pred(x) = j\}|

    Pixels whose target is ``ignore_index`` (void) are in no entry, whatever was predicted
    there. Matrices of several images add up to the matrix of all their pixels.

    No value is clipped or skipped in silence: a prediction that is no class is refused even
    on a void pixel, as it means the wrong label set or a damaged map. Working memory is a
    few strips of pixels and a few matrices; only a non-contiguous map is also copied once.

    Args:
        pred: Predicted class per pixel, any shape such as (H, W), integer or bool (False is
            class 0, True class 1), 0..C-1.
        target: True class per pixel, ``pred``'s shape, integer or bool, 0..C-1 or
            ``ignore_index``.
        num_classes: Number of classes C, background included.
        ignore_index: Label of void pixels, outside 0..C-1. A value that ``target`` cannot
            hold, such as -1 for uint8, leaves no pixel out; with 256 classes the default is
            refused and -1 is what to give.

    Returns:
        New array of shape (C, C), int64; rows are the target class, columns the predicted
        class. All zeros if no pixel is valid.

    Raises:
        ValueError: If the shapes differ, an array is neither integer nor bool,
            ``num_classes`` is below 1, ``ignore_index`` is a class index, or a value is
            out of range; the message names such values and their pixel counts.

    Example:
        >>> pred = np.array([[0, 0], [1, 1]])
        >>> target = np.array([[0, 1], [1, 255]])
        >>> confusion_matrix(pred, target, num_classes=2)
        array([[1, 0],
               [1, 1]])

    References:
        Long et al., Fully Convolutional Networks for Semantic Segmentation,
        https://arxiv.org/abs/1411.4038, section 5: n_ij.
    """
    if num_classes < 1:
        raise ValueError(f"num_classes must be at least 1, got {num_classes}")
    if 0 <= ignore_index < num_classes:
        raise ValueError(
            f"ignore_index must be no class index, so outside 0 to {num_classes - 1}, "
            f"got {ignore_index}; -1 leaves no pixel out"
        )
    check_kind("pred", pred, "biu", "integers or bool")
    check_kind("target", target, "biu", "integers or bool")
    if pred.shape != target.shape:
        raise ValueError(
            f"pred and target must have the same shape, got {pred.shape} and {target.shape}"
        )
    counts = _count_pairs(pred.reshape(-1), target.reshape(-1), num_classes, ignore_index)
    if counts[:, num_classes].any():
        raise ValueError(_describe_outside("pred", pred, num_classes, None))
    if counts[num_classes].any():
        raise ValueError(_describe_outside("target", target, num_classes, ignore_index))
    return counts[:num_classes, :num_classes].copy()


def _count_pairs(
    pred: np.ndarray, target: np.ndarray, num_classes: int, ignore_index: int
) -> np.ndarray:
    """Count pairs of flat arrays, with a row and a column for what is no class.

    Returns:
        Array of shape (C + 2, C + 1), int64: row C counts targets that are neither a class
        nor void, row C + 1 void targets, column C predictions that are no class.
    """
    rows, columns = num_classes + 2, num_classes + 1
    counts = np.zeros((_LANES, rows * columns), dtype=np.int64)
    narrow = np.min_scalar_type(counts.size)  # narrow numbers take less time to move and add
    # A strip is no smaller than the matrices, so that adding them up never dominates.
    strip_px = max(_STRIP_PX, counts.size)
    lanes = (np.arange(strip_px) % _LANES * counts.shape[1]).astype(narrow)
    for start in range(0, pred.size, strip_px):
        strip = slice(start, start + strip_px)
        pairs = _clip_to_classes(target[strip], num_classes).astype(narrow)
        pairs += target[strip] == ignore_index  # void is no class either: C becomes C + 1
        pairs *= narrow.type(columns)
        pairs += _clip_to_classes(pred[strip], num_classes).astype(narrow)
        pairs += lanes[: pairs.size]
        counts += np.bincount(pairs, minlength=counts.size).reshape(counts.shape)
    return counts.sum(axis=0).reshape(rows, columns)


def _clip_to_classes(label_map: np.ndarray, num_classes: int) -> np.ndarray:
    """Copy a label map as unsigned integers, with C in place of every value outside 0..C-1."""
    wide = label_map.astype(
        np.promote_types(label_map.dtype, np.min_scalar_type(num_classes)), copy=False
    )
    unsigned = wide.view(f"u{wide.itemsize}")  # what is negative becomes larger than any class
    # Against a whole array, as NumPy's minimum is several times slower against one number.
    return np.minimum(unsigned, np.full_like(unsigned, num_classes))


def _describe_outside(
    name: str, label_map: np.ndarray, num_classes: int, ignore_index: int | None
) -> str:
    """Say which values of a label map are no class, and on how many pixels each."""
    flat = label_map.reshape(-1)
    found: Counter[int] = Counter()
    for start in range(0, flat.size, _STRIP_PX):
        values, pixels = np.unique(flat[start : start + _STRIP_PX], return_counts=True)
        for value, count in zip(values.tolist(), pixels.tolist(), strict=True):
            if not 0 <= value < num_classes and value != ignore_index:
                found[int(value)] += count
    named = sorted(found)[:_VALUES_NAMED]
    came = ", ".join(f"{value} ({_pixels(found[value])})" for value in named)
    if len(found) > len(named):
        rest = found.total() - sum(found[value] for value in named)
        came += f" and {len(found) - len(named)} more ({_pixels(rest)})"
    void = "" if ignore_index is None else f" or {ignore_index} for void"
    return f"{name} must hold classes 0 to {num_classes - 1}{void}, got {came}"


def _pixels(count: int) -> str:
    return f"{count} pixel" if count == 1 else f"{count} pixels"
