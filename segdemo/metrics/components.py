"""Connected components of a label map, on NumPy alone."""

from typing import Literal

import numpy as np


def label_components(
    label_map: np.ndarray, *, connectivity: Literal[4, 8] = 8
) -> tuple[np.ndarray, int]:
    """Number the connected regions of equal label.

    Every pixel is in a component, whatever its label. By default pixels that touch at a corner
    are connected: poles, legs and other thin things run across the grid, and with 4 neighbours
    they would fall to pieces.

    It works on runs, stretches of equal pixels in a row: runs that touch are joined, each of
    them takes the number of an earlier one, and chains of such numbers are followed by jumping
    along them in doubling steps. Time depends on the number of runs, not on their shape.

    Args:
        label_map: Label per pixel, shape (H, W), integer or bool.
        connectivity: 8, or 4 where corners shall not connect.

    Returns:
        Tuple of the component of each pixel, new array of shape (H, W), int32, numbered from 0
        in the order of their first pixels, row by row, and the number of components, 0 for a
        map without pixels.

    Raises:
        ValueError: If ``label_map`` is not of shape (H, W) and integer or bool, or
            ``connectivity`` is neither 4 nor 8.

    Example:
        >>> label_components(np.array([[7, 7, 2], [2, 2, 2], [2, 2, 7]]))
        (array([[0, 0, 1],
               [1, 1, 1],
               [1, 1, 2]], dtype=int32), 3)

    References:
        Shiloach and Vishkin, An O(log n) parallel connectivity algorithm, Journal of
        Algorithms 3, 1982: joining and jumping.
    """
    if label_map.ndim != 2 or label_map.dtype.kind not in "biu":
        raise ValueError(
            f"label_map must have shape (H, W) and hold integers or bool, got "
            f"{label_map.shape} and {label_map.dtype}"
        )
    if connectivity not in (4, 8):
        raise ValueError(f"connectivity must be 4 or 8, got {connectivity}")
    if not label_map.size:
        return np.zeros(label_map.shape, dtype=np.int32), 0
    starts = np.ones(label_map.shape, dtype=bool)
    np.not_equal(label_map[:, 1:], label_map[:, :-1], out=starts[:, 1:])
    runs = np.cumsum(starts, dtype=np.int32).reshape(label_map.shape) - np.int32(1)
    roots = _join(int(runs[-1, -1]) + 1, *_touching(label_map, starts, runs, connectivity))
    is_root = roots == np.arange(len(roots))
    numbers = (np.cumsum(is_root, dtype=np.int32) - np.int32(1))[roots]
    return numbers[runs], int(np.count_nonzero(is_root))


def _touching(
    label_map: np.ndarray, starts: np.ndarray, runs: np.ndarray, connectivity: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of runs of one label in two rows that touch: the upper ones, the lower ones."""
    upper, lower = label_map[:-1], label_map[1:]
    # Two runs that overlap do so first where one of them starts: one pair for each two of them.
    above = (upper == lower) & (starts[:-1] | starts[1:])
    pairs = [(runs[:-1][above], runs[1:][above])]
    if connectivity == 8:
        # Runs that touch at a corner only: both rows change there.
        corner = starts[:-1, 1:] & starts[1:, 1:]
        falling = corner & (upper[:, :-1] == lower[:, 1:])
        rising = corner & (upper[:, 1:] == lower[:, :-1])
        pairs += [
            (runs[:-1, :-1][falling], runs[1:, 1:][falling]),
            (runs[:-1, 1:][rising], runs[1:, :-1][rising]),
        ]
    uppers, lowers = zip(*pairs, strict=True)
    return np.concatenate(uppers), np.concatenate(lowers)


def _join(count: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Smallest member of the group of each of ``count`` members, joined pair by pair."""
    roots = np.arange(count, dtype=np.int32)
    while first.size:
        # Each root points to a smaller one that it is joined to; which one, does not matter.
        roots[np.maximum(first, second)] = np.minimum(first, second)
        while not np.array_equal(roots, jumped := roots[roots]):
            roots = jumped
        first, second = roots[first], roots[second]
        apart = first != second
        first, second = first[apart], second[apart]
    return roots
