"""Own label sets: what a file may hold, what is filled in, what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from segdemo.errors import DataError
from segdemo.label_file import (
    MOST_CLASSES,
    label_set_from_fields,
    label_set_to_fields,
    read_label_set,
)
from segdemo.labels import LABEL_SETS, VOC, LabelSet, voc_colour
from segdemo.masks import read_mask

PETS = LabelSet("pets", "Pets", ("rest", "cat"), ((0, 0, 0), (9, 8, 7)), ((1, 1, 1),))
FIELDS: dict[str, Any] = {
    "id": "pets",
    "title": "Pets",
    "classes": [{"name": "rest", "colour": [0, 0, 0]}, {"name": "cat", "colour": [9, 8, 7]}],
    "void_colours": [[1, 1, 1]],
}


def named(*names: Any) -> dict[str, Any]:
    return {"id": "pets", "classes": [{"name": name} for name in names]}


def test_a_file_is_read_as_it_says(tmp_path: Path) -> None:
    path = tmp_path / "pets.json"
    path.write_text(json.dumps(FIELDS), encoding="utf-8")

    assert read_label_set(path) == PETS


@pytest.mark.parametrize("labels", [PETS, label_set_from_fields(named("a", "b", "c"))])
def test_what_is_written_is_read_back(labels: LabelSet) -> None:
    text = json.dumps(label_set_to_fields(labels))

    assert label_set_from_fields(json.loads(text)) == labels


def test_colours_left_out_are_those_that_annotation_programs_paint() -> None:
    labels = label_set_from_fields(named("a", "b", "c"))

    assert labels.colours == (voc_colour(0), voc_colour(1), voc_colour(2))
    assert (labels.title, labels.void_colours) == ("pets", ())


def test_a_colour_that_is_taken_is_not_given_again() -> None:
    fields = named("a", "b", "c")
    fields["classes"][2]["colour"] = list(voc_colour(0))
    fields["void_colours"] = [list(voc_colour(1))]

    labels = label_set_from_fields(fields)

    assert labels.colours == (voc_colour(2), voc_colour(3), voc_colour(0))


def test_the_most_classes_all_get_a_colour_of_their_own() -> None:
    labels = label_set_from_fields(named(*(f"class {i}" for i in range(MOST_CLASSES))))

    assert labels.num_classes == len(set(labels.colours)) == MOST_CLASSES == 254


def test_masks_are_read_by_an_own_label_set(tmp_path: Path) -> None:
    ids = np.array([[0, 1], [1, 255]], dtype=np.uint8)
    Image.fromarray(ids).save(tmp_path / "ids.png")
    colours = np.array([[[0, 0, 0], [9, 8, 7]], [[9, 8, 7], [1, 1, 1]]], dtype=np.uint8)
    Image.fromarray(colours).save(tmp_path / "colours.png")

    for name in ("ids.png", "colours.png"):
        assert read_mask(tmp_path / name, PETS).label_map.tolist() == ids.tolist()


@pytest.mark.parametrize("label_set_id", LABEL_SETS)
def test_the_id_of_a_bundled_label_set_is_refused(label_set_id: str) -> None:
    with pytest.raises(ValueError, match=f"must not be '{label_set_id}'"):
        label_set_from_fields(FIELDS | {"id": label_set_id})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ([], "must be an object"),
        ({}, "'id' must be"),
        (FIELDS | {"id": "Pets"}, "'id' must be"),
        (FIELDS | {"id": "../pets"}, "'id' must be"),
        (FIELDS | {"id": "a" * 33}, "'id' must be"),
        (FIELDS | {"id": 7}, "'id' must be"),
        (FIELDS | {"title": ""}, "1 to 60 letters"),
        (FIELDS | {"title": "a\nb"}, "no line break"),
        (FIELDS | {"classes": "cat"}, "list of 2 to 254"),
        (FIELDS | {"classes": ["rest", "cat"]}, "an object with a 'name'"),
        (named("cat"), "list of 2 to 254"),
        (named(*map(str, range(255))), "list of 2 to 254"),
        (named("cat", "cat"), "all be different"),
        (named("cat", 7), "1 to 60 letters"),
        (named("cat", "d" * 61), "1 to 60 letters"),
        (named("cat", " dog"), "no space at its ends"),
        (named("cat", "<b>dog</b>"), "none of"),
        (named("cat", "a|b"), "none of"),
        (FIELDS | {"classes": [{"name": "a", "colour": [0, 0]}, {"name": "b"}]}, "three whole"),
        (FIELDS | {"classes": [{"name": "a", "colour": [0, 0, 0.5]}, {"name": "b"}]}, "whole"),
        (FIELDS | {"classes": [{"name": "a", "colour": [0, 0, True]}, {"name": "b"}]}, "whole"),
        (FIELDS | {"classes": [{"name": "a", "colour": [0, 0, 256]}, {"name": "b"}]}, "0 to 255"),
        (FIELDS | {"classes": [{"name": "a", "colour": "red"}, {"name": "b"}]}, "three whole"),
        (FIELDS | {"void_colours": [[9, 8, 7]]}, "colours must all be different"),
        (FIELDS | {"void_colours": [1]}, "three whole"),
        (FIELDS | {"void_colours": None}, "must be a list of colours"),
    ],
)
def test_what_is_no_label_set_is_refused_with_its_reason(fields: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        label_set_from_fields(fields)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (b"", r"'pets\.json' holds no label set\. Write"),
        (b"{", r"holds no label set\. Write"),
        (b"[" * 100_000, r"holds no label set\. Write"),
        (b"\xff\xfe{}", "holds no label set"),
        (b"{}", r"holds no label set: 'id' must be"),
        (b" " * (1 << 20) + b"{}", r"holds no label set\. Write"),
    ],
    ids=["empty", "cut", "deep", "binary", "no-id", "too-large"],
)
def test_a_file_that_holds_none_is_refused(contents: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "pets.json"
    path.write_bytes(contents)

    with pytest.raises(DataError, match=message) as caught:
        read_label_set(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.json' cannot be opened"):
        read_label_set(tmp_path / "gone.json")


def test_voc_written_as_a_file_needs_no_colours() -> None:
    labels = label_set_from_fields(
        {"id": "mine", "classes": [{"name": n} for n in VOC.class_names]}
    )

    assert labels.colours == VOC.colours
