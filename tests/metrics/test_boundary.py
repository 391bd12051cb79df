import numpy as np
import pytest

from segdemo.metrics.boundary import (
    BoundaryCounts,
    boundary_iou_per_class,
    count_boundary,
    default_boundary_distance_px,
    mean_boundary_iou,
)
from segdemo.metrics.confusion import confusion_matrix
from segdemo.metrics.region import iou_per_class

NAN = float("nan")


def drawn(picture):
    """Label map from rows of digits; a dot is class 0, x is void."""
    rows = picture.replace(".", "0").split()
    return np.array([[255 if sign == "x" else int(sign) for sign in row] for row in rows])


def brute_force(pred, target, num_classes, distance_px):
    """Intersection and union per class, by eroding each mask as the paper's code does."""

    def erode(mask):
        padded = np.pad(mask, 1)
        eroded = np.empty_like(mask)
        for row, column in np.ndindex(mask.shape):
            eroded[row, column] = padded[row : row + 3, column : column + 3].all()
        return eroded

    intersection, union = [], []
    for index in range(num_classes):
        bands = []
        for labels in (pred, target):
            mask = inner = (labels == index) & (target != 255)
            for _ in range(distance_px):
                inner = erode(inner)
            bands.append(mask & ~inner)
        intersection.append(np.count_nonzero(bands[0] & bands[1]))
        union.append(np.count_nonzero(bands[0] | bands[1]))
    return intersection, union


def random_maps(shape, num_classes, *, seed):
    """Patchy maps that agree on most pixels, with some void."""
    rng = np.random.default_rng(seed)
    patches = rng.integers(num_classes, size=(-(-shape[0] // 4), -(-shape[1] // 4)))
    target = np.kron(patches, np.ones((4, 4), dtype=int))[: shape[0], : shape[1]]
    pred = np.where(rng.random(shape) < 0.1, rng.integers(num_classes, size=shape), target)
    return pred, np.where(rng.random(shape) < 0.05, 255, target)


# What is counted


def test_by_hand():
    target = drawn("""
        .......
        .11111.
        .11111.
        .11111.
        .11111.
        .11111.
        .......
    """)
    pred = drawn("""
        .......
        .1111..
        .1111..
        .1111..
        .1111..
        .1111..
        .......
    """)
    counts = count_boundary(pred, target, num_classes=2, distance_px=1)
    # Class 1: a ring of 16 and one of 14; of the latter, three columns of 5, 2 and 2 and 2
    # pixels of the last column are in the former too.
    assert counts.intersection[1] == 5 + 2 + 2 + 2
    assert counts.union[1] == 16 + 14 - 11
    # Class 0: all its pixels are near its contour, 24 and 29.
    assert counts.intersection[0] == 24
    assert counts.union[0] == 29
    np.testing.assert_allclose(boundary_iou_per_class(counts), [24 / 29, 11 / 19])
    assert mean_boundary_iou(counts) == pytest.approx((24 / 29 + 11 / 19) / 2)


def test_identical_maps_score_1_for_every_class_that_occurs():
    labels = random_maps((20, 30), 4, seed=0)[0]
    counts = count_boundary(labels, labels, num_classes=6, distance_px=2)
    np.testing.assert_array_equal(boundary_iou_per_class(counts), [1, 1, 1, 1, NAN, NAN])
    assert mean_boundary_iou(counts) == 1


def test_disjoint_maps_score_0():
    target = drawn("0011 0011 0011")
    counts = count_boundary(1 - target, target, num_classes=2, distance_px=1)
    assert boundary_iou_per_class(counts).tolist() == [0, 0]
    assert counts.intersection.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("pred", "target", "expected"),
    [
        ("000 000", "011 011", [2 / 6, 0]),
        ("011 011", "000 000", [2 / 6, 0]),
        ("000 000", "000 000", [1, NAN]),
        ("000 000", "xxx xxx", [NAN, NAN]),
    ],
    ids=["never predicted", "not in the target", "in neither", "nothing valid"],
)
def test_a_class_without_pixels(pred, target, expected):
    counts = count_boundary(drawn(pred), drawn(target), num_classes=2, distance_px=1)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(boundary_iou_per_class(counts), expected)
        mean = mean_boundary_iou(counts)
    assert mean == pytest.approx(np.nansum(expected) / max(1, np.sum(~np.isnan(expected)))) or (
        np.isnan(expected).all() and np.isnan(mean)
    )


@pytest.mark.parametrize("shape", [(0, 4), (4, 0)], ids=str)
def test_maps_without_pixels_count_nothing(shape):
    empty = np.zeros(shape, dtype=np.uint8)
    counts = count_boundary(empty, empty, num_classes=2)
    assert counts.union.tolist() == [0, 0]
    assert np.isnan(mean_boundary_iou(counts))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("distance_px", [1, 2, 3, 5, 13])
def test_random_maps_match_eroding_each_mask(seed, distance_px):
    pred, target = random_maps((11, 13), 3, seed=seed)
    counts = count_boundary(pred, target, num_classes=4, distance_px=distance_px)
    intersection, union = brute_force(pred, target, 4, distance_px)
    assert counts.intersection.tolist() == intersection
    assert counts.union.tolist() == union


def test_the_image_border_is_part_of_the_contour():
    ones = np.ones((9, 9), dtype=np.uint8)
    counts = count_boundary(ones, ones, num_classes=2, distance_px=2)
    assert counts.union.tolist() == [0, 81 - 25]


def test_distance_is_counted_in_rows_and_columns():
    target = np.zeros((21, 21), dtype=np.uint8)
    target[10, 10] = 1  # its square of 7 x 7 pixels and the frame of 3 pixels are near
    counts = count_boundary(target, target, num_classes=2, distance_px=3)
    assert counts.union.tolist() == [21 * 21 - 15 * 15 + 7 * 7 - 1, 1]


def test_a_distance_as_large_as_the_image_gives_the_plain_iou():
    pred, target = random_maps((12, 17), 3, seed=9)
    counts = count_boundary(pred, target, num_classes=3, distance_px=17)
    confmat = confusion_matrix(pred, target, num_classes=3)
    np.testing.assert_array_equal(boundary_iou_per_class(counts), iou_per_class(confmat))


def test_a_shifted_object_loses_more_than_in_plain_iou():
    target = np.zeros((100, 100), dtype=np.uint8)
    target[20:80, 20:80] = 1
    pred = np.roll(target, 2, axis=1)
    iou = iou_per_class(confusion_matrix(pred, target, num_classes=2))[1]
    boundary_iou = boundary_iou_per_class(count_boundary(pred, target, num_classes=2))[1]
    assert boundary_iou < 0.6 < 0.9 < iou


# Void pixels


def test_what_is_predicted_on_void_pixels_changes_nothing():
    pred, target = random_maps((20, 20), 3, seed=1)
    elsewhere = np.where(target == 255, (pred + 1) % 3, pred)
    first, second = (
        count_boundary(labels, target, num_classes=3, distance_px=2) for labels in (pred, elsewhere)
    )
    assert first.intersection.tolist() == second.intersection.tolist()
    assert first.union.tolist() == second.union.tolist()


def test_a_prediction_that_is_right_on_all_valid_pixels_scores_1():
    _, target = random_maps((20, 20), 3, seed=2)
    pred = np.where(target == 255, 0, target)
    counts = count_boundary(pred, target, num_classes=3, distance_px=2)
    assert boundary_iou_per_class(counts).tolist() == [1, 1, 1]


def test_the_edge_of_a_void_region_is_a_contour_on_both_sides():
    target = np.zeros((11, 11), dtype=int)
    target[5, 5] = 255
    counts = count_boundary(np.zeros_like(target), target, num_classes=1, distance_px=1)
    assert counts.union.tolist() == [40 + 8]  # image border, and around the void pixel
    assert counts.intersection.tolist() == [40 + 8]


# Distances, sums and inputs


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((480, 640), 16), ((3, 4), 1), ((1, 1), 1), ((1000, 1000), 28), ((3000, 4000), 100)],
    ids=str,
)
def test_the_default_distance_is_2_percent_of_the_diagonal(shape, expected):
    assert default_boundary_distance_px(shape) == expected


def test_the_default_distance_is_used_where_none_is_given():
    pred, target = random_maps((60, 90), 3, seed=3)
    default = default_boundary_distance_px(target.shape)
    assert default == 2
    counts = count_boundary(pred, target, num_classes=3)
    explicit = count_boundary(pred, target, num_classes=3, distance_px=default)
    assert counts.union.tolist() == explicit.union.tolist()


def test_images_are_pooled_not_averaged():
    images = [random_maps((12, 16), 3, seed=seed) for seed in (4, 5)]
    first, second = (count_boundary(*maps, num_classes=3, distance_px=1) for maps in images)
    total = first + second
    expected = (first.intersection + second.intersection) / (first.union + second.union)
    np.testing.assert_array_equal(boundary_iou_per_class(total), expected)
    assert total.union.dtype == np.int64


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_inputs_are_not_written_to_and_may_be_read_only(dtype):
    pred, target = (labels.astype(dtype) for labels in random_maps((9, 8), 3, seed=6))
    before = pred.copy(), target.copy()
    pred.flags.writeable = target.flags.writeable = False
    counts = count_boundary(pred, target, num_classes=3, distance_px=1)
    np.testing.assert_array_equal(pred, before[0])
    np.testing.assert_array_equal(target, before[1])
    assert counts.union.tolist() == brute_force(pred, target, 3, 1)[1]


def test_more_classes_than_a_byte_holds():
    pred, target = (
        np.where(labels == 255, 65535, labels * 300) for labels in random_maps((9, 9), 3, seed=7)
    )
    counts = count_boundary(pred, target, num_classes=601, ignore_index=65535, distance_px=1)
    small = brute_force(pred // 300, np.where(target == 65535, 255, target // 300), 3, 1)
    assert counts.union[[0, 300, 600]].tolist() == small[1]
    assert counts.union.sum() == sum(small[1])


@pytest.mark.parametrize("distance_px", [0, -2, 1.5])
def test_a_distance_below_1_is_refused(distance_px):
    zeros = np.zeros((2, 2), dtype=np.uint8)
    with pytest.raises(ValueError, match=f"^distance_px must be .* at least 1, got {distance_px}"):
        count_boundary(zeros, zeros, num_classes=1, distance_px=distance_px)


def test_maps_that_are_no_label_maps_are_refused():
    with pytest.raises(ValueError, match=r"^pred must hold classes 0 to 1, got 2 \(1 pixel\)$"):
        count_boundary(np.array([[2]]), np.array([[0]]), num_classes=2)


def test_counts_are_summed_as_they_are():
    counts = BoundaryCounts(np.array([1, 0]), np.array([2, 0]))
    assert (counts + counts).union.tolist() == [4, 0]
