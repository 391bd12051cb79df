import warnings
from typing import NamedTuple

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from segdemo.metrics.agreement import cohens_kappa, frequency_weighted_iou
from segdemo.metrics.confusion import confusion_matrix
from segdemo.metrics.region import mean_accuracy, pixel_accuracy

NAN = float("nan")

METRICS = (frequency_weighted_iou, cohens_kappa)


class Case(NamedTuple):
    """One row of pixels with 3 classes, and what both metrics make of it."""

    pred: list
    target: list
    frequency_weighted_iou: float
    cohens_kappa: float


CASES = {
    "by hand, class 2 absent": Case(
        pred=[0, 0, 1, 1],
        target=[0, 0, 0, 1],
        frequency_weighted_iou=3 / 4 * 2 / 3 + 1 / 4 * 1 / 2,
        cohens_kappa=(3 / 4 - 1 / 2) / (1 - 1 / 2),  # chance: 2/4 3/4 + 2/4 1/4
    ),
    "identical": Case([0, 1, 1, 2], [0, 1, 1, 2], 1, 1),
    "disjoint": Case([1, 1, 2, 0], [0, 0, 1, 2], 0, (0 - 5 / 16) / (1 - 5 / 16)),
    "as wrong as can be": Case([1, 1, 0, 0], [0, 0, 1, 1], 0, -1),
    "chance": Case([0, 1, 0, 1], [0, 0, 1, 1], 1 / 3, 0),
    "void pixels leave both sides": Case([0, 1, 2, 0], [0, 1, 255, 255], 1, 1),
    "class 2 predicted but not there": Case(
        pred=[0, 1, 2],
        target=[0, 1, 1],
        frequency_weighted_iou=1 / 3 * 1 + 2 / 3 * 1 / 2,
        cohens_kappa=(2 / 3 - 3 / 9) / (1 - 3 / 9),
    ),
    "class 2 there but never predicted": Case(
        pred=[0, 1, 1],
        target=[0, 1, 2],
        frequency_weighted_iou=1 / 3 * 1 + 1 / 3 * 1 / 2 + 1 / 3 * 0,
        cohens_kappa=(2 / 3 - 3 / 9) / (1 - 3 / 9),
    ),
    "one class all over the prediction, another all over the target": Case([0, 0], [1, 1], 0, 0),
    "one and the same class everywhere": Case([1, 1], [1, 1], 1, NAN),
    "nothing valid": Case([0, 1], [255, 255], NAN, NAN),
    "no pixel at all": Case([], [], NAN, NAN),
}


def brute_force(pred, target):
    """Both metrics, pixel by pixel and class by class, in plain Python."""
    pixels = [
        (predicted, actual)
        for predicted, actual in zip(pred.ravel().tolist(), target.ravel().tolist(), strict=True)
        if actual != 255
    ]
    right = sum(predicted == actual for predicted, actual in pixels) / len(pixels)
    weighted = chance = 0
    for index in {label for pair in pixels for label in pair}:
        predicted = sum(pair[0] == index for pair in pixels)
        actual = sum(pair[1] == index for pair in pixels)
        both = sum(pair == (index, index) for pair in pixels)
        weighted += actual / len(pixels) * both / (predicted + actual - both)
        chance += predicted / len(pixels) * actual / len(pixels)
    return {
        "frequency_weighted_iou": weighted,
        "cohens_kappa": (right - chance) / (1 - chance),
    }


def random_maps(seed):
    rng = np.random.default_rng(seed)
    pred = rng.choice([0, 1, 2, 3, 4, 6], size=(12, 11))  # 5 never predicted, 7 nowhere
    target = rng.choice([0, 1, 2, 3, 4, 5, 255], size=(12, 11))  # 6 only predicted
    return np.where(rng.random(pred.shape) < 0.5, np.where(target < 5, target, 0), pred), target


def by_name(metric):
    return metric.__name__


@pytest.mark.parametrize("metric", METRICS, ids=by_name)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_value(metric, case):
    confmat = confusion_matrix(
        np.array(case.pred, dtype=np.uint8), np.array(case.target, dtype=np.uint8), num_classes=3
    )
    with np.errstate(all="raise"):
        value = metric(confmat)
    assert type(value) is float
    assert value == pytest.approx(getattr(case, metric.__name__), rel=1e-15, nan_ok=True)


@pytest.mark.parametrize("metric", METRICS, ids=by_name)
@pytest.mark.parametrize("seed", range(5))
def test_random_maps_match_a_loop_over_pixels_and_classes(metric, seed):
    pred, target = random_maps(seed)
    value = metric(confusion_matrix(pred, target, num_classes=8))
    assert value == pytest.approx(brute_force(pred, target)[metric.__name__], rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_scikit_learn_counts_and_scores_the_same(seed):
    pred, target = random_maps(seed)
    valid = target != 255
    confmat = confusion_matrix(pred, target, num_classes=8)
    np.testing.assert_array_equal(
        confmat, sklearn_metrics.confusion_matrix(target[valid], pred[valid], labels=range(8))
    )
    kappa = sklearn_metrics.cohen_kappa_score(target[valid], pred[valid])
    assert cohens_kappa(confmat) == pytest.approx(kappa, rel=1e-12)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="y_pred contains classes not in y_true")
        accuracy = sklearn_metrics.balanced_accuracy_score(target[valid], pred[valid])
    assert mean_accuracy(confmat) == pytest.approx(accuracy, rel=1e-12)


def test_the_weighted_iou_is_at_most_the_pixel_accuracy():
    for seed in range(5):
        confmat = np.random.default_rng(seed).integers(50, size=(6, 6))
        assert frequency_weighted_iou(confmat) <= pixel_accuracy(confmat)


def test_kappa_is_the_same_when_prediction_and_target_swap():
    confmat = np.random.default_rng(1).integers(50, size=(6, 6))
    assert cohens_kappa(confmat) == cohens_kappa(confmat.T)


@pytest.mark.parametrize("metric", METRICS, ids=by_name)
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.uint64])
def test_counts_do_not_overflow(metric, dtype):
    largest = min(np.iinfo(dtype).max, 2**60) // 4 * 3
    confmat = np.array([[largest, largest // 3], [0, largest]], dtype=dtype)
    expected = metric(np.array([[3, 1], [0, 3]], dtype=np.int64))
    assert metric(confmat) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("metric", METRICS, ids=by_name)
def test_the_matrix_is_not_written_to_and_may_be_read_only(metric):
    confmat = np.array([[2, 1, 0], [0, 1, 0], [0, 0, 0]])
    before = confmat.copy()
    confmat.flags.writeable = False
    metric(confmat)
    np.testing.assert_array_equal(confmat, before)


@pytest.mark.parametrize("metric", METRICS, ids=by_name)
@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 3), dtype=int), np.eye(2), np.array([[-1]])], ids=str
)
def test_what_is_no_confusion_matrix_is_refused(metric, wrong):
    with pytest.raises(ValueError, match=r"^confmat must"):
        metric(wrong)
