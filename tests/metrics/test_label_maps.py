import numpy as np
import pytest

from segdemo.metrics.label_maps import check_and_shrink


@pytest.mark.parametrize(
    ("num_classes", "dtype"), [(2, np.uint8), (255, np.uint8), (256, np.uint16)]
)
def test_maps_become_as_small_as_classes_and_void_allow(num_classes, dtype):
    pred = np.array([[0, num_classes - 1]])
    target = np.array([[num_classes - 1, -7]])
    maps = check_and_shrink(pred, target, num_classes=num_classes, ignore_index=-7)
    assert [labels.dtype for labels in maps] == [dtype, dtype]
    assert maps[0].tolist() == [[0, num_classes - 1]]
    assert maps[1].tolist() == [[num_classes - 1, num_classes]]


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.bool_])
def test_the_maps_given_are_left_alone(dtype):
    pred, target = np.array([[0, 1]], dtype=dtype), np.array([[1, 0]], dtype=dtype)
    pred.flags.writeable = target.flags.writeable = False
    for labels in check_and_shrink(pred, target, num_classes=2):
        labels[:] = 0
    assert pred.tolist() == [[0, 1]]
    assert target.tolist() == [[1, 0]]


def test_a_void_label_beyond_the_type_of_the_target_is_on_no_pixel():
    target = np.array([[0, 1]], dtype=np.uint8)
    assert check_and_shrink(target, target, num_classes=2, ignore_index=-1)[1].tolist() == [[0, 1]]


@pytest.mark.parametrize("shape", [(), (4,), (2, 2, 2)], ids=str)
def test_maps_have_rows_and_columns(shape):
    zeros = np.zeros(shape, dtype=np.uint8)
    with pytest.raises(ValueError, match=r"^pred and target must have shape \(H, W\), got"):
        check_and_shrink(zeros, zeros, num_classes=2)


@pytest.mark.parametrize(
    ("pred", "target", "message"),
    [
        ([[0, 2]], [[0, 0]], r"^pred must hold classes 0 to 1, got 2"),
        ([[0, 2]], [[0, 255]], r"^pred must hold classes 0 to 1, got 2"),
        ([[0, 0]], [[0, 7]], r"^target must hold classes 0 to 1 or 255 for void, got 7"),
        ([[0, 0]], [[0], [0]], r"same shape, got \(1, 2\) and \(2, 1\)"),
    ],
    ids=["prediction", "prediction on void", "target", "shapes"],
)
def test_what_the_confusion_matrix_refuses_is_refused(pred, target, message):
    with pytest.raises(ValueError, match=message):
        check_and_shrink(np.array(pred), np.array(target), num_classes=2)
