"""One way to understand the values of a mask."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from segdemo.labels import IGNORE_INDEX, Colour

Kind = Literal["ids", "colours", "binary", "objects"]


@dataclass(frozen=True)
class Meaning:
    """What one stored value stands for.

    Args:
        value: The id, or the colour as red << 16 | green << 8 | blue.
        name: Name of the class there.
        index: Class index in the label set wanted; None if it is void.
        colours: Colours that a palette may give it.
    """

    value: int
    name: str
    index: int | None
    colours: tuple[Colour, ...] = ()


@dataclass(frozen=True)
class Reading:
    """One way to understand stored values.

    Args:
        id: Stable name to ask for it by.
        kind: What the values are: class ids, colours, an object and the rest, or categories of
            objects.
        phrase: What to call it in a sentence.
        source: Title of the label set or data set whose values are stored.
        meanings: What each value stands for; any other has no meaning.
        whole_only: Whether it is too unlikely to count unless all values have a meaning.
    """

    id: str
    kind: Kind
    phrase: str
    source: str
    meanings: tuple[Meaning, ...]
    whole_only: bool = False

    @functools.cached_property
    def by_value(self) -> dict[int, Meaning]:
        """The meaning of each value."""
        return {meaning.value: meaning for meaning in self.meanings}

    def classes(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What some stored values become.

        Args:
            values: Ascending, shape (N,), int64.

        Returns:
            Class of each, shape (N,), uint8, ``IGNORE_INDEX`` where void, and whether it has a
            meaning, shape (N,), bool.
        """
        known_values, indices = self._arrays
        at = np.searchsorted(values, known_values)
        hit = values[np.minimum(at, values.size - 1)] == known_values
        classes = np.full(values.size, IGNORE_INDEX, dtype=np.uint8)
        classes[at[hit]] = indices[hit]
        known = np.zeros(values.size, dtype=bool)
        known[at[hit]] = True
        return classes, known

    @functools.cached_property
    def _arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """The values that have a meaning, and their classes."""
        meanings = self.by_value.values()
        indices = (IGNORE_INDEX if one.index is None else one.index for one in meanings)
        return (
            np.array([one.value for one in meanings], dtype=np.int64),
            np.fromiter(indices, dtype=np.uint8),
        )


def packed(colour: Iterable[int]) -> int:
    """A colour as the number that :class:`Meaning` knows it by."""
    red, green, blue = colour
    return red << 16 | green << 8 | blue
