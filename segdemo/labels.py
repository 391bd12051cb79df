"""Label sets: the classes a model knows, their names and their colours."""

from dataclasses import dataclass

import numpy as np

from segdemo.errors import UnknownNameError

IGNORE_INDEX = 255
"""Label of void pixels: pixels of a ground truth that count for nothing."""

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class LabelSet:
    """An ordered set of classes; a class index is the position in ``class_names``.

    Args:
        id: Short name used in model ids and file names, such as ``street``.
        title: Name for people.
        class_names: One name per class.
        colours: One RGB triple per class, each value 0 to 255, all different.
        void_colours: Colours that colour masks use for void pixels.

    Raises:
        ValueError: If names and colours differ in number, or a name or colour occurs twice.
    """

    id: str
    title: str
    class_names: tuple[str, ...]
    colours: tuple[Colour, ...]
    void_colours: tuple[Colour, ...] = ()

    def __post_init__(self) -> None:
        if len(self.class_names) != len(self.colours):
            raise ValueError(
                f"class_names and colours must be equally many, got "
                f"{len(self.class_names)} and {len(self.colours)}"
            )
        if len(set(self.class_names)) != len(self.class_names):
            raise ValueError(f"class_names must all be different, got {self.class_names}")
        if len({*self.colours, *self.void_colours}) != len(self.colours) + len(self.void_colours):
            raise ValueError("colours must all be different")

    @property
    def num_classes(self) -> int:
        """Number of classes, background included."""
        return len(self.class_names)

    @property
    def palette(self) -> np.ndarray:
        """Colours as a new array of shape (num_classes, 3), uint8, RGB."""
        return np.array(self.colours, dtype=np.uint8)


def voc_colour(index: int) -> Colour:
    """Colour of a class index in the PASCAL VOC colour map.

    The bits of the index are dealt in turn to red, green and blue, highest bit first.

    Args:
        index: Class index, 0 to 255.

    Returns:
        RGB triple.

    Example:
        >>> voc_colour(15)  # person
        (192, 128, 128)

    References:
        VOCdevkit, ``VOClabelcolormap.m``.
    """
    red = green = blue = 0
    for bit in range(8):
        shift = 7 - bit
        red |= (index >> (3 * bit) & 1) << shift
        green |= (index >> (3 * bit + 1) & 1) << shift
        blue |= (index >> (3 * bit + 2) & 1) << shift
    return red, green, blue


STREET = LabelSet(
    id="street",
    title="Street",
    class_names=(
        "sky",
        "building",
        "pole",
        "road",
        "pavement",
        "tree",
        "sign",
        "fence",
        "car",
        "pedestrian",
        "bicyclist",
    ),
    colours=(
        (128, 128, 128),
        (128, 0, 0),
        (192, 192, 128),
        (128, 64, 128),
        (60, 40, 222),
        (128, 128, 0),
        (192, 128, 128),
        (64, 64, 128),
        (64, 0, 128),
        (64, 64, 0),
        (0, 128, 192),
    ),
    void_colours=((0, 0, 0),),
)
"""The 11 classes and colours of CamVid as the SegNet tutorial uses it; black is void."""

_VOC_CLASS_NAMES = (
    "background",
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
)

VOC = LabelSet(
    id="voc",
    title="PASCAL VOC",
    class_names=_VOC_CLASS_NAMES,
    colours=tuple(voc_colour(index) for index in range(21)),
    void_colours=(voc_colour(IGNORE_INDEX),),
)
"""The 21 classes of PASCAL VOC 2012; its cream-coloured border is void."""

_PEOPLE_ANIMALS_NAMES = ("background", "cat", "cow", "dog", "horse", "person", "sheep")

PEOPLE_ANIMALS = LabelSet(
    id="people_animals",
    title="People and animals",
    class_names=_PEOPLE_ANIMALS_NAMES,
    colours=tuple(voc_colour(_VOC_CLASS_NAMES.index(name)) for name in _PEOPLE_ANIMALS_NAMES),
    void_colours=(voc_colour(IGNORE_INDEX),),
)
"""Seven of VOC's classes, with VOC's names and colours."""

LABEL_SETS: dict[str, LabelSet] = {labels.id: labels for labels in (STREET, PEOPLE_ANIMALS, VOC)}


def load_label_set(label_set_id: str) -> LabelSet:
    """Look a label set up by its id.

    Args:
        label_set_id: A key of ``LABEL_SETS``.

    Returns:
        The label set.

    Raises:
        UnknownNameError: If there is none of that id.
    """
    try:
        return LABEL_SETS[label_set_id]
    except KeyError:
        known = ", ".join(LABEL_SETS)
        raise UnknownNameError(
            f"There is no label set '{label_set_id}'. Choose one of: {known}."
        ) from None


def label_mapping(source: LabelSet, target: LabelSet) -> np.ndarray | None:
    """Table that turns label ids of one set into those of another, by class name.

    A class of ``source`` that ``target`` lacks becomes ``target``'s background; where
    ``target`` has no background, it becomes void.

    Args:
        source: Label set of the ids at hand.
        target: Label set wanted.

    Returns:
        Array of shape (256,), uint8: entry i is the target id of source id i, and
        ``IGNORE_INDEX`` stays itself. None unless ``source`` has every class of ``target``.

    Example:
        >>> int(label_mapping(VOC, PEOPLE_ANIMALS)[8])  # cat
        1
    """
    names = target.class_names
    if not set(names) <= set(source.class_names):
        return None
    rest = names.index("background") if "background" in names else IGNORE_INDEX
    table = np.full(256, IGNORE_INDEX, dtype=np.uint8)
    for index, name in enumerate(source.class_names):
        table[index] = names.index(name) if name in names else rest
    return table
