"""Label sets against the colours and ids that their data sets publish."""

import numpy as np
import pytest

from segdemo.errors import UnknownNameError
from segdemo.labels import (
    CITYSCAPES,
    IGNORE_INDEX,
    LABEL_SETS,
    PEOPLE_ANIMALS,
    STREET,
    VOC,
    Colour,
    LabelSet,
    counterpart,
    label_mapping,
    load_label_set,
    voc_colour,
)

VOC_COLOURS = {
    "background": (0, 0, 0),
    "aeroplane": (128, 0, 0),
    "bicycle": (0, 128, 0),
    "bird": (128, 128, 0),
    "boat": (0, 0, 128),
    "bottle": (128, 0, 128),
    "bus": (0, 128, 128),
    "car": (128, 128, 128),
    "cat": (64, 0, 0),
    "chair": (192, 0, 0),
    "cow": (64, 128, 0),
    "diningtable": (192, 128, 0),
    "dog": (64, 0, 128),
    "horse": (192, 0, 128),
    "motorbike": (64, 128, 128),
    "person": (192, 128, 128),
    "pottedplant": (0, 64, 0),
    "sheep": (128, 64, 0),
    "sofa": (0, 192, 0),
    "train": (128, 192, 0),
    "tvmonitor": (0, 64, 128),
}
"""Class ids are the positions; the colours are those of the VOC development kit."""

CAMVID_COLOURS = {
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
"""The 11 classes of the SegNet tutorial, in the order of its ids."""

CITYSCAPES_COLOURS = {
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
"""The 19 classes that the Cityscapes scripts evaluate, in the order of their trainIds."""

RED, GREEN = (255, 0, 0), (0, 255, 0)
VOC_BORDER = (224, 224, 192)


# --- colours ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("index", "colour"), [*enumerate(VOC_COLOURS.values()), (255, VOC_BORDER)])
def test_voc_colours_are_those_of_the_development_kit(index: int, colour: Colour) -> None:
    assert voc_colour(index) == colour


def test_the_256_voc_colours_are_all_different_and_in_range() -> None:
    colours = {voc_colour(index) for index in range(256)}

    assert len(colours) == 256
    assert all(0 <= value <= 255 for colour in colours for value in colour)


@pytest.mark.parametrize(
    ("labels", "colours", "void"),
    [
        (VOC, VOC_COLOURS, VOC_BORDER),
        (STREET, CAMVID_COLOURS, (0, 0, 0)),
        (CITYSCAPES, CITYSCAPES_COLOURS, (0, 0, 0)),
        (
            PEOPLE_ANIMALS,
            {
                name: VOC_COLOURS[name]
                for name in ("background", "cat", "cow", "dog", "horse", "person", "sheep")
            },
            VOC_BORDER,
        ),
    ],
    ids=["voc", "street", "cityscapes", "people_animals"],
)
def test_each_label_set_has_its_classes_and_colours_in_order(
    labels: LabelSet, colours: dict[str, Colour], void: Colour
) -> None:
    assert dict(zip(labels.class_names, labels.colours, strict=True)) == colours
    assert labels.class_names == tuple(colours)
    assert labels.num_classes == len(colours)
    assert labels.void_colours == (void,)


@pytest.mark.parametrize("labels", LABEL_SETS.values(), ids=LABEL_SETS.keys())
def test_the_palette_is_a_new_array_of_the_colours(labels: LabelSet) -> None:
    palette = labels.palette

    assert palette.shape == (labels.num_classes, 3)
    assert palette.dtype == np.uint8
    assert [tuple(colour) for colour in palette.tolist()] == list(labels.colours)
    palette[:] = 7
    assert tuple(labels.palette[0].tolist()) == labels.colours[0]


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "colours", "void", "message"),
    [
        (("a",), (RED, GREEN), (), r"equally many, got 1 and 2"),
        (("a", "b"), (RED,), (), r"equally many, got 2 and 1"),
        (("a", "b"), (RED, RED), (), r"colours must all be different"),
        (("a", "b"), (RED, GREEN), (GREEN,), r"colours must all be different"),
        (("a",), (RED,), (GREEN, GREEN), r"colours must all be different"),
    ],
    ids=["fewer-names", "fewer-colours", "colour-twice", "class-as-void", "void-twice"],
)
def test_names_and_colours_that_do_not_fit_are_refused(
    names: tuple[str, ...], colours: tuple[Colour, ...], void: tuple[Colour, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        LabelSet("made-up", "Made up", names, colours, void)


@pytest.mark.parametrize(
    "labels", [STREET, PEOPLE_ANIMALS, VOC, CITYSCAPES], ids=lambda labels: labels.id
)
def test_a_label_set_is_found_by_its_id(labels: LabelSet) -> None:
    assert load_label_set(labels.id) is labels


def test_an_unknown_id_is_named_with_the_known_ones() -> None:
    message = r"no label set 'Street'\. Choose one of: street, people_animals, voc, cityscapes\."
    with pytest.raises(UnknownNameError, match=message):
        load_label_set("Street")


# --- mapping ---------------------------------------------------------------------------------


def test_voc_ids_become_people_and_animals_by_name_and_the_rest_background() -> None:
    kept = {8: 1, 10: 2, 12: 3, 13: 4, 15: 5, 17: 6}  # cat, cow, dog, horse, person, sheep

    table = label_mapping(VOC, PEOPLE_ANIMALS)

    assert table is not None
    assert table.shape == (256,)
    assert table.dtype == np.uint8
    assert table[:21].tolist() == [kept.get(index, 0) for index in range(21)]


def test_ids_beyond_the_source_and_void_are_void() -> None:
    table = label_mapping(VOC, PEOPLE_ANIMALS)

    assert table is not None
    assert (table[21:] == IGNORE_INDEX).all()


def test_other_classes_become_void_where_the_target_has_no_background() -> None:
    source = LabelSet("s", "S", ("car", "tree", "road"), (RED, GREEN, (0, 0, 255)))
    target = LabelSet("t", "T", ("road", "car"), (RED, GREEN))

    table = label_mapping(source, target)

    assert table is not None
    assert table[:3].tolist() == [1, IGNORE_INDEX, 0]


@pytest.mark.parametrize("labels", LABEL_SETS.values(), ids=LABEL_SETS.keys())
def test_a_label_set_maps_to_itself_without_change(labels: LabelSet) -> None:
    table = label_mapping(labels, labels)

    assert table is not None
    assert table[: labels.num_classes].tolist() == list(range(labels.num_classes))
    assert table[IGNORE_INDEX] == IGNORE_INDEX


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (STREET, VOC),
        (VOC, STREET),
        (STREET, PEOPLE_ANIMALS),
        (PEOPLE_ANIMALS, STREET),
        (PEOPLE_ANIMALS, VOC),
        (CITYSCAPES, PEOPLE_ANIMALS),
        (CITYSCAPES, VOC),
        (VOC, CITYSCAPES),
    ],
    ids=lambda labels: labels.id,
)
def test_there_is_no_mapping_where_the_source_lacks_a_class(
    source: LabelSet, target: LabelSet
) -> None:
    assert label_mapping(source, target) is None


def test_cityscapes_becomes_street_by_the_groups_of_camvid() -> None:
    table = label_mapping(CITYSCAPES, STREET)

    assert table is not None
    names = ["void" if i == IGNORE_INDEX else STREET.class_names[i] for i in table[:19].tolist()]
    assert dict(zip(CITYSCAPES.class_names, names, strict=True)) == {
        "road": "road",
        "sidewalk": "pavement",
        "building": "building",
        "wall": "building",
        "fence": "fence",
        "pole": "pole",
        "traffic light": "sign",
        "traffic sign": "sign",
        "vegetation": "tree",
        "terrain": "void",
        "sky": "sky",
        "person": "pedestrian",
        "rider": "bicyclist",
        "car": "car",
        "truck": "car",
        "bus": "car",
        "train": "car",
        "motorcycle": "bicyclist",
        "bicycle": "bicyclist",
    }


def test_street_becomes_cityscapes_and_loses_no_class() -> None:
    table = label_mapping(STREET, CITYSCAPES)

    assert table is not None
    assert [CITYSCAPES.class_names[i] for i in table[:11].tolist()] == [
        *("sky", "building", "pole", "road", "sidewalk", "vegetation", "traffic sign", "fence"),
        *("car", "person", "rider"),
    ]
    assert (table[11:] == IGNORE_INDEX).all()


def test_there_and_back_again_street_keeps_its_classes() -> None:
    there, back = label_mapping(STREET, CITYSCAPES), label_mapping(CITYSCAPES, STREET)

    assert there is not None
    assert back is not None
    assert back[there[:11]].tolist() == [*range(11)]


def test_a_mapping_that_would_lose_a_class_is_none() -> None:
    source = LabelSet("s", "S", ("car", "moon"), (RED, GREEN))
    target = LabelSet("t", "T", ("car", "tree"), (RED, GREEN))

    assert label_mapping(source, target) is None


# --- counterparts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "target", "expected"),
    [
        ("car", STREET, "car"),
        ("truck", STREET, "car"),
        ("moon", STREET, None),  # no background
        ("moon", PEOPLE_ANIMALS, "background"),
        ("person", PEOPLE_ANIMALS, "person"),
        ("rider", PEOPLE_ANIMALS, "person"),
        ("animal", PEOPLE_ANIMALS, None),  # may be a cat
        ("couch", VOC, "sofa"),
        ("couch", PEOPLE_ANIMALS, "background"),
        ("table", VOC, None),  # may be a dining table
        ("stop sign", CITYSCAPES, "traffic sign"),
    ],
)
def test_the_class_that_holds_another_name(
    name: str, target: LabelSet, expected: str | None
) -> None:
    index = counterpart(name, target)

    assert (None if index is None else target.class_names[index]) == expected


@pytest.mark.parametrize("labels", LABEL_SETS.values(), ids=LABEL_SETS.keys())
def test_a_class_is_its_own_counterpart(labels: LabelSet) -> None:
    indices = [counterpart(name, labels) for name in labels.class_names]

    assert indices == [*range(labels.num_classes)]
