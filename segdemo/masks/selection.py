"""Choosing among the readings of a mask, and saying why."""

from dataclasses import dataclass

import numpy as np

from segdemo.errors import MaskError
from segdemo.labels import IGNORE_INDEX, LABEL_SETS, LabelSet
from segdemo.masks.fitting import Fit, fit_of, fits_of
from segdemo.masks.reading import Reading
from segdemo.masks.readings import colour_readings, id_readings
from segdemo.masks.stored import Stored

_AS_GOOD = 0.99
"""An alternative places at least this part of the pixels that the reading taken does."""

_LIKELIER = 0.999
"""A likelier reading wins with this part: one stray pixel makes no mask another data set's."""


@dataclass(frozen=True, eq=False)
class Choice:
    """The reading that a mask is understood by.

    Args:
        taken: The reading, and what it makes of the mask.
        reason: Why this one.
        alternatives: The others that fit as well and give other classes, likeliest first.
        guess: Whether the file leaves open what its object is.
        settled: Whether the file's palette or a person leaves no doubt.
    """

    taken: Fit
    reason: str
    alternatives: tuple[Reading, ...]
    guess: bool = False
    settled: bool = False


def choose(stored: Stored, labels: LabelSet, *, wanted: str | None = None) -> Choice:
    """Find the likeliest reading of a mask.

    A palette decides if it holds the colours of a label set. Then a file that has nothing but an
    object and the rest is binary. Otherwise the reading wins that gives most pixels a meaning, and
    of several that do the first: the label set's own, then those mapped to it, then others.

    The values 0 and 1 of a file of numbers are class ids first, although they may be an object and
    the rest: in a folder of masks with ids some show the first two classes only, and guessing
    anew for each file would mix the two.

    Args:
        stored: The mask.
        labels: Label set wanted.
        wanted: Id of the reading to take whatever the file looks like; None to find one.

    Returns:
        The reading, why, and the alternatives.

    Raises:
        MaskError: If the mask is of another label set, has no reading, or not the one wanted.
    """
    fits = fits_of(stored, labels)
    guess, settled = False, True
    if wanted is not None:
        taken, reason = _wanted(wanted, fits), "as asked for"
    elif by_palette := _by_palette(stored, fits, labels):
        taken = by_palette
        reason = f"the embedded palette is that of '{taken.reading.source}'"
    elif by_object := _by_object(stored, fits, labels):
        taken, guess, settled = by_object, True, False
        reason = "there is an object and the rest, and the file does not say what the object is"
    else:
        taken, settled = _by_share(stored, fits, labels), False
        reason = _describe(stored, taken)
    if taken.placed == 0:
        raise MaskError(
            f"None of this mask's pixels is a class of '{labels.title}'. Choose the label set the "
            f"mask was made for."
        )
    return Choice(taken, reason, _alternatives(taken, fits), guess, settled)


def _wanted(wanted: str, fits: list[Fit]) -> Fit:
    possible = [fit for fit in fits if fit.placed]
    for fit in possible:
        if fit.reading.id == wanted:
            return fit
    known = ", ".join(fit.reading.id for fit in possible) or "none"
    raise MaskError(f"This mask cannot be read as '{wanted}'. Choose one of: {known}.")


def _by_palette(stored: Stored, fits: list[Fit], labels: LabelSet) -> Fit | None:
    """The fit whose colours the embedded palette holds; None if there is none.

    Raises:
        MaskError: If it holds those of a label set that no reading is of.
    """
    if stored.palette is None:
        return None
    own = [fit for fit in fits if _has_palette(stored, fit.reading, stored.palette)]
    if own:
        return max(own, key=lambda fit: fit.placed)
    for other in LABEL_SETS.values():
        # A mask of nothing but the first class is too little to tell label sets apart by.
        if _has_used_palette(stored, id_readings(other)[0], stored.palette):
            raise MaskError(
                f"This mask's palette is that of the label set '{other.title}', not of "
                f"'{labels.title}'. Choose '{other.title}', another mask, or, if only the colours "
                f"are wrong, the reading '{fits[0].reading.id}'."
            )
    return None


def _has_palette(stored: Stored, reading: Reading, palette: np.ndarray) -> bool:
    """Whether a palette has a reading's colours: all of them, or those of the ids that occur."""
    entries = [one for one in reading.meanings if one.colours and one.value < IGNORE_INDEX]
    whole = all(tuple(palette[one.value].tolist()) in one.colours for one in entries)
    return bool(entries) and (whole or _has_used_palette(stored, reading, palette))


def _has_used_palette(stored: Stored, reading: Reading, palette: np.ndarray) -> bool:
    used = stored.values[stored.values < IGNORE_INDEX].tolist()
    return bool(any(used)) and all(
        value in reading.by_value
        and tuple(palette[value].tolist()) in reading.by_value[value].colours
        for value in used
    )


def _by_object(stored: Stored, fits: list[Fit], labels: LabelSet) -> Fit | None:
    """The fit as object and rest, if the mask is one; None otherwise.

    Raises:
        MaskError: If the label set has no class for the rest.
    """
    value = stored.object_value
    if value is None or not (stored.two_valued or (value > 1 and stored.numbers[0] == 0)):
        return None
    if stored.form == "colours" and any(
        fit.reading.kind == "colours" and fit.known.all() for fit in fits
    ):
        return None  # both are colours of classes
    for fit in fits:
        if fit.reading.kind == "binary":
            return fit
    raise MaskError(
        f"This mask has the values 0 and {value} only: an object and the rest. '{labels.title}' "
        f"has no class for the rest, so use a mask of class ids. If these are its class ids, "
        f"choose the reading '{id_readings(labels)[0].id}'."
    )


def _by_share(stored: Stored, fits: list[Fit], labels: LabelSet) -> Fit:
    """The likeliest of the fits that place most pixels.

    Raises:
        MaskError: If the mask plainly is of another kind.
    """
    eligible = [fit for fit in fits if _counts(fit)]
    most = max(fit.placed for fit in eligible)
    best = next(fit for fit in eligible if fit.placed >= _LIKELIER * most)
    total = int(stored.counts.sum())
    if stored.form == "colours" and best.placed < _AS_GOOD * total:
        _refuse_other_colours(stored, labels, total)
    plain_grey = stored.form == "ids" and stored.palette is None
    if plain_grey and (best.reading.whole_only or not best.known.all()):
        _refuse_grey_copy(stored, best)
    return best


def _counts(fit: Fit) -> bool:
    """Whether a fit counts: an unlikely reading must place all pixels, and some as a class."""
    whole = fit.known.all() and (fit.classes != IGNORE_INDEX).any()
    return bool(whole) or not fit.reading.whole_only


def _refuse_other_colours(stored: Stored, labels: LabelSet, total: int) -> None:
    for other in LABEL_SETS.values():
        fit = fit_of(colour_readings(other)[0], stored)
        if other != labels and fit.placed >= _AS_GOOD * total:
            raise MaskError(
                f"This mask has the colours of the label set '{other.title}', not of "
                f"'{labels.title}'. Choose '{other.title}', or another mask."
            )


def _refuse_grey_copy(stored: Stored, best: Fit) -> None:
    """Refuse ids that are just the brightness of a label set's colours.

    So look masks with a palette that a program has turned into grey pictures; their ids are lost.
    """
    for other in LABEL_SETS.values():
        colours = np.array([*other.colours, *other.void_colours, (0, 0, 0)], dtype=np.int64)
        # Pillow's weights, ITU-R 601-2.
        greys = (colours @ np.array([19595, 38470, 7471]) + 0x8000) >> 16
        if np.isin(stored.values, greys).all():
            way_out = f", or choose the reading '{best.reading.id}'" if best.placed else ""
            raise MaskError(
                f"This mask seems to be a grey copy of one in the colours of '{other.title}', "
                f"which has lost its class ids. Use the original{way_out}."
            )


def _describe(stored: Stored, taken: Fit) -> str:
    """What in the file speaks for a reading."""
    if taken.reading.kind == "objects":
        return f"the file {'names' if stored.names else 'does not name'} its categories"
    if taken.reading.kind == "colours":
        share = taken.placed / int(stored.counts.sum())
        return f"{share:.1%} of its pixels have exactly these colours"
    ids = stored.numbers
    plain = ids[ids != IGNORE_INDEX]
    if not plain.size:
        return "its only value is 255"
    lowest, highest = int(plain[0]), int(plain[-1])
    span = f"its only id is {lowest}" if lowest == highest else f"its ids are {lowest} to {highest}"
    void = " or 255" if plain.size < ids.size else ""
    return span + void + (", stored as grey colours" if stored.form == "colours" else "")


def _alternatives(taken: Fit, fits: list[Fit]) -> tuple[Reading, ...]:
    """Readings that fit as well as the one taken and give other classes, each once."""
    seen = [taken.classes]
    others = []
    for fit in fits:
        fits_as_well = fit.placed >= _AS_GOOD * taken.placed and _counts(fit)
        if fits_as_well and not any(np.array_equal(fit.classes, one) for one in seen):
            seen.append(fit.classes)
            others.append(fit.reading)
    return tuple(others)
