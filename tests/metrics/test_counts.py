import dataclasses
from dataclasses import dataclass

import numpy as np
import pytest

from segdemo.metrics.counts import ClassCounts


@dataclass(frozen=True, eq=False)
class Fruit(ClassCounts):
    apples: np.ndarray
    weights: np.ndarray
    baskets: int


def fruit(apples=(1, 2), weights=(0.5, 1.5), baskets=1):
    return Fruit(np.array(apples), np.array(weights), baskets)


def test_counts_add_up_field_by_field():
    total = fruit() + fruit(apples=[3, 0]) + fruit(baskets=5)
    assert type(total) is Fruit
    assert total.apples.tolist() == [5, 4]
    assert total.weights.tolist() == [1.5, 4.5]
    assert total.baskets == 7
    assert total.apples.dtype == np.int64


def test_counts_keep_read_only_copies():
    apples = np.array([1, 2])
    counts = Fruit(apples, np.array([0.0, 0.0]), 0)
    apples[0] = 9
    assert counts.apples.tolist() == [1, 2]
    assert apples.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        counts.apples[0] = 9
    with pytest.raises(dataclasses.FrozenInstanceError):
        counts.baskets = 3


def test_the_number_of_classes_is_that_of_the_arrays():
    assert fruit().num_classes == 2


def test_counts_of_other_classes_or_kinds_do_not_add_up():
    with pytest.raises(ValueError, match="same number of classes, got 2 and 3"):
        fruit() + fruit(apples=[1, 2, 3], weights=[1.0, 1.0, 1.0])
    with pytest.raises(TypeError):
        fruit() + 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"apples": [1, 2, 3]}, r"one entry per class, at least one, got \[2, 3\]"),
        ({"apples": np.zeros(0, int), "weights": np.zeros(0)}, r"at least one, got \[0\]"),
        ({"apples": [1, -1]}, "apples must hold sums, finite and not below 0"),
        ({"weights": [1.0, np.nan]}, "weights must hold sums, finite"),
        ({"baskets": -1}, "baskets must hold sums"),
        ({"apples": np.array([1, 2], dtype=np.uint8)}, "apples must hold int64 .* got dtype uint8"),
        ({"apples": 3}, r"apples must hold int64 or float64 per class, got .* shape \(\)"),
    ],
    ids=["lengths", "no class", "negative", "NaN", "negative number", "narrow", "no axis"],
)
def test_what_are_no_counts_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        fruit(**wrong)
