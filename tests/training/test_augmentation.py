"""Random changes of a training pair, on labels that can be counted."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from segdemo.labels import IGNORE_INDEX
from segdemo.training.augmentation import random_colour, random_crop, random_flip, random_scale

GREY = 127
Change = Callable[[np.random.Generator, np.ndarray, np.ndarray], list[np.ndarray]]


def noise(height: int, width: int, *, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def numbered(height: int, width: int) -> np.ndarray:
    """A label map of which every pixel is told apart by its value; 0 to 254, no void."""
    assert height * width <= IGNORE_INDEX
    return np.arange(height * width, dtype=np.uint8).reshape(height, width)


def same_in_grey(label_map: np.ndarray) -> np.ndarray:
    """The photo whose three channels are the labels."""
    return np.repeat(label_map[..., None], 3, axis=2)


# --- scale -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scale_range", [(0.5, 2.0), (0.6, 1.8), (1.0, 1.5), (0.25, 0.5)])
def test_scales_stay_in_their_range_and_use_all_of_it(scale_range: tuple[float, float]) -> None:
    image, label_map = Image.new("RGB", (200, 100)), Image.new("L", (200, 100))
    rng = np.random.default_rng(0)
    lowest, highest = scale_range

    factors = []
    for _ in range(200):
        scaled, labels = random_scale(image, label_map, scale_range=scale_range, rng=rng)
        assert scaled.size == labels.size
        assert scaled.width / 200 == pytest.approx(scaled.height / 100, abs=0.5 / 100 + 0.5 / 200)
        factors.append(scaled.width / 200)

    rounding = 0.5 / 200
    assert lowest - rounding <= min(factors) < lowest * 1.05
    assert highest * 0.95 < max(factors) <= highest + rounding


def test_enlarging_is_as_frequent_as_reducing() -> None:
    image, label_map = Image.new("RGB", (64, 64)), Image.new("L", (64, 64))
    rng = np.random.default_rng(0)

    widths = [
        random_scale(image, label_map, scale_range=(0.25, 4.0), rng=rng)[0].width
        for _ in range(400)
    ]

    # Uniform in the logarithm; a factor uniform in itself would enlarge four times in five.
    assert 0.4 < np.mean(np.array(widths) > 64) < 0.6


def test_scaling_invents_no_class() -> None:
    labels = np.random.default_rng(0).choice(np.array([0, 7, 250, 255], dtype=np.uint8), (40, 60))
    photo = Image.fromarray(noise(40, 60))

    for seed in range(20):
        _, scaled = random_scale(
            photo,
            Image.fromarray(labels),
            scale_range=(0.3, 3.0),
            rng=np.random.default_rng(seed),
        )
        assert scaled.mode == "L"
        assert set(np.unique(scaled)) <= {0, 7, 250, 255}


def test_scale_one_changes_nothing() -> None:
    photo, labels = Image.fromarray(noise(30, 20)), Image.fromarray(numbered(15, 10))

    scaled, scaled_labels = random_scale(
        photo, labels.resize((20, 30)), scale_range=(1.0, 1.0), rng=np.random.default_rng(0)
    )

    assert scaled.tobytes() == photo.tobytes()
    assert scaled_labels.tobytes() == labels.resize((20, 30)).tobytes()


def test_a_side_never_vanishes() -> None:
    image, labels = random_scale(
        Image.new("RGB", (300, 2)),
        Image.new("L", (300, 2)),
        scale_range=(0.1, 0.1),
        rng=np.random.default_rng(0),
    )

    assert image.size == labels.size == (30, 1)


# --- crop ------------------------------------------------------------------------------------


def test_a_crop_is_one_window_of_photo_and_labels() -> None:
    labels = numbered(12, 20)
    corners = set()

    for seed in range(60):
        image, label_map = random_crop(
            same_in_grey(labels), labels, crop_shape=(9, 17), rng=np.random.default_rng(seed)
        )
        top, left = divmod(int(label_map[0, 0]), 20)
        assert np.array_equal(label_map, labels[top : top + 9, left : left + 17])
        assert np.array_equal(image, same_in_grey(label_map))
        corners.add((top, left))

    assert corners == {(top, left) for top in range(4) for left in range(4)}


def test_a_crop_of_the_photos_own_size_is_the_photo() -> None:
    labels = numbered(12, 20)

    image, label_map = random_crop(
        same_in_grey(labels), labels, crop_shape=(12, 20), rng=np.random.default_rng(0)
    )

    assert np.array_equal(label_map, labels)
    assert np.array_equal(image, same_in_grey(labels))


@pytest.mark.parametrize("crop_shape", [(16, 24), (16, 10), (5, 24)], ids=str)
def test_outside_the_photo_a_crop_is_grey_and_void(crop_shape: tuple[int, int]) -> None:
    labels = numbered(12, 20) % 100
    photo = np.full((12, 20, 3), 9, dtype=np.uint8)
    height, width = crop_shape
    inside = min(height, 12) * min(width, 20)

    for seed in range(10):
        image, label_map = random_crop(
            photo, labels, crop_shape=crop_shape, rng=np.random.default_rng(seed)
        )
        void = label_map == IGNORE_INDEX
        assert label_map.shape == crop_shape
        assert image.shape == (*crop_shape, 3)
        assert np.count_nonzero(~void) == inside
        assert (image[void] == GREY).all()
        assert (image[~void] == 9).all()


def test_a_small_photo_lies_anywhere_in_its_crop() -> None:
    labels = np.zeros((1, 1), dtype=np.uint8)
    photo = np.zeros((1, 1, 3), dtype=np.uint8)
    places = set()

    for seed in range(60):
        _, label_map = random_crop(
            photo, labels, crop_shape=(2, 3), rng=np.random.default_rng(seed)
        )
        (place,) = np.argwhere(label_map == 0)
        places.add(tuple(place.tolist()))

    assert places == {(row, column) for row in range(2) for column in range(3)}


# --- flip ------------------------------------------------------------------------------------


def test_a_flip_mirrors_photo_and_labels_together_about_half_the_time() -> None:
    labels = numbered(6, 9)
    rng = np.random.default_rng(0)
    flipped = 0

    for _ in range(200):
        image, label_map = random_flip(same_in_grey(labels), labels, rng=rng)
        assert np.array_equal(image, same_in_grey(label_map))
        if label_map[0, 0] == labels[0, 0]:
            assert np.array_equal(label_map, labels)
        else:
            assert np.array_equal(label_map, labels[:, ::-1])
            flipped += 1

    assert 80 < flipped < 120


# --- colour ----------------------------------------------------------------------------------


def test_strength_zero_leaves_the_colours() -> None:
    photo = Image.fromarray(noise(8, 8))

    changed = random_colour(photo, strength=0.0, rng=np.random.default_rng(0))

    assert changed.tobytes() == photo.tobytes()
    assert changed.mode == "RGB"


@pytest.mark.parametrize("strength", [0.1, 0.3])
def test_brightness_stays_within_the_strength(strength: float) -> None:
    grey = Image.new("RGB", (4, 4), (180, 180, 180))  # contrast and saturation leave it
    rng = np.random.default_rng(0)

    values = [
        np.asarray(random_colour(grey, strength=strength, rng=rng))[0, 0, 0] for _ in range(200)
    ]

    assert 180 * (1 - strength) - 1 <= min(values) < 180 * (1 - 0.9 * strength)
    assert 180 * (1 + 0.9 * strength) < max(values) <= 180 * (1 + strength) + 1


def test_contrast_and_saturation_change_too() -> None:
    photo = Image.fromarray(noise(16, 16) // 3 + 80)  # far from black and white
    rng = np.random.default_rng(0)
    before = np.asarray(photo).astype(float)
    spreads, colourfulness = [], []

    for _ in range(100):
        pixels = np.asarray(random_colour(photo, strength=0.3, rng=rng)).astype(float)
        grey = pixels.mean(axis=2)
        spreads.append(grey.std() / grey.mean())  # brightness alone would keep the quotient
        colourfulness.append((pixels - grey[..., None]).std() / grey.std())

    grey = before.mean(axis=2)
    for values, unchanged in (
        (spreads, grey.std() / grey.mean()),
        (colourfulness, (before - grey[..., None]).std() / grey.std()),
    ):
        assert min(values) < 0.8 * unchanged
        assert max(values) > 1.2 * unchanged


# --- all of them -----------------------------------------------------------------------------


def scaled(rng: np.random.Generator, photo: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    pair = random_scale(
        Image.fromarray(photo), Image.fromarray(labels), scale_range=(0.5, 2.0), rng=rng
    )
    return [np.asarray(part) for part in pair]


def cropped(rng: np.random.Generator, photo: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    return list(random_crop(photo, labels, crop_shape=(30, 11), rng=rng))


def flipped(rng: np.random.Generator, photo: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    return list(random_flip(photo, labels, rng=rng))


def coloured(rng: np.random.Generator, photo: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    return [np.asarray(random_colour(Image.fromarray(photo), strength=0.4, rng=rng)), labels]


changes = pytest.mark.parametrize("change", [scaled, cropped, flipped, coloured])


@changes
def test_the_same_randomness_gives_the_same_change(change: Change) -> None:
    photo, labels = noise(20, 12), numbered(20, 12)

    def results(seed: int) -> bytes:
        return b"".join(
            part.tobytes() for part in change(np.random.default_rng(seed), photo, labels)
        )

    assert results(3) == results(3)
    assert len({results(seed) for seed in range(10)}) > 1


@changes
def test_a_change_leaves_its_inputs_as_they_were(change: Change) -> None:
    photo, labels = noise(20, 12), numbered(20, 12)
    before = photo.tobytes() + labels.tobytes()

    for seed in range(5):
        change(np.random.default_rng(seed), photo, labels)

    assert photo.tobytes() + labels.tobytes() == before
