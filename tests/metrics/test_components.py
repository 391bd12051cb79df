import numpy as np
import pytest

from segdemo.metrics.components import label_components

OFFSETS = {
    4: [(-1, 0), (1, 0), (0, -1), (0, 1)],
    8: [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0)],
}


def flood_fill(label_map, connectivity):
    """Number components by filling one after the other, in the order of their first pixels."""
    height, width = label_map.shape
    components = np.full(label_map.shape, -1)
    count = 0
    for start in np.ndindex(label_map.shape):
        if components[start] >= 0:
            continue
        components[start] = count
        waiting = [start]
        while waiting:
            row, column = waiting.pop()
            for y, x in OFFSETS[connectivity]:
                place = row + y, column + x
                if not (0 <= place[0] < height and 0 <= place[1] < width):
                    continue
                if components[place] < 0 and label_map[place] == label_map[start]:
                    components[place] = count
                    waiting.append(place)
        count += 1
    return components, count


def spiral(size):
    """A path one pixel wide that winds to the centre, one pixel apart from itself."""
    path = np.zeros((size, size), dtype=bool)
    row = column = 0
    step_row, step_column = 0, 1
    path[0, 0] = True
    turns = 0
    while turns < 2:
        ahead = row + 2 * step_row, column + 2 * step_column
        next_one = row + step_row, column + step_column
        inside = 0 <= next_one[0] < size and 0 <= next_one[1] < size
        beyond = 0 <= ahead[0] < size and 0 <= ahead[1] < size
        if not inside or (beyond and path[ahead]):
            step_row, step_column = step_column, -step_row
            turns += 1
            continue
        row, column = next_one
        path[row, column] = True
        turns = 0
    return path


@pytest.mark.parametrize("connectivity", [4, 8])
@pytest.mark.parametrize("shape", [(1, 1), (1, 12), (12, 1), (2, 2), (17, 23)], ids=str)
@pytest.mark.parametrize("num_labels", [1, 2, 3, 9])
def test_random_maps_match_a_flood_fill(shape, num_labels, connectivity):
    for seed in range(3):
        label_map = np.random.default_rng(seed).integers(num_labels, size=shape)
        components, count = label_components(label_map, connectivity=connectivity)
        expected, expected_count = flood_fill(label_map, connectivity)
        np.testing.assert_array_equal(components, expected)
        assert count == expected_count


@pytest.mark.parametrize("connectivity", [4, 8])
@pytest.mark.parametrize("density", [0.3, 0.4, 0.5, 0.6, 0.7])
def test_percolating_masks_match_a_flood_fill(density, connectivity):
    mask = np.random.default_rng(0).random((60, 60)) < density  # long winding components
    components, count = label_components(mask, connectivity=connectivity)
    expected, expected_count = flood_fill(mask, connectivity)
    np.testing.assert_array_equal(components, expected)
    assert count == expected_count


def test_corners_connect_with_8_neighbours_and_not_with_4():
    label_map = np.array([[1, 0], [0, 1]])
    assert label_components(label_map)[0].tolist() == [[0, 1], [1, 0]]
    assert label_components(label_map, connectivity=4)[0].tolist() == [[0, 1], [2, 3]]


def test_a_thin_diagonal_stays_in_one_piece():
    label_map = np.eye(50, dtype=np.uint8)
    components, count = label_components(label_map)
    assert count == 2  # the line, and both its sides, which touch across it
    assert len(set(components[label_map == 1].tolist())) == 1


@pytest.mark.parametrize("turned", [0, 1, 2, 3])
def test_a_spiral_is_one_component(turned):
    path = np.rot90(spiral(41), turned)
    components, count = label_components(path, connectivity=4)
    assert count == 2
    np.testing.assert_array_equal(components, flood_fill(path, 4)[0])


def test_a_comb_is_joined_at_its_far_end():
    comb = np.zeros((200, 101), dtype=np.uint8)
    comb[:, ::2] = 1
    comb[-1] = 1
    components, count = label_components(comb)
    assert count == 1 + 50  # the comb and the gaps between its teeth
    assert set(components[comb == 1].tolist()) == {0}


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0)], ids=str)
def test_a_map_without_pixels_has_no_component(shape):
    components, count = label_components(np.zeros(shape, dtype=np.uint8))
    assert components.shape == shape
    assert count == 0


def test_numbers_have_no_gap_and_fit_int32():
    components, count = label_components(np.random.default_rng(1).integers(2, size=(40, 40)))
    assert components.dtype == np.int32
    assert np.unique(components).tolist() == list(range(count))


@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.int16, np.int64])
def test_inputs_of_every_type_work_and_are_not_written_to(dtype):
    label_map = np.array([[0, 1, 1], [1, 0, 0]]).astype(dtype)
    before = label_map.copy()
    label_map.flags.writeable = False
    assert label_components(label_map, connectivity=4)[1] == 4
    np.testing.assert_array_equal(label_map, before)


def test_non_contiguous_inputs_work():
    label_map = np.random.default_rng(2).integers(2, size=(20, 30))[::2, ::-3]
    np.testing.assert_array_equal(label_components(label_map)[0], flood_fill(label_map, 8)[0])
    np.testing.assert_array_equal(label_components(label_map.T)[0], flood_fill(label_map.T, 8)[0])


@pytest.mark.parametrize(
    ("wrong", "came"),
    [(np.zeros((2, 2)), r"\(2, 2\) and float64"), (np.zeros(4, int), r"\(4,\) and int64")],
    ids=["floats", "flat"],
)
def test_what_is_no_label_map_is_refused(wrong, came):
    with pytest.raises(ValueError, match=f"^label_map must have shape .* got {came}$"):
        label_components(wrong)


@pytest.mark.parametrize("connectivity", [0, 6, None])
def test_other_connectivities_are_refused(connectivity):
    with pytest.raises(ValueError, match=f"^connectivity must be 4 or 8, got {connectivity}$"):
        label_components(np.zeros((2, 2), dtype=np.uint8), connectivity=connectivity)
