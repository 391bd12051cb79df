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


_STREET_COLOURS: dict[str, Colour] = {
    "sky": (128, 128, 128),
    "building": (128, 0, 0),
    "pole": (192, 192, 128),
    "road": (128, 64, 128),
    "pavement": (60, 40, 222),
    "tree": (128, 128, 0),
    "sign": (192, 128, 128),
    "fence": (64, 64, 128),
    "car": (64, 0, 128),
    "pedestrian": (64, 64, 0),
    "bicyclist": (0, 128, 192),
}

STREET = LabelSet(
    id="street",
    title="Street",
    class_names=tuple(_STREET_COLOURS),
    colours=tuple(_STREET_COLOURS.values()),
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

_CITYSCAPES_COLOURS: dict[str, Colour] = {
    "road": (128, 64, 128),
    "sidewalk": (244, 35, 232),
    "building": (70, 70, 70),
    "wall": (102, 102, 156),
    "fence": (190, 153, 153),
    "pole": (153, 153, 153),
    "traffic light": (250, 170, 30),
    "traffic sign": (220, 220, 0),
    "vegetation": (107, 142, 35),
    "terrain": (152, 251, 152),
    "sky": (70, 130, 180),
    "person": (220, 20, 60),
    "rider": (255, 0, 0),
    "car": (0, 0, 142),
    "truck": (0, 0, 70),
    "bus": (0, 60, 100),
    "train": (0, 80, 100),
    "motorcycle": (0, 0, 230),
    "bicycle": (119, 11, 32),
}

CITYSCAPES = LabelSet(
    id="cityscapes",
    title="Cityscapes",
    class_names=tuple(_CITYSCAPES_COLOURS),
    colours=tuple(_CITYSCAPES_COLOURS.values()),
    void_colours=((0, 0, 0),),
)
"""The 19 classes that Cityscapes evaluates, in the order of its trainIds; black is void."""

LABEL_SETS: dict[str, LabelSet] = {
    labels.id: labels for labels in (STREET, PEOPLE_ANIMALS, VOC, CITYSCAPES)
}


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


_COUNTERPARTS: dict[str, dict[str, str | None]] = {
    # CamVid's 11 classes are groups of its 32, and where Cityscapes, ADE20K or COCO draw a finer
    # line, the group decides: CamVid counts trucks, buses and trains as car, walls and bridges as
    # building, traffic lights and lettering as sign, motorcycles and bicycles with their riders as
    # bicyclist. Cityscapes' terrain has no counterpart: its grass would be CamVid's tree, its soil
    # and sand no class at all.
    "street": {
        "sidewalk": "pavement",
        "vegetation": "tree",
        "plant": "tree",
        "traffic sign": "sign",
        "traffic light": "sign",
        "stop sign": "sign",
        "signboard": "sign",
        "wall": "building",
        "bridge": "building",
        "person": "pedestrian",
        "rider": "bicyclist",
        "bicycle": "bicyclist",
        "motorcycle": "bicyclist",
        "truck": "car",
        "bus": "car",
        "train": "car",
    },
    # The other way a group becomes its commonest member: some of its pixels are of another class.
    "cityscapes": {
        "pavement": "sidewalk",
        "tree": "vegetation",
        "plant": "vegetation",
        "sign": "traffic sign",
        "stop sign": "traffic sign",
        "pedestrian": "person",
        "bicyclist": "rider",
    },
    # None: may or may not be one of the classes, so it is neither one nor background.
    "people_animals": {"rider": "person", "pedestrian": "person", "animal": None},
    "voc": {
        "airplane": "aeroplane",
        "motorcycle": "motorbike",
        "couch": "sofa",
        "tv": "tvmonitor",
        "dining table": "diningtable",
        "potted plant": "pottedplant",
        "rider": "person",
        "pedestrian": "person",
        "animal": None,
        "table": None,
        "plant": None,
        "pot": None,
        "flower": None,
        "computer": None,
    },
}
"""Per label set: class names of other data sets, and the class of the set that holds them."""


def counterpart(name: str, target: LabelSet) -> int | None:
    """Class of a label set that pixels of a class of another one belong to.

    A class of the same name comes first, then the tables of this module. What is in neither is
    the background; where the label set has none, it is void.

    Args:
        name: Class name at hand.
        target: Label set wanted.

    Returns:
        Class index in ``target``; None for void.

    Example:
        >>> STREET.class_names[counterpart("truck", STREET)]
        'car'
    """
    names = target.class_names
    rest = "background" if "background" in names else None
    wanted = name if name in names else _COUNTERPARTS.get(target.id, {}).get(name, rest)
    return None if wanted is None else names.index(wanted)


def label_mapping(source: LabelSet, target: LabelSet) -> np.ndarray | None:
    """Table that turns label ids of one set into those of another, by class name.

    Each class becomes its :func:`counterpart`. There is such a table if every class of ``target``
    is the counterpart of one of ``source``, or if every class of ``source`` has one and neither
    set has a background, which would mean another rest in each of the two.

    Args:
        source: Label set of the ids at hand.
        target: Label set wanted.

    Returns:
        Array of shape (256,), uint8: entry i is the target id of source id i, and
        ``IGNORE_INDEX`` where it has no counterpart or is none. None if there is no such table.

    Example:
        >>> int(label_mapping(VOC, PEOPLE_ANIMALS)[8])  # cat
        1
    """
    indices = [counterpart(name, target) for name in source.class_names]
    complete = set(range(target.num_classes)) <= set(indices)
    nothing_lost = None not in indices
    backgrounds = "background" in (*source.class_names, *target.class_names)
    if not complete and (backgrounds or not nothing_lost):
        return None
    table = np.full(256, IGNORE_INDEX, dtype=np.uint8)
    table[: source.num_classes] = [IGNORE_INDEX if i is None else i for i in indices]
    return table
