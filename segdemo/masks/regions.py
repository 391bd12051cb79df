"""COCO's two ways to write down the region of an object: run lengths and polygons."""

from typing import Any

import numpy as np

from segdemo.errors import MaskError

_MAX_CROSSINGS = 5_000_000
"""How often the outline of a polygon may cross a row of pixels; a coastline does so less."""


def region_of_runs(counts: Any, *, shape: tuple[int, int]) -> np.ndarray:
    """Region that run lengths describe.

    The runs go down the columns, from left to right, and alternate between outside and inside,
    outside first.

    Args:
        counts: Pixels of each run: a list of whole numbers, or COCO's text for one.
        shape: Height and width of the photo.

    Returns:
        New array of ``shape``, bool.

    Raises:
        MaskError: If ``counts`` is neither, or does not add up to the photo's pixels.

    Example:
        >>> region_of_runs([1, 2, 1], shape=(2, 2)).astype(int)
        array([[0, 1],
               [1, 0]])

    References:
        pycocotools, ``common/maskApi.c``: rleDecode and rleFrString.
    """
    runs = _runs_of_text(counts) if isinstance(counts, str) else counts
    height, width = shape
    size = height * width
    if not isinstance(runs, list) or not all(type(run) is int and 0 <= run <= size for run in runs):
        raise _damaged(f"its run lengths are no whole numbers from 0 to {size}")
    if sum(runs) != size:
        raise _damaged(
            f"its run lengths add up to {sum(runs)} pixels, not to the {size} of {width} x {height}"
        )
    inside = np.arange(len(runs)) % 2 == 1
    return np.repeat(inside, runs).reshape(width, height).T


def _runs_of_text(text: str) -> list[int]:
    """Run lengths of COCO's text: 5 bits a character, lowest first, from "0" up.

    Bit 5 says that more follow, bit 4 of the last character is the sign. From the fourth run on
    the number is the difference to the run before the last.
    """
    runs: list[int] = []
    value = shift = 0
    for character in text:
        digit = ord(character) - ord("0")
        if not 0 <= digit < 64 or shift > 60:
            raise _damaged("its run lengths are no text as COCO's tools write it")
        value |= (digit & 0x1F) << shift
        shift += 5
        if digit & 0x20:
            continue
        if digit & 0x10:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value = shift = 0
    if shift:
        raise _damaged("its run lengths end in the middle of a number")
    return runs


def region_of_polygons(polygons: list[Any], *, shape: tuple[int, int]) -> np.ndarray:
    """Region inside any of an object's polygons.

    A pixel is inside if its middle is, by the even-odd rule. COCO's own tools round outlines in
    another way, which differs by a pixel here and there.

    Args:
        polygons: Lists x1, y1, x2, y2, ... in pixels; 0, 0 is the photo's upper left corner.
        shape: Height and width of the photo.

    Returns:
        New array of ``shape``, bool.

    Raises:
        MaskError: If a polygon is no such list of three points or more, or lies far outside of
            the photo.

    Example:
        >>> region_of_polygons([[1, 0, 3, 0, 3, 2, 1, 2]], shape=(2, 4)).astype(int)
        array([[0, 1, 1, 0],
               [0, 1, 1, 0]])
    """
    height, width = shape
    region = np.zeros(shape, dtype=bool)
    for polygon in polygons:
        _check_polygon(polygon, shape)
        points = np.array(polygon, dtype=np.float64).reshape(-1, 2)
        left, top = np.clip(np.floor(points.min(axis=0)), 0, (width, height)).astype(int)
        right, bottom = np.clip(np.ceil(points.max(axis=0)), 0, (width, height)).astype(int)
        box = np.s_[top:bottom, left:right]
        region[box] |= _inside(points - (left, top), (bottom - top, right - left))
    return region


def _inside(points: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Pixels whose middle is inside of one polygon of shape (N, 2), as x and y."""
    height, width = shape
    x, y = points.T
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    # The rows whose middle each edge crosses.
    first = np.clip(np.ceil(np.minimum(y, next_y) - 0.5), 0, height).astype(np.int64)
    end = np.clip(np.ceil(np.maximum(y, next_y) - 0.5), 0, height).astype(np.int64)
    number = end - first
    if number.sum() > _MAX_CROSSINGS:
        raise _damaged(f"a polygon of {len(points)} points is too intricate")
    edges = np.repeat(np.arange(len(points)), number)
    rows = np.arange(edges.size) - np.repeat(np.cumsum(number) - end, number)
    slope = (next_x - x)[edges] / (next_y - y)[edges]
    crossings = x[edges] + (rows + 0.5 - y[edges]) * slope
    columns = np.clip(np.ceil(crossings - 0.5), 0, width).astype(np.int64)
    # From each crossing on, the rest of the row changes sides.
    sides = np.zeros((height, width + 1), dtype=bool)
    np.logical_xor.at(sides, (rows, columns), True)
    np.logical_xor.accumulate(sides, axis=1, out=sides)
    return sides[:, :width]


def _check_polygon(polygon: Any, shape: tuple[int, int]) -> None:
    if not isinstance(polygon, list) or len(polygon) < 6 or len(polygon) % 2:
        raise _damaged("a polygon is no list x1, y1, x2, y2, ... of at least three points")
    # NaN is not below the bound either.
    if not all(type(value) in (int, float) and abs(value) < 1e9 for value in polygon):
        raise _damaged("a polygon has coordinates that are no usable numbers")
    height, width = shape
    for values, size in ((polygon[::2], width), (polygon[1::2], height)):
        if min(values) < -size or max(values) > 2 * size:
            raise _damaged(f"a polygon lies far outside of the photo's {width} x {height} pixels")


def _damaged(what: str) -> MaskError:
    return MaskError(f"This COCO file cannot be used: {what}. Export it again.")
