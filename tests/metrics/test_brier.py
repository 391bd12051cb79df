import tracemalloc
import warnings

import numpy as np
import pytest

from segdemo.metrics.brier import brier_score
from segdemo.metrics.calibration import count_reliability, top_label_brier

NAN = float("nan")


def one_hot(label_map, num_classes):
    return np.moveaxis(np.eye(num_classes)[np.array(label_map)], 2, 0)


def random_probs(seed=0, num_classes=4, shape=(12, 15)):
    """Probabilities of shape (C, H, W), and a target of which a fifth is void."""
    rng = np.random.default_rng(seed)
    probs = np.moveaxis(rng.dirichlet(np.ones(num_classes), size=shape), 2, 0)
    target = rng.integers(num_classes, size=shape)
    return probs, np.where(rng.random(shape) < 0.2, 255, target)


def test_two_pixels_by_hand():
    probs = np.array([[[0.5, 0.25]], [[0.5, 0.0]], [[0.0, 0.75]]])
    target = np.array([[0, 2]])
    first = (0.5 - 1) ** 2 + (0.5 - 0) ** 2 + (0 - 0) ** 2
    second = (0.25 - 0) ** 2 + (0 - 0) ** 2 + (0.75 - 1) ** 2
    assert brier_score(probs, target) == pytest.approx((first + second) / 2)


def test_the_truth_itself_scores_0():
    target = np.array([[0, 1], [2, 1]])
    assert brier_score(one_hot(target, 3), target) == 0


def test_sure_and_wrong_everywhere_scores_2():
    target = np.array([[0, 1], [2, 1]])
    assert brier_score(one_hot((target + 1) % 3, 3), target) == 2


@pytest.mark.parametrize("num_classes", [1, 2, 5])
def test_equal_probabilities_score_one_less_their_probability(num_classes):
    probs = np.full((num_classes, 2, 2), 1 / num_classes)
    target = np.zeros((2, 2), dtype=np.uint8)
    assert brier_score(probs, target) == pytest.approx(1 - 1 / num_classes)


@pytest.mark.parametrize("ignore_index", [255, 3, -1])
def test_void_pixels_are_left_out(ignore_index):
    probs, target = random_probs(num_classes=3)
    valid = target != 255
    expected = brier_score(probs[:, valid][:, np.newaxis], target[valid][np.newaxis])
    target = np.where(valid, target, ignore_index)
    assert brier_score(probs, target, ignore_index=ignore_index) == pytest.approx(expected)


@pytest.mark.parametrize("shape", [(2, 2), (0, 4), (4, 0)], ids=str)
def test_without_a_valid_pixel_there_is_no_score(shape):
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        value = brier_score(np.full((2, *shape), 0.5), np.full(shape, 255))
    assert np.isnan(value)


@pytest.mark.parametrize("num_classes", [1, 2, 7])
def test_random_probabilities_match_a_loop_over_pixels_and_classes(num_classes):
    probs, target = random_probs(num_classes, num_classes)
    total, pixels = 0.0, 0
    for row, column in zip(*np.nonzero(target != 255), strict=True):
        pixels += 1
        for index in range(num_classes):
            truth = 1 if target[row, column] == index else 0
            total += (probs[index, row, column] - truth) ** 2
    value = brier_score(probs, target)
    assert type(value) is float
    assert value == pytest.approx(total / pixels)


def test_two_classes_score_twice_the_top_label_score():
    probs, target = random_probs(num_classes=2)
    counts = count_reliability(probs.max(axis=0), probs.argmax(axis=0), target)
    assert brier_score(probs, target) == pytest.approx(2 * top_label_brier(counts))


def test_images_join_as_a_mean_weighted_by_valid_pixels():
    images = [random_probs(seed, shape=(5 + seed, 6)) for seed in (0, 4)]
    weights = [np.count_nonzero(target != 255) for _, target in images]
    together = brier_score(*(np.concatenate(maps, axis=-2) for maps in zip(*images, strict=True)))
    assert together == pytest.approx(
        np.average([brier_score(*image) for image in images], weights=weights)
    )


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_narrow_floats_do(dtype):
    probs, target = random_probs(num_classes=21)
    value = brier_score(probs.astype(dtype), target.astype(np.uint8))
    assert value == pytest.approx(brier_score(probs, target), rel=1e-3)


def test_inputs_are_not_written_to_and_may_be_read_only_and_not_contiguous():
    probs, target = random_probs()
    before = probs.copy(), target.copy()
    probs.flags.writeable = target.flags.writeable = False
    assert brier_score(probs[..., ::2], target[:, ::2]) == pytest.approx(
        brier_score(probs[..., ::2].copy(), target[:, ::2].copy())
    )
    np.testing.assert_array_equal(probs, before[0])
    np.testing.assert_array_equal(target, before[1])


def test_working_memory_is_small_beside_the_input():
    probs = np.full((5, 1000, 800), 0.2, dtype=np.float32)  # 16 MB
    target = np.zeros((1000, 800), dtype=np.uint8)
    tracemalloc.start()
    try:
        assert brier_score(probs, target) == pytest.approx(0.8)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < probs.nbytes / 3


@pytest.mark.parametrize(
    ("pixel", "message"),
    [
        ([0.5, 0.75], "probs must sum to 1 over the classes, got 1 to 1.25"),
        ([-0.5, 1.5], "probs must be within 0 to 1, got -0.5 to 1.5"),
        ([NAN, 0.5], "probs must be within 0 to 1, got nan to nan"),
    ],
    ids=["sum", "range", "NaN"],
)
@pytest.mark.parametrize("at_void", [False, True], ids=["valid pixel", "void pixel"])
def test_what_are_no_probabilities_is_refused(pixel, message, at_void):
    probs = np.array([[[1.0, pixel[0]]], [[0.0, pixel[1]]]])
    with pytest.raises(ValueError, match=f"^{message}$"):
        brier_score(probs, np.array([[0, 255 if at_void else 0]]))


@pytest.mark.parametrize("wrong", [2, 254, -1])
def test_targets_must_be_classes_or_void(wrong):
    target = np.array([[0, wrong], [1, 255]])
    with pytest.raises(ValueError, match=r"^target must hold classes 0 to 1 or .*, got"):
        brier_score(np.full((2, 2, 2), 0.5), target)


@pytest.mark.parametrize(
    ("probs", "target", "message"),
    [
        (np.ones((1, 2, 2), int), np.zeros((2, 2), int), "probs must be an array of floats"),
        (np.ones((1, 2, 2)), np.zeros((2, 2)), "target must be an array of integers or bool"),
        (np.ones((2, 2)), np.zeros((2, 2), int), r"probs must have shape \(C, H, W\)"),
        (np.ones((1, 2, 3)), np.zeros((2, 2), int), r"got \(1, 2, 3\) and \(2, 2\)"),
    ],
    ids=["integers", "float target", "no classes", "other size"],
)
def test_arrays_must_be_as_stated(probs, target, message):
    with pytest.raises(ValueError, match=message):
        brier_score(probs, target)


def test_a_class_cannot_be_void():
    with pytest.raises(ValueError, match=r"^ignore_index must be .* outside 0 to 1, got 1$"):
        brier_score(np.full((2, 1, 1), 0.5), np.zeros((1, 1), int), ignore_index=1)
