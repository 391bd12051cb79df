"""Adding rows up: the same bits in any order, and nothing that does not belong."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from segdemo.evaluation import Ledger, Row, stream_rows
from segdemo.evaluation.packing import empty_tally, pack, unpack
from segdemo.metrics import Tally, tally
from tests.pairs import COLOUR_PREDICTOR, RGB, write_pair


def random_tally(seed: int, *, details: bool) -> Tally:
    random = np.random.default_rng(seed)
    pred, target = random.integers(0, 3, (2, 30, 40), dtype=np.uint8)
    sure = random.random((30, 40), dtype=np.float32)
    return tally(pred, target, num_classes=3, confidence=sure, details=details)


@pytest.mark.parametrize("details", [False, True])
def test_a_tally_survives_packing(details: bool) -> None:
    counts = random_tally(0, details=details)

    again = unpack(empty_tally(3, details=details), *pack(counts))

    for one, other in zip(pack(counts), pack(again), strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype
    assert (again.details is None) == (not details)
    np.testing.assert_array_equal(again.confmat, counts.confmat)


@pytest.mark.parametrize("details", [False, True])
def test_packed_numbers_add_up_as_tallies_do(details: bool) -> None:
    one, other = (random_tally(seed, details=details) for seed in (1, 2))

    for joined, first, second in zip(pack(one + other), pack(one), pack(other), strict=True):
        np.testing.assert_array_equal(joined, first + second)


@pytest.mark.parametrize("details", [False, True])
def test_the_order_in_which_rows_come_changes_no_bit(details: bool, tmp_path: Path) -> None:
    pairs = [write_pair(tmp_path, f"p{i}", width=30, height=20 + i, seed=i) for i in range(6)]
    rows = list(stream_rows([COLOUR_PREDICTOR], pairs, details=details))
    texts = set()
    for order in (rows, rows[::-1], rows[3:] + rows[:3]):
        ledger = Ledger("colour-rgb", RGB, details)
        for row in order:
            ledger.add(row)
        found = ledger.evaluation(seconds=1)
        assert all(one.index < other.index for one, other in pairwise(found.rows))
        texts.add(json.dumps(found.assessment.to_json()))

    assert len(texts) == 1


def test_the_sums_are_those_of_the_tallies() -> None:
    ledger = Ledger("m", RGB, details=True)
    tallies = [random_tally(seed, details=True) for seed in range(3)]
    for index, counts in enumerate(tallies):
        ledger.add(Row(index, "m", str(index), counts=counts))

    found = ledger.evaluation(seconds=2).assessment

    total = tallies[0] + tallies[1] + tallies[2]
    np.testing.assert_array_equal(found.scores.confmat, total.confmat)
    assert found.scores.mean_bf_score > 0
    assert found.scores.expected_calibration_error > 0


def test_rows_are_kept_without_details() -> None:
    ledger = Ledger("m", RGB, details=True)
    ledger.add(Row(0, "m", "a", counts=random_tally(0, details=True)))

    (row,) = ledger.evaluation(seconds=1).rows

    assert row.counts is not None
    assert row.counts.details is None


def test_nothing_added_gives_no_score() -> None:
    found = Ledger("m", RGB).evaluation(seconds=0)

    assert np.isnan(found.scores.mean_iou)
    assert found.rows == ()
    assert found.unknown == found.void == 0


@pytest.mark.parametrize(("model", "details"), [("other", False), ("m", True)])
def test_a_row_that_does_not_belong_is_refused(model: str, details: bool) -> None:
    with pytest.raises(ValueError, match="row must"):
        Ledger("m", RGB).add(Row(0, model, "a", counts=random_tally(0, details=details)))
