"""Masks as CamVid, Cityscapes and ADE20K publish them, and the classes that they become."""

import numpy as np
import pytest

from segdemo.labels import CITYSCAPES, PEOPLE_ANIMALS, STREET, LabelSet
from segdemo.masks import read_mask
from segdemo.masks.tables.ade20k import CLASSES, SYNONYMS
from segdemo.masks.tables.camvid import CAMVID_32
from segdemo.masks.tables.cityscapes import LABEL_IDS
from segdemo.masks.tables.coco import CATEGORIES
from tests.masks.files import VOID, encode, grey, in_colours, with_palette


def names_of(label_map: np.ndarray, labels: LabelSet) -> list[str]:
    """Class names of the first row; 'void' where void."""
    return ["void" if i == VOID else labels.class_names[i] for i in label_map[0].tolist()]


# --- CamVid ----------------------------------------------------------------------------------


def test_the_32_original_colours_become_the_11_groups() -> None:
    colours = [colour for colour, _ in CAMVID_32.values()]

    truth = read_mask(encode(in_colours([colours])), STREET)

    assert truth.reading == "camvid-32-colours"
    groups = [group or "void" for _, group in CAMVID_32.values()]
    assert names_of(truth.label_map, STREET) == groups
    assert truth.unknown == 0


def test_camvid_has_32_colours_and_every_group_has_members() -> None:
    assert len({colour for colour, _ in CAMVID_32.values()}) == 32
    assert {group for _, group in CAMVID_32.values()} == {*STREET.class_names, None}


def test_the_groups_keep_the_colours_of_their_name_sakes() -> None:
    """All but pavement, which the SegNet tutorial paints anew, have their CamVid colour."""
    original = {"sign": "SignSymbol", "pole": "Column_Pole"}
    for name, colour in zip(STREET.class_names, STREET.colours, strict=True):
        if name != "pavement":
            assert CAMVID_32[original.get(name, name.capitalize())] == (colour, name)


def test_id_11_is_void_and_palettes_with_camvids_own_sidewalk_are_known() -> None:
    palette = [*STREET.colours, (0, 0, 0)]
    palette[4] = CAMVID_32["Sidewalk"][0]

    truth = read_mask(encode(with_palette([[4, 4, 11]], palette)), STREET)

    assert truth.reading == "camvid-void-11"
    assert truth.reason == "the embedded palette is that of 'Street'"
    assert truth.label_map.tolist() == [[4, 4, VOID]]


# --- Cityscapes ------------------------------------------------------------------------------


def test_label_ids_are_those_of_the_cityscapes_scripts() -> None:
    assert len(LABEL_IDS) == 34
    evaluated = [name for name, _ in LABEL_IDS if name in CITYSCAPES.class_names]
    assert tuple(evaluated) == CITYSCAPES.class_names  # trainIds keep the order
    ids = {name: value for value, (name, _) in enumerate(LABEL_IDS)}
    assert [ids[name] for name in ("road", "pole", "traffic light", "sky", "car", "bicycle")] == [
        *(7, 17, 19),
        *(23, 26, 33),
    ]
    colours = dict(zip(CITYSCAPES.class_names, CITYSCAPES.colours, strict=True))
    assert {name: colour for name, colour in LABEL_IDS if name in colours} == colours


def test_train_ids_are_the_classes_of_cityscapes() -> None:
    truth = read_mask(encode(grey([[*range(19), VOID]])), CITYSCAPES)

    assert truth.reading == "cityscapes-trainids"
    assert truth.label_map.tolist() == [[*range(19), VOID]]


def test_some_files_count_19_as_void() -> None:
    truth = read_mask(encode(grey([[*range(20)]])), CITYSCAPES)

    assert truth.reading == "cityscapes-void-19"
    assert truth.label_map.tolist() == [[*range(19), VOID]]


def test_label_ids_become_classes_and_what_is_not_evaluated_void() -> None:
    truth = read_mask(encode(grey([[*range(34)]])), CITYSCAPES)

    assert truth.reading == "cityscapes-labelids"
    expected = [name if name in CITYSCAPES.class_names else "void" for name, _ in LABEL_IDS]
    assert names_of(truth.label_map, CITYSCAPES) == expected
    assert truth.unknown == 0


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colour_files_become_classes_and_shared_colours_the_class(mode: str) -> None:
    image = in_colours([[colour for _, colour in LABEL_IDS]]).convert(mode)

    truth = read_mask(encode(image), CITYSCAPES)

    assert truth.reading == "cityscapes-colours"
    expected = [name if name in CITYSCAPES.class_names else "void" for name, _ in LABEL_IDS]
    expected[18] = "pole"  # polegroup has the colour of pole
    assert names_of(truth.label_map, CITYSCAPES) == expected
    assert truth.unknown == 0


def test_cityscapes_is_mapped_to_street_and_what_has_no_counterpart_is_told() -> None:
    ids = {name: value for value, (name, _) in enumerate(LABEL_IDS)}
    names = ("sky", "terrain", "truck", "rider", "traffic light", "parking", "vegetation")

    truth = read_mask(encode(grey([[ids[name] for name in names]])), STREET)

    assert truth.reading == "cityscapes-labelids"
    expected = ["sky", "void", "car", "bicyclist", "sign", "void", "tree"]
    assert names_of(truth.label_map, STREET) == expected
    assert truth.unknown == 0
    assert truth.void == pytest.approx(2 / 7)
    assert {row.name for row in truth.found if row.became is None} == {"terrain", "parking"}
    assert "28.6% of its pixels are void (parking 14.3%, terrain 14.3%)" in truth.summary


@pytest.mark.parametrize("kind", ["trainids", "colours"])
def test_every_form_of_cityscapes_is_mapped_to_street(kind: str) -> None:
    if kind == "trainids":
        data = encode(grey([[*range(19)]]))
    else:
        data = encode(in_colours([[*CITYSCAPES.colours]]))

    truth = read_mask(data, STREET)

    assert truth.reading == f"cityscapes-{kind}"
    assert names_of(truth.label_map, STREET) == [
        *("road", "pavement", "building", "building", "fence", "pole", "sign", "sign", "tree"),
        *("void", "sky", "pedestrian", "bicyclist", "car", "car", "car", "car"),
        *("bicyclist", "bicyclist"),
    ]


def test_street_is_mapped_to_cityscapes() -> None:
    truth = read_mask(encode(in_colours([[*STREET.colours]])), CITYSCAPES)

    assert truth.reading == "street-colours"
    assert names_of(truth.label_map, CITYSCAPES) == [
        *("sky", "building", "pole", "road", "sidewalk", "vegetation", "traffic sign", "fence"),
        *("car", "person", "rider"),
    ]


# --- ADE20K ----------------------------------------------------------------------------------


def test_ade20k_has_150_names_and_its_synonyms_are_among_them() -> None:
    assert len(set(CLASSES)) == 150
    assert set(SYNONYMS) <= set(CLASSES)
    ids = {CLASSES[value - 1]: value for value in (1, 3, 7, 13, 21, 44, 94, 120, 127, 128, 150)}
    assert list(ids) == [
        *("wall", "sky", "road", "person", "car", "signboard", "pole", "ball", "animal"),
        *("bicycle", "flag"),
    ]


def test_ade20k_is_mapped_to_street() -> None:
    ids = {name: value for value, name in enumerate(CLASSES, start=1)}
    names = ("sky", "house", "palm", "van", "minibike", "signboard", "grass", "flag")

    truth = read_mask(encode(grey([[0, *(ids[name] for name in names)]])), STREET)

    assert truth.reading == "ade20k-ids"
    assert names_of(truth.label_map, STREET) == [
        *("void", "sky", "building", "tree", "car", "bicyclist", "sign", "void", "void"),
    ]
    assert truth.unknown == 0


def test_ade20k_s_animals_are_of_no_class_and_not_background_either() -> None:
    ids = {name: value for value, name in enumerate(CLASSES, start=1)}

    truth = read_mask(
        encode(grey([[0, ids["person"], ids["animal"], ids["flag"]]])), PEOPLE_ANIMALS
    )

    assert names_of(truth.label_map, PEOPLE_ANIMALS) == ["void", "person", "void", "background"]


def test_ade20k_is_taken_only_if_all_values_fit() -> None:
    assert read_mask(encode(grey([[3, 5, 140]])), STREET).reading == "ade20k-ids"
    truth = read_mask(encode(grey([[3, 5, 140, 151]])), STREET)
    assert truth.reading == "street-ids"
    assert truth.unknown == 0.5


def test_coco_has_80_categories() -> None:
    assert len(CATEGORIES) == len(set(CATEGORIES.values())) == 80
    assert [CATEGORIES[value] for value in (1, 18, 44, 64, 90)] == [
        *("person", "dog", "bottle", "potted plant", "toothbrush")
    ]
