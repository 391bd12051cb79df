"""A mask as its file stores it: numbers without a meaning yet."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from segdemo.errors import MaskError
from segdemo.images import MAX_PIXELS

OUTSIDE = -1
"""Value of pixels outside of all objects, where a file lists objects."""

OVERLAP = -2
"""Value of pixels inside objects of different classes."""

MAX_SPAN = 2**24
"""How far the smallest and the largest stored value may lie apart: as colours do."""

_STRIP_PX = 2**18
"""Pixels handled at once; indexing copies its index array to eight bytes a pixel."""

_OBJECT_VALUES = (1, 255, 2**16 - 1)
"""What binary masks store in the object: one, or white in 8 or 16 bit."""

_GREY = 0x010101
"""Makes a grey value the packed colour of equal red, green and blue."""

Form = Literal["ids", "colours", "objects"]


@dataclass(frozen=True, eq=False)
class Stored:
    """The values of a mask file.

    Args:
        codes: Shape (H, W), unsigned; the stored value is ``codes + lowest``.
        lowest: Value of code 0.
        form: Class ids, colours as red << 16 | green << 8 | blue, or COCO's category ids.
        palette: Colours that the file gives its ids, shape (256, 3), uint8; None without.
        names: Names that the file gives its ids; None without.
        two_valued: Whether the file's format has no values but 0 and 1.
        values: The values that occur, ascending, shape (N,), int64.
        counts: How many pixels have each of them, shape (N,), int64.
    """

    codes: np.ndarray
    lowest: int
    form: Form
    palette: np.ndarray | None = None
    names: dict[int, str] | None = None
    two_valued: bool = False
    values: np.ndarray = field(init=False)
    counts: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        codes, counts = _tally(self.codes)
        object.__setattr__(self, "values", codes + self.lowest)
        object.__setattr__(self, "counts", counts)

    @property
    def numbers(self) -> np.ndarray:
        """The values as ids; of colours their grey, and none at all unless all are grey."""
        if self.form != "colours":
            return self.values
        greys = self.values & 0xFF
        return greys if np.array_equal(greys * _GREY, self.values) else greys[:0]

    @property
    def object_value(self) -> int | None:
        """What the object has where the rest is 0; None if there is more than an object."""
        if self.two_valued:
            return 1
        if self.form == "objects":
            return None
        other = self.numbers[self.numbers != 0]
        return int(other[0]) if other.size == 1 and int(other[0]) in _OBJECT_VALUES else None

    def label_map(self, classes: np.ndarray) -> np.ndarray:
        """The class of every pixel.

        Args:
            classes: Class of each of ``values``, shape (N,), uint8.

        Returns:
            New array of shape (H, W), uint8.
        """
        table = np.zeros(int(self.values[-1]) - self.lowest + 1, dtype=np.uint8)
        table[self.values - self.lowest] = classes
        label_map = np.empty(self.codes.shape, dtype=np.uint8)
        for strip in _strips(self.codes):
            label_map[strip] = table[self.codes[strip]]
        return label_map


def stored_ids(ids: np.ndarray, *, palette: np.ndarray | None = None) -> Stored:
    """A mask of whole numbers.

    Args:
        ids: Shape (H, W), any integer dtype or bool.
        palette: As in :class:`Stored`.

    Returns:
        The mask as stored.

    Raises:
        MaskError: If the numbers lie too far apart to be ids of classes.
    """
    if ids.dtype.kind == "b":
        return Stored(ids.astype(np.uint8), 0, "ids", two_valued=True)
    if ids.dtype == np.uint8:
        return Stored(ids, 0, "ids", palette=palette)
    lowest, highest = int(ids.min()), int(ids.max())
    if lowest < -(2**31) or highest >= 2**31 or highest - lowest >= MAX_SPAN:
        raise MaskError(
            f"This mask holds values from {lowest} to {highest}, which are no class ids. Save it "
            f"as an 8-bit mask of class ids."
        )
    codes = (ids.astype(np.int32) - lowest).astype(np.uint32)
    return Stored(codes, lowest, "ids")


def stored_colours(rgb: np.ndarray) -> Stored:
    """A mask of colours.

    Args:
        rgb: Shape (H, W, 3), uint8.

    Returns:
        The mask as stored.
    """
    red, green, blue = (rgb[..., channel].astype(np.uint32) for channel in range(3))
    return Stored(red << 16 | green << 8 | blue, 0, "colours")


def check_size(*shape: int) -> None:
    """Refuse a mask that is too large, before anything of its size is made.

    Args:
        *shape: Its sides in pixels.

    Raises:
        MaskError: If it has more than ``MAX_PIXELS`` pixels.
    """
    if math.prod(shape) > MAX_PIXELS:
        raise MaskError(
            f"This mask has more than the {MAX_PIXELS / 1e6:.0f} megapixels that segdemo takes; "
            f"make it smaller and try again."
        )


def _tally(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The codes that occur, ascending, and how often, both int64."""
    span = int(codes.max()) + 1
    seen = np.zeros(span, dtype=bool)
    for strip in _strips(codes):
        seen[codes[strip]] = True
    found = np.flatnonzero(seen)
    ranks = np.zeros(span, dtype=np.uint32)
    ranks[found] = np.arange(found.size)
    counts = np.zeros(found.size, dtype=np.int64)
    for strip in _strips(codes):
        counts += np.bincount(ranks[codes[strip]].ravel(), minlength=found.size)
    return found, counts


def _strips(codes: np.ndarray) -> Iterator[slice]:
    """Slices of whole rows, each of about ``_STRIP_PX`` pixels."""
    height, width = codes.shape
    rows = max(1, _STRIP_PX // width)
    return (slice(start, start + rows) for start in range(0, height, rows))
