"""Training crops: their form, their randomness, and that photo and labels stay together."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader

from segdemo.card import Preprocessing
from segdemo.evaluation import Pair
from segdemo.labels import IGNORE_INDEX, PEOPLE_ANIMALS, STREET
from segdemo.training.data import Crops, class_frequencies
from segdemo.training.losses import NOT_LOOKED_FOR
from segdemo.training.recipes import Recipe

PREPROCESSING = Preprocessing(mean=(0.5, 0.4, 0.3), std=(0.5, 0.25, 0.2), longest_side_px=512)
RECIPE = Recipe(
    epochs=3,
    longest_side_px=512,
    crop_shape=(48, 64),
    scale_range=(0.5, 2.0),
    colour_jitter=0.0,
    seed=4,
)
NUM_CLASSES = PEOPLE_ANIMALS.num_classes
BLOCK_PX = 24
VOID_COLOUR = 250
PADDING_COLOUR = 127


def write_pair(folder: Path, stem: str, photo: np.ndarray, label_map: np.ndarray) -> Pair:
    pair = Pair(stem, folder / f"{stem}.photo.png", folder / f"{stem}.mask.png")
    Image.fromarray(photo.astype(np.uint8)).save(pair.image_path)
    Image.fromarray(label_map.astype(np.uint8)).save(pair.mask_path)
    return pair


def colour_of(label_map: np.ndarray) -> np.ndarray:
    """The red value by which the photos here tell the class of a pixel."""
    return np.where(label_map == IGNORE_INDEX, VOID_COLOUR, 20 + 30 * label_map.astype(int))


@pytest.fixture
def pairs(tmp_path: Path) -> list[Pair]:
    """Photos of 4 x 5 blocks, each of one class, whose red channel tells the class."""
    rng = np.random.default_rng(0)
    written = []
    for index in range(6):
        blocks = rng.choice([*range(NUM_CLASSES), IGNORE_INDEX], (4, 5))
        label_map = blocks.repeat(BLOCK_PX, axis=0).repeat(BLOCK_PX, axis=1)
        height, width = label_map.shape
        rows, columns = np.indices((height, width))
        photo = np.stack([colour_of(label_map), rows * 255 // height, columns], axis=2)
        written.append(write_pair(tmp_path, f"photo{index}", photo, label_map))
    return written


def crops_of(pairs: list[Pair], recipe: Recipe = RECIPE) -> Crops:
    return Crops(pairs, labels=PEOPLE_ANIMALS, recipe=recipe, preprocessing=PREPROCESSING)


def in_255ths(x: Tensor) -> np.ndarray:
    """Undo the normalisation: (3, H, W) to (H, W, 3), 0 to 255."""
    values = x.numpy().transpose(1, 2, 0) * np.array(PREPROCESSING.std) + PREPROCESSING.mean
    return values * 255


# --- form ------------------------------------------------------------------------------------


def test_there_is_one_crop_per_pair(pairs: list[Pair]) -> None:
    assert len(crops_of(pairs)) == len(pairs)


@pytest.mark.parametrize("crop_shape", [(48, 64), (200, 33)], ids=str)
def test_an_item_is_a_normalised_photo_and_its_labels(
    pairs: list[Pair], crop_shape: tuple[int, int]
) -> None:
    crops = crops_of(pairs, replace(RECIPE, crop_shape=crop_shape))

    for index in range(len(crops)):
        x, target = crops[index]
        assert x.shape == (3, *crop_shape)
        assert target.shape == crop_shape
        assert (x.dtype, target.dtype) == (torch.float32, torch.int64)
        assert x.is_contiguous()
        assert set(target.unique().tolist()) <= {*range(NUM_CLASSES), IGNORE_INDEX}


def test_photos_are_normalised_channel_by_channel(tmp_path: Path) -> None:
    photo = np.full((48, 64, 3), (255, 0, 51), dtype=np.uint8)
    pair = write_pair(tmp_path, "flat", photo, np.zeros((48, 64)))

    x, _ = crops_of([pair], replace(RECIPE, scale_range=(1.0, 1.0)))[0]

    expected = torch.tensor([(1 - 0.5) / 0.5, (0 - 0.4) / 0.25, (0.2 - 0.3) / 0.2])
    torch.testing.assert_close(x, expected.view(3, 1, 1).expand(3, 48, 64))


# --- together --------------------------------------------------------------------------------


@pytest.mark.parametrize("crop_shape", [(48, 64), (160, 200)], ids=["inside", "padded"])
def test_photo_and_labels_stay_together_through_all_changes(
    pairs: list[Pair], crop_shape: tuple[int, int]
) -> None:
    crops = crops_of(pairs, replace(RECIPE, crop_shape=crop_shape))
    checked: set[int] = set()

    for epoch in range(5):
        crops.epoch = epoch
        for index in range(len(crops)):
            x, target = crops[index]
            red = in_255ths(x)[..., 0]
            label_map = np.pad(target.numpy(), 3, constant_values=-1)
            around = sliding_window_view(label_map, (7, 7))
            # Nearer to a border, the photo's bilinear scaling blends neighbours.
            is_inner = around.min(axis=(2, 3)) == around.max(axis=(2, 3))
            expected = colour_of(target.numpy())
            is_padding = (target.numpy() == IGNORE_INDEX) & (abs(red - PADDING_COLOUR) < 0.5)
            inner = is_inner & ~is_padding
            np.testing.assert_allclose(red[inner], expected[inner], rtol=0, atol=0.01)
            checked |= set(target.numpy()[inner].tolist())

    assert checked == {*range(NUM_CLASSES), IGNORE_INDEX}


def test_flips_and_scales_do_happen(pairs: list[Pair]) -> None:
    crops = crops_of(pairs, replace(RECIPE, crop_shape=(32, 32)))
    steps = []
    for epoch in range(4):
        crops.epoch = epoch
        for index in range(len(crops)):
            x, target = crops[index]
            if IGNORE_INDEX not in target:
                column = in_255ths(x)[..., 2][0]  # grows by 1 a pixel in the photos
                steps.append((column[-1] - column[0]) / 31)

    steps_per_px = np.array(steps)
    assert len(steps_per_px) > 4
    assert steps_per_px.min() < 0 < steps_per_px.max()
    assert abs(steps_per_px).max() > 1.2  # reduced
    assert abs(steps_per_px).min() < 0.8  # enlarged


# --- randomness ------------------------------------------------------------------------------


def item_bytes(crops: Crops, index: int) -> bytes:
    x, target = crops[index]
    return x.numpy().tobytes() + target.numpy().tobytes()


def test_without_flips_no_crop_is_mirrored(tmp_path: Path) -> None:
    columns = np.tile(np.arange(64), (48, 1))
    pair = write_pair(tmp_path, "ramp", np.stack([columns] * 3, axis=2), columns > 31)
    still = replace(RECIPE, scale_range=(1.0, 1.0), flip=False)

    for epoch in range(8):
        crops = crops_of([pair], still)
        crops.epoch = epoch
        x, target = crops[0]
        np.testing.assert_allclose(in_255ths(x)[..., 0], columns, rtol=0, atol=0.01)
        assert np.array_equal(target.numpy(), columns > 31)


@pytest.mark.parametrize("size_px", [32, 64, 256])
def test_photos_of_any_size_are_brought_to_the_size_that_is_trained_at(
    size_px: int, tmp_path: Path
) -> None:
    half = np.zeros((size_px, size_px))
    half[:, size_px // 2 :] = 1
    pair = write_pair(tmp_path, "half", np.stack([colour_of(half)] * 3, axis=2), half)
    recipe = replace(
        RECIPE,
        longest_side_px=64,
        crop_shape=(64, 64),
        scale_range=(1.0, 1.0),
        flip=False,
        resize_first=True,
    )

    _, target = crops_of([pair], recipe)[0]

    expected = np.zeros((64, 64))
    expected[:, 32:] = 1
    assert np.array_equal(target.numpy(), expected)


def test_a_mask_of_a_photo_stored_on_its_side_is_turned_with_it(tmp_path: Path) -> None:
    label_map = np.zeros((48, 64))
    label_map[:, 32:] = 1
    pair = write_pair(tmp_path, "side", np.stack([colour_of(label_map)] * 3, axis=2), label_map)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    Image.open(pair.image_path).save(pair.image_path, exif=exif)
    recipe = replace(RECIPE, crop_shape=(64, 48), scale_range=(1.0, 1.0), flip=False)

    x, target = crops_of([pair], recipe)[0]

    assert np.array_equal(target.numpy(), np.rot90(label_map, -1))
    np.testing.assert_allclose(in_255ths(x)[..., 0], colour_of(target.numpy()), rtol=0, atol=0.01)


def test_seed_epoch_and_index_decide_the_crop(pairs: list[Pair]) -> None:
    recipe = replace(RECIPE, colour_jitter=0.3)
    crops, again = crops_of(pairs, recipe), crops_of(pairs, recipe)
    for index in reversed(range(len(again))):
        item_bytes(again, index)  # another order of reading

    for index in range(len(crops)):
        assert item_bytes(crops, index) == item_bytes(again, index) == item_bytes(crops, index)


def test_another_epoch_or_seed_gives_another_crop(pairs: list[Pair]) -> None:
    crops, later = crops_of(pairs), crops_of(pairs)
    later.epoch = 1
    other = crops_of(pairs, replace(RECIPE, seed=RECIPE.seed + 1))

    for index in range(len(crops)):
        assert len({item_bytes(each, index) for each in (crops, later, other)}) == 3


def test_the_same_photo_at_two_places_gives_two_crops(pairs: list[Pair]) -> None:
    crops = crops_of([pairs[0], pairs[0]])

    assert item_bytes(crops, 0) != item_bytes(crops, 1)


def test_a_loaders_process_gives_the_same_crops_in_every_epoch(pairs: list[Pair]) -> None:
    crops = crops_of(pairs[:2])
    for epoch in (0, 1):
        crops.epoch = epoch
        (x, target), *_ = DataLoader(crops, batch_size=2, num_workers=1)
        for index in range(2):
            expected_x, expected_target = crops[index]
            assert torch.equal(x[index], expected_x)
            assert torch.equal(target[index], expected_target)


# --- frequencies -----------------------------------------------------------------------------


def test_class_frequencies_by_hand(tmp_path: Path) -> None:
    photo = np.zeros((2, 4, 3))
    maps = [[[0, 0, 0, 5], [255, 255, 5, 6]], [[0, 0, 0, 0], [255, 255, 255, 255]]]
    pairs = [
        write_pair(tmp_path, str(index), photo, np.array(label_map))
        for index, label_map in enumerate(maps)
    ]

    frequencies = class_frequencies(pairs, PEOPLE_ANIMALS)

    assert frequencies.tolist() == [0.7, 0, 0, 0, 0, 0.2, 0.1]  # of 10 valid pixels
    assert frequencies.dtype == np.float64


def test_class_frequencies_sum_to_one(pairs: list[Pair]) -> None:
    frequencies = class_frequencies(pairs, PEOPLE_ANIMALS)

    assert frequencies.shape == (NUM_CLASSES,)
    assert frequencies.sum() == pytest.approx(1)


def test_the_void_id_of_camvids_masks_counts_for_nothing(tmp_path: Path) -> None:
    label_map = np.array([[0, 10, 11, 11]])
    pair = write_pair(tmp_path, "street", np.zeros((1, 4, 3)), label_map)

    frequencies = class_frequencies([pair], STREET)

    assert frequencies[[0, 10]].tolist() == [0.5, 0.5]
    assert frequencies.shape == (11,)


# --- partly labelled photos ------------------------------------------------------------------


def test_background_of_a_partly_labelled_photo_is_not_known(tmp_path: Path) -> None:
    label_map = np.zeros((48, 64))
    label_map[:, 20:40], label_map[:, 60:] = 5, VOID_COLOUR + 5
    pair = write_pair(tmp_path, "partial", np.zeros((48, 64, 3)), label_map)
    recipe = replace(RECIPE, scale_range=(1.0, 1.0))

    whole = Crops([pair], labels=PEOPLE_ANIMALS, recipe=recipe, preprocessing=PREPROCESSING)
    partial = Crops(
        [pair], labels=PEOPLE_ANIMALS, recipe=recipe, preprocessing=PREPROCESSING, partial=[pair]
    )

    assert len(partial) == 2
    assert set(whole[0][1].unique().tolist()) == {0, 5, IGNORE_INDEX}
    assert torch.equal(partial[0][1].unique(), whole[0][1].unique())
    assert set(partial[1][1].unique().tolist()) == {NOT_LOOKED_FOR, 5, IGNORE_INDEX}
