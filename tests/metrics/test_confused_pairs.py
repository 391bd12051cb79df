import numpy as np
import pytest

from segdemo.metrics.confused_pairs import ConfusedPair, confused_pairs
from segdemo.metrics.confusion import confusion_matrix


def test_by_hand():
    confmat = np.array([[5, 2, 0], [6, 1, 1], [0, 1, 9]])
    assert confused_pairs(confmat) == (
        ConfusedPair(target=1, pred=0, pixels=6, share=0.6),
        ConfusedPair(target=0, pred=1, pixels=2, share=0.2),
        ConfusedPair(target=1, pred=2, pixels=1, share=0.1),
        ConfusedPair(target=2, pred=1, pixels=1, share=0.1),
    )


def test_as_many_as_wanted_and_shares_of_all_wrong_pixels():
    confmat = np.array([[5, 2, 0], [6, 1, 1], [0, 1, 9]])
    assert confused_pairs(confmat, limit=2) == confused_pairs(confmat)[:2]
    assert len(confused_pairs(np.ones((4, 4), dtype=int))) == 5


@pytest.mark.parametrize("confmat", [np.diag([4, 5]), np.zeros((3, 3), dtype=int)], ids=str)
def test_nothing_is_confused_where_all_is_right_or_nothing_valid(confmat):
    assert confused_pairs(confmat) == ()


def test_all_wrong_pixels_are_in_one_pair_where_maps_are_disjoint():
    confmat = confusion_matrix(np.array([[1, 1]]), np.array([[0, 0]]), num_classes=2)
    assert confused_pairs(confmat) == (ConfusedPair(target=0, pred=1, pixels=2, share=1.0),)


def test_void_pixels_are_not_confused():
    confmat = confusion_matrix(np.array([[1, 1, 0]]), np.array([[0, 255, 255]]), num_classes=2)
    assert confused_pairs(confmat) == (ConfusedPair(target=0, pred=1, pixels=1, share=1.0),)


@pytest.mark.parametrize("seed", range(3))
def test_random_maps_match_a_loop_over_pixels(seed):
    pred, target = np.random.default_rng(seed).integers(4, size=(2, 10, 10))
    wrong = [
        (actual, predicted)
        for actual, predicted in zip(target.ravel().tolist(), pred.ravel().tolist(), strict=True)
        if actual != predicted
    ]
    pairs = confused_pairs(confusion_matrix(pred, target, num_classes=4), limit=99)
    assert {(pair.target, pair.pred): pair.pixels for pair in pairs} == {
        pair: wrong.count(pair) for pair in wrong
    }
    assert [pair.share for pair in pairs] == [pair.pixels / len(wrong) for pair in pairs]
    assert [pair.pixels for pair in pairs] == sorted((pair.pixels for pair in pairs), reverse=True)
    assert sum(pair.share for pair in pairs) == pytest.approx(1)


def test_narrow_counts_do_not_overflow():
    confmat = np.array([[0, 200], [200, 0]], dtype=np.uint8)
    assert [pair.share for pair in confused_pairs(confmat)] == [0.5, 0.5]


def test_the_matrix_is_not_written_to_and_may_be_read_only():
    confmat = np.array([[2, 1], [0, 1]])
    confmat.flags.writeable = False
    confused_pairs(confmat)
    assert confmat.tolist() == [[2, 1], [0, 1]]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_1_is_refused(limit):
    with pytest.raises(ValueError, match=f"^limit must be at least 1, got {limit}$"):
        confused_pairs(np.eye(2, dtype=int), limit=limit)


def test_what_is_no_confusion_matrix_is_refused():
    with pytest.raises(ValueError, match=r"^confmat must have shape \(C, C\)"):
        confused_pairs(np.zeros((2, 3), dtype=int))
