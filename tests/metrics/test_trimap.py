import numpy as np
import pytest

from segdemo.metrics.confusion import confusion_matrix
from segdemo.metrics.region import mean_iou, pixel_accuracy
from segdemo.metrics.trimap import trimap_confusion_matrix


def brute_force(pred, target, num_classes, band_px):
    """Count each valid pixel whose square window in the target holds another label."""
    confmat = np.zeros((num_classes, num_classes), dtype=np.int64)
    for row, column in np.ndindex(target.shape):
        window = target[
            max(0, row - band_px) : row + band_px + 1,
            max(0, column - band_px) : column + band_px + 1,
        ]
        actual = target[row, column]
        if actual != 255 and (window != actual).any():
            confmat[actual, pred[row, column]] += 1
    return confmat


def random_maps(shape, num_classes, *, seed):
    rng = np.random.default_rng(seed)
    target = np.cumsum(rng.random(shape) < 0.04, axis=1) % num_classes
    pred = np.where(rng.random(shape) < 0.3, rng.integers(num_classes, size=shape), target)
    return pred, np.where(rng.random(shape) < 0.01, 255, target)


def test_by_hand():
    target = np.array([[0, 0, 0, 0, 1, 1, 1]] * 2)
    pred = np.array([[1, 0, 0, 1, 1, 1, 0], [0, 0, 0, 0, 1, 0, 1]])
    confmat = trimap_confusion_matrix(pred, target, num_classes=2, band_px=1)
    assert confmat.tolist() == [[1, 1], [0, 2]]  # the two columns beside the boundary
    assert pixel_accuracy(confmat) == 3 / 4
    assert mean_iou(confmat) == (1 / 2 + 2 / 3) / 2
    confmat = trimap_confusion_matrix(pred, target, num_classes=2, band_px=2)
    assert confmat.tolist() == [[3, 1], [1, 3]]
    assert confmat.dtype == np.int64


def test_identical_maps_score_1():
    labels, _ = random_maps((20, 30), 4, seed=0)
    confmat = trimap_confusion_matrix(labels, labels, num_classes=4, band_px=2)
    assert pixel_accuracy(confmat) == mean_iou(confmat) == 1


def test_disjoint_maps_score_0():
    target = np.array([[0, 0, 1, 1]])
    confmat = trimap_confusion_matrix(1 - target, target, num_classes=2, band_px=1)
    assert confmat.tolist() == [[0, 1], [1, 0]]
    assert pixel_accuracy(confmat) == 0


def test_a_class_that_is_never_predicted_or_only_predicted():
    target = np.array([[0, 0, 1, 1]])
    only_0, only_2 = np.zeros_like(target), np.full_like(target, 2)
    assert trimap_confusion_matrix(only_0, target, num_classes=3, band_px=1).tolist() == [
        [1, 0, 0],
        [1, 0, 0],
        [0, 0, 0],
    ]
    assert trimap_confusion_matrix(only_2, target, num_classes=3, band_px=1)[:, 2].tolist() == [
        1,
        1,
        0,
    ]


@pytest.mark.parametrize("label", [0, 255], ids=["one class", "nothing valid"])
def test_an_image_without_a_boundary_counts_nothing(label):
    target = np.full((5, 5), label)
    confmat = trimap_confusion_matrix(np.ones_like(target), target, num_classes=2, band_px=3)
    assert confmat.sum() == 0
    assert np.isnan(pixel_accuracy(confmat))


@pytest.mark.parametrize("shape", [(0, 4), (4, 0)], ids=str)
def test_maps_without_pixels_count_nothing(shape):
    empty = np.zeros(shape, dtype=np.uint8)
    assert trimap_confusion_matrix(empty, empty, num_classes=2, band_px=1).sum() == 0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("band_px", [1, 2, 3, 7])
def test_random_maps_match_a_loop_over_pixels(seed, band_px):
    pred, target = random_maps((14, 19), 3, seed=seed)
    np.testing.assert_array_equal(
        trimap_confusion_matrix(pred, target, num_classes=4, band_px=band_px),
        brute_force(pred, target, 4, band_px),
    )


def test_the_band_lies_where_the_target_has_its_boundaries_not_the_prediction():
    target = np.array([[0, 0, 0, 0, 0, 1, 1]])
    pred = np.array([[0, 1, 1, 1, 1, 1, 1]])
    confmat = trimap_confusion_matrix(pred, target, num_classes=2, band_px=1)
    assert confmat.tolist() == [[0, 1], [0, 1]]


def test_a_wide_band_is_the_whole_image():
    pred, target = random_maps((10, 12), 3, seed=5)
    np.testing.assert_array_equal(
        trimap_confusion_matrix(pred, target, num_classes=3, band_px=12),
        confusion_matrix(pred, target, num_classes=3),
    )


# Void pixels


def test_void_pixels_are_not_counted_whatever_is_predicted_there():
    pred, target = random_maps((12, 15), 3, seed=6)
    elsewhere = np.where(target == 255, (pred + 1) % 3, pred)
    np.testing.assert_array_equal(
        trimap_confusion_matrix(pred, target, num_classes=3, band_px=2),
        trimap_confusion_matrix(elsewhere, target, num_classes=3, band_px=2),
    )


def test_void_drawn_over_a_boundary_as_in_voc_has_the_band_on_both_its_sides():
    target = np.array([[0, 0, 0, 255, 255, 255, 1, 1, 1]])
    pred = np.array([[0, 0, 1, 1, 1, 1, 1, 1, 1]])
    confmat = trimap_confusion_matrix(pred, target, num_classes=2, band_px=1)
    assert confmat.tolist() == [[0, 1], [0, 1]]
    confmat = trimap_confusion_matrix(pred, target, num_classes=2, band_px=2)
    assert confmat.tolist() == [[1, 1], [0, 2]]


# Sums and inputs


def test_matrices_of_images_add_up():
    images = [random_maps((9, 8), 3, seed=seed) for seed in (7, 8)]
    total = sum(trimap_confusion_matrix(*maps, num_classes=3, band_px=2) for maps in images)
    np.testing.assert_array_equal(total, sum(brute_force(*maps, 3, 2) for maps in images))


def test_inputs_are_not_written_to_and_may_be_read_only():
    pred, target = random_maps((9, 8), 3, seed=9)
    before = pred.copy(), target.copy()
    pred.flags.writeable = target.flags.writeable = False
    trimap_confusion_matrix(pred, target, num_classes=3, band_px=2)
    np.testing.assert_array_equal(pred, before[0])
    np.testing.assert_array_equal(target, before[1])


@pytest.mark.parametrize("band_px", [0, -1, 0.5])
def test_a_band_below_1_pixel_is_refused(band_px):
    zeros = np.zeros((2, 2), dtype=np.uint8)
    with pytest.raises(ValueError, match=f"^band_px must be .* at least 1, got {band_px}"):
        trimap_confusion_matrix(zeros, zeros, num_classes=1, band_px=band_px)


def test_maps_that_are_no_label_maps_are_refused_outside_the_band_too():
    target = np.zeros((3, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match=r"^pred must hold classes 0 to 1, got 2 \(9 pixels\)$"):
        trimap_confusion_matrix(target + 2, target, num_classes=2, band_px=1)
