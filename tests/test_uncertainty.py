"""Probabilities, certainty and top classes, with a softmax by hand as the reference."""

import math

import numpy as np
import pytest
from PIL import Image

from segdemo import enlarging
from segdemo.prediction import Logits
from segdemo.predictor import classify
from segdemo.uncertainty import certainty, probabilities, probability_strips, top_classes


def random_logits(*shape: int, used: tuple[float, float] = (1.0, 1.0)) -> Logits:
    return Logits(3 * np.random.default_rng(shape).standard_normal(shape, dtype=np.float32), used)


def softmax_by_hand(logits: np.ndarray) -> np.ndarray:
    """Probability of each class at each pixel, one pixel at a time."""
    probs = np.empty(logits.shape)
    for row in range(logits.shape[1]):
        for column in range(logits.shape[2]):
            powers = [math.exp(value) for value in logits[:, row, column]]
            probs[:, row, column] = [power / sum(powers) for power in powers]
    return probs


def of(*probs: float) -> Logits:
    """Logits of a photo of one pixel with these probabilities."""
    return Logits(np.log(np.array(probs, dtype=np.float32))[:, None, None])


def test_probabilities_by_hand() -> None:
    logits = Logits(np.log(np.array([[[1, 3]], [[1, 1]]], dtype=np.float32)))

    probs = probabilities(logits, shape=(1, 2))

    assert probs.dtype == np.float16
    np.testing.assert_allclose(probs, [[[0.5, 0.75]], [[0.5, 0.25]]], atol=1e-3)


def test_probabilities_at_the_logits_own_size_are_their_softmax() -> None:
    logits = random_logits(5, 7, 6)

    (_, probs), *more = probability_strips(logits, shape=(7, 6))

    assert not more
    np.testing.assert_allclose(probs, softmax_by_hand(logits.values), atol=1e-6)


def test_enlarged_probabilities_are_those_that_the_classes_were_taken_from() -> None:
    logits = random_logits(4, 9, 13, used=(0.9, 0.7))
    label_map, confidence = classify(logits.values, shape=(61, 47), used=logits.used)

    probs = probabilities(logits, shape=(61, 47)).astype(np.float32)

    np.testing.assert_allclose(probs.max(axis=0), confidence, atol=1e-3)
    chosen = np.take_along_axis(probs, label_map[None].astype(np.int64), axis=0)[0]
    np.testing.assert_allclose(chosen, probs.max(axis=0), atol=1e-3)


@pytest.mark.parametrize("strip_values", [1, 4 * 50 * 7, 4 * 50 * 33])
def test_strips_give_what_one_piece_gives(
    strip_values: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    logits = random_logits(4, 9, 13)
    whole = certainty(logits, shape=(33, 50))

    monkeypatch.setattr(enlarging, "_STRIP_VALUES", strip_values)
    found = certainty(logits, shape=(33, 50))

    for name, expected in vars(whole).items():
        np.testing.assert_allclose(getattr(found, name), expected, atol=1e-5)


def test_certainty_by_hand() -> None:
    found = certainty(of(0.7, 0.2, 0.1), shape=(1, 1))

    entropy = -sum(p * math.log(p) for p in (0.7, 0.2, 0.1)) / math.log(3)
    assert found.confidence[0, 0] == pytest.approx(0.7, abs=1e-6)
    assert found.entropy[0, 0] == pytest.approx(entropy, abs=1e-6)
    assert found.margin[0, 0] == pytest.approx(0.5, abs=1e-6)


def test_certainty_against_a_softmax_by_hand() -> None:
    logits = random_logits(6, 5, 4)
    probs = softmax_by_hand(logits.values)
    ordered = np.sort(probs, axis=0)

    found = certainty(logits, shape=(5, 4))

    np.testing.assert_allclose(found.confidence, ordered[-1], atol=1e-6)
    np.testing.assert_allclose(found.margin, ordered[-1] - ordered[-2], atol=1e-6)
    expected = -(probs * np.log(probs)).sum(axis=0) / math.log(6)
    np.testing.assert_allclose(found.entropy, expected, atol=1e-6)
    assert all(array.dtype == np.float32 for array in vars(found).values())


@pytest.mark.parametrize(
    ("values", "confidence", "entropy", "margin"),
    [
        ([0.0, 0.0], 0.5, 1.0, 0.0),  # undecided
        ([3e4, -3e4], 1.0, 0.0, 1.0),  # as sure as can be, and no warning
        ([5.0], 1.0, 0.0, 1.0),  # a single class
    ],
    ids=["undecided", "sure", "one class"],
)
def test_certainty_at_its_ends(
    values: list[float], confidence: float, entropy: float, margin: float
) -> None:
    logits = Logits(np.array(values, dtype=np.float32)[:, None, None])

    found = certainty(logits, shape=(2, 2))

    np.testing.assert_allclose(found.confidence, confidence)
    np.testing.assert_allclose(found.entropy, entropy)
    np.testing.assert_allclose(found.margin, margin)


def test_top_classes_by_hand() -> None:
    found = top_classes(of(0.1, 0.6, 0.05, 0.25), at=(0.5, 0.5))

    assert [index for index, _ in found] == [1, 3, 0]
    np.testing.assert_allclose([share for _, share in found], [0.6, 0.25, 0.1], atol=1e-6)


def test_top_classes_of_a_tie_come_in_order_and_no_more_than_there_are() -> None:
    assert top_classes(of(0.5, 0.5), at=(0, 1)) == [
        (0, pytest.approx(0.5)),
        (1, pytest.approx(0.5)),
    ]


def test_top_classes_at_a_pixel_are_those_of_the_enlarged_probabilities() -> None:
    logits = random_logits(5, 8, 11)
    probs = probabilities(logits, shape=(32, 44)).astype(np.float32)
    for row, column in [(0, 0), (31, 43), (13, 20), (5, 40)]:
        found = top_classes(logits, at=((row + 0.5) / 32, (column + 0.5) / 44), count=5)
        expected = probs[:, row, column]
        for index, share in found:
            assert share == pytest.approx(expected[index], abs=2e-3)
        shares = [share for _, share in found]
        assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"at": (1.5, 0)}, "at must be"), ({"at": (0, 0), "count": 0}, "count must be")],
)
def test_a_point_outside_the_photo_is_refused(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        top_classes(of(0.5, 0.5), **arguments)


def test_a_photo_without_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match="shape must be at least 1 x 1, got 0 x 5"):
        list(probability_strips(of(0.5, 0.5), shape=(0, 5)))


def test_the_logits_stay_as_they_are() -> None:
    logits = random_logits(3, 4, 5)
    before = logits.values.copy()

    certainty(logits, shape=(9, 9))
    probabilities(logits, shape=(9, 9))
    top_classes(logits, at=(0.5, 0.5))

    assert np.array_equal(logits.values, before)


def test_the_reference_enlarges_as_pillow_does() -> None:
    """A plane of one class enlarged by Pillow has the logits that strips are made of."""
    logits = random_logits(2, 4, 4)
    enlarged = np.stack(
        [
            np.asarray(Image.fromarray(plane).resize((16, 16), Image.Resampling.BILINEAR))
            for plane in logits.values
        ]
    )
    np.testing.assert_allclose(
        probabilities(logits, shape=(16, 16)), softmax_by_hand(enlarged), atol=1e-3
    )
