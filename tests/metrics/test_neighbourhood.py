import functools
import math

import numpy as np
import pytest

from segdemo.metrics.neighbourhood import (
    check_distance_px,
    diagonal_px,
    differs_within,
    found_within,
    spread_disc,
    spread_square,
)

SHAPES = [(1, 1), (1, 9), (9, 1), (6, 8), (13, 7)]


def around(shape, row, column, inside):
    """Pixels whose offset from one pixel passes ``inside(rows, columns)``."""
    rows, columns = np.indices(shape)
    return inside(rows - row, columns - column)


def square(distance_px):
    return lambda rows, columns: np.maximum(abs(rows), abs(columns)) <= distance_px


def disc(radius_px):
    return lambda rows, columns: np.hypot(rows, columns) <= radius_px


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("distance_px", [0, 1, 2, 3, 4, 6, 8, 100])
@pytest.mark.parametrize("combine", [np.minimum, np.maximum, np.bitwise_or], ids=str)
def test_a_square_is_combined_as_pixel_by_pixel(shape, distance_px, combine):
    values = np.random.default_rng(0).integers(256, size=shape, dtype=np.uint8)
    expected = np.empty_like(values)
    for place in np.ndindex(shape):
        expected[place] = combine.reduce(values[around(shape, *place, square(distance_px))])
    np.testing.assert_array_equal(spread_square(values, distance_px, combine), expected)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("radius_px", [0, 0.9, 1, 1.4, math.sqrt(2), 2, 2.3, math.sqrt(13), 5, 60])
def test_a_disc_is_combined_as_pixel_by_pixel(shape, radius_px):
    rng = np.random.default_rng(1)
    bits = rng.integers(256, size=shape, dtype=np.uint8) * (rng.random(shape) < 0.1)
    expected = np.empty_like(bits)
    for place in np.ndindex(shape):
        expected[place] = np.bitwise_or.reduce(bits[around(shape, *place, disc(radius_px))])
    np.testing.assert_array_equal(spread_disc(bits, radius_px), expected)


def test_pixels_of_another_label_are_seen_across_corners_but_not_beyond_the_image():
    label_map = np.zeros((4, 4), dtype=np.uint8)
    label_map[0, 0] = 5
    expected = np.zeros((4, 4), dtype=bool)
    expected[:2, :2] = True
    np.testing.assert_array_equal(differs_within(label_map, 1), expected)
    assert not differs_within(np.zeros((4, 4), dtype=np.uint8), 9).any()


@pytest.mark.parametrize("num_labels", [1, 3, 8, 9, 40, 300])
def test_only_the_wanted_label_is_found_and_only_close_by(num_labels):
    rng = np.random.default_rng(num_labels)
    shape, radius_px = (12, 15), 2.3
    wanted, places = rng.integers(num_labels + 1, size=(2, *shape)).astype(np.uint16)
    found = found_within(
        wanted,
        places,
        num_labels=num_labels,
        spread=functools.partial(spread_disc, radius_px=radius_px),
    )
    for place in np.ndindex(shape):
        near = places[around(shape, *place, disc(radius_px))]
        assert found[place] == (wanted[place] < num_labels and wanted[place] in near)
    assert found.any()


@pytest.mark.parametrize("shape", [(0, 4), (4, 0), (0, 0)], ids=str)
def test_maps_without_pixels_work(shape):
    empty = np.zeros(shape, dtype=np.uint8)
    assert differs_within(empty, 2).shape == shape
    assert spread_disc(empty, 2).shape == shape
    found = found_within(
        empty, empty, num_labels=1, spread=functools.partial(spread_disc, radius_px=1)
    )
    assert found.shape == shape


def test_inputs_are_not_written_to():
    values = np.random.default_rng(2).integers(4, size=(6, 7), dtype=np.uint8)
    before = values.copy()
    values.flags.writeable = False
    spread_square(values, 2, np.maximum)
    spread_disc(values, 2)
    np.testing.assert_array_equal(values, before)


def test_the_diagonal_is_that_of_pythagoras():
    assert diagonal_px((3, 4)) == 5
    with pytest.raises(ValueError, match=r"shape must be \(H, W\), got \(3, 4, 3\)"):
        diagonal_px((3, 4, 3))


@pytest.mark.parametrize("wrong", [0, -1, 1.5, 2.0, None])
def test_a_distance_is_a_whole_number_from_1_up(wrong):
    with pytest.raises(ValueError, match=f"^band_px must be a whole number .* got {wrong}$"):
        check_distance_px("band_px", wrong)
    check_distance_px("band_px", np.int64(1))
