import dataclasses
import tracemalloc
import warnings
from fractions import Fraction
from functools import reduce
from operator import add
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torchmetrics.classification import MulticlassCalibrationError

from segdemo.metrics.calibration import (
    ReliabilityCounts,
    count_reliability,
    expected_calibration_error,
    maximum_calibration_error,
    reliability_bins,
    top_label_brier,
)

NAN = float("nan")
ERRORS = (expected_calibration_error, maximum_calibration_error, top_label_brier)


def by_name(function):
    return function.__name__


def no_counts(num_bins=2):
    empty = np.zeros(num_bins)
    return ReliabilityCounts(empty, empty, empty, 0.0)


def random_maps(seed=0, shape=(13, 17), *, dtype=np.float32):
    """Confidence, prediction and target; a fifth of the target is void."""
    rng = np.random.default_rng(seed)
    confidence = rng.random(shape).astype(dtype)
    pred, target = rng.integers(4, size=(2, *shape))
    target = np.where(rng.random(shape) < confidence, pred, target)
    return confidence, pred, np.where(rng.random(shape) < 0.2, 255, target)


# Values by hand: one row of pixels in two bins, (0, 1/2] and (1/2, 1]


class Case(NamedTuple):
    confidence: list
    pred: list
    target: list
    mean_confidence: list
    accuracy: list
    share: list
    expected_calibration_error: float
    maximum_calibration_error: float
    top_label_brier: float


CASES = {
    "by hand": Case(
        confidence=[0.25, 0.5, 0.75, 1.0],
        pred=[0, 1, 0, 1],
        target=[0, 0, 0, 0],
        mean_confidence=[0.375, 0.875],
        accuracy=[1 / 2, 1 / 2],
        share=[1 / 2, 1 / 2],
        expected_calibration_error=(0.125 + 0.375) / 2,
        maximum_calibration_error=0.375,
        top_label_brier=(0.75**2 + 0.5**2 + 0.25**2 + 1**2) / 4,
    ),
    "all right and sure of it": Case(
        confidence=[1, 1, 1],
        pred=[0, 1, 2],
        target=[0, 1, 2],
        mean_confidence=[NAN, 1],
        accuracy=[NAN, 1],
        share=[0, 1],
        expected_calibration_error=0,
        maximum_calibration_error=0,
        top_label_brier=0,
    ),
    "all wrong and sure of it": Case(
        confidence=[1, 1, 1],
        pred=[1, 2, 0],
        target=[0, 1, 2],
        mean_confidence=[NAN, 1],
        accuracy=[NAN, 0],
        share=[0, 1],
        expected_calibration_error=1,
        maximum_calibration_error=1,
        top_label_brier=1,
    ),
    "as sure as right": Case(
        confidence=[0.75, 0.75, 0.75, 0.75],
        pred=[0, 0, 0, 0],
        target=[0, 0, 0, 1],
        mean_confidence=[NAN, 0.75],
        accuracy=[NAN, 0.75],
        share=[0, 1],
        expected_calibration_error=0,
        maximum_calibration_error=0,
        top_label_brier=(3 * 0.25**2 + 0.75**2) / 4,  # knowing which one is wrong would be better
    ),
    "too sure and not sure enough cancel within a bin, not between bins": Case(
        confidence=[0.75, 1.0, 0.25],
        pred=[0, 0, 0],
        target=[0, 1, 0],
        mean_confidence=[0.25, 0.875],
        accuracy=[1, 1 / 2],
        share=[1 / 3, 2 / 3],
        expected_calibration_error=0.75 / 3 + 0.375 * 2 / 3,
        maximum_calibration_error=0.75,
        top_label_brier=(0.25**2 + 1**2 + 0.75**2) / 3,
    ),
    "void pixels leave everything": Case(
        confidence=[0.75, 0.25, 1.0],
        pred=[0, 1, 0],
        target=[0, 255, 255],
        mean_confidence=[NAN, 0.75],
        accuracy=[NAN, 1],
        share=[0, 1],
        expected_calibration_error=0.25,
        maximum_calibration_error=0.25,
        top_label_brier=0.0625,
    ),
    **{
        name: Case(
            confidence=[0.5] * pixels,
            pred=[0] * pixels,
            target=[255] * pixels,
            mean_confidence=[NAN, NAN],
            accuracy=[NAN, NAN],
            share=[NAN, NAN],
            expected_calibration_error=NAN,
            maximum_calibration_error=NAN,
            top_label_brier=NAN,
        )
        for name, pixels in (("nothing valid", 3), ("no pixel at all", 0))
    },
}


def count_case(case):
    confidence = np.array(case.confidence, dtype=np.float32)
    pred, target = np.array(case.pred, dtype=np.uint8), np.array(case.target, dtype=np.uint8)
    return count_reliability(confidence, pred, target, num_bins=2)


@pytest.mark.parametrize("error", ERRORS, ids=by_name)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_errors(error, case):
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        value = error(count_case(case))
    assert type(value) is float
    assert value == pytest.approx(getattr(case, error.__name__), nan_ok=True)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_bins(case):
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        bins = reliability_bins(count_case(case))
    np.testing.assert_array_equal(bins.edges, [0, 0.5, 1])
    for name in ("mean_confidence", "accuracy", "share"):
        np.testing.assert_allclose(getattr(bins, name), getattr(case, name))


# Where the bins end


def test_a_bin_holds_its_upper_edge_and_not_its_lower_one():
    edges = np.arange(9) / 8  # exact in binary
    counts = count_reliability(edges, np.zeros(9, int), np.zeros(9, int), num_bins=8)
    assert counts.pixels.tolist() == [2, 1, 1, 1, 1, 1, 1, 1]  # 0 joins the first
    above = np.nextafter(edges[1:-1], 1)
    counts = count_reliability(above, np.zeros(7, int), np.zeros(7, int), num_bins=8)
    assert counts.pixels.tolist() == [0, 1, 1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("num_bins", [1, 2, 7, 10, 15, 25, 100])
def test_full_confidence_is_in_the_last_bin(num_bins, dtype):
    one = np.ones(3, dtype=dtype)
    counts = count_reliability(one, np.zeros(3, int), np.zeros(3, int), num_bins=num_bins)
    assert counts.pixels[-1] == counts.hits[-1] == counts.confidence_sum[-1] == 3
    assert counts.pixels.sum() == 3


@pytest.mark.parametrize("num_bins", [3, 10, 15, 25, 49])
def test_float32_next_to_an_edge_is_told_apart_exactly(num_bins):
    edges = (np.arange(1, num_bins) / num_bins).astype(np.float32)
    confidence = np.concatenate([np.nextafter(edges, 0), edges, np.nextafter(edges, 1)])
    expected = np.zeros(num_bins, dtype=int)
    for value in confidence.tolist():
        expected[-(-Fraction(value) * num_bins // 1) - 1] += 1  # rounded up, less one
    zeros = np.zeros(confidence.shape, dtype=int)
    counts = count_reliability(confidence, zeros, zeros, num_bins=num_bins)
    assert counts.pixels.tolist() == expected.tolist()


# Against other ways to compute it


def brute_force(confidence, pred, target, num_bins):
    """Sums per bin, pixel by pixel."""
    pixels, hits, sums, squares = [0] * num_bins, [0] * num_bins, [0.0] * num_bins, 0.0
    maps = (array.ravel().tolist() for array in (confidence, pred, target))
    for sure, predicted, actual in zip(*maps, strict=True):
        if actual != 255:
            index = next(b for b in range(num_bins) if sure <= (b + 1) / num_bins)
            pixels[index] += 1
            hits[index] += predicted == actual
            sums[index] += sure
            squares += (sure - (predicted == actual)) ** 2
    return pixels, hits, sums, squares


@pytest.mark.parametrize("num_bins", [1, 5, 15])
@pytest.mark.parametrize("shape", [(1,), (50,), (13, 17), (2, 5, 7), (300, 150)], ids=str)
def test_counts_equal_a_loop_over_pixels(shape, num_bins):
    maps = random_maps(num_bins, shape)
    counts = count_reliability(*maps, num_bins=num_bins)
    pixels, hits, sums, squares = brute_force(*maps, num_bins)
    assert counts.pixels.tolist() == pixels
    assert counts.hits.tolist() == hits
    np.testing.assert_allclose(counts.confidence_sum, sums)
    assert counts.squared_error_sum == pytest.approx(squares)


@pytest.mark.parametrize("seed", range(3))
def test_errors_equal_their_formulas(seed):
    confidence, pred, target = random_maps(seed, dtype=np.float64)
    counts = count_reliability(confidence, pred, target, num_bins=6)
    valid = target != 255
    sure, right = confidence[valid], (pred == target)[valid]
    index = np.digitize(sure, np.arange(1, 6) / 6, right=True)
    gaps = [abs(right[index == b].mean() - sure[index == b].mean()) for b in range(6)]
    shares = [(index == b).mean() for b in range(6)]
    assert expected_calibration_error(counts) == pytest.approx(np.dot(gaps, shares))
    assert maximum_calibration_error(counts) == pytest.approx(max(gaps))
    assert top_label_brier(counts) == pytest.approx(((sure - right) ** 2).mean())


@pytest.mark.parametrize(
    ("norm", "error"), [("l1", expected_calibration_error), ("max", maximum_calibration_error)]
)
@pytest.mark.parametrize("num_bins", [5, 15])
def test_agrees_with_torchmetrics(norm, error, num_bins):
    # Its bins hold their lower edge instead, where no random value is.
    rng = np.random.default_rng(num_bins)
    images = []
    metric = MulticlassCalibrationError(4, n_bins=num_bins, norm=norm, ignore_index=255)
    for seed in range(3):
        probs = rng.dirichlet(np.full(4, 0.3 + seed), size=(20, 30)).astype(np.float32)
        pred = probs.argmax(axis=2)
        target = np.where(rng.random(pred.shape) < 0.5, pred, rng.integers(4, size=pred.shape))
        target[rng.random(pred.shape) < 0.2] = 255
        images.append(count_reliability(probs.max(axis=2), pred, target, num_bins=num_bins))
        metric.update(
            torch.from_numpy(probs).permute(2, 0, 1)[None], torch.from_numpy(target)[None]
        )
    assert error(reduce(add, images)) == pytest.approx(metric.compute().item(), abs=1e-5)


# Adding up


def test_the_counts_of_two_images_add_up_to_those_of_all_their_pixels():
    images = [random_maps(seed) for seed in (1, 2)]
    added = reduce(add, (count_reliability(*maps) for maps in images))
    together = count_reliability(*(np.concatenate(maps) for maps in zip(*images, strict=True)))
    np.testing.assert_array_equal(added.pixels, together.pixels)
    np.testing.assert_array_equal(added.hits, together.hits)
    np.testing.assert_allclose(added.confidence_sum, together.confidence_sum)
    assert added.squared_error_sum == pytest.approx(together.squared_error_sum)


def test_an_image_without_valid_pixels_adds_nothing():
    counts = count_reliability(*random_maps(), num_bins=2)
    for error in ERRORS:
        assert error(counts + no_counts()) == error(counts)


def test_different_numbers_of_bins_do_not_add_up():
    with pytest.raises(ValueError, match="same number of bins to be added, got 2 and 3"):
        no_counts(2) + no_counts(3)


def test_counts_add_up_with_counts_only():
    with pytest.raises(TypeError, match="unsupported operand"):
        no_counts() + 1


# Inputs


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint64, np.dtype(">i4")], ids=str)
def test_every_integer_dtype_gives_the_same_counts(dtype):
    confidence, pred, target = random_maps()
    expected = count_reliability(confidence, pred, target)
    counts = count_reliability(confidence, pred.astype(dtype), target.astype(dtype))
    assert dataclasses.asdict(counts).keys() == dataclasses.asdict(expected).keys()
    np.testing.assert_array_equal(counts.hits, expected.hits)
    np.testing.assert_array_equal(counts.pixels, expected.pixels)


def test_bool_maps_are_two_classes():
    counts = count_reliability(
        np.array([0.5, 0.5]), np.array([True, False]), np.array([True, True]), num_bins=1
    )
    assert (counts.pixels.tolist(), counts.hits.tolist()) == ([2], [1])


@pytest.mark.parametrize("ignore_index", [255, 4, -1])
def test_any_label_can_be_void(ignore_index):
    confidence, pred, target = random_maps()
    expected = count_reliability(confidence, pred, target)
    target = np.where(target == 255, ignore_index, target)
    counts = count_reliability(confidence, pred, target, ignore_index=ignore_index)
    np.testing.assert_array_equal(counts.pixels, expected.pixels)


def test_inputs_are_not_written_to_and_may_be_read_only_and_not_contiguous():
    maps = random_maps(shape=(14, 10))
    before = [array.copy() for array in maps]
    for array in maps:
        array.flags.writeable = False
    counts = count_reliability(*(array.T[::2] for array in maps))
    expected = count_reliability(*(np.ascontiguousarray(array.T[::2]) for array in maps))
    np.testing.assert_array_equal(counts.confidence_sum, expected.confidence_sum)
    for array, old in zip(maps, before, strict=True):
        np.testing.assert_array_equal(array, old)


def test_working_memory_is_small_beside_the_input():
    confidence = np.full((2000, 1500), 0.7, dtype=np.float32)  # 12 MB
    label_map = np.zeros(confidence.shape, dtype=np.uint8)
    tracemalloc.start()
    try:
        counts = count_reliability(confidence, label_map, label_map)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert counts.pixels.sum() == confidence.size
    assert peak < confidence.nbytes / 4


def test_sums_are_kept_in_double_precision():
    confidence = np.full(2**21, np.float32(0.7))
    zeros = np.zeros(confidence.shape, dtype=np.uint8)
    counts = count_reliability(confidence, zeros, zeros, num_bins=1)
    assert counts.confidence_sum[0] == pytest.approx(2**21 * float(np.float32(0.7)), rel=1e-12)


def test_counts_are_read_only_copies():
    pixels = np.array([2, 1])
    counts = ReliabilityCounts(pixels, np.array([1, 0]), np.array([0.5, 0.75]), 1.0)
    pixels[0] = 9
    assert counts.pixels.tolist() == [2, 1]
    assert (counts.pixels.dtype, counts.hits.dtype) == (np.int64, np.int64)
    with pytest.raises(ValueError, match="read-only"):
        counts.hits[0] = 0


# Refusals


@pytest.mark.parametrize("at_void", [False, True], ids=["valid pixel", "void pixel"])
@pytest.mark.parametrize(
    ("wrong", "came"), [(-0.25, r"-0\.25 to 0\.5"), (1.5, r"0\.5 to 1\.5"), (NAN, "nan to nan")]
)
def test_confidence_outside_0_to_1_is_refused(wrong, came, at_void):
    confidence = np.array([0.5, wrong], dtype=np.float32)
    target = np.array([0, 255 if at_void else 0])
    with pytest.raises(ValueError, match=f"^confidence must be within 0 to 1, got {came}$"):
        count_reliability(confidence, np.zeros(2, int), target)


@pytest.mark.parametrize("name", ["pred", "target"])
def test_shapes_must_be_equal(name):
    maps = {"pred": np.zeros((2, 3), int), "target": np.zeros((2, 3), int)}
    maps[name] = np.zeros((3, 2), int)
    with pytest.raises(
        ValueError, match=rf"^{name} must have confidence's shape \(2, 3\), got \(3, 2\)$"
    ):
        count_reliability(np.zeros((2, 3)), **maps)


@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [
        ("confidence", np.zeros(2, int), "floats, got int64"),
        ("confidence", [0.0, 0.0], "floats, got list"),
        ("pred", np.zeros(2), "integers or bool, got float64"),
        ("target", np.zeros(2), "integers or bool, got float64"),
    ],
)
def test_arrays_must_be_of_the_stated_kind(name, wrong, message):
    maps = {"confidence": np.zeros(2), "pred": np.zeros(2, int), "target": np.zeros(2, int)}
    with pytest.raises(ValueError, match=f"^{name} must be an array of {message}$"):
        count_reliability(**{**maps, name: wrong})


@pytest.mark.parametrize("num_bins", [0, -1])
def test_there_must_be_a_bin(num_bins):
    with pytest.raises(ValueError, match=f"^num_bins must be at least 1, got {num_bins}$"):
        count_reliability(np.zeros(2), np.zeros(2, int), np.zeros(2, int), num_bins=num_bins)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pixels": np.zeros((2, 2))}, r"pixels must have shape \(B,\) .* got \(2, 2\)"),
        ({"pixels": np.zeros(0)}, r"pixels must have shape \(B,\) with B >= 1, got \(0,\)"),
        ({"hits": np.zeros(3)}, r"hits must have pixels' shape \(2,\), got \(3,\)"),
        ({"hits": np.array([5, 0])}, "hits must be within 0 to pixels in every bin"),
        ({"confidence_sum": np.array([-1.0, 0])}, "confidence_sum must be within 0 to pixels"),
        ({"confidence_sum": np.array([NAN, 0])}, "confidence_sum must be within 0 to pixels"),
        ({"squared_error_sum": 9.0}, "squared_error_sum must be within 0 to 5"),
        ({"squared_error_sum": NAN}, "squared_error_sum must be within 0 to 5"),
    ],
)
def test_counts_must_fit_together(changes, message):
    fields = {
        "pixels": np.array([2, 3]),
        "hits": np.array([1, 3]),
        "confidence_sum": np.array([0.5, 2.5]),
        "squared_error_sum": 1.0,
    }
    with pytest.raises(ValueError, match=f"^{message}"):
        ReliabilityCounts(**{**fields, **changes})
