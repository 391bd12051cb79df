"""Tallies: everything counted once, added up over images."""

import dataclasses

import numpy as np
import pytest

from segdemo.metrics import (
    BAND_PX,
    Tally,
    confusion_matrix,
    count_boundary,
    count_contours,
    count_errors,
    count_reliability,
    error_map,
    tally,
    trimap_confusion_matrix,
)

CLASSES = 3


def random_maps(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    target = rng.integers(0, CLASSES, (4, 5), dtype=np.uint8).repeat(6, axis=0).repeat(6, axis=1)
    target[rng.random(target.shape) < 0.1] = 255
    pred = rng.integers(0, CLASSES, target.shape, dtype=np.uint8)
    return pred, target, rng.random(target.shape).astype(np.float32)


def as_plain(value: object) -> object:
    """Counts as nested plain values, to be compared."""
    if dataclasses.is_dataclass(value):
        return {field.name: as_plain(getattr(value, field.name)) for field in fields_of(value)}
    return value.tolist() if isinstance(value, np.ndarray) else value


def fields_of(value: object) -> tuple[dataclasses.Field, ...]:
    return dataclasses.fields(value)  # type: ignore[arg-type]


def test_a_tally_holds_what_each_family_counts() -> None:
    pred, target, confidence = random_maps(0)
    known = {"num_classes": CLASSES}

    counts = tally(pred, target, confidence=confidence, **known)

    assert counts.details is not None
    kinds = error_map(pred, target, **known)
    expected = {
        "confmat": confusion_matrix(pred, target, **known),
        "reliability": count_reliability(confidence, pred, target),
        "details": {
            "boundary": count_boundary(pred, target, **known),
            "contour": count_contours(pred, target, **known),
            "band": trimap_confusion_matrix(pred, target, band_px=BAND_PX, **known),
            "errors": count_errors(kinds, pred, target, **known),
        },
    }
    details = {name: as_plain(value) for name, value in expected["details"].items()}
    assert as_plain(counts) == {
        "confmat": expected["confmat"].tolist(),
        "reliability": as_plain(expected["reliability"]),
        "details": details,
    }


def test_images_add_up_part_by_part() -> None:
    first, second = (
        tally(pred, target, num_classes=CLASSES, confidence=confidence)
        for pred, target, confidence in (random_maps(1), random_maps(2))
    )

    total = first + second

    assert total.confmat.tolist() == (first.confmat + second.confmat).tolist()
    assert total.reliability is not None
    assert total.details is not None
    assert as_plain(total.reliability) == as_plain(first.reliability + second.reliability)
    assert as_plain(total.details) == as_plain(first.details + second.details)
    assert total.details.band.sum() == first.details.band.sum() + second.details.band.sum()


def test_what_is_not_wanted_is_not_counted() -> None:
    pred, target, confidence = random_maps(3)

    assert tally(pred, target, num_classes=CLASSES).reliability is None
    assert tally(pred, target, num_classes=CLASSES, details=False).details is None
    counted = tally(pred, target, num_classes=CLASSES, confidence=confidence, details=False)
    assert counted.reliability is not None


def test_a_part_that_one_image_lacks_is_lacking_in_the_sum() -> None:
    pred, target, confidence = random_maps(4)
    whole = tally(pred, target, num_classes=CLASSES, confidence=confidence)
    bare = tally(pred, target, num_classes=CLASSES, details=False)

    for total in (whole + bare, bare + whole):
        assert total.reliability is None
        assert total.details is None
        assert total.confmat.tolist() == (2 * whole.confmat).tolist()


def test_tallies_of_other_label_sets_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="same number of classes, got 2 and 3"):
        Tally(np.eye(2, dtype=int)) + Tally(np.eye(3, dtype=int))


def test_inputs_are_not_written_to_and_the_matrix_is_a_read_only_copy() -> None:
    pred, target, confidence = random_maps(5)
    before = [array.copy() for array in (pred, target, confidence)]
    confmat = np.eye(3, dtype=np.int32)

    tally(pred, target, num_classes=CLASSES, confidence=confidence)
    kept = Tally(confmat)
    confmat[0, 0] = 9

    for array, copy in zip((pred, target, confidence), before, strict=True):
        np.testing.assert_array_equal(array, copy)
    assert kept.confmat.tolist() == np.eye(3).tolist()
    assert not kept.confmat.flags.writeable


def test_an_image_of_nothing_but_void_adds_nothing() -> None:
    pred = np.zeros((6, 7), dtype=np.uint8)
    void = np.full((6, 7), 255, dtype=np.uint8)
    counts = tally(pred, void, num_classes=CLASSES, confidence=np.ones((6, 7), np.float32))
    other = tally(*random_maps(6)[:2], num_classes=CLASSES, confidence=random_maps(6)[2])

    assert not counts.confmat.any()
    assert as_plain(counts + other) == as_plain(other)
