"""Reading a ground-truth mask and naming its encoding."""

from pathlib import Path

import numpy as np

from segdemo.labels import Colour, LabelSet
from segdemo.masks.fitting import Fit
from segdemo.masks.ground_truth import Found, GroundTruth
from segdemo.masks.selection import choose
from segdemo.masks.stored import Stored
from segdemo.masks.stored_file import read_stored

_STRANGERS_LISTED = 16
"""How many values without a meaning are listed: a damaged mask has thousands."""


def read_mask(source: bytes | Path, labels: LabelSet, *, reading: str | None = None) -> GroundTruth:
    """Read a ground-truth mask from a file as it is stored.

    Palette and grey files are read by their stored ids, never by the colours that the ids stand
    for, colour files by exact match, COCO's JSON by category. Masks of another label set are
    mapped by class name if there is a mapping. Which encoding it is shows in the values and the
    palette; where several fit, the likelier is taken and the others are named.

    Args:
        source: Contents or path of a PNG, TIFF or BMP file, a .npy file of whole numbers, or
            COCO's JSON for one photo.
        labels: Label set in which the mask is wanted.
        reading: Id of the reading to take, from ``GroundTruth.reading`` or ``alternatives``; None
            to find the likeliest.

    Returns:
        The mask in ``labels``, at the file's own size.

    Raises:
        ImageError: If the file cannot be opened, is no such file, is damaged, or is too large.
        MaskError: If it is of another label set, none of its pixels fit, it cannot be read as
            ``reading``, or a .npy or JSON file is damaged, too large, or no mask.

    Example:
        >>> import io
        >>> from segdemo.labels import PEOPLE_ANIMALS
        >>> file = io.BytesIO()
        >>> np.save(file, np.array([[0, 8, 15, 255]]))
        >>> truth = read_mask(file.getvalue(), PEOPLE_ANIMALS)
        >>> truth.label_map.tolist(), truth.reading
        ([[0, 1, 5, 255]], 'voc-ids')
        >>> [(row.stored, row.name, row.became) for row in truth.found][1:3]
        [(8, 'cat', 'cat'), (15, 'person', 'person')]
    """
    stored = read_stored(source)
    choice = choose(stored, labels, wanted=reading)
    taken = choice.taken
    return GroundTruth(
        label_map=stored.label_map(taken.classes),
        encoding=taken.reading.phrase + (", a guess" if choice.guess else ""),
        unknown=int(stored.counts[~taken.known].sum()) / stored.codes.size,
        reason=choice.reason,
        found=_found(stored, taken, labels),
        reading=taken.reading.id,
        settled=choice.settled,
        alternatives=tuple((other.id, other.phrase) for other in choice.alternatives),
    )


def _found(stored: Stored, taken: Fit, labels: LabelSet) -> tuple[Found, ...]:
    """What the file stores and what became of it, the commonest first."""
    order = np.argsort(-stored.counts, kind="stable")
    listed = taken.known.copy()
    listed[order[~taken.known[order]][:_STRANGERS_LISTED]] = True
    rows = []
    for at in order[listed[order]].tolist():
        value = int(stored.values[at])
        meaning = taken.reading.by_value.get(value)
        index = meaning.index if meaning else None
        rows.append(
            Found(
                stored=_as_stored(value, stored),
                name=meaning.name if meaning else None,
                became=None if index is None else labels.class_names[index],
                pixels=int(stored.counts[at]),
            )
        )
    return tuple(rows)


def _as_stored(value: int, stored: Stored) -> int | Colour | None:
    if stored.form == "colours":
        return value >> 16, value >> 8 & 0xFF, value & 0xFF
    return None if stored.form == "objects" and value < 0 else value
