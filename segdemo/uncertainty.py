"""How sure a prediction is: probabilities, confidence, entropy and margin, made when asked for.

A :class:`~segdemo.prediction.Prediction` keeps its network's small logits; here they are enlarged
and turned into probabilities, in strips of rows, so that no more than one strip of all classes
exists at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from segdemo.enlarging import map_strips
from segdemo.prediction import Logits


def probability_strips(
    logits: Logits, *, shape: tuple[int, int]
) -> Iterator[tuple[slice, np.ndarray]]:
    """Give the probabilities of all classes, strip by strip from the top.

    Logits are enlarged bilinearly, with pixel centres as the corners of no pixel
    (``align_corners=False``), then a softmax over the classes is taken.

    Args:
        logits: A prediction's logits.
        shape: Height H and width W wanted; the photo's own for the pixels that were classified.

    Yields:
        Rows that the strip covers, and a new array of shape (C, rows, W), float32, which sums to
        1 over C.

    Raises:
        ValueError: If a side of ``shape`` is below 1.
    """
    height, width = shape
    if min(shape) < 1:
        raise ValueError(f"shape must be at least 1 x 1, got {height} x {width}")
    yield from map_strips(_softmax, logits.values, shape=shape, used=logits.used)


def _softmax(rows: slice, strip: np.ndarray) -> tuple[slice, np.ndarray]:
    """Turn logits of shape (C, rows, W) into probabilities, in place."""
    strip -= strip.max(axis=0)
    np.exp(strip, out=strip)
    strip /= strip.sum(axis=0)
    return rows, strip


def probabilities(logits: Logits, *, shape: tuple[int, int]) -> np.ndarray:
    """Probabilities of all classes at once, for exports; a large photo takes a lot of memory.

    Args:
        logits: A prediction's logits.
        shape: Height H and width W wanted.

    Returns:
        New array of shape (C, H, W), float16, sums to 1 over C within its precision.

    Raises:
        ValueError: If a side of ``shape`` is below 1.
    """
    probs = np.empty((len(logits.values), *shape), dtype=np.float16)
    for rows, strip in probability_strips(logits, shape=shape):
        probs[:, rows] = strip
    return probs


@dataclass(frozen=True, eq=False)
class Certainty:
    """Three readings of how sure a network is of each pixel.

    Args:
        confidence: Probability of the likeliest class; shape (H, W), float32, 1/C to 1, higher is
            surer.
        entropy: Entropy of the probabilities as a share of the largest possible, the logarithm of
            C; shape (H, W), float32, 0 (sure) to 1 (all classes alike). 0 with a single class.
        margin: Probability of the likeliest class less that of the next; shape (H, W), float32, 0
            (undecided) to 1 (sure). The confidence with a single class.
    """

    confidence: np.ndarray
    entropy: np.ndarray
    margin: np.ndarray


def certainty(logits: Logits, *, shape: tuple[int, int]) -> Certainty:
    """Measure how sure a prediction is of each pixel.

    Args:
        logits: A prediction's logits.
        shape: Height H and width W wanted.

    Returns:
        Confidence, entropy and margin.

    Raises:
        ValueError: If a side of ``shape`` is below 1.

    Example:
        >>> even = Logits(np.zeros((4, 1, 1), dtype=np.float32))
        >>> found = certainty(even, shape=(1, 1))
        >>> [float(a[0, 0]) for a in (found.confidence, found.entropy, found.margin)]
        [0.25, 1.0, 0.0]
    """
    confidence, entropy, margin = (np.empty(shape, dtype=np.float32) for _ in range(3))
    largest_entropy = max(np.log(len(logits.values)), np.finfo(np.float32).tiny)
    for rows, strip in probability_strips(logits, shape=shape):
        confidence[rows] = strip.max(axis=0)
        # 0 * log(0) is 0: the smallest float32 stands in for a probability that rounded to 0.
        logs = np.log(np.maximum(strip, np.finfo(np.float32).tiny))
        share = -(strip * logs).sum(axis=0) / np.float32(largest_entropy)
        entropy[rows] = np.clip(share, 0, 1)
        margin[rows] = confidence[rows] - _second_largest(strip)
    return Certainty(confidence, entropy, margin)


def top_classes(
    logits: Logits, *, at: tuple[float, float], count: int = 3
) -> list[tuple[int, float]]:
    """The likeliest classes of one point of the photo.

    Args:
        logits: A prediction's logits.
        at: Row and column of the point as shares of the photo's height and width, 0 to 1.
        count: How many classes are wanted, at least 1.

    Returns:
        Class index and probability, 0 to 1, likeliest first, the lower index first on a tie; all
        classes if there are fewer than ``count``.

    Raises:
        ValueError: If the point is outside the photo or ``count`` is below 1.

    Example:
        >>> logits = Logits(np.log(np.array([0.2, 0.7, 0.1], dtype=np.float32))[:, None, None])
        >>> [(index, round(share, 2)) for index, share in top_classes(logits, at=(0.5, 0.5))]
        [(1, 0.7), (0, 0.2), (2, 0.1)]
    """
    if not all(0 <= share <= 1 for share in at):
        raise ValueError(f"at must be two shares within 0 to 1, got {at}")
    if count < 1:
        raise ValueError(f"count must be at least 1, got {count}")
    _, height, width = logits.values.shape
    top, bottom, down = _neighbours(at[0] * height * logits.used[0], height)
    left, right, across = _neighbours(at[1] * width * logits.used[1], width)
    corners = logits.values.astype(np.float64)
    upper = corners[:, top, left] * (1 - across) + corners[:, top, right] * across
    lower = corners[:, bottom, left] * (1 - across) + corners[:, bottom, right] * across
    mixed = upper * (1 - down) + lower * down
    probs = np.exp(mixed - mixed.max())
    probs /= probs.sum()
    order = np.argsort(-probs, kind="stable")[:count]
    return [(int(index), float(probs[index])) for index in order]


def _neighbours(position: float, length: int) -> tuple[int, int, float]:
    """The two cells whose centres a position lies between, and the weight of the second."""
    centred = min(max(position - 0.5, 0.0), length - 1.0)
    first = min(int(centred), max(0, length - 2))
    return first, min(first + 1, length - 1), centred - first


def _second_largest(values: np.ndarray) -> np.ndarray:
    """Second largest along the first axis; 0 where there is but one."""
    if len(values) < 2:
        return np.zeros(values.shape[1:], dtype=values.dtype)
    return np.partition(values, -2, axis=0)[-2]
