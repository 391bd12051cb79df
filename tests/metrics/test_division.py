import numpy as np
import pytest

from segdemo.metrics.division import divide, marginals, mean_of_occurring


def test_the_sums_of_a_matrix_are_hits_columns_and_rows():
    hits, predicted, actual = marginals(np.array([[2, 1, 0], [0, 1, 4], [0, 0, 0]], dtype=np.uint8))
    assert hits.tolist() == [2, 1, 0]
    assert predicted.tolist() == [2, 2, 4]
    assert actual.tolist() == [3, 5, 0]


@pytest.mark.parametrize("wrong", [np.zeros((2, 3), int), np.eye(2), np.array([[-1]])], ids=str)
def test_what_is_no_confusion_matrix_is_refused(wrong):
    with pytest.raises(ValueError, match=r"^confmat must"):
        marginals(wrong)


def test_dividing_by_nothing_is_0_for_what_occurs_and_nan_for_what_does_not():
    with np.errstate(all="raise"):
        quotient = divide(np.array([1, 0, 0]), np.array([4, 0, 0]), np.array([True, True, False]))
    np.testing.assert_array_equal(quotient, [0.25, 0, np.nan])


def test_the_mean_leaves_out_what_has_no_value():
    assert mean_of_occurring(np.array([np.nan, 0.5, 0.25])) == 0.375
    assert np.isnan(mean_of_occurring(np.array([np.nan, np.nan])))
