"""How well each reading of a mask fits it."""

from dataclasses import dataclass

import numpy as np

from segdemo.labels import LabelSet
from segdemo.masks.reading import Reading
from segdemo.masks.readings import (
    as_grey_colours,
    binary_readings,
    colour_readings,
    id_readings,
    object_readings,
    palette_readings,
)
from segdemo.masks.stored import Stored


@dataclass(frozen=True, eq=False)
class Fit:
    """What a reading makes of a mask.

    Args:
        reading: The reading.
        classes: Class of each stored value, uint8, ``IGNORE_INDEX`` where void.
        known: Whether each stored value has a meaning, bool.
        placed: How many pixels have a value with a meaning.
    """

    reading: Reading
    classes: np.ndarray
    known: np.ndarray
    placed: int


def fits_of(stored: Stored, labels: LabelSet) -> list[Fit]:
    """What each reading that there is makes of a mask.

    Args:
        stored: The mask.
        labels: Label set wanted.

    Returns:
        One for each reading of a mask of that form, likeliest first.
    """
    return [fit_of(reading, stored) for reading in _candidates(stored, labels)]


def fit_of(reading: Reading, stored: Stored) -> Fit:
    """What one reading makes of a mask.

    Args:
        reading: The reading.
        stored: The mask.

    Returns:
        The fit.
    """
    classes, known = reading.classes(stored.values)
    return Fit(reading, classes, known, int(stored.counts[known].sum()))


def _candidates(stored: Stored, labels: LabelSet) -> list[Reading]:
    """The readings of a mask of that form, likeliest first."""
    if stored.form == "objects":
        return list(object_readings(labels, stored.names))
    by_number = list(id_readings(labels))
    if (value := stored.object_value) is not None:
        binary = list(binary_readings(labels, value))
        by_number = binary + by_number if stored.two_valued else by_number + binary
    if stored.form == "colours":
        greys = [as_grey_colours(reading) for reading in by_number] if stored.numbers.size else []
        return [*colour_readings(labels), *greys]
    if stored.palette is not None:
        by_number += palette_readings(labels, stored.palette.tobytes())
    return by_number


def whole_readings(stored: Stored, labels: LabelSet) -> list[Reading]:
    """The readings in which every value of a mask has a meaning, likeliest first.

    Args:
        stored: The mask.
        labels: Label set wanted.

    Returns:
        The readings; none if the mask has values that no reading knows.
    """
    return [fit.reading for fit in fits_of(stored, labels) if fit.known.all()]
