"""Which classes are taken for each other."""

from dataclasses import dataclass

import numpy as np

from segdemo.metrics.division import marginals


@dataclass(frozen=True)
class ConfusedPair:
    """A class that is taken for another.

    Args:
        target: Index of the true class.
        pred: Index of the class predicted in its place.
        pixels: Number of pixels for which that is so.
        share: Their share in all wrong pixels, in (0, 1].
    """

    target: int
    pred: int
    pixels: int
    share: float


def confused_pairs(confmat: np.ndarray, *, limit: int = 5) -> tuple[ConfusedPair, ...]:
    """Find the classes that are taken for each other on the most pixels.

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.
        limit: Largest number of pairs, at least 1.

    Returns:
        Pairs of true and predicted class, most pixels first; equal ones by the indices of
        their classes. None of them is without a pixel: empty if all is right.

    Raises:
        ValueError: If ``limit`` is below 1, or ``confmat`` is no square integer matrix of
            counts.

    Example:
        >>> confused_pairs(np.array([[9, 3], [1, 9]]), limit=1)
        (ConfusedPair(target=0, pred=1, pixels=3, share=0.75),)
    """
    if limit < 1:
        raise ValueError(f"limit must be at least 1, got {limit}")
    hits, _, _ = marginals(confmat)
    wrong = confmat.astype(np.int64) - np.diag(hits)
    pixels = wrong.reshape(-1)
    order = np.argsort(-pixels, kind="stable")[:limit]
    total = int(pixels.sum())
    return tuple(
        ConfusedPair(index // len(confmat), index % len(confmat), count, count / total)
        for index, count in zip(order.tolist(), pixels[order].tolist(), strict=True)
        if count
    )
