"""What a prediction accepts, and what it says of its pixels."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from segdemo.labels import STREET
from segdemo.prediction import Logits, Prediction, Timing

TIMING = Timing(preprocess_s=0.25, network_s=1.5, postprocess_s=0.125)


def prediction(**fields: Any) -> Prediction:
    """Two rows of three pixels: sky, sky, road; car, car, car."""
    return Prediction(
        **{
            "model_id": "unet-street",
            "labels": STREET,
            "label_map": np.array([[0, 0, 3], [8, 8, 8]], dtype=np.uint8),
            "confidence": np.full((2, 3), 0.5, dtype=np.float32),
            "network_shape": (2, 3),
            "timing": TIMING,
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param(
            {"label_map": np.zeros((2, 3, 1), np.uint8)},
            r"label_map must have shape \(H, W\) and dtype uint8, got shape \(2, 3, 1\)",
            id="label-map-3d",
        ),
        pytest.param(
            {"label_map": np.zeros((2, 3), np.int64)}, r"label_map .* dtype int64", id="int64"
        ),
        pytest.param(
            {"confidence": np.ones((3, 2), np.float32)},
            r"confidence must have label_map's shape \(2, 3\) .* got shape \(3, 2\)",
            id="transposed-confidence",
        ),
        pytest.param(
            {"confidence": np.ones((2, 3))}, r"confidence .* float32, .* float64", id="float64"
        ),
        pytest.param(
            {"label_map": np.full((2, 3), 11, np.uint8)},
            r"label_map must hold classes 0 to 10, got 11",
            id="class-beyond-the-last",
        ),
        pytest.param(
            {"label_map": np.full((2, 3), 255, np.uint8)},
            r"label_map must hold classes 0 to 10, got 255",
            id="void",
        ),
        pytest.param(
            {"confidence": np.full((2, 3), 1.5, np.float32)}, r"confidence", id="confidence-above-1"
        ),
        pytest.param(
            {"confidence": np.full((2, 3), -0.5, np.float32)},
            r"confidence",
            id="confidence-below-0",
        ),
        pytest.param(
            {"confidence": np.full((2, 3), np.nan, np.float32)}, r"confidence", id="confidence-nan"
        ),
        pytest.param(
            {"logits": Logits(np.zeros((7, 1, 1), np.float32))},
            r"logits must have 11 planes, one per class, got 7",
            id="logits-of-another-label-set",
        ),
    ],
)
def test_what_is_not_as_stated_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        prediction(**fields)


def test_the_last_class_and_both_ends_of_confidence_are_accepted() -> None:
    made = prediction(
        label_map=np.full((1, 2), 10, np.uint8), confidence=np.array([[0, 1]], np.float32)
    )

    assert made.label_map.tolist() == [[10, 10]]


@pytest.mark.parametrize("name", ["label_map", "confidence"])
def test_its_arrays_are_read_only(name: str) -> None:
    array = getattr(prediction(), name)

    with pytest.raises(ValueError, match="read-only"):
        array[0, 0] = 1


@pytest.mark.parametrize(
    ("values", "used", "message"),
    [
        (np.zeros((11, 2), np.float32), (1.0, 1.0), r"shape \(C, h, w\) .* got shape \(11, 2\)"),
        (np.zeros((11, 1, 2)), (1.0, 1.0), r"float32, .* float64"),
        (np.zeros((11, 1, 2), np.float32), (1.5, 1.0), r"used .* got \(1.5, 1.0\)"),
        (np.zeros((11, 1, 2), np.float32), (1.0, 0.0), r"used .* got \(1.0, 0.0\)"),
    ],
)
def test_logits_that_are_not_as_stated_are_refused(
    values: np.ndarray, used: tuple[float, float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Logits(values, used)


def test_logits_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Logits(np.zeros((11, 1, 2), np.float32)).values[0, 0, 0] = 1


def test_its_fields_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        prediction().model_id = "other"  # type: ignore[misc]


def test_shares_are_per_class_and_sum_to_one() -> None:
    shares = prediction().shares

    assert shares.shape == (11,)
    assert shares.sum() == pytest.approx(1)
    expected = np.zeros(11)
    expected[[0, 3, 8]] = 2 / 6, 1 / 6, 3 / 6
    np.testing.assert_allclose(shares, expected)


def test_the_total_time_is_the_sum_of_the_steps() -> None:
    assert TIMING.total_s == 1.875
