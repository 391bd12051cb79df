"""Dividing: what every metric that is made from a confusion matrix or from counts shares."""

import numpy as np


def marginals(confmat: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pixels per class that are hit (TP), predicted (TP + FP) and actual (TP + FN).

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.

    Returns:
        Three arrays of shape (C,), int64: the diagonal, the sums of the columns and the sums
        of the rows.

    Raises:
        ValueError: If ``confmat`` is no square integer matrix of counts.

    Example:
        >>> [counts.tolist() for counts in marginals(np.array([[2, 1], [0, 1]]))]
        [[2, 1], [2, 2], [3, 1]]
    """
    if confmat.ndim != 2 or confmat.shape[0] != confmat.shape[1] or not confmat.size:
        raise ValueError(f"confmat must have shape (C, C) with C >= 1, got {confmat.shape}")
    if confmat.dtype.kind not in "iu":
        raise ValueError(f"confmat must hold integers, got dtype {confmat.dtype}")
    if confmat.min() < 0:
        raise ValueError(f"confmat must hold counts, none below 0, got {confmat.min()}")
    counts = confmat.astype(np.int64, copy=False)  # sums and 2 TP must not overflow
    return counts.diagonal(), counts.sum(axis=0), counts.sum(axis=1)


def divide(part: np.ndarray, whole: np.ndarray, occurs: np.ndarray) -> np.ndarray:
    """Quotient per class: 0 for 0 / 0 of a class that occurs, NaN where it does not.

    Args:
        part: Numerators, any shape.
        whole: Denominators, ``part``'s shape, none negative.
        occurs: Which classes occur, ``part``'s shape, bool.

    Returns:
        New array of ``part``'s shape, float64.

    Example:
        >>> divide(np.array([1, 0, 0]), np.array([2, 0, 0]), np.array([True, True, False]))
        array([0.5, 0. , nan])
    """
    quotient = np.where(occurs, 0.0, np.nan)
    np.divide(part, whole, out=quotient, where=whole > 0)
    return quotient


def mean_of_occurring(per_class: np.ndarray) -> float:
    """Mean over the classes that have a value; NaN, without NumPy's warning, if none has.

    Args:
        per_class: Values of shape (C,), float; NaN for a class without a value.

    Returns:
        The mean of what is not NaN.

    Example:
        >>> mean_of_occurring(np.array([0.5, np.nan, 1.0]))
        0.75
    """
    values = per_class[~np.isnan(per_class)]
    return float(values.mean()) if values.size else float("nan")
