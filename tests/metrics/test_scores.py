import csv
import dataclasses
import io
import json
import math
import pickle
import subprocess
import sys

import numpy as np
import pytest

import segdemo.metrics
from segdemo.metrics import (
    METRICS,
    METRICS_PER_CLASS,
    POLICY,
    Metric,
    Scores,
    Tally,
    agreement,
    anatomy,
    assessment,
    boundary,
    brier,
    calibration,
    confusion_matrix,
    conventions,
    interval,
    region,
    score,
    tally,
    trimap_confusion_matrix,
)
from segdemo.metrics import scores as scores_module
from segdemo.metrics.catalogue import REGION_METRICS_PER_CLASS
from segdemo.metrics.scores import DETAILS_POLICY
from segdemo.metrics.tally import BAND_PX

NAMES = ("road", "car", "bus")
BY_HAND = ((2, 1, 0), (0, 1, 0), (0, 0, 0))  # no bus
ALL_METRICS = METRICS + METRICS_PER_CLASS
LOWER_IS_BETTER = {"expected_calibration_error", "top_label_brier"}
NOT_FROM_A_MATRIX = {
    "mean_boundary_iou",
    "mean_bf_score",
    "band_accuracy",
    "boundary_iou_per_class",
    "bf_score_per_class",
    *LOWER_IS_BETTER,
}
FROM_A_MATRIX = [metric for metric in ALL_METRICS if metric.name not in NOT_FROM_A_MATRIX]
SPLIT = np.repeat(np.array([[0, 1, 2]], dtype=np.uint8), 8, axis=1).repeat(12, axis=0)
"""Three upright stripes, shape (12, 24)."""


def counts_of(pred: np.ndarray, target: np.ndarray, *, sure: float = 1.0) -> Tally:
    confidence = np.full(pred.shape, sure, dtype=np.float32)
    return tally(pred, target, num_classes=3, confidence=confidence)


@pytest.fixture
def scores():
    return score(np.array(BY_HAND), class_names=NAMES)


# What the scores are


def test_by_hand(scores):
    assert scores.class_names == NAMES
    assert scores.pixel_accuracy == 3 / 4
    assert scores.mean_iou == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert scores.mean_precision == pytest.approx((1 + 1 / 2) / 2)
    assert scores.mean_recall == pytest.approx((2 / 3 + 1) / 2)
    assert scores.mean_f1 == pytest.approx((4 / 5 + 2 / 3) / 2)
    assert scores.iou_per_class == pytest.approx((2 / 3, 1 / 2, math.nan), nan_ok=True)
    assert scores.precision_per_class == pytest.approx((1, 1 / 2, math.nan), nan_ok=True)
    assert scores.recall_per_class == pytest.approx((2 / 3, 1, math.nan), nan_ok=True)
    assert scores.f1_per_class == pytest.approx((4 / 5, 2 / 3, math.nan), nan_ok=True)
    assert scores.num_classes_averaged == 2
    assert scores.num_valid_pixels == 4
    assert scores.policy == POLICY


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_perfect_prediction_is_the_good_end_of_every_scale(metric):
    scores = score(counts_of(SPLIT, SPLIT), class_names=NAMES)

    best = metric.highest if metric.higher_is_better else metric.lowest
    assert getattr(scores, metric.name) == best


@pytest.mark.parametrize("metric", METRICS_PER_CLASS, ids=lambda metric: metric.name)
def test_a_perfect_prediction_is_the_good_end_for_every_class(metric):
    scores = score(counts_of(SPLIT, SPLIT), class_names=NAMES)

    assert getattr(scores, metric.name) == (1, 1, 1)


def test_a_prediction_that_is_wrong_everywhere_and_sure_is_the_bad_end():
    pred = (SPLIT + 1) % 3
    scores = score(counts_of(pred, SPLIT), class_names=NAMES)

    for metric in METRICS:
        if metric.name not in ("cohens_kappa", "mean_bf_score"):
            worst = metric.lowest if metric.higher_is_better else metric.highest
            assert getattr(scores, metric.name) == worst, metric.name
    assert scores.cohens_kappa < 0
    assert scores.num_classes_averaged == 3


def test_void_pixels_are_not_among_the_valid_ones():
    pred = np.array([[0, 1, 2], [0, 1, 2]], dtype=np.uint8)
    target = np.array([[0, 1, 255], [0, 255, 255]], dtype=np.uint8)
    scores = score(confusion_matrix(pred, target, num_classes=3), class_names=NAMES)
    assert scores.num_valid_pixels == 3
    assert scores.num_classes_averaged == 2
    assert scores.mean_iou == 1


def test_without_a_valid_pixel_there_is_no_score():
    scores = score(np.zeros((3, 3), dtype=np.int64), class_names=NAMES)
    assert all(math.isnan(getattr(scores, metric.name)) for metric in METRICS)
    for metric in METRICS_PER_CLASS:
        assert all(math.isnan(value) for value in getattr(scores, metric.name))
    assert scores.num_classes_averaged == 0
    assert scores.num_valid_pixels == 0


def test_a_class_on_one_side_only_is_averaged():
    confmat = np.array([[4, 0, 1], [2, 0, 0], [0, 0, 0]])  # cars missed, a bus invented
    scores = score(confmat, class_names=NAMES)
    assert scores.num_classes_averaged == 3
    for metric in REGION_METRICS_PER_CLASS:
        assert getattr(scores, metric.name)[1:] == (0, 0)


@pytest.mark.parametrize("name", sorted(NOT_FROM_A_MATRIX))
def test_what_a_matrix_does_not_know_has_no_value(scores, name):
    values = np.atleast_1d(getattr(scores, name))

    assert np.isnan(values).all()


def random_maps() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Blobs of 3 classes with some void, a prediction that is mostly right, confidences."""
    rng = np.random.default_rng(5)
    target = rng.integers(0, 3, (6, 8), dtype=np.uint8).repeat(7, axis=0).repeat(7, axis=1)
    target[rng.random(target.shape) < 0.1] = 255
    other = rng.integers(0, 3, target.shape, dtype=np.uint8)
    pred = np.where((rng.random(target.shape) < 0.8) & (target != 255), target, other)
    return pred, target, rng.random(target.shape).astype(np.float32)


def test_boundary_and_calibration_scores_are_what_their_functions_give():
    pred, target, confidence = random_maps()

    scores = score(tally(pred, target, num_classes=3, confidence=confidence), class_names=NAMES)

    near = boundary.count_boundary(pred, target, num_classes=3)
    contours = segdemo.metrics.count_contours(pred, target, num_classes=3)
    band = trimap_confusion_matrix(pred, target, num_classes=3, band_px=BAND_PX)
    reliability = calibration.count_reliability(confidence, pred, target)
    assert scores.mean_boundary_iou == boundary.mean_boundary_iou(near)
    assert scores.boundary_iou_per_class == tuple(boundary.boundary_iou_per_class(near))
    assert scores.mean_bf_score == segdemo.metrics.mean_bf_score(contours)
    assert scores.bf_score_per_class == tuple(segdemo.metrics.bf_score_per_class(contours))
    assert scores.band_accuracy == region.pixel_accuracy(band)
    expected = calibration.expected_calibration_error(reliability)
    assert scores.expected_calibration_error == expected
    assert scores.top_label_brier == calibration.top_label_brier(reliability)


def test_a_tally_and_its_matrix_have_the_same_region_scores():
    pred, target, _ = random_maps()
    counts = tally(pred, target, num_classes=3)

    whole = score(counts, class_names=NAMES).to_json()
    from_matrix = score(counts.confmat, class_names=NAMES).to_json()

    for metric in FROM_A_MATRIX:
        assert whole[metric.name] == from_matrix[metric.name]


@pytest.mark.parametrize("metric", FROM_A_MATRIX, ids=lambda metric: metric.name)
def test_every_score_is_what_the_function_of_its_name_gives(metric):
    confmat = np.random.default_rng(0).integers(0, 9, size=(3, 3))
    np.testing.assert_array_equal(
        getattr(score(confmat, class_names=NAMES), metric.name),
        getattr(segdemo.metrics, metric.name)(confmat),
    )


def test_numbers_are_plain_python(scores):
    for metric in METRICS:
        assert type(getattr(scores, metric.name)) is float
    for metric in METRICS_PER_CLASS:
        assert {type(value) for value in getattr(scores, metric.name)} == {float}
    assert type(scores.num_classes_averaged) is int
    assert type(scores.num_valid_pixels) is int


# Bounds, direction and policy as data


def test_every_score_has_its_bounds_and_direction_as_data():
    numbers = {field.name for field in dataclasses.fields(Scores)} - {
        "class_names",
        "confmat",
        "num_classes_averaged",
        "num_valid_pixels",
        "policy",
    }
    assert sorted(metric.name for metric in ALL_METRICS) == sorted(numbers)


@pytest.mark.parametrize("metric", ALL_METRICS, ids=lambda metric: metric.name)
def test_every_metric_says_its_bounds_and_direction(metric):
    assert metric.lowest == (-1 if metric.name == "cohens_kappa" else 0)
    assert metric.highest == 1
    assert metric.higher_is_better == (metric.name not in LOWER_IS_BETTER)
    assert metric.title[0].isupper()


def test_metrics_are_immutable():
    assert isinstance(METRICS, tuple)
    with pytest.raises(dataclasses.FrozenInstanceError):
        METRICS[0].highest = 2


def test_a_metric_can_be_one_that_is_to_be_low():
    metric = Metric("hausdorff_px", "Hausdorff distance", highest=math.inf, higher_is_better=False)
    assert not metric.higher_is_better


@pytest.mark.parametrize(
    "words",
    [
        "All pixels",
        "void pixels are left out",
        "in the prediction or in the ground truth",
        "scores 0",
    ],
)
def test_the_policy_says_how_was_counted(words):
    assert words in POLICY


def test_the_statement_names_the_distances_only_where_they_were_used():
    full = score(counts_of(SPLIT, SPLIT), class_names=NAMES)
    plain = score(counts_of(SPLIT, SPLIT).confmat, class_names=NAMES)

    assert full.statement == f"{plain.statement} {DETAILS_POLICY}"
    assert POLICY in plain.statement


# The object


def test_scores_are_frozen(scores):
    with pytest.raises(dataclasses.FrozenInstanceError):
        scores.mean_iou = 1.0


def test_the_matrix_is_a_read_only_copy():
    confmat = np.array(BY_HAND, dtype=np.int32)
    scores = score(confmat, class_names=NAMES)
    confmat[0, 0] = 99
    assert scores.confmat.tolist() == [list(row) for row in BY_HAND]
    assert scores.confmat.dtype == np.int64
    with pytest.raises(ValueError, match="read-only"):
        scores.confmat[0, 0] = 99


def test_the_matrix_given_is_not_touched():
    confmat = np.array(BY_HAND)
    score(confmat, class_names=NAMES)
    assert confmat.flags.writeable
    assert confmat.tolist() == [list(row) for row in BY_HAND]


def test_a_read_only_matrix_and_a_list_of_names_work(scores):
    again = score(scores.confmat, class_names=list(NAMES))
    assert again.to_json() == scores.to_json()


def test_scores_survive_pickling(scores):
    assert pickle.loads(pickle.dumps(scores)).to_json() == scores.to_json()


def test_json_by_hand(scores):
    nothing = dict.fromkeys(NAMES)
    assert scores.to_json() == {
        "policy": POLICY,
        "num_classes_averaged": 2,
        "num_valid_pixels": 4,
        "mean_iou": pytest.approx(7 / 12),
        "pixel_accuracy": 0.75,
        "mean_accuracy": pytest.approx(5 / 6),
        "frequency_weighted_iou": pytest.approx(3 / 4 * 2 / 3 + 1 / 4 * 1 / 2),
        "cohens_kappa": pytest.approx(0.5),
        "mean_boundary_iou": None,
        "mean_bf_score": None,
        "band_accuracy": None,
        "expected_calibration_error": None,
        "top_label_brier": None,
        "boundary_iou_per_class": nothing,
        "bf_score_per_class": nothing,
        "mean_precision": 0.75,
        "mean_recall": pytest.approx(5 / 6),
        "mean_f1": pytest.approx(11 / 15),
        "iou_per_class": {"road": pytest.approx(2 / 3), "car": 0.5, "bus": None},
        "precision_per_class": {"road": 1.0, "car": 0.5, "bus": None},
        "recall_per_class": {"road": pytest.approx(2 / 3), "car": 1.0, "bus": None},
        "f1_per_class": {"road": pytest.approx(4 / 5), "car": pytest.approx(2 / 3), "bus": None},
        "class_names": ["road", "car", "bus"],
        "confmat": [[2, 1, 0], [0, 1, 0], [0, 0, 0]],
    }


@pytest.mark.parametrize("confmat", [BY_HAND, np.zeros((3, 3), int)], ids=["by hand", "nothing"])
def test_json_is_strict_and_complete(confmat):
    scores = score(np.array(confmat), class_names=NAMES)
    fields = scores.to_json()
    assert json.loads(json.dumps(fields, allow_nan=False)) == fields
    assert set(fields) == {field.name for field in dataclasses.fields(Scores)}


def test_csv_has_a_line_per_number(scores):
    lines = scores.to_csv().splitlines()

    assert lines[0] == "metric,class,value"
    assert len(lines) == 1 + len(METRICS) + 3 * len(METRICS_PER_CLASS)
    assert "pixel_accuracy,,0.75" in lines
    assert "iou_per_class,car,0.5" in lines
    assert "iou_per_class,bus," in lines
    assert "mean_boundary_iou,," in lines


def test_csv_quotes_names_with_commas():
    scores = score(np.eye(2, dtype=int), class_names=("car, parked", "road"))

    rows = list(csv.DictReader(io.StringIO(scores.to_csv())))

    assert {row["class"] for row in rows} == {"", "car, parked", "road"}


# Refusals


@pytest.mark.parametrize(
    ("confmat", "message"),
    [
        (np.zeros((2, 3), dtype=int), r"shape \(C, C\) .* got \(2, 3\)"),
        (np.zeros((4, 4), dtype=int), r"per class name, so shape \(3, 3\), got \(4, 4\)"),
        (np.zeros((3, 3)), "integers, got dtype float64"),
        (-np.eye(3, dtype=int), "none below 0, got -1"),
    ],
    ids=["not square", "more classes than names", "floats", "negative"],
)
def test_a_matrix_that_does_not_fit_is_refused(confmat, message):
    with pytest.raises(ValueError, match=f"^confmat must .*{message}"):
        score(confmat, class_names=NAMES)


def test_class_names_must_differ():
    with pytest.raises(ValueError, match=r"class_names must all be different, got .*'car', 'car'"):
        score(np.array(BY_HAND), class_names=("road", "car", "car"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mean_iou": 60.5}, r"mean_iou must be in \[0.0, 1.0\] or NaN, got 60.5"),
        ({"pixel_accuracy": -0.1}, "pixel_accuracy must be in .* got -0.1"),
        ({"f1_per_class": (0.5, 1.2, math.nan)}, "f1_per_class must be in .* got 1.2"),
        ({"iou_per_class": (0.5, 0.5)}, "iou_per_class must have one value .* so 3, got 2"),
        ({"recall_per_class": (0.5, 1.0, 0.0)}, "the number of values in recall_per_class"),
        ({"num_classes_averaged": 3}, "num_classes_averaged must be .* got 3"),
        ({"num_valid_pixels": 5}, "num_valid_pixels must be the sum of confmat, 4, got 5"),
        ({"confmat": np.array(BY_HAND, float)}, "confmat must hold integers, got dtype float64"),
        ({"class_names": ("road", "car")}, r"confmat must .* so shape \(2, 2\), got \(3, 3\)"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_scores_that_contradict_themselves_are_refused(scores, changes, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(scores, **changes)


# The room


MODULES = (
    agreement,
    anatomy,
    assessment,
    boundary,
    brier,
    calibration,
    conventions,
    interval,
    region,
    scores_module,
)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_public_function_and_class_is_exported(module):
    defined = {
        name
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__ and not name.startswith("_")
    }
    assert defined
    assert defined <= set(segdemo.metrics.__all__)


def test_importing_the_metrics_loads_nothing_heavy():
    program = (
        "import sys, segdemo.metrics; "
        "print([name for name in ('torch', 'PIL', 'scipy', 'gradio') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
