"""The Brier score of all class probabilities."""

import numpy as np

from segdemo.metrics.checks import check_fractions, check_kind

_STRIP_VALUES = 2**17
"""Probabilities handled at once; their float64 copy (1 MB) stays in the CPU's cache."""

_SUM_TOLERANCE = 0.01
"""How far probabilities may be from summing to 1: half precision rounds, logits are far off."""


def brier_score(probs: np.ndarray, target: np.ndarray, *, ignore_index: int = 255) -> float:
    r"""Brier score of all class probabilities: mean squared distance from the truth.

    .. math:: \frac{1}{n} \sum_x \sum_c (\mathrm{probs}_c(x) - [\mathrm{target}(x) = c])^2

    Not :func:`top_label_brier`, which looks at the predicted class alone. The score of several
    images together is the mean of theirs, weighted by valid pixels.

    Args:
        probs: Probability of each class per pixel, shape (C, H, W), float, 0 to 1, sums to 1
            over the classes.
        target: True class per pixel, shape (H, W), integer or bool, 0..C-1 or ``ignore_index``.
        ignore_index: Label of void pixels, outside 0..C-1; they are left out.

    Returns:
        Number in [0, 2], lower is better; NaN if no pixel is valid. 1 - 1 / C for equal
        probabilities, 2 for a wrong class of probability 1.

    Raises:
        ValueError: If a shape, dtype or value is not as stated, or a pixel's probabilities, also
            those of a void pixel, do not sum to 1 (within 0.01).

    Example:
        >>> probs = np.array([[[0.8, 0.5]], [[0.2, 0.5]]])
        >>> round(brier_score(probs, np.array([[0, 1]])), 4)  # (2 * 0.2 ** 2 + 2 * 0.5 ** 2) / 2
        0.29

    References:
        Brier, Verification of forecasts expressed in terms of probability,
        Monthly Weather Review 78, 1950, equation 2.
    """
    check_kind("probs", probs, "f", "floats")
    check_kind("target", target, "biu", "integers or bool")
    if probs.ndim != 3 or probs.shape[1:] != target.shape:
        raise ValueError(
            f"probs must have shape (C, H, W) and target (H, W), got {probs.shape} and "
            f"{target.shape}"
        )
    num_classes, height, width = probs.shape
    if 0 <= ignore_index < num_classes:
        raise ValueError(
            f"ignore_index must be no class index, so outside 0 to {num_classes - 1}, "
            f"got {ignore_index}"
        )
    squared_error_sum, pixels = 0.0, 0
    rows_at_once = max(1, _STRIP_VALUES // max(1, num_classes * width))
    for start in range(0, height, rows_at_once):
        rows = slice(start, start + rows_at_once)
        valid = target[rows] != ignore_index
        errors = _squared_errors(probs[:, rows], np.where(valid, target[rows], 0))
        squared_error_sum += float(errors[valid].sum())
        pixels += int(np.count_nonzero(valid))
    return squared_error_sum / pixels if pixels else float("nan")


def _squared_errors(probs: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Squared distance of probabilities (C, H, W) from the true class, shape (H, W)."""
    if target.size and not (target.min() >= 0 and target.max() < len(probs)):
        raise ValueError(
            f"target must hold classes 0 to {len(probs) - 1} or ignore_index, "
            f"got {target.min()} to {target.max()}"
        )
    distances = probs.astype(np.float64)
    check_fractions("probs", distances)
    sums = distances.sum(axis=0)
    if sums.size and np.abs(sums - 1).max() > _SUM_TOLERANCE:
        raise ValueError(
            f"probs must sum to 1 over the classes, got {sums.min():.3g} to {sums.max():.3g}"
        )
    index = target[np.newaxis].astype(np.int64)
    at_target = np.take_along_axis(distances, index, axis=0)
    np.put_along_axis(distances, index, at_target - 1, axis=0)
    return np.square(distances, out=distances).sum(axis=0)
