import dataclasses
import math
import tracemalloc

import numpy as np
import pytest

from segdemo.metrics import iou_per_class, mean_iou, pixel_accuracy
from segdemo.metrics.interval import (
    Interval,
    MeanOverImages,
    bootstrap_interval,
    mean_iou_per_image,
)

NAN = float("nan")
VOID = np.zeros((3, 3), dtype=np.int64)


def random_confmats(num_images, num_classes=3, *, seed=0, highest=50):
    rng = np.random.default_rng(seed)
    confmats = rng.integers(highest, size=(num_images, num_classes, num_classes))
    return confmats + highest * np.eye(num_classes, dtype=int)


def accuracies(*rights, pixels=10):
    """One image each, of so many pixels, of which so many are right."""
    return [np.array([[right, pixels - right], [0, 0]]) for right in rights]


# Mean over images


def test_images_weigh_the_same_whatever_their_size():
    small = np.array([[1, 0], [0, 0]])  # mean IoU 1
    large = np.array([[100, 100], [0, 200]])  # (100 / 200 + 200 / 300) / 2
    result = mean_iou_per_image([small, large])
    assert result == MeanOverImages(pytest.approx((1 + (1 / 2 + 2 / 3) / 2) / 2), 2)
    assert result.mean != pytest.approx(mean_iou(small + large))


def test_perfect_images_have_mean_1():
    confmats = [np.diag([5, 0, 2]), np.diag([0, 7, 0])]
    assert mean_iou_per_image(confmats) == MeanOverImages(1, 2)


def test_images_that_are_all_wrong_have_mean_0():
    confmats = [np.array([[0, 5], [0, 0]]), np.array([[0, 1], [1, 0]])]
    assert mean_iou_per_image(confmats) == MeanOverImages(0, 2)


def test_images_without_a_valid_pixel_are_left_out_and_not_counted():
    confmats = [VOID, np.diag([1, 1, 0]), VOID]
    assert mean_iou_per_image(confmats) == MeanOverImages(1, 1)


@pytest.mark.parametrize("confmats", [[], [VOID], [VOID, VOID]], ids=["none", "one", "two"])
def test_without_a_valid_image_there_is_no_mean(confmats):
    result = mean_iou_per_image(confmats)
    assert math.isnan(result.mean)
    assert result.num_images == 0


@pytest.mark.parametrize("seed", range(3))
def test_mean_matches_a_loop_over_images_and_classes(seed):
    confmats = random_confmats(5, 4, seed=seed, highest=3)
    confmats[2] = 0
    means = []
    for confmat in confmats:
        ious = []
        for index in range(4):
            union = confmat[index].sum() + confmat[:, index].sum() - confmat[index, index]
            if union:
                ious.append(confmat[index, index] / union)
        if ious:
            means.append(sum(ious) / len(ious))
    result = mean_iou_per_image(confmats)
    assert result == MeanOverImages(pytest.approx(sum(means) / len(means)), len(means))
    assert type(result.mean) is float


# Bootstrap interval


def test_two_images_by_hand():
    # Of four equally likely draws one is all of the first image, one all of the second.
    interval = bootstrap_interval(accuracies(2, 8), pixel_accuracy, confidence=0.9)
    assert interval == Interval(0.2, 0.8, 0.9, 1000)
    interval = bootstrap_interval(accuracies(2, 8), pixel_accuracy, confidence=0.4)
    assert interval == Interval(0.5, 0.5, 0.4, 1000)


def test_equal_images_leave_no_doubt():
    interval = bootstrap_interval(accuracies(7, 7, 7, 7), pixel_accuracy)
    assert (interval.low, interval.high) == (0.7, 0.7)


def test_large_images_weigh_more():
    confmats = [*accuracies(0, 0, 0, pixels=1), *accuracies(1000, 999, 1000, pixels=1000)]
    assert bootstrap_interval(confmats, pixel_accuracy).low > 0.99


@pytest.mark.parametrize("statistic", [mean_iou, pixel_accuracy])
@pytest.mark.parametrize("seed", range(3))
def test_matches_a_loop_over_resamples_and_images(statistic, seed):
    confmats = random_confmats(7, seed=seed)
    rng = np.random.default_rng(seed)
    scores = []
    for _ in range(40):
        total = np.zeros((3, 3), dtype=np.int64)
        for index in rng.integers(7, size=7):
            total += confmats[index]
        scores.append(statistic(total))
    interval = bootstrap_interval(confmats, statistic, confidence=0.8, resamples=40, seed=seed)
    assert interval.low == pytest.approx(np.quantile(scores, 0.1))
    assert interval.high == pytest.approx(np.quantile(scores, 0.9))


def test_is_as_wide_as_the_normal_approximation_for_many_images():
    rng = np.random.default_rng(0)
    right = rng.random(400) < 0.8  # images of one pixel
    confmats = accuracies(*right.astype(int), pixels=1)
    interval = bootstrap_interval(confmats, pixel_accuracy, resamples=4000)
    half = 1.96 * math.sqrt(right.mean() * (1 - right.mean()) / 400)
    assert interval.low == pytest.approx(right.mean() - half, abs=half / 10)
    assert interval.high == pytest.approx(right.mean() + half, abs=half / 10)


def test_holds_the_score_of_all_images_and_narrows_with_their_number():
    widths = []
    for num_images in (10, 100, 1000):
        confmats = random_confmats(num_images)
        interval = bootstrap_interval(confmats, mean_iou)
        assert interval.low < mean_iou(confmats.sum(axis=0)) < interval.high
        widths.append(interval.high - interval.low)
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


def test_more_confidence_is_wider():
    confmats = random_confmats(20)
    narrow, wide = (
        bootstrap_interval(confmats, mean_iou, confidence=confidence) for confidence in (0.5, 0.99)
    )
    assert wide.low < narrow.low < narrow.high < wide.high


def test_the_same_seed_gives_the_same_interval():
    confmats = random_confmats(20)
    first = bootstrap_interval(confmats, mean_iou, seed=3)
    assert bootstrap_interval(confmats, mean_iou, seed=3) == first
    assert bootstrap_interval(confmats, mean_iou, seed=4) != first


def test_blocks_change_nothing(monkeypatch):
    confmats = random_confmats(23)
    expected = bootstrap_interval(confmats, mean_iou, resamples=50)
    for block_bytes in (1, 8 * 23 * 7, 8 * 9 * 5):  # one at a time, then blocks that do not divide
        monkeypatch.setattr("segdemo.metrics.interval._BLOCK_BYTES", block_bytes)
        assert bootstrap_interval(confmats, mean_iou, resamples=50) == expected


def test_sums_are_exact_counts():
    confmats = [np.array([[2**50, 1], [0, 0]]), np.array([[2**50, 1], [0, 0]])]
    totals = []
    bootstrap_interval(confmats, lambda total: totals.append(total) or 0.0, resamples=3)
    for total in totals:
        assert total.dtype == np.int64
        assert total.tolist() == [[2**51, 2], [0, 0]]


def test_images_without_a_valid_pixel_change_nothing():
    confmats = list(random_confmats(6))
    expected = bootstrap_interval(confmats, mean_iou)
    assert bootstrap_interval([VOID, *confmats, VOID], mean_iou) == expected


@pytest.mark.parametrize(
    "confmats",
    [[], [VOID], [VOID, VOID], [np.diag([3, 2, 1])], [VOID, np.diag([3, 2, 1])]],
    ids=["none", "void", "two void", "one", "one and void"],
)
def test_fewer_than_two_valid_images_give_no_interval(confmats):
    interval = bootstrap_interval(confmats, mean_iou)
    assert math.isnan(interval.low)
    assert math.isnan(interval.high)
    assert (interval.confidence, interval.resamples) == (0.95, 0)


def test_resamples_without_a_score_are_left_out():
    # Class 1 is on one image of two, so in three resamples of four.
    confmats = [np.array([[5, 0], [0, 0]]), np.array([[3, 0], [1, 4]])]
    interval = bootstrap_interval(confmats, lambda total: iou_per_class(total)[1])
    assert (interval.low, interval.high) == (0.8, 0.8)
    assert interval.resamples == pytest.approx(750, abs=50)


def test_a_statistic_without_any_score_gives_no_interval():
    interval = bootstrap_interval(random_confmats(5), lambda total: NAN)
    assert math.isnan(interval.low)
    assert interval.resamples == 0


def test_a_list_is_as_good_as_one_array_and_neither_is_written_to():
    confmats = random_confmats(9)
    before = confmats.copy()
    confmats.flags.writeable = False
    expected = bootstrap_interval(confmats, mean_iou)
    narrow = [confmat.astype(np.uint8) for confmat in confmats]
    assert bootstrap_interval(narrow, mean_iou) == expected
    np.testing.assert_array_equal(confmats, before)


def test_working_memory_does_not_grow_with_the_images():
    confmats = random_confmats(10_000, 21)  # 35 MB
    tracemalloc.start()
    try:
        bootstrap_interval(confmats, pixel_accuracy, resamples=20)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 50e6


# Refusals


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, NAN])
def test_confidence_must_be_a_fraction(confidence):
    with pytest.raises(ValueError, match=r"^confidence must be above 0 and below 1, got "):
        bootstrap_interval(random_confmats(3), mean_iou, confidence=confidence)


@pytest.mark.parametrize("resamples", [0, -1])
def test_there_must_be_a_resample(resamples):
    with pytest.raises(ValueError, match=f"^resamples must be at least 1, got {resamples}$"):
        bootstrap_interval(random_confmats(3), mean_iou, resamples=resamples)


def test_matrices_must_have_one_size():
    confmats = [np.eye(3, dtype=int), np.eye(2, dtype=int)]
    with pytest.raises(
        ValueError, match=r"^confmats must all have one shape .* got \(2, 2\), \(3, 3\)$"
    ):
        bootstrap_interval(confmats, mean_iou)


@pytest.mark.parametrize(
    ("confmat", "message"),
    [
        (np.zeros((2, 3), dtype=int), r"shape \(C, C\)"),
        (np.eye(2), "integers"),
        (np.array([[-1, 0], [0, 1]]), "none below 0"),
    ],
    ids=["not square", "floats", "negative"],
)
def test_what_is_no_confusion_matrix_is_refused(confmat, message):
    with pytest.raises(ValueError, match=message):
        mean_iou_per_image([confmat])
    with pytest.raises(ValueError, match=message):
        bootstrap_interval([confmat, confmat], mean_iou)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"low": 0.9, "high": 0.1}, "low must not be above high"),
        ({"low": NAN}, "or both be NaN, got nan and 0.5"),
        ({"high": NAN}, "or both be NaN, got 0.2 and nan"),
        ({"confidence": 1.0}, "confidence must be above 0"),
    ],
)
def test_limits_must_be_an_interval(changes, message):
    interval = Interval(low=0.2, high=0.5, confidence=0.95, resamples=10)
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(interval, **changes)
