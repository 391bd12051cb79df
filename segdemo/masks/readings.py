"""The ways in which the values of a mask can be understood."""

import functools
from collections.abc import Iterable
from dataclasses import replace

from segdemo.labels import (
    CITYSCAPES,
    IGNORE_INDEX,
    LABEL_SETS,
    STREET,
    Colour,
    LabelSet,
    counterpart,
    label_mapping,
)
from segdemo.masks.reading import Meaning, Reading, packed
from segdemo.masks.stored import OUTSIDE, OVERLAP
from segdemo.masks.tables import ade20k, coco
from segdemo.masks.tables.camvid import CAMVID_32
from segdemo.masks.tables.cityscapes import LABEL_IDS

_VOID_IDS = (IGNORE_INDEX, 2**16 - 1, -1)
"""What class ids say for void: 255, and -1 in 16 bit or with a sign."""

_VOID_NAMES = {"void", "ignore", "unlabelled", "unlabeled"}
"""Names of categories that stand for void."""

_ID_NOUNS = {CITYSCAPES.id: "trainIds"}
"""What a data set calls its class ids, where it has a word for them."""

_FAMILIES = {STREET.id: "camvid"}
"""Data set whose files have one more id for void, where the label set has another name."""

_OTHER_COLOURS: dict[str, tuple[Colour, ...]] = {"pavement": (CAMVID_32["Sidewalk"][0],)}
"""Colours that palettes of the same ids also use."""


@functools.cache
def id_readings(labels: LabelSet) -> tuple[Reading, ...]:
    """Every way to understand class ids, likeliest first.

    Args:
        labels: Label set wanted.

    Returns:
        The set's own ids, those of the sets that can be mapped to it, and other data sets' ids.
    """
    sources = _sources(labels)
    readings = []
    for source in sources:
        readings.append(_ids_of(source, labels))
        if "background" not in source.class_names:
            readings.append(_ids_of(source, labels, extra_void=True))
    if CITYSCAPES in sources:
        readings.append(_cityscapes_label_ids(labels))
    readings.append(_ade20k_ids(labels))
    return tuple(one for one in readings if any(m.index is not None for m in one.meanings))


@functools.cache
def colour_readings(labels: LabelSet) -> tuple[Reading, ...]:
    """Every way to understand colours, likeliest first.

    Args:
        labels: Label set wanted.

    Returns:
        The set's own colours and those of the sets that can be mapped to it.
    """
    readings = []
    for source in _sources(labels):
        readings.append(_colours_of(source, labels))
        if source == STREET:
            readings.append(_camvid_32_colours(labels))
    return tuple(readings)


@functools.cache
def binary_readings(labels: LabelSet, value: int) -> tuple[Reading, ...]:
    """The ways to understand an object and the rest: one for each class it can be.

    Args:
        labels: Label set wanted.
        value: What is stored in the object; the rest is 0.

    Returns:
        ``person`` first, as most such masks are of people, then the other classes in their
        order; none for a label set without a background.
    """
    names = labels.class_names
    if "background" not in names:
        return ()
    rest = Meaning(0, "rest", names.index("background"))
    objects = [name for name in names if name != "background"]
    objects.sort(key=lambda name: name != "person")
    return tuple(
        Reading(
            f"binary-{value}-{name.replace(' ', '-')}",
            "binary",
            f"binary mask, {value} = '{name}'",
            labels.title,
            (rest, Meaning(value, "object", names.index(name))),
        )
        for name in objects
    )


def object_readings(labels: LabelSet, names: dict[int, str] | None) -> tuple[Reading, ...]:
    """The ways to understand category ids of objects.

    Args:
        labels: Label set wanted.
        names: Names of the categories as the file gives them; None if it does not.

    Returns:
        By name if there are names; otherwise COCO's own ids, then ``labels``'s.
    """
    around = counterpart("no object", labels)
    common = (
        Meaning(OUTSIDE, "no object", around),
        Meaning(OVERLAP, "objects of two categories", None),
    )

    def reading(key: str, phrase: str, source: str, named: dict[int, str]) -> Reading:
        meanings = (Meaning(value, name, _by_name(name, labels)) for value, name in named.items())
        return Reading(key, "objects", phrase, source, (*common, *meanings))

    if names:
        return (reading("coco-names", "COCO objects by the names of their categories", "", names),)
    own = dict(enumerate(labels.class_names))
    return (
        reading("coco-ids", "COCO objects by COCO's own category ids", "COCO", coco.CATEGORIES),
        reading(_key(labels), f"COCO objects by class ids of '{labels.title}'", labels.title, own),
    )


@functools.lru_cache(maxsize=32)  # the masks of a folder share a palette
def palette_readings(labels: LabelSet, palette: bytes) -> tuple[Reading, ...]:
    """The ways to understand ids by the colours that their palette shows.

    Programs that make picture files smaller renumber the ids of a palette and keep the colours.

    Args:
        labels: Label set wanted.
        palette: Colours of ids 0 to 255: red, green and blue of each in turn.

    Returns:
        One for each of :func:`colour_readings`; ids whose colour is none of it have no meaning.
    """
    ends = range(3, 3 * IGNORE_INDEX + 1, 3)
    colours = [int.from_bytes(palette[end - 3 : end], "big") for end in ends]
    void = Meaning(IGNORE_INDEX, "void", None)
    return tuple(
        replace(
            reading,
            phrase=f"{reading.phrase}, as the palette shows them",
            meanings=(
                void,
                *(
                    replace(reading.by_value[colour], value=value)
                    for value, colour in enumerate(colours)
                    if colour in reading.by_value
                ),
            ),
            whole_only=True,
        )
        for reading in colour_readings(labels)
    )


def as_grey_colours(reading: Reading) -> Reading:
    """The same reading where each id is stored as a grey of equal red, green and blue."""
    meanings = (
        replace(meaning, value=meaning.value * 0x010101)
        for meaning in reading.meanings
        if 0 <= meaning.value <= IGNORE_INDEX
    )
    return replace(reading, meanings=tuple(meanings))


def _sources(labels: LabelSet) -> list[LabelSet]:
    """The label set itself, then those that can be mapped to it."""
    others = [one for one in LABEL_SETS.values() if one != labels]
    return [labels, *(one for one in others if label_mapping(one, labels) is not None)]


def _by_name(name: str, labels: LabelSet) -> int | None:
    """Class that a name of another data set stands for; None for void."""
    plain = name.strip().lower().replace("_", " ")
    return None if plain in _VOID_NAMES else counterpart(plain, labels)


def _key(labels: LabelSet) -> str:
    return f"{labels.id}-{_ID_NOUNS.get(labels.id, 'ids').lower()}"


def _title(source: LabelSet, labels: LabelSet) -> str:
    return f"'{source.title}'" if source == labels else f"'{source.title}' mapped by name"


def _ids_of(source: LabelSet, labels: LabelSet, *, extra_void: bool = False) -> Reading:
    """Class ids of a label set, 0 to C-1; with one more id C for void if asked."""
    meanings = [
        Meaning(value, name, counterpart(name, labels), (colour, *_OTHER_COLOURS.get(name, ())))
        for value, (name, colour) in enumerate(zip(source.class_names, source.colours, strict=True))
    ]
    key, void = _key(source), "255 = void"
    if extra_void:
        meanings.append(Meaning(source.num_classes, "void", None, source.void_colours))
        key = f"{_FAMILIES.get(source.id, source.id)}-void-{source.num_classes}"
        void = f"{source.num_classes} = void, {void}"
    noun = _ID_NOUNS.get(source.id, "class ids")
    phrase = f"{noun} of {_title(source, labels)}, {void}"
    return Reading(key, "ids", phrase, source.title, (*meanings, *_void_meanings()))


def _void_meanings() -> Iterable[Meaning]:
    return (Meaning(value, "void", None) for value in _VOID_IDS)


def _cityscapes_class(name: str, labels: LabelSet) -> int | None:
    """Class of a Cityscapes label; None where Cityscapes does not evaluate it."""
    return counterpart(name, labels) if name in CITYSCAPES.class_names else None


def _cityscapes_label_ids(labels: LabelSet) -> Reading:
    meanings = (
        Meaning(value, name, _cityscapes_class(name, labels), (colour,))
        for value, (name, colour) in enumerate(LABEL_IDS)
    )
    return Reading(
        "cityscapes-labelids",
        "ids",
        f"labelIds of {_title(CITYSCAPES, labels)}",
        CITYSCAPES.title,
        (*meanings, *_void_meanings()),
    )


def _ade20k_ids(labels: LabelSet) -> Reading:
    meanings = (
        Meaning(value, name, _by_name(ade20k.SYNONYMS.get(name, name), labels))
        for value, name in enumerate(ade20k.CLASSES, start=1)
    )
    unlabelled = Meaning(0, "unlabelled", None)
    return Reading(
        "ade20k-ids",
        "ids",
        "class ids of 'ADE20K' mapped by name, 0 = unlabelled",
        "ADE20K",
        (unlabelled, *meanings, *_void_meanings()),
        whole_only=True,
    )


def _colours_of(source: LabelSet, labels: LabelSet) -> Reading:
    entries = [
        *((name, colour, counterpart(name, labels)) for name, colour in _named_colours(source)),
        *(("void", colour, None) for colour in source.void_colours),
    ]
    if source == CITYSCAPES:
        # The labels that are not evaluated have colours too; where two share one, the class wins.
        others = ((name, colour, None) for name, colour in LABEL_IDS)
        taken = {colour for _, colour, _ in entries}
        entries.extend(entry for entry in others if entry[1] not in taken)
    return Reading(
        f"{source.id}-colours",
        "colours",
        f"colours of {_title(source, labels)}, exact match",
        source.title,
        tuple(Meaning(packed(colour), name, index) for name, colour, index in entries),
    )


def _named_colours(labels: LabelSet) -> Iterable[tuple[str, Colour]]:
    return zip(labels.class_names, labels.colours, strict=True)


def _camvid_32_colours(labels: LabelSet) -> Reading:
    return Reading(
        "camvid-32-colours",
        "colours",
        "CamVid's 32 colours in groups, exact match",
        "CamVid",
        tuple(
            Meaning(packed(colour), name, None if group is None else counterpart(group, labels))
            for name, (colour, group) in CAMVID_32.items()
        ),
        # Halfway between two of its colours often lies a third: a resized mask seems to fit.
        whole_only=True,
    )
