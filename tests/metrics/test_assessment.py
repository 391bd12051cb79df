"""Assessments: the parts fit together and to their functions."""

import json
import math

import numpy as np
import pytest

from segdemo.metrics import (
    CONVENTIONS,
    Tally,
    assess,
    bootstrap_interval,
    confused_pairs,
    mean_iou,
    mean_iou_per_image,
    score,
    score_as,
    tally,
)

NAMES = ("road", "car", "bus")
RIGHT = np.array([[0, 0, 0, 1, 1, 1]] * 4, dtype=np.uint8)
CAR_MISSED = np.zeros_like(RIGHT)


def tallies() -> list[Tally]:
    """One image that is right, one whose car was missed as a whole."""
    confidence = np.full(RIGHT.shape, 0.9, dtype=np.float32)
    return [
        tally(pred, RIGHT, num_classes=3, confidence=confidence) for pred in (RIGHT, CAR_MISSED)
    ]


def test_the_parts_are_what_their_functions_give() -> None:
    first, second = tallies()
    confmats = [first.confmat, second.confmat]

    found = assess(first + second, confmats=confmats, class_names=NAMES)

    assert found.scores.to_json() == score(first + second, class_names=NAMES).to_json()
    assert found.confused == confused_pairs(first.confmat + second.confmat)
    assert found.per_image == mean_iou_per_image(confmats)
    assert found.interval == bootstrap_interval(confmats, mean_iou)
    assert [convention for convention, _ in found.conventions] == list(CONVENTIONS)
    for convention, value in found.conventions:
        expected = score_as(confmats, convention.id)
        assert value == expected or (math.isnan(value) and math.isnan(expected))


def test_errors_are_told_apart_by_hand() -> None:
    first, second = tallies()

    found = assess(first + second, confmats=[first.confmat, second.confmat], class_names=NAMES)

    # 12 of 48 pixels are wrong, all of one car that was not found at all.
    assert found.error_shares == {"boundary": 0, "extent": 0, "segment": 0.25}
    assert [(pair.target, pair.pred, pair.pixels) for pair in found.confused] == [(1, 0, 12)]
    assert found.scores.expected_calibration_error == pytest.approx(0.9 - 0.75)


def test_errors_and_accuracy_are_all_there_is() -> None:
    rng = np.random.default_rng(0)
    target = rng.integers(0, 3, (5, 5), dtype=np.uint8).repeat(8, axis=0).repeat(8, axis=1)
    pred = np.where(rng.random(target.shape) < 0.7, target, rng.integers(0, 3, target.shape))
    counts = tally(pred.astype(np.uint8), target, num_classes=3)

    found = assess(counts, confmats=[counts.confmat], class_names=NAMES)

    assert sum(found.error_shares.values()) == pytest.approx(1 - found.scores.pixel_accuracy)


def test_json_is_strict_and_names_classes() -> None:
    first, second = tallies()

    fields = assess(
        first + second, confmats=[first.confmat, second.confmat], class_names=NAMES
    ).to_json()

    assert json.loads(json.dumps(fields, allow_nan=False)) == fields
    assert fields["confused"] == [{"target": "car", "pred": "road", "pixels": 12}]
    assert fields["mean_iou"] == pytest.approx((12 / 24 / 1 * 0 + 24 / 36 + 12 / 24) / 2)
    assert fields["mean_iou_per_image"] == pytest.approx((1 + (0.5 + 0) / 2) / 2)
    assert fields["conventions"].keys() == {convention.id for convention in CONVENTIONS}
    assert len(fields["reliability"]["accuracy"]) == 15


def test_a_matrix_alone_gives_what_it_can() -> None:
    confmat = np.array([[2, 1, 0], [0, 1, 0], [0, 0, 0]])

    found = assess(Tally(confmat), confmats=[confmat], class_names=NAMES)

    assert found.error_shares == {}
    assert found.reliability is None
    assert found.to_json()["reliability"] is None
    assert math.isnan(found.interval.low)


def test_nothing_valid_gives_no_number() -> None:
    nothing = np.zeros((3, 3), dtype=np.int64)

    found = assess(Tally(nothing), confmats=[nothing], class_names=NAMES)

    assert math.isnan(found.scores.mean_iou)
    assert math.isnan(found.per_image.mean)
    assert found.confused == ()
