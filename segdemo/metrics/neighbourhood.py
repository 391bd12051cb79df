"""What lies close to a pixel: every question that the boundary metrics ask of a label map.

Two reaches are used. A square of half width d is all pixels within d rows and d columns
(Chebyshev distance): what d erosions or dilations by 3x3 pixels see. A disc is all pixels
within a Euclidean distance. Both are exact, end at the image border and are worked out by
shifting whole maps, so that their cost does not depend on what the maps show.
"""

import math
from collections.abc import Callable

import numpy as np


def diagonal_px(shape: tuple[int, ...]) -> float:
    """Length of the diagonal of an image, the usual unit of distances in metrics.

    Args:
        shape: Shape (H, W) of a label map.

    Returns:
        Length in pixels.

    Raises:
        ValueError: If ``shape`` has not two entries.

    Example:
        >>> diagonal_px((300, 400))
        500.0
    """
    if len(shape) != 2:
        raise ValueError(f"shape must be (H, W), got {shape}")
    return math.hypot(*shape)


def check_distance_px(name: str, distance_px: int) -> None:
    """Refuse a distance that is no whole number of pixels from 1 up.

    Args:
        name: What the caller calls the distance.
        distance_px: The distance.

    Raises:
        ValueError: If it is no integer or below 1.
    """
    if not isinstance(distance_px, int | np.integer) or distance_px < 1:
        raise ValueError(f"{name} must be a whole number of pixels, at least 1, got {distance_px}")


def spread_square(values: np.ndarray, distance_px: int, combine: np.ufunc) -> np.ndarray:
    """Combine each pixel with all others in the square around it.

    Args:
        values: Array of shape (H, W).
        distance_px: Half width of the square, at least 0.
        combine: Function of two arrays for which the same value twice counts once, such as
            ``np.minimum`` or ``np.bitwise_or``.

    Returns:
        New array of ``values``'s shape and type.

    Example:
        >>> spread_square(np.array([[0, 0, 5, 0, 0, 0]]), 1, np.maximum)
        array([[0, 5, 5, 5, 0, 0]])
    """
    spread = values.copy()
    for lines in (spread, spread.T):
        _widen(lines, 0, distance_px, combine)
    return spread


def spread_disc(bits: np.ndarray, radius_px: float) -> np.ndarray:
    """Combine the bits of each pixel with those of all others in the disc around it.

    Args:
        bits: Array of shape (H, W), unsigned or bool.
        radius_px: Largest Euclidean distance between two pixels' centres, at least 0.

    Returns:
        New array of ``bits``'s shape and type: bitwise or over the disc.

    Example:
        >>> centre = np.zeros((5, 5), dtype=np.uint8)
        >>> centre[2, 2] = 1
        >>> spread_disc(centre, 2)
        array([[0, 0, 1, 0, 0],
               [0, 1, 1, 1, 0],
               [1, 1, 1, 1, 1],
               [0, 1, 1, 1, 0],
               [0, 0, 1, 0, 0]], dtype=uint8)
    """
    height = len(bits)
    result = np.zeros_like(bits)
    wide, half_width = bits.copy(), 0
    # The disc row by row, from its short top and bottom rows to the long one in the middle.
    for rows in range(min(math.floor(radius_px), height), -1, -1):
        while math.hypot(rows, half_width + 1) <= radius_px:
            _widen(wide.T, half_width, half_width + 1, np.bitwise_or)
            half_width += 1
        result[rows:] |= wide[: height - rows]
        result[: height - rows] |= wide[rows:]
    return result


def differs_within(label_map: np.ndarray, distance_px: int) -> np.ndarray:
    """Where the square around a pixel holds another label than the pixel's own.

    Args:
        label_map: Label per pixel, shape (H, W), integer.
        distance_px: Half width of the square, at least 0.

    Returns:
        New array of shape (H, W), bool.

    Example:
        >>> differs_within(np.array([[3, 3, 3, 7, 7]]), 1)
        array([[False, False,  True,  True, False]])
    """
    lowest = spread_square(label_map, distance_px, np.minimum)
    return lowest != spread_square(label_map, distance_px, np.maximum)


def found_within(
    wanted: np.ndarray,
    places: np.ndarray,
    *,
    num_labels: int,
    spread: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    """Where the label wanted at a pixel is found close by in another map.

    Args:
        wanted: Label to look for at each pixel, shape (H, W), integer, from 0; ``num_labels`` where
            nothing is looked for.
        places: Labels to find, ``wanted``'s shape and type; ``num_labels`` where there is
            nothing to find.
        num_labels: Number of labels.
        spread: What close by means: spreads the bits of each pixel to those around it.

    Returns:
        New array of shape (H, W), bool.

    Example:
        >>> wanted = np.array([[0, 0, 1, 2]], dtype=np.uint8)
        >>> places = np.array([[2, 0, 2, 2]], dtype=np.uint8)
        >>> found_within(wanted, places, num_labels=2, spread=lambda bits: spread_disc(bits, 1))
        array([[ True,  True, False, False]])
    """
    found = np.zeros(wanted.shape, dtype=bool)
    labels = np.intersect1d(wanted[wanted < num_labels], places[places < num_labels])
    for start in range(0, len(labels), 8):
        eight = labels[start : start + 8]
        found |= (spread(_to_bits(places, eight)) & _to_bits(wanted, eight)) != 0
    return found


def _to_bits(label_map: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """One bit for each of at most eight labels, so that one spread serves them all."""
    bits = np.zeros(label_map.shape, dtype=np.uint8)
    for position, label in enumerate(labels):
        bits |= (label_map == label) * np.uint8(1 << position)
    return bits


def _widen(lines: np.ndarray, reach: int, wanted: int, combine: np.ufunc) -> None:
    """Let each line, combined already with those up to ``reach`` away, reach ``wanted`` far.

    Changes ``lines`` in place. No step is longer than the reach plus one: with longer ones the
    lines next to the ends of the image would miss some that are in reach.
    """
    wanted = min(wanted, len(lines) - 1)
    while reach < wanted:
        step = min(reach + 1, wanted - reach)
        before = lines.copy()
        combine(lines[step:], before[:-step], out=lines[step:])
        combine(lines[:-step], before[step:], out=lines[:-step])
        reach += step
