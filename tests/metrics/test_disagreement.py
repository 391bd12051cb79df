import numpy as np
import pytest

from segdemo.metrics.confusion import confusion_matrix
from segdemo.metrics.disagreement import (
    PairAgreement,
    count_votes,
    disagreement_share,
    pairwise_agreement,
    vote_shares,
)
from segdemo.metrics.region import mean_iou, pixel_accuracy

VOID = 255


def maps(*rows):
    """Label maps of one row each."""
    return [np.array([row], dtype=np.uint8) for row in rows]


def test_votes_by_hand():
    votes = count_votes(maps([0, 0, 1, 2], [0, 1, 1, 0], [0, 1, 0, 1]), num_classes=3)
    assert votes.tolist() == [[1, 2, 2, 3]]
    assert votes.dtype == np.uint8
    assert vote_shares(votes).tolist() == [0, 0.25, 0.5, 0.25]
    assert disagreement_share(votes) == 0.75


def test_a_class_that_comes_back_is_no_new_one():
    votes = count_votes(maps([0], [1], [0], [1], [2]), num_classes=3)
    assert votes.tolist() == [[3]]


def test_identical_maps_agree_everywhere():
    same = maps([0, 1, 2], [0, 1, 2], [0, 1, 2])
    assert disagreement_share(count_votes(same, num_classes=3)) == 0
    for pair in pairwise_agreement(same, num_classes=3):
        assert (pair.pixel_agreement, pair.mean_iou) == (1, 1)


def test_maps_that_all_differ_agree_nowhere():
    different = maps([0, 1, 2], [1, 2, 0], [2, 0, 1])
    votes = count_votes(different, num_classes=3)
    assert (votes == 3).all()
    assert disagreement_share(votes) == 1
    for pair in pairwise_agreement(different, num_classes=3):
        assert (pair.pixel_agreement, pair.mean_iou) == (0, 0)


def test_a_pixel_that_is_void_in_any_map_does_not_count():
    with_void = maps([0, 1, VOID, 1], [0, 0, 1, VOID])
    votes = count_votes(with_void, num_classes=2)
    assert votes.tolist() == [[1, 2, 0, 0]]
    assert disagreement_share(votes) == 0.5
    (pair,) = pairwise_agreement(with_void, num_classes=2)
    assert (pair.pixel_agreement, pair.mean_iou) == (0.5, 0.25)


@pytest.mark.parametrize("rows", [([VOID, 0], [0, VOID]), ([], [])], ids=["all void", "no pixel"])
def test_where_nothing_counts_there_is_no_number(rows):
    label_maps = maps(*rows)
    votes = count_votes(label_maps, num_classes=1)
    assert np.isnan(disagreement_share(votes))
    assert np.isnan(vote_shares(votes)).all()
    (pair,) = pairwise_agreement(label_maps, num_classes=1)
    assert np.isnan([pair.pixel_agreement, pair.mean_iou]).all()


def test_pairs_by_hand():
    pairs = pairwise_agreement(maps([0, 0, 1, 1], [0, 1, 1, 1], [1, 1, 1, 1]), num_classes=3)
    assert pairs == (
        PairAgreement(0, 1, 3 / 4, (1 / 2 + 2 / 3) / 2),
        PairAgreement(0, 2, 2 / 4, (0 / 2 + 2 / 4) / 2),
        PairAgreement(1, 2, 3 / 4, (0 / 1 + 3 / 4) / 2),
    )


def random_maps(seed, count):
    rng = np.random.default_rng(seed)
    return [rng.choice([0, 1, 2, 3, VOID], size=(9, 13)).astype(np.uint8) for _ in range(count)]


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("seed", range(3))
def test_random_maps_match_a_loop_over_pixels(seed, count):
    label_maps = random_maps(seed, count)
    votes = count_votes(label_maps, num_classes=4)
    expected = np.zeros((9, 13), dtype=int)
    for y in range(9):
        for x in range(13):
            named = {int(label_map[y, x]) for label_map in label_maps}
            expected[y, x] = 0 if VOID in named else len(named)
    np.testing.assert_array_equal(votes, expected)
    valid = [value for value in expected.ravel().tolist() if value]
    assert disagreement_share(votes) == pytest.approx(sum(v > 1 for v in valid) / len(valid))
    assert vote_shares(votes)[2] == pytest.approx(valid.count(2) / len(valid))


@pytest.mark.parametrize("seed", range(3))
def test_random_pairs_match_scores_of_the_pixels_that_count(seed):
    label_maps = random_maps(seed, 3)
    for pair in pairwise_agreement(label_maps, num_classes=4):
        one, other = label_maps[pair.first], label_maps[pair.second]
        valid = (one != VOID) & (other != VOID)
        confmat = confusion_matrix(one[valid], other[valid], num_classes=4)
        assert pair.pixel_agreement == pixel_accuracy(confmat)
        assert pair.mean_iou == mean_iou(confmat)


def test_the_order_of_the_maps_does_not_matter():
    label_maps = random_maps(7, 3)
    turned = label_maps[::-1]
    np.testing.assert_array_equal(
        count_votes(label_maps, num_classes=4), count_votes(turned, num_classes=4)
    )
    (*_, last) = pairwise_agreement(turned, num_classes=4)
    first = pairwise_agreement(label_maps, num_classes=4)[0]
    assert (first.pixel_agreement, first.mean_iou) == pytest.approx(
        (last.pixel_agreement, last.mean_iou)
    )


def test_maps_are_not_written_to_and_may_be_read_only():
    label_maps = random_maps(1, 3)
    before = [label_map.copy() for label_map in label_maps]
    for label_map in label_maps:
        label_map.flags.writeable = False
    count_votes(label_maps, num_classes=4)
    pairwise_agreement(label_maps, num_classes=4)
    np.testing.assert_array_equal(label_maps, before)


@pytest.mark.parametrize("measure", [count_votes, pairwise_agreement])
@pytest.mark.parametrize(
    ("label_maps", "message"),
    [
        (maps([0]), "at least two maps, got 1"),
        (maps([0], [0, 1]), "one shape"),
        ([np.zeros(3, dtype=np.uint8)] * 2, "one shape"),
        (maps([0], [3]), "classes 0 to 1"),
        ([np.zeros((1, 1))] * 2, "integers"),
    ],
)
def test_what_is_no_set_of_label_maps_is_refused(measure, label_maps, message):
    with pytest.raises(ValueError, match=message):
        measure(label_maps, num_classes=2)
