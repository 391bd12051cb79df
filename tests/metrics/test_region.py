import warnings
from typing import NamedTuple

import numpy as np
import pytest

from segdemo.metrics import (
    confusion_matrix,
    f1_per_class,
    iou_per_class,
    mean_f1,
    mean_iou,
    mean_precision,
    mean_recall,
    pixel_accuracy,
    precision_per_class,
    recall_per_class,
)
from segdemo.metrics.region import mean_accuracy

NAN = float("nan")

METRICS = (
    pixel_accuracy,
    iou_per_class,
    mean_iou,
    precision_per_class,
    mean_precision,
    recall_per_class,
    mean_recall,
    mean_accuracy,
    f1_per_class,
    mean_f1,
)


class Case(NamedTuple):
    """One row of pixels with 3 classes, and what every metric makes of it."""

    pred: list
    target: list
    pixel_accuracy: float
    iou_per_class: list
    mean_iou: float
    precision_per_class: list
    mean_precision: float
    recall_per_class: list
    mean_recall: float
    mean_accuracy: float
    f1_per_class: list
    mean_f1: float


CASES = {
    "by hand, class 2 absent": Case(
        pred=[0, 0, 1, 1],
        target=[0, 0, 0, 1],
        pixel_accuracy=3 / 4,
        iou_per_class=[2 / 3, 1 / 2, NAN],
        mean_iou=(2 / 3 + 1 / 2) / 2,
        precision_per_class=[1, 1 / 2, NAN],
        mean_precision=3 / 4,
        recall_per_class=[2 / 3, 1, NAN],
        mean_recall=5 / 6,
        mean_accuracy=5 / 6,
        f1_per_class=[4 / 5, 2 / 3, NAN],
        mean_f1=(4 / 5 + 2 / 3) / 2,
    ),
    "identical": Case(
        pred=[0, 1, 1, 2],
        target=[0, 1, 1, 2],
        pixel_accuracy=1,
        iou_per_class=[1, 1, 1],
        mean_iou=1,
        precision_per_class=[1, 1, 1],
        mean_precision=1,
        recall_per_class=[1, 1, 1],
        mean_recall=1,
        mean_accuracy=1,
        f1_per_class=[1, 1, 1],
        mean_f1=1,
    ),
    "disjoint": Case(
        pred=[1, 1, 2, 0],
        target=[0, 0, 1, 2],
        pixel_accuracy=0,
        iou_per_class=[0, 0, 0],
        mean_iou=0,
        precision_per_class=[0, 0, 0],
        mean_precision=0,
        recall_per_class=[0, 0, 0],
        mean_recall=0,
        mean_accuracy=0,
        f1_per_class=[0, 0, 0],
        mean_f1=0,
    ),
    "void pixels leave both sides": Case(
        pred=[0, 1, 2, 0],
        target=[0, 1, 255, 255],
        pixel_accuracy=1,
        iou_per_class=[1, 1, NAN],
        mean_iou=1,
        precision_per_class=[1, 1, NAN],
        mean_precision=1,
        recall_per_class=[1, 1, NAN],
        mean_recall=1,
        mean_accuracy=1,
        f1_per_class=[1, 1, NAN],
        mean_f1=1,
    ),
    "class 2 predicted but not there": Case(
        pred=[0, 1, 2],
        target=[0, 1, 1],
        pixel_accuracy=2 / 3,
        iou_per_class=[1, 1 / 2, 0],
        mean_iou=1 / 2,
        precision_per_class=[1, 1, 0],
        mean_precision=2 / 3,
        recall_per_class=[1, 1 / 2, 0],
        mean_recall=1 / 2,
        mean_accuracy=3 / 4,
        f1_per_class=[1, 2 / 3, 0],
        mean_f1=5 / 9,
    ),
    "class 2 there but never predicted": Case(
        pred=[0, 1, 1],
        target=[0, 1, 2],
        pixel_accuracy=2 / 3,
        iou_per_class=[1, 1 / 2, 0],
        mean_iou=1 / 2,
        precision_per_class=[1, 1 / 2, 0],
        mean_precision=1 / 2,
        recall_per_class=[1, 1, 0],
        mean_recall=2 / 3,
        mean_accuracy=2 / 3,
        f1_per_class=[1, 2 / 3, 0],
        mean_f1=5 / 9,
    ),
    "one class all over the prediction, another all over the target": Case(
        pred=[0, 0],
        target=[1, 1],
        pixel_accuracy=0,
        iou_per_class=[0, 0, NAN],
        mean_iou=0,
        precision_per_class=[0, 0, NAN],
        mean_precision=0,
        recall_per_class=[0, 0, NAN],
        mean_recall=0,
        mean_accuracy=0,
        f1_per_class=[0, 0, NAN],
        mean_f1=0,
    ),
    **{
        name: Case(
            pred=[0] * pixels,
            target=[255] * pixels,
            pixel_accuracy=NAN,
            iou_per_class=[NAN] * 3,
            mean_iou=NAN,
            precision_per_class=[NAN] * 3,
            mean_precision=NAN,
            recall_per_class=[NAN] * 3,
            mean_recall=NAN,
            mean_accuracy=NAN,
            f1_per_class=[NAN] * 3,
            mean_f1=NAN,
        )
        for name, pixels in (("nothing valid", 4), ("no pixel at all", 0))
    },
}


def brute_force(pred, target, num_classes):
    """Every metric, pixel by pixel and class by class, in plain Python."""
    pixels = [
        (predicted, actual)
        for predicted, actual in zip(pred.ravel().tolist(), target.ravel().tolist(), strict=True)
        if actual != 255
    ]
    per_class = {"iou": [], "precision": [], "recall": [], "f1": []}
    for index in range(num_classes):
        tp = sum(predicted == index and actual == index for predicted, actual in pixels)
        fp = sum(predicted == index and actual != index for predicted, actual in pixels)
        fn = sum(predicted != index and actual == index for predicted, actual in pixels)
        if tp + fp + fn == 0:
            values = NAN, NAN, NAN, NAN
        elif tp == 0:
            values = 0, 0, 0, 0
        else:
            precision, recall = tp / (tp + fp), tp / (tp + fn)
            f1 = 2 * precision * recall / (precision + recall)
            values = tp / (tp + fp + fn), precision, recall, f1
        for name, value in zip(per_class, values, strict=True):
            per_class[name].append(value)
    results = {
        "pixel_accuracy": sum(predicted == actual for predicted, actual in pixels) / len(pixels)
    }
    for name, values in per_class.items():
        numbers = [value for value in values if value == value]
        results[f"{name}_per_class"] = values
        results[f"mean_{name}"] = sum(numbers) / len(numbers)
    there = {actual for _, actual in pixels}
    results["mean_accuracy"] = sum(per_class["recall"][index] for index in there) / len(there)
    return results


def by_name(metric):
    return metric.__name__


@pytest.mark.parametrize("metric", METRICS, ids=by_name)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_value(metric, case):
    confmat = confusion_matrix(
        np.array(case.pred, dtype=np.uint8), np.array(case.target, dtype=np.uint8), num_classes=3
    )
    np.testing.assert_allclose(
        metric(confmat), getattr(case, metric.__name__), rtol=1e-15, strict=False
    )


@pytest.mark.parametrize("metric", METRICS, ids=by_name)
@pytest.mark.parametrize("seed", range(5))
def test_random_maps_match_a_loop_over_pixels_and_classes(metric, seed):
    rng = np.random.default_rng(seed)
    num_classes = 8
    pred = rng.choice([0, 1, 2, 3, 4, 6], size=(12, 11))  # 5 never predicted, 7 nowhere
    target = rng.choice([0, 1, 2, 3, 4, 5, 255], size=(12, 11))  # 6 only predicted
    pred = np.where(rng.random(pred.shape) < 0.5, np.where(target < 5, target, 0), pred)
    confmat = confusion_matrix(pred, target, num_classes=num_classes)
    expected = brute_force(pred, target, num_classes)[metric.__name__]
    np.testing.assert_allclose(metric(confmat), expected, rtol=1e-12)


@pytest.mark.parametrize("metric", METRICS, ids=by_name)
def test_values_are_plain_floats_or_one_float64_per_class(metric):
    result = metric(np.array([[2, 1, 0], [0, 1, 0], [0, 0, 0]]))
    if metric.__name__.endswith("_per_class"):
        assert result.dtype == np.float64
        assert result.shape == (3,)
    else:
        assert type(result) is float


@pytest.mark.parametrize("metric", METRICS, ids=by_name)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_values_are_in_0_to_1_and_no_case_warns(metric, case):
    confmat = confusion_matrix(
        np.array(case.pred, dtype=int), np.array(case.target, dtype=int), num_classes=3
    )
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        result = np.atleast_1d(metric(confmat))
    assert np.all(np.isnan(result) | ((result >= 0) & (result <= 1)))


@pytest.mark.parametrize("metric", METRICS, ids=by_name)
def test_void_pixels_change_nothing(metric):
    rng = np.random.default_rng(0)
    pred, target = rng.integers(3, size=(2, 8, 8))
    void = rng.random((8, 8)) < 0.3
    with_void = confusion_matrix(pred, np.where(void, 255, target), num_classes=3)
    without = confusion_matrix(pred[~void], target[~void], num_classes=3)
    np.testing.assert_array_equal(metric(with_void), metric(without))


@pytest.mark.parametrize("name", ["iou", "precision", "recall", "f1"])
def test_all_means_are_over_the_classes_that_occur(name):
    confmat = np.zeros((5, 5), dtype=np.int64)
    confmat[0, 0], confmat[1, 0], confmat[0, 2] = 5, 3, 2  # 1 only true, 2 only predicted
    metrics = {metric.__name__: metric for metric in METRICS}
    per_class = metrics[f"{name}_per_class"](confmat)
    assert np.isnan(per_class).tolist() == [False, False, False, True, True]
    assert per_class[1:3].tolist() == [0, 0]
    assert metrics[f"mean_{name}"](confmat) == pytest.approx(per_class[0] / 3)


def test_mean_accuracy_alone_leaves_out_what_is_only_predicted():
    confmat = np.array([[5, 0, 2], [3, 0, 0], [0, 0, 0]])  # 1 only true, 2 only predicted
    assert mean_accuracy(confmat) == pytest.approx((5 / 7 + 0) / 2)
    assert mean_recall(confmat) == pytest.approx((5 / 7 + 0 + 0) / 3)


def test_images_are_pooled_not_averaged():
    small = np.array([[1, 0], [0, 0]])  # one pixel, right
    large = np.array([[1, 1], [1, 97]])
    pooled = (2 / 4 + 97 / 99) / 2
    assert mean_iou(small + large) == pytest.approx(pooled)
    assert mean_iou(small + large) != pytest.approx((mean_iou(small) + mean_iou(large)) / 2)


def test_f1_follows_from_iou_and_from_precision_and_recall():
    confmat = np.random.default_rng(3).integers(1, 50, size=(6, 6))
    iou, f1 = iou_per_class(confmat), f1_per_class(confmat)
    precision, recall = precision_per_class(confmat), recall_per_class(confmat)
    np.testing.assert_allclose(f1, 2 * iou / (1 + iou))
    np.testing.assert_allclose(f1, 2 * precision * recall / (precision + recall))


def test_precision_and_recall_swap_when_prediction_and_target_do():
    confmat = np.random.default_rng(4).integers(0, 50, size=(6, 6))
    np.testing.assert_array_equal(precision_per_class(confmat), recall_per_class(confmat.T))
    assert mean_precision(confmat) == mean_recall(confmat.T)
    assert mean_precision(confmat) != mean_recall(confmat)
    for symmetric in (pixel_accuracy, mean_iou, mean_f1):
        assert symmetric(confmat) == pytest.approx(symmetric(confmat.T))


@pytest.mark.parametrize("metric", METRICS, ids=by_name)
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.uint64])
def test_narrow_counts_do_not_overflow(metric, dtype):
    largest = min(np.iinfo(dtype).max, 2**60) // 4 * 3
    confmat = np.array([[largest, largest // 3], [0, largest]], dtype=dtype)
    np.testing.assert_allclose(
        metric(confmat), metric(np.array([[3, 1], [0, 3]], dtype=np.int64)), rtol=0.01
    )


@pytest.mark.parametrize("metric", METRICS, ids=by_name)
def test_the_matrix_is_not_written_to_and_may_be_read_only(metric):
    confmat = np.array([[2, 1, 0], [0, 1, 0], [0, 0, 0]])
    before = confmat.copy()
    confmat.flags.writeable = False
    metric(confmat)
    metric(confmat.T)
    np.testing.assert_array_equal(confmat, before)


@pytest.mark.parametrize("metric", METRICS, ids=by_name)
@pytest.mark.parametrize(
    ("confmat", "message"),
    [
        (np.zeros((2, 3), dtype=int), r"shape \(C, C\) with C >= 1, got \(2, 3\)"),
        (np.zeros(4, dtype=int), r"shape \(C, C\) with C >= 1, got \(4,\)"),
        (np.zeros((0, 0), dtype=int), r"shape \(C, C\) with C >= 1, got \(0, 0\)"),
        (np.eye(2), "hold integers, got dtype float64"),
        (np.eye(2, dtype=bool), "hold integers, got dtype bool"),
        (np.array([[1, 0], [-2, 1]]), "none below 0, got -2"),
    ],
    ids=["not square", "flat", "empty", "floats", "bool", "negative"],
)
def test_what_is_no_confusion_matrix_is_refused(metric, confmat, message):
    with pytest.raises(ValueError, match=f"^confmat must .*{message}"):
        metric(confmat)
