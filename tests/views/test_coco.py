"""COCO files that segdemo writes, read back by its own reader and by pycocotools."""

import json

import numpy as np
import pytest
from pycocotools import mask as reference

from segdemo.labels import PEOPLE_ANIMALS, STREET, LabelSet
from segdemo.masks import read_mask
from segdemo.views.coco import runs_of_region, text_of_runs, to_coco


def random_label_map(labels: LabelSet, shape: tuple[int, int]) -> np.ndarray:
    random = np.random.default_rng(shape)
    coarse = random.integers(0, labels.num_classes, ((shape[0] + 3) // 4, (shape[1] + 3) // 4))
    return np.kron(coarse, np.ones((4, 4)))[: shape[0], : shape[1]].astype(np.uint8)


def test_a_label_map_by_hand() -> None:
    label_map = np.array([[0, 0, 1], [0, 1, 1]], dtype=np.uint8)

    found = to_coco(label_map, PEOPLE_ANIMALS, file_name="cat.jpg")

    assert found["images"] == [{"id": 1, "file_name": "cat.jpg", "width": 3, "height": 2}]
    background, cat = found["annotations"]
    assert (background["category_id"], background["area"], background["bbox"]) == (
        1,
        3,
        [0, 0, 2, 2],
    )
    assert (cat["category_id"], cat["area"], cat["bbox"]) == (2, 3, [1, 0, 2, 2])
    assert background["segmentation"] == {"size": [2, 3], "counts": text_of_runs([0, 3, 3])}
    assert {"id": 2, "name": "cat"} in found["categories"]


@pytest.mark.parametrize("labels", [PEOPLE_ANIMALS, STREET], ids=lambda labels: labels.id)
@pytest.mark.parametrize("shape", [(30, 41), (1, 7), (64, 5)], ids=str)
def test_what_is_written_is_read_back(labels: LabelSet, shape: tuple[int, int]) -> None:
    label_map = random_label_map(labels, shape)

    text = json.dumps(to_coco(label_map, labels, file_name="photo.jpg"))

    assert np.array_equal(read_mask(text.encode(), labels).label_map, label_map)


def test_void_is_in_no_region() -> None:
    label_map = np.array([[255, 1], [1, 255]], dtype=np.uint8)

    (cat,) = to_coco(label_map, PEOPLE_ANIMALS, file_name="photo.jpg")["annotations"]

    assert cat["area"] == 2


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 1.0])
def test_text_is_that_of_pycocotools(share: float) -> None:
    region = np.random.default_rng(3).random((300, 201)) < share

    text = text_of_runs(runs_of_region(region))

    expected = reference.encode(np.asfortranarray(region.astype(np.uint8)))
    assert text == expected["counts"].decode("ascii")


@pytest.mark.parametrize(
    ("region", "runs"),
    [
        ([[0, 0], [0, 0]], [4]),
        ([[1, 1], [1, 1]], [0, 4]),
        ([[0, 1], [0, 1]], [2, 2]),
        ([[1, 0], [0, 1]], [0, 1, 2, 1]),
    ],
    ids=["empty", "full", "right column", "diagonal"],
)
def test_runs_by_hand(region: list[list[int]], runs: list[int]) -> None:
    assert runs_of_region(np.array(region, dtype=bool)) == runs


def test_the_label_map_stays_as_it_is() -> None:
    label_map = random_label_map(STREET, (20, 20))
    before = label_map.copy()

    to_coco(label_map, STREET, file_name="photo.jpg")

    assert np.array_equal(label_map, before)
