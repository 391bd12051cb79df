"""The learning rate over a run."""

import math
from typing import get_args

import pytest

from segdemo.training.schedule import Shape, rate_factor

shapes = pytest.mark.parametrize("shape", get_args(Shape))
runs = pytest.mark.parametrize(
    ("steps", "warmup_steps"),
    [(1, 0), (1, 100), (2, 100), (3, 1), (7, 100), (100, 0), (100, 10), (100, 50), (1000, 100)],
)


def factors(steps: int, warmup_steps: int, shape: Shape) -> list[float]:
    return [
        rate_factor(step, steps=steps, warmup_steps=warmup_steps, shape=shape)
        for step in range(steps)
    ]


@shapes
@runs
def test_the_rate_is_above_zero_and_at_most_the_peak(
    steps: int, warmup_steps: int, shape: Shape
) -> None:
    for factor in factors(steps, warmup_steps, shape):
        assert 0 < factor <= 1


@shapes
@runs
def test_the_peak_is_reached_once(steps: int, warmup_steps: int, shape: Shape) -> None:
    assert factors(steps, warmup_steps, shape).count(1.0) == 1


@shapes
@runs
def test_the_rate_rises_to_the_peak_and_falls_from_there(
    steps: int, warmup_steps: int, shape: Shape
) -> None:
    values = factors(steps, warmup_steps, shape)
    peak = values.index(1.0)

    assert values[: peak + 1] == sorted(set(values[: peak + 1]))
    assert values[peak:] == sorted(set(values[peak:]), reverse=True)


@shapes
def test_the_rate_is_spent_at_the_end(shape: Shape) -> None:
    assert factors(1000, 100, shape)[-1] < 0.01
    assert rate_factor(1000, steps=1000, warmup_steps=100, shape=shape) == pytest.approx(0)


@pytest.mark.parametrize(
    ("steps", "warmup_steps", "peak"),
    [(100, 0, 0), (100, 10, 10), (100, 80, 50), (7, 100, 3), (2, 100, 1), (1, 100, 0)],
)
def test_poly_peaks_after_the_warmup_or_half_the_run(
    steps: int, warmup_steps: int, peak: int
) -> None:
    assert factors(steps, warmup_steps, "poly").index(1.0) == peak


def test_the_warmup_rises_in_equal_steps_from_just_above_zero() -> None:
    assert factors(20, 4, "poly")[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


def test_poly_by_hand() -> None:
    expected = [1, 0.75**0.9, 0.5**0.9, 0.25**0.9]

    assert factors(4, 0, "poly") == pytest.approx(expected)
    assert factors(5, 1, "poly") == pytest.approx([0.5, *expected])


def test_cosine_by_hand() -> None:
    assert factors(4, 0, "cosine") == pytest.approx([1, (2 + 2**0.5) / 4, 0.5, (2 - 2**0.5) / 4])
    assert factors(5, 1, "cosine")[:3] == pytest.approx([0.5, 1, (2 + 2**0.5) / 4])


def test_one_cycle_by_hand() -> None:
    values = factors(20, 0, "one-cycle")

    assert values[:7] == pytest.approx([step / 7 for step in range(1, 8)])  # 30 % of 20 is 6
    assert values[13] == pytest.approx(0.5)  # half of the 14 steps that fall
    assert values[19] == pytest.approx((1 + math.cos(math.pi * 13 / 14)) / 2)


def test_one_cycle_does_not_look_at_the_warmup() -> None:
    assert factors(50, 0, "one-cycle") == factors(50, 40, "one-cycle")
