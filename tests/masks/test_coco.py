"""COCO's JSON: the objects of one photo."""

import copy
from pathlib import Path
from typing import Any

import pytest

from segdemo.errors import ImageError, MaskError
from segdemo.labels import PEOPLE_ANIMALS, STREET, VOC
from segdemo.masks import coco_file, read_mask
from tests.masks.files import VOID, as_json

LEFT = {"size": [1, 4], "counts": [0, 1, 3]}
MIDDLE = {"size": [1, 4], "counts": [1, 2, 1]}
PERSON, CAT, DOG = 5, 1, 3
CATEGORIES = [{"id": 7, "name": "Cat"}, {"id": 9, "name": "dog"}, {"id": 3, "name": "kite"}]


def annotation(segmentation: object, category_id: int | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"segmentation": segmentation, "image_id": 5}
    return found if category_id is None else {**found, "category_id": category_id}


def whole_file(*annotations: dict[str, Any]) -> dict[str, Any]:
    return {
        "images": [{"id": 5, "height": 1, "width": 4}],
        "annotations": list(annotations),
        "categories": CATEGORIES,
    }


def test_a_whole_file_is_read_by_the_names_of_its_categories() -> None:
    document = whole_file(annotation(LEFT, 7), annotation(MIDDLE, 9))

    truth = read_mask(as_json(document), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[CAT, DOG, DOG, 0]]
    assert truth.encoding == "COCO objects by the names of their categories"
    assert truth.reason == "the file names its categories"
    assert truth.reading == "coco-names"
    assert [(row.stored, row.name, row.became, row.pixels) for row in truth.found] == [
        (9, "dog", "dog", 2),
        (None, "no object", "background", 1),
        (7, "Cat", "cat", 1),
    ]


def test_polygons_take_their_size_from_the_whole_file() -> None:
    document = whole_file(annotation([[1, 0, 3, 0, 3, 1, 1, 1]], 9))

    assert read_mask(as_json(document), PEOPLE_ANIMALS).label_map.tolist() == [[0, DOG, DOG, 0]]


def test_a_category_that_is_no_class_is_background() -> None:
    truth = read_mask(as_json(whole_file(annotation(LEFT, 3))), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[0, 0, 0, 0]]
    assert "kite" in {row.name for row in truth.found}


def test_an_id_without_a_name_has_no_meaning() -> None:
    truth = read_mask(as_json(whole_file(annotation(LEFT, 8))), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[VOID, 0, 0, 0]]
    assert truth.unknown == 0.25


@pytest.mark.parametrize("form", ["list", "single"])
def test_without_names_ids_are_coco_s_own_or_class_ids_when_asked_for(form: str) -> None:
    one = annotation(MIDDLE, 1)
    data = as_json([one] if form == "list" else one)

    truth = read_mask(data, PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[0, PERSON, PERSON, 0]]
    assert truth.reading == "coco-ids"
    assert [key for key, _ in truth.alternatives] == ["people_animals-ids"]
    by_id = read_mask(data, PEOPLE_ANIMALS, reading="people_animals-ids")
    assert by_id.label_map.tolist() == [[0, CAT, CAT, 0]]


def test_coco_s_names_are_voc_s_by_another_spelling() -> None:
    sofa_and_tv = [annotation(LEFT, 63), annotation(MIDDLE, 72)]

    truth = read_mask(as_json(sofa_and_tv), VOC)

    sofa, tv = VOC.class_names.index("sofa"), VOC.class_names.index("tvmonitor")
    assert truth.label_map.tolist() == [[sofa, tv, tv, 0]]


def test_without_a_background_the_rest_is_void() -> None:
    truth = read_mask(as_json([annotation(MIDDLE, 8)]), STREET)  # a truck

    car = STREET.class_names.index("car")
    assert truth.label_map.tolist() == [[VOID, car, car, VOID]]
    assert truth.void == 0.5
    assert "50.0% of its pixels are void (no object 50.0%)." in truth.summary


def test_pixels_in_objects_of_two_categories_are_of_neither() -> None:
    wide = {"size": [1, 4], "counts": [0, 2, 2]}
    document = whole_file(annotation(wide, 7), annotation(MIDDLE, 9))

    truth = read_mask(as_json(document), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[CAT, VOID, DOG, 0]]
    assert "objects of two categories" in truth.summary


def test_objects_of_one_category_may_overlap() -> None:
    wide = {"size": [1, 4], "counts": [0, 2, 2]}
    document = whole_file(annotation(wide, 7), annotation(MIDDLE, 7))

    truth = read_mask(as_json(document), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[CAT, CAT, CAT, 0]]


def test_names_are_cut_and_put_on_one_line_and_odd_categories_are_passed_over() -> None:
    document = whole_file(annotation(LEFT, 4), annotation(MIDDLE, 9))
    document["categories"] = [
        {"id": 4, "name": "ignore\n\n" + "x" * 1000},
        {"id": 2**80, "name": "person"},
        {"id": -1, "name": "person"},
        {"id": "9", "name": "person"},
        {"name": "person"},
        7,
    ]

    truth = read_mask(as_json(document), PEOPLE_ANIMALS)

    assert {row.name for row in truth.found} == {None, "ignore " + "x" * 53, "no object"}
    assert truth.unknown == 0.5


def test_void_among_the_categories_is_void() -> None:
    document = whole_file(annotation(LEFT, 4))
    document["categories"] = [{"id": 4, "name": "Ignore"}]

    assert read_mask(as_json(document), PEOPLE_ANIMALS).label_map.tolist() == [[VOID, 0, 0, 0]]


@pytest.mark.parametrize("start", [b"", b"\n  ", b"\xef\xbb\xbf"])
def test_json_is_told_by_its_first_character(start: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mask.txt"
    path.write_bytes(start + as_json(annotation(LEFT, 1)))

    assert read_mask(path, PEOPLE_ANIMALS).label_map.tolist() == [[PERSON, 0, 0, 0]]


# --- what is refused -------------------------------------------------------------------------


def changed(**changes: object) -> dict[str, Any]:
    """A good file with some of its keys replaced."""
    return {**copy.deepcopy(whole_file(annotation(LEFT, 7))), **changes}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param({}, "no COCO annotation", id="empty-object"),
        pytest.param([], "has no objects", id="empty-list"),
        pytest.param([1, 2], "no COCO annotation", id="numbers"),
        pytest.param({"annotations": 3}, "no COCO annotation", id="annotations-number"),
        pytest.param(changed(annotations=[]), "has no objects", id="no-annotations"),
        pytest.param([{"bbox": [0, 0, 1, 1]}], "have no segmentation", id="boxes-only"),
        pytest.param([annotation("abc", 1)], "no known form", id="segmentation-text"),
        pytest.param([annotation([[0, 0, 1, 0, 1, 1]], 1)], "how large the photo is", id="no-size"),
        pytest.param([annotation({"counts": [4]}, 1)], "how large the photo is", id="size-missing"),
        pytest.param(
            [annotation({"size": [-2, -2], "counts": [4]}, 1)], "how large", id="size-negative"
        ),
        pytest.param(
            [annotation({"size": [2.0, 2.0], "counts": [4]}, 1)], "how large", id="size-fractions"
        ),
        pytest.param(
            [annotation({"size": [10_000, 5_001], "counts": [0]}, 1)],
            "more than the 50 megapixels",
            id="size-large",
        ),
        pytest.param(
            [annotation({"size": [10**300, 10**300], "counts": [0]}, 1)],
            "more than the 50 megapixels",
            id="size-absurd",
        ),
        pytest.param(
            [annotation(LEFT, 1), annotation({"size": [2, 2], "counts": [4]}, 1)],
            "photos of different sizes",
            id="two-sizes",
        ),
        pytest.param(
            changed(images=[{"height": 1, "width": 5}]), "different sizes", id="another-size"
        ),
        pytest.param(changed(images=[{}, {}, {}]), "is about 3 photos", id="three-photos"),
        pytest.param(
            changed(annotations=[annotation(LEFT, 7), {**annotation(LEFT, 7), "image_id": 6}]),
            "is about 2 photos",
            id="annotations-of-two-photos",
        ),
        pytest.param(
            [annotation(LEFT, 1), annotation(MIDDLE)], "no usable category_id", id="some-without"
        ),
        pytest.param([annotation(LEFT, -3)], "no usable category_id", id="category-negative"),
        pytest.param([annotation(LEFT, 2**40)], "no usable category_id", id="category-large"),
        pytest.param([annotation({"size": [1, 4], "counts": [9]}, 1)], "0 to 4", id="runs-wrong"),
        pytest.param(
            [annotation({"size": [5_000, 5_000], "counts": [0]}, 1)] * 81,
            "81 regions on 5000 x 5000 pixels, which is too much",
            id="too-much-to-paint",
        ),
    ],
)
def test_what_is_no_annotation_of_one_photo_is_refused(document: object, message: str) -> None:
    with pytest.raises(MaskError, match=message):
        read_mask(as_json(document), PEOPLE_ANIMALS)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"[" * 200_000, id="deep"),
        pytest.param(b'{"a":' * 200_000, id="deep-objects"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="deep-and-closed"),
        pytest.param(b'{"segmentation": ', id="cut"),
        pytest.param(b"{\xff\xfe}", id="no-utf-8"),
        pytest.param(b"[" + b"9" * 10_000 + b"]", id="endless-number"),
    ],
)
def test_damaged_json_is_refused(data: bytes) -> None:
    with pytest.raises(MaskError, match="JSON file is damaged or incomplete"):
        read_mask(data, PEOPLE_ANIMALS)


def test_a_file_of_a_whole_data_set_is_refused_before_it_is_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(coco_file, "MAX_BYTES", 100)

    with pytest.raises(MaskError, match="is about many photos"):
        read_mask(b"[" + b" " * 100, PEOPLE_ANIMALS)


def test_a_path_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"'none\.json' cannot be opened"):
        read_mask(tmp_path / "none.json", PEOPLE_ANIMALS)
