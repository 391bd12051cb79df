"""Masks of real data sets, where they are at hand."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdemo.labels import IGNORE_INDEX, PEOPLE_ANIMALS, STREET, VOC
from segdemo.masks import common_reading, read_mask

DATA = Path(os.environ.get("SEGDEMO_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILES = 12


def masks_of(folder: str) -> list[Path]:
    """A few masks, evenly spread."""
    paths = sorted((DATA / folder).glob("*.png"))
    if not paths:
        pytest.skip(f"needs masks in {DATA / folder}")
    return paths[:: max(1, len(paths) // FILES)]


def test_camvid_is_told_by_its_palette_and_read_as_stored() -> None:
    for path in masks_of("street/test/masks"):
        truth = read_mask(path, STREET)
        assert truth.reading == "street-ids"
        assert truth.reason == "the embedded palette is that of 'Street'"
        assert truth.unknown == 0
        np.testing.assert_array_equal(truth.label_map, np.asarray(Image.open(path)))


def test_camvid_s_ids_need_no_palette() -> None:
    for path in masks_of("street/test/masks"):
        ids = np.asarray(Image.open(path)).copy()
        ids[ids == IGNORE_INDEX] = 11  # as the SegNet tutorial ships them
        truth = read_mask(_png(ids), STREET)
        assert truth.reading == "camvid-void-11"
        np.testing.assert_array_equal(truth.label_map == IGNORE_INDEX, ids == 11)


@pytest.mark.parametrize("folder", ["people_animals/val/masks", "people_animals/train/masks"])
def test_voc_is_told_by_its_palette_and_mapped_by_name(folder: str) -> None:
    paths = masks_of(folder)
    for path in paths:
        truth = read_mask(path, PEOPLE_ANIMALS)
        assert truth.reading == "voc-ids"
        assert truth.unknown == 0
        ids = np.asarray(Image.open(path))
        for index, name in enumerate(PEOPLE_ANIMALS.class_names[1:], start=1):
            voc_id = VOC.class_names.index(name)
            np.testing.assert_array_equal(truth.label_map == index, ids == voc_id)
    assert common_reading(paths, PEOPLE_ANIMALS) == "voc-ids"


@pytest.mark.parametrize("folder", ["people_animals/val/masks"])
def test_colour_copies_of_voc_masks_are_read_alike(folder: str) -> None:
    for path in masks_of(folder):
        rgb = np.asarray(Image.open(path).convert("RGB"))
        truth = read_mask(_png(rgb), PEOPLE_ANIMALS)
        assert truth.reading in ("voc-colours", "people_animals-colours")
        np.testing.assert_array_equal(truth.label_map, read_mask(path, PEOPLE_ANIMALS).label_map)


def _png(values: np.ndarray) -> bytes:
    from tests.masks.files import encode

    return encode(Image.fromarray(values))
