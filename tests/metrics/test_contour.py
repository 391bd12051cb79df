import math

import numpy as np
import pytest

from segdemo.metrics.contour import (
    bf_score_per_class,
    contour_precision_per_class,
    contour_recall_per_class,
    count_contours,
    default_contour_tolerance_px,
    imagewise_bf_score_per_class,
    imagewise_mean_bf_score,
    mean_bf_score,
)

NAN = float("nan")

PER_CLASS = (
    contour_precision_per_class,
    contour_recall_per_class,
    bf_score_per_class,
    imagewise_bf_score_per_class,
)
MEANS = (mean_bf_score, imagewise_mean_bf_score)


def by_name(metric):
    return metric.__name__


def brute_force(pred, target, num_classes, tolerance_px):
    """Precision, recall and BF score per class, contour pixel by contour pixel."""
    pred = np.where(target == 255, 255, pred)

    def contour(labels, index):
        height, width = labels.shape
        points = []
        for row, column in np.argwhere(labels == index).tolist():
            neighbours = [
                (row - 1, column),
                (row + 1, column),
                (row, column - 1),
                (row, column + 1),
            ]
            if any(
                0 <= y < height and 0 <= x < width and labels[y, x] != index for y, x in neighbours
            ):
                points.append((row, column))
        return points

    def share(points, others):
        near = [
            any(math.dist(point, other) <= tolerance_px for other in others) for point in points
        ]
        return sum(near) / len(near) if near else 0

    results = []
    for index in range(num_classes):
        found, true = contour(pred, index), contour(target, index)
        if not found and not true:
            results.append((NAN, NAN, NAN))
            continue
        precision, recall = share(found, true), share(true, found)
        total = precision + recall
        results.append((precision, recall, 2 * precision * recall / total if total else 0))
    return np.array(results).T


def random_maps(shape, num_classes, *, seed):
    rng = np.random.default_rng(seed)
    target = np.cumsum(rng.random(shape) < 0.06, axis=1) % num_classes
    pred = np.where(rng.random(shape) < 0.05, rng.integers(num_classes, size=shape), target)
    return np.roll(pred, 1, axis=1), np.where(rng.random(shape) < 0.03, 255, target)


# What is counted


def test_by_hand():
    target = np.array([[0, 0, 0, 0, 1, 1, 1]] * 3)
    pred = np.array([[0, 0, 0, 0, 1, 1, 1]] * 2 + [[0, 1, 1, 1, 1, 1, 1]])
    counts = count_contours(pred, target, num_classes=2, tolerance_px=1)
    # In the target columns 3 and 4. In the prediction (0, 3), (1, 1), (1, 2), (1, 3), (2, 0) for
    # class 0 and (0, 4), (1, 4), (2, 1), (2, 2), (2, 3) for class 1.
    assert counts.target.tolist() == [3, 3]
    assert counts.pred.tolist() == [5, 5]
    # Next to column 3 are (0, 3), (1, 2), (1, 3), next to column 4 are (0, 4), (1, 4), (2, 3).
    assert counts.pred_matched.tolist() == [3, 3]
    assert counts.target_matched.tolist() == [3, 3]
    np.testing.assert_allclose(contour_precision_per_class(counts), [3 / 5, 3 / 5])
    np.testing.assert_allclose(contour_recall_per_class(counts), [1, 1])
    np.testing.assert_allclose(bf_score_per_class(counts), [3 / 4, 3 / 4])
    assert mean_bf_score(counts) == pytest.approx(3 / 4)


@pytest.mark.parametrize("tolerance_px", [0, 3])
def test_identical_maps_score_1_for_every_class_with_a_contour(tolerance_px):
    labels, _ = random_maps((15, 20), 3, seed=0)
    counts = count_contours(labels, labels, num_classes=4, tolerance_px=tolerance_px)
    for metric in PER_CLASS:
        np.testing.assert_array_equal(metric(counts), [1, 1, 1, NAN])
    assert [metric(counts) for metric in MEANS] == [1, 1]


def test_contours_out_of_reach_score_0():
    target = np.array([[0, 0, 0, 0, 0, 0, 1, 1]])
    pred = np.array([[0, 0, 1, 1, 1, 1, 1, 1]])
    counts = count_contours(pred, target, num_classes=2, tolerance_px=3.9)
    for metric in PER_CLASS:
        assert metric(counts).tolist() == [0, 0]
    assert [metric(counts) for metric in MEANS] == [0, 0]
    assert mean_bf_score(count_contours(pred, target, num_classes=2, tolerance_px=4)) == 1


@pytest.mark.parametrize(
    ("pred", "target", "expected"),
    [
        ([0, 0, 0, 0], [0, 0, 1, 1], [0, 0, NAN]),
        ([0, 0, 1, 1], [0, 0, 0, 0], [0, 0, NAN]),
        ([0, 0, 2, 2], [0, 0, 1, 1], [1, 0, 0]),
        ([0, 0, 0, 0], [0, 0, 0, 0], [NAN, NAN, NAN]),
        ([0, 0, 0, 0], [255, 255, 255, 255], [NAN, NAN, NAN]),
    ],
    ids=["never predicted", "not in the target", "taken for another", "neither", "nothing valid"],
)
@pytest.mark.parametrize("metric", PER_CLASS, ids=by_name)
def test_a_class_without_a_contour(metric, pred, target, expected):
    counts = count_contours(np.array([pred]), np.array([target]), num_classes=3, tolerance_px=1)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(metric(counts), expected)
        means = [mean(counts) for mean in MEANS]
    if np.isnan(expected).all():
        assert np.isnan(means).all()
    else:
        assert means == pytest.approx([np.nanmean(expected)] * 2)


@pytest.mark.parametrize("shape", [(0, 4), (4, 0), (1, 1)], ids=str)
def test_maps_without_room_for_a_contour_count_nothing(shape):
    empty = np.zeros(shape, dtype=np.uint8)
    counts = count_contours(empty, empty, num_classes=2)
    assert counts.target.tolist() == [0, 0]
    assert np.isnan(imagewise_mean_bf_score(counts))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("tolerance_px", [0, 1, math.sqrt(2), 2, 2.5, math.sqrt(5), 4])
def test_random_maps_match_a_loop_over_contour_pixels(seed, tolerance_px):
    pred, target = random_maps((11, 14), 3, seed=seed)
    counts = count_contours(pred, target, num_classes=5, tolerance_px=tolerance_px)
    precision, recall, score = brute_force(pred, target, 5, tolerance_px)
    np.testing.assert_allclose(contour_precision_per_class(counts), precision, rtol=1e-12)
    np.testing.assert_allclose(contour_recall_per_class(counts), recall, rtol=1e-12)
    np.testing.assert_allclose(bf_score_per_class(counts), score, rtol=1e-12)


def test_many_classes_are_kept_apart():
    pred, target = random_maps((30, 40), 20, seed=4)
    counts = count_contours(pred, target, num_classes=21, tolerance_px=1.5)
    np.testing.assert_allclose(
        bf_score_per_class(counts), brute_force(pred, target, 21, 1.5)[2], rtol=1e-12
    )


def test_the_distance_is_euclidean():
    target = np.zeros((7, 7), dtype=np.uint8)
    pred = target.copy()
    target[3, 3] = pred[4, 4] = 1
    for tolerance_px, score in ((1, 0), (1.41, 0), (math.sqrt(2), 1)):
        counts = count_contours(pred, target, num_classes=2, tolerance_px=tolerance_px)
        assert bf_score_per_class(counts)[1] == score


def test_the_image_border_is_no_contour():
    target = np.array([[0, 0, 0, 0]] * 4 + [[1, 1, 1, 1]] * 4)
    counts = count_contours(target, target, num_classes=2, tolerance_px=1)
    assert counts.target.tolist() == [4, 4]


def test_precision_and_recall_swap_when_prediction_and_target_do():
    pred, target = random_maps((12, 13), 3, seed=5)
    target[target == 255] = 0
    there = count_contours(pred, target, num_classes=3, tolerance_px=1)
    back = count_contours(target, pred, num_classes=3, tolerance_px=1)
    precision, recall = contour_precision_per_class(there), contour_recall_per_class(there)
    np.testing.assert_array_equal(precision, contour_recall_per_class(back))
    np.testing.assert_array_equal(recall, contour_precision_per_class(back))
    assert not np.array_equal(precision, recall)


# Void pixels


def test_what_is_predicted_on_void_pixels_changes_nothing():
    pred, target = random_maps((12, 15), 3, seed=6)
    elsewhere = np.where(target == 255, (pred + 1) % 3, pred)
    first, second = (
        count_contours(labels, target, num_classes=3, tolerance_px=1)
        for labels in (pred, elsewhere)
    )
    for name in ("pred", "pred_matched", "target", "target_matched"):
        assert getattr(first, name).tolist() == getattr(second, name).tolist()


def test_void_drawn_over_a_contour_as_in_voc_has_contours_on_both_its_sides():
    target = np.array([[0, 0, 0, 255, 255, 1, 1, 1]])
    pred = np.array([[0, 0, 0, 0, 1, 1, 1, 1]])
    counts = count_contours(pred, target, num_classes=2, tolerance_px=0)
    assert counts.target.tolist() == [1, 1]
    assert bf_score_per_class(counts).tolist() == [1, 1]


# Sums over images


def test_scores_of_one_image_are_the_same_pooled_or_per_image():
    counts = count_contours(*random_maps((12, 15), 3, seed=7), num_classes=4, tolerance_px=1)
    np.testing.assert_array_equal(imagewise_bf_score_per_class(counts), bf_score_per_class(counts))
    assert imagewise_mean_bf_score(counts) == mean_bf_score(counts)


def test_pooled_scores_weigh_images_by_contour_and_per_image_ones_do_not():
    labels = np.array([[0, 0, 1, 1]])
    tall = count_contours(np.tile(labels, (9, 1)), np.tile(labels, (9, 1)), num_classes=3)
    wrong = count_contours(labels, 1 - labels, num_classes=3, tolerance_px=0)
    empty = count_contours(labels * 0, labels * 0, num_classes=3)
    total = tall + wrong + empty
    assert bf_score_per_class(total).tolist()[:2] == [9 / 10, 9 / 10]
    assert imagewise_bf_score_per_class(total).tolist()[:2] == [1 / 2, 1 / 2]
    assert mean_bf_score(total) == 9 / 10
    assert imagewise_mean_bf_score(total) == 1 / 2
    assert total.images.tolist() == [2, 2, 0]
    assert total.images_scored == 2


def test_the_score_of_the_paper_averages_images_not_classes():
    alone = count_contours(np.array([[0, 1]]), np.array([[0, 1]]), num_classes=4)
    target = np.array([[0, 0, 0, 1, 1, 2]])
    pred = np.array([[0, 0, 0, 3, 3, 3]])
    mixed = count_contours(pred, target, num_classes=4, tolerance_px=0)
    assert bf_score_per_class(mixed).tolist() == [1, 0, 0, 0]
    total = alone + mixed
    assert imagewise_mean_bf_score(total) == (1 + 1 / 4) / 2
    assert imagewise_bf_score_per_class(total).tolist() == [1, 1 / 2, 0, 0]


# Tolerance and inputs


def test_the_default_tolerance_is_three_quarters_of_a_percent_of_the_diagonal():
    assert default_contour_tolerance_px((480, 640)) == pytest.approx(6)
    assert default_contour_tolerance_px((300, 400)) == pytest.approx(3.75)


def test_the_default_tolerance_is_used_where_none_is_given():
    target = np.zeros((300, 400), dtype=np.uint8)
    target[:, 200:] = 1
    for shift, expected in ((3, 1), (4, 0)):
        counts = count_contours(np.roll(target, shift, axis=1), target, num_classes=2)
        assert contour_recall_per_class(counts).tolist() == [expected, expected]


def test_inputs_are_not_written_to_and_may_be_read_only():
    pred, target = random_maps((9, 8), 3, seed=8)
    before = pred.copy(), target.copy()
    pred.flags.writeable = target.flags.writeable = False
    count_contours(pred, target, num_classes=3, tolerance_px=1)
    np.testing.assert_array_equal(pred, before[0])
    np.testing.assert_array_equal(target, before[1])


@pytest.mark.parametrize("tolerance_px", [-1, -0.1, NAN, math.inf])
def test_a_tolerance_that_is_no_distance_is_refused(tolerance_px):
    zeros = np.zeros((2, 2), dtype=np.uint8)
    with pytest.raises(ValueError, match=f"^tolerance_px must be .* got {tolerance_px}$"):
        count_contours(zeros, zeros, num_classes=1, tolerance_px=tolerance_px)


def test_maps_that_are_no_label_maps_are_refused():
    with pytest.raises(ValueError, match=r"^target must hold classes 0 to 1 or 255 for void"):
        count_contours(np.array([[0]]), np.array([[2]]), num_classes=2)
