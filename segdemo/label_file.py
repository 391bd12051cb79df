"""A person's own label set: read from JSON with guards, and written into cards."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from segdemo.errors import DataError
from segdemo.labels import LABEL_SETS, Colour, LabelSet, voc_colour

MOST_CLASSES = 254
"""Class ids are one byte, in which 255 is void and 254 is what training does not look for."""

_FEWEST_CLASSES = 2
_LONGEST_NAME = 60
_LARGEST_FILE = 1 << 20
_ID = re.compile(r"[a-z0-9][a-z0-9_]{0,31}")
_MARKUP = set("<>|`")  # names stand in pages and tables


def read_label_set(path: Path) -> LabelSet:
    """Read a label set from a file.

    The file holds ``{"id": "pets", "title": "Pets", "classes": [{"name": "background", "colour":
    [0, 0, 0]}, {"name": "cat"}], "void_colours": [[224, 224, 192]]}``. Title, colours and void
    colours may be left out.

    Args:
        path: A JSON file.

    Returns:
        The label set.

    Raises:
        DataError: If the file cannot be read or holds no such label set.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_FILE)
        return label_set_from_fields(json.loads(text))
    except OSError as error:
        raise DataError(f"The label file '{path}' cannot be opened. Name a JSON file.") from error
    except (ValueError, RecursionError) as error:
        reason = "" if isinstance(error, json.JSONDecodeError | RecursionError) else f": {error}"
        raise DataError(
            f"The label file '{path.name}' holds no label set{reason}. Write "
            '{"id": ..., "title": ..., "classes": [{"name": ..., "colour": [r, g, b]}, ...]}.'
        ) from error


def label_set_from_fields(fields: object) -> LabelSet:
    """Make a label set of the contents of a label file.

    Classes without a colour get one of PASCAL VOC's, the first that is still free, beginning with
    the one of their index: what annotation programs paint by default.

    Args:
        fields: What ``json.loads`` made of the file.

    Returns:
        The label set.

    Raises:
        ValueError: If something is missing, of the wrong kind, twice, or too much; the message
            says what.

    Example:
        >>> labels = label_set_from_fields({"id": "pets", "classes": [{"name": "rest"}, {"name":
        ... "cat", "colour": [9, 9, 9]}]})
        >>> labels.title, labels.class_names, labels.colours
        ('pets', ('rest', 'cat'), ((0, 0, 0), (9, 9, 9)))
    """
    if not isinstance(fields, Mapping):
        raise ValueError("it must be an object")
    label_set_id = fields.get("id")
    if not isinstance(label_set_id, str) or not _ID.fullmatch(label_set_id):
        raise ValueError("'id' must be up to 32 of a-z, 0-9 and _")
    if label_set_id in LABEL_SETS:
        raise ValueError(f"'id' must not be '{label_set_id}', which is a bundled label set's")
    classes = fields.get("classes")
    if not isinstance(classes, list) or not _FEWEST_CLASSES <= len(classes) <= MOST_CLASSES:
        raise ValueError(f"'classes' must be a list of {_FEWEST_CLASSES} to {MOST_CLASSES}")
    if not all(isinstance(each, Mapping) for each in classes):
        raise ValueError("each class must be an object with a 'name'")
    names = tuple(_name(each.get("name")) for each in classes)
    if len(set(names)) < len(names):
        raise ValueError("the names of 'classes' must all be different")
    given = [_colour(each["colour"]) if "colour" in each else None for each in classes]
    void = _void_colours(fields.get("void_colours", []))
    return LabelSet(
        id=label_set_id,
        title=_name(fields.get("title", label_set_id)),
        class_names=names,
        colours=tuple(_filled(given, void)),
        void_colours=void,
    )


def label_set_to_fields(labels: LabelSet) -> dict[str, Any]:
    """Write a label set as the contents of a label file.

    Args:
        labels: The label set.

    Returns:
        Values ready for JSON, from which ``label_set_from_fields`` makes the same label set.
    """
    return {
        "id": labels.id,
        "title": labels.title,
        "classes": [
            {"name": name, "colour": list(colour)}
            for name, colour in zip(labels.class_names, labels.colours, strict=True)
        ],
        "void_colours": [list(colour) for colour in labels.void_colours],
    }


def _name(value: object) -> str:
    """A name that can stand in a page, a table and a file."""
    if not isinstance(value, str) or not 1 <= len(value) <= _LONGEST_NAME:
        raise ValueError(f"a name must be a text of 1 to {_LONGEST_NAME} letters")
    if not value.isprintable() or value != value.strip() or _MARKUP & set(value):
        raise ValueError(
            "a name must hold no line break, no space at its ends and none of "
            + " ".join(sorted(_MARKUP))
        )
    return value


def _colour(value: object) -> Colour:
    whole = isinstance(value, list) and all(type(part) is int for part in value)
    if not isinstance(value, list) or not whole or len(value) != 3:
        raise ValueError("a colour must be three whole numbers, [r, g, b]")
    red, green, blue = value
    if not all(0 <= part <= 255 for part in value):
        raise ValueError("the parts of a colour must be 0 to 255")
    return red, green, blue


def _void_colours(value: object) -> tuple[Colour, ...]:
    if not isinstance(value, list):
        raise ValueError("'void_colours' must be a list of colours")
    return tuple(_colour(each) for each in value)


def _filled(given: list[Colour | None], void: tuple[Colour, ...]) -> Iterator[Colour]:
    """The colours of classes, those not given taken from VOC's."""
    taken = {*void, *(colour for colour in given if colour)}
    for index, colour in enumerate(given):
        if colour is None:
            candidates = (voc_colour((index + step) % 256) for step in range(256))
            colour = next(one for one in candidates if one not in taken)
            taken.add(colour)
        yield colour
