"""Tallies as plain vectors, which machines can add up and send.

Whole numbers and floats travel apart: sums of whole numbers are the same in any order, sums of
floats only in one order.
"""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from segdemo.metrics import Tally, tally


def empty_tally(num_classes: int, *, details: bool) -> Tally:
    """The tally of no pixel at all, with the parts that a photo's tally has.

    Args:
        num_classes: Number of classes, background included.
        details: Whether boundaries and kinds of errors are counted.

    Returns:
        Counts that are all 0.

    Example:
        >>> int(empty_tally(3, details=False).confmat.sum())
        0
    """
    pixel = np.zeros((1, 1), dtype=np.uint8)
    void = np.full((1, 1), 255, dtype=np.uint8)
    sure = np.ones((1, 1), dtype=np.float32)
    return tally(pixel, void, num_classes=num_classes, confidence=sure, details=details)


def pack(counts: Tally) -> tuple[np.ndarray, np.ndarray]:
    """Give all numbers of a tally.

    Args:
        counts: A tally.

    Returns:
        Its whole numbers, shape (I,), int64, and its floats, shape (F,), float64.

    Example:
        >>> integers, floats = pack(empty_tally(3, details=False))
        >>> integers.size, floats.size  # a 3x3 matrix, 2 rows of 15 bins; 15 sums and one more
        (39, 16)
    """
    integers: list[np.ndarray] = []
    floats: list[np.ndarray] = []
    for value in _leaves(counts):
        array = np.asarray(value)
        (floats if array.dtype.kind == "f" else integers).append(array.reshape(-1))
    return np.concatenate(integers).astype(np.int64), np.concatenate(floats)


def unpack(like: Tally, integers: np.ndarray, floats: np.ndarray) -> Tally:
    """Build a tally from its numbers.

    Args:
        like: A tally with the same parts.
        integers: Whole numbers as from :func:`pack`.
        floats: Floats as from :func:`pack`.

    Returns:
        The tally with these numbers.
    """
    filled: Tally = _filled(like, [integers, floats])
    return filled


def _leaves(part: object) -> list[Any]:
    """Arrays and numbers of nested dataclasses, in the order of their fields."""
    if part is None:
        return []
    if not is_dataclass(part):
        return [part]
    return [leaf for field in fields(part) for leaf in _leaves(getattr(part, field.name))]


def _filled(like: Any, rest: list[np.ndarray]) -> Any:
    """The same structure with numbers taken from the front of ``rest``'s two vectors."""
    if like is None:
        return like
    if is_dataclass(like) and not isinstance(like, type):
        values = {field.name: _filled(getattr(like, field.name), rest) for field in fields(like)}
        return type(like)(**values)
    array = np.asarray(like)
    kind = int(array.dtype.kind == "f")
    taken, rest[kind] = np.split(rest[kind], [array.size])
    return taken.reshape(array.shape) if isinstance(like, np.ndarray) else taken[0].item()
