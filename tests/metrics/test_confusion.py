import tracemalloc
from collections import Counter

import numpy as np
import pytest
from sklearn import metrics as scikit_learn

from segdemo.metrics import confusion_matrix

INTEGER_DTYPES = [
    *(np.dtype(kind) for kind in ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8")),
    np.dtype(">i4"),  # as some TIFF files hold
]


def brute_force(pred, target, num_classes, ignore_index=255):
    """Count pixel by pixel."""
    confmat = np.zeros((num_classes, num_classes), dtype=np.int64)
    for predicted, actual in zip(pred.ravel().tolist(), target.ravel().tolist(), strict=True):
        if actual != ignore_index:
            confmat[actual, predicted] += 1
    return confmat


def random_maps(shape, num_classes, *, seed=0, dtype=np.uint8, void=255):
    """A prediction and a target, a fifth of whose pixels is void unless ``void`` is None."""
    rng = np.random.default_rng(seed)
    pred = rng.integers(num_classes, size=shape)
    target = rng.integers(num_classes, size=shape)
    if void is not None:
        target[rng.random(shape) < 0.2] = void
    return pred.astype(dtype), target.astype(dtype)


def every_pair(num_classes, dtype):
    """A prediction and a target in which each pair of classes is on exactly one pixel."""
    target, pred = np.indices((num_classes, num_classes)).astype(dtype)
    return pred, target


# What is counted


def test_rows_are_the_target_and_columns_the_prediction():
    pred = np.array([[0, 0, 1], [1, 1, 2]])
    target = np.array([[0, 0, 0], [1, 2, 2]])
    expected = [[2, 1, 0], [0, 1, 0], [0, 1, 1]]
    confmat = confusion_matrix(pred, target, num_classes=3)
    np.testing.assert_array_equal(confmat, expected, strict=False)
    assert confmat.dtype == np.int64
    assert confmat.shape == (3, 3)


def test_identical_maps_are_on_the_diagonal():
    label_map = np.array([[0, 0, 0], [1, 1, 3]], dtype=np.uint8)
    confmat = confusion_matrix(label_map, label_map, num_classes=4)
    np.testing.assert_array_equal(confmat, np.diag([3, 2, 0, 1]))


def test_disjoint_maps_leave_the_diagonal_empty():
    target = np.array([[0, 0], [1, 1]])
    confmat = confusion_matrix(1 - target, target, num_classes=2)
    np.testing.assert_array_equal(confmat, [[0, 2], [2, 0]])


@pytest.mark.parametrize("ignore_index", [255, 2, 11, -1])
def test_void_pixels_count_nowhere_whatever_is_predicted_there(ignore_index):
    target = np.array([[0, ignore_index], [1, ignore_index]])
    for at_void in (0, 1):
        pred = np.array([[0, at_void], [0, at_void]])
        confmat = confusion_matrix(pred, target, num_classes=2, ignore_index=ignore_index)
        np.testing.assert_array_equal(confmat, [[1, 0], [1, 0]])


def test_a_map_that_is_all_void_counts_nothing():
    target = np.full((2, 2), 255, dtype=np.uint8)
    confmat = confusion_matrix(np.zeros_like(target), target, num_classes=2)
    np.testing.assert_array_equal(confmat, np.zeros((2, 2)))


@pytest.mark.parametrize("shape", [(0,), (0, 4), (4, 0)])
def test_maps_without_pixels_count_nothing(shape):
    empty = np.zeros(shape, dtype=np.uint8)
    confmat = confusion_matrix(empty, empty, num_classes=3)
    np.testing.assert_array_equal(confmat, np.zeros((3, 3)))


def test_one_class_is_enough():
    zeros = np.zeros((2, 3), dtype=np.uint8)
    assert confusion_matrix(zeros, zeros, num_classes=1).tolist() == [[6]]


@pytest.mark.parametrize("num_classes", [1, 2, 7, 21, 100])
@pytest.mark.parametrize("shape", [(), (50,), (1, 1), (13, 17), (2, 5, 7)], ids=str)
def test_equals_counting_pixel_by_pixel(shape, num_classes):
    pred, target = random_maps(shape, num_classes, seed=num_classes)
    np.testing.assert_array_equal(
        confusion_matrix(pred, target, num_classes=num_classes),
        brute_force(pred, target, num_classes),
    )


@pytest.mark.parametrize("num_classes", [2, 21, 254, 255])
def test_equals_scikit_learn(num_classes):
    pred, target = random_maps((200, 300), num_classes)
    expected = scikit_learn.confusion_matrix(
        target.ravel(), pred.ravel(), labels=np.arange(num_classes)
    )
    np.testing.assert_array_equal(confusion_matrix(pred, target, num_classes=num_classes), expected)


@pytest.mark.parametrize("rows", [127, 128, 129, 400])
def test_maps_of_many_strips_are_counted_whole(rows):
    pred, target = random_maps((rows, 256), 5)  # 128 rows of 256 are one strip
    np.testing.assert_array_equal(
        confusion_matrix(pred, target, num_classes=5), brute_force(pred, target, 5)
    )


def test_the_matrices_of_two_images_add_up_to_that_of_all_their_pixels():
    images = [random_maps((9, 8), 4, seed=seed) for seed in (1, 2)]
    together = [np.concatenate(maps) for maps in zip(*images, strict=True)]
    np.testing.assert_array_equal(
        sum(confusion_matrix(pred, target, num_classes=4) for pred, target in images),
        confusion_matrix(*together, num_classes=4),
    )


# Dtypes and overflow


@pytest.mark.parametrize("target_dtype", INTEGER_DTYPES, ids=lambda dtype: dtype.str)
@pytest.mark.parametrize("pred_dtype", INTEGER_DTYPES, ids=lambda dtype: dtype.str)
def test_every_integer_dtype_gives_the_same_counts(pred_dtype, target_dtype):
    pred, target = random_maps((20, 30), 100, void=120)
    confmat = confusion_matrix(
        pred.astype(pred_dtype), target.astype(target_dtype), num_classes=100, ignore_index=120
    )
    np.testing.assert_array_equal(confmat, brute_force(pred, target, 100, 120))


def test_bool_maps_are_two_classes():
    pred = np.array([[False, True], [True, True]])
    target = np.array([[False, False], [True, True]])
    np.testing.assert_array_equal(confusion_matrix(pred, target, num_classes=2), [[1, 1], [0, 2]])


@pytest.mark.parametrize("num_classes", [2, 16, 127, 128, 200, 255])
def test_no_pair_of_uint8_classes_overflows_into_another(num_classes):
    pred, target = every_pair(num_classes, np.uint8)
    np.testing.assert_array_equal(
        confusion_matrix(pred, target, num_classes=num_classes),
        np.ones((num_classes, num_classes)),
    )


def test_256_classes_fit_uint8_if_nothing_is_void():
    pred, target = every_pair(256, np.uint8)
    np.testing.assert_array_equal(
        confusion_matrix(pred, target, num_classes=256, ignore_index=-1), np.ones((256, 256))
    )


def test_256_classes_leave_no_room_for_the_default_void_label():
    zeros = np.zeros((2, 2), dtype=np.uint8)
    with pytest.raises(ValueError, match=r"ignore_index .* outside 0 to 255, got 255"):
        confusion_matrix(zeros, zeros, num_classes=256)


def test_more_classes_than_uint8_holds():
    pred, target = random_maps((40, 50), 1000, dtype=np.int32, void=65535)
    np.testing.assert_array_equal(
        confusion_matrix(pred, target, num_classes=1000, ignore_index=65535),
        brute_force(pred, target, 1000, 65535),
    )


# Inputs


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_inputs_are_not_written_to(dtype):
    pred, target = random_maps((6, 7), 3, dtype=dtype)
    before = pred.copy(), target.copy()
    confusion_matrix(pred, target, num_classes=3)
    np.testing.assert_array_equal(pred, before[0])
    np.testing.assert_array_equal(target, before[1])


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_read_only_inputs_work(dtype):
    pred, target = random_maps((6, 7), 3, dtype=dtype)
    pred.flags.writeable = target.flags.writeable = False
    np.testing.assert_array_equal(
        confusion_matrix(pred, target, num_classes=3), brute_force(pred, target, 3)
    )


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(lambda label_map: label_map[::2, 1::3], id="every other pixel"),
        pytest.param(lambda label_map: label_map[:, ::-1], id="mirrored"),
        pytest.param(lambda label_map: label_map.T, id="transposed"),
        pytest.param(np.asfortranarray, id="column by column"),
        pytest.param(lambda label_map: np.broadcast_to(label_map[0], (5, 20)), id="repeated"),
    ],
)
def test_non_contiguous_inputs_work(view):
    pred, target = random_maps((20, 20), 4)
    pred, target = view(pred), view(target)
    expected = brute_force(pred, target, 4)
    np.testing.assert_array_equal(confusion_matrix(pred, target, num_classes=4), expected)
    np.testing.assert_array_equal(
        confusion_matrix(np.ascontiguousarray(pred), target, num_classes=4), expected
    )


def test_the_result_is_a_matrix_of_its_own():
    zeros = np.zeros((2, 2), dtype=np.uint8)
    confmat = confusion_matrix(zeros, zeros, num_classes=2)
    assert confmat.flags.owndata
    assert confmat.flags.writeable


@pytest.mark.parametrize("wrong_at", [None, 0])
def test_working_memory_stays_below_twice_the_input(wrong_at):
    pred, target = random_maps((2000, 1500), 21)  # 3 MB each
    if wrong_at is not None:
        pred[wrong_at] = 99
    tracemalloc.start()
    try:
        if wrong_at is None:
            confusion_matrix(pred, target, num_classes=21)
        else:
            with pytest.raises(ValueError, match=r"99 \(1500 pixels\)"):
                confusion_matrix(pred, target, num_classes=21)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * pred.nbytes


# Refusals


def test_shapes_must_be_equal():
    with pytest.raises(
        ValueError, match=r"pred and target must have the same shape, got \(2, 3\) and \(3, 2\)"
    ):
        confusion_matrix(
            np.zeros((2, 3), dtype=np.uint8), np.zeros((3, 2), dtype=np.uint8), num_classes=2
        )


@pytest.mark.parametrize("name", ["pred", "target"])
@pytest.mark.parametrize(
    ("wrong", "came"),
    [
        (np.zeros((2, 2)), "float64"),
        (np.zeros((2, 2), dtype=np.float16), "float16"),
        (np.zeros((2, 2), dtype=complex), "complex128"),
        (np.zeros((2, 2), dtype=object), "object"),
        ([[0, 0], [0, 0]], "list"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_maps_must_be_integer_arrays(name, wrong, came):
    maps = {name_: np.zeros((2, 2), dtype=np.uint8) for name_ in ("pred", "target")}
    with pytest.raises(
        ValueError, match=f"^{name} must be an array of integers or bool, got {came}"
    ):
        confusion_matrix(**{**maps, name: wrong}, num_classes=2)


@pytest.mark.parametrize("num_classes", [0, -3])
def test_there_must_be_a_class(num_classes):
    zeros = np.zeros((2, 2), dtype=np.uint8)
    with pytest.raises(ValueError, match=f"num_classes must be at least 1, got {num_classes}"):
        confusion_matrix(zeros, zeros, num_classes=num_classes)


@pytest.mark.parametrize("ignore_index", [0, 1, 2])
def test_a_class_cannot_be_void(ignore_index):
    zeros = np.zeros((2, 2), dtype=np.uint8)
    with pytest.raises(
        ValueError, match=f"ignore_index .* outside 0 to 2, got {ignore_index}; -1 leaves"
    ):
        confusion_matrix(zeros, zeros, num_classes=3, ignore_index=ignore_index)


@pytest.mark.parametrize("at_void", [False, True], ids=["valid pixels", "void pixels"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_predictions_must_be_classes_even_on_void_pixels(dtype, at_void):
    target = np.full((2, 3), 255 if at_void else 0, dtype=dtype)
    pred = np.array([[7, 2, 7], [0, 1, 7]], dtype=dtype)
    with pytest.raises(
        ValueError,
        match=r"^pred must hold classes 0 to 1, got 2 \(1 pixel\), 7 \(3 pixels\)$",
    ):
        confusion_matrix(pred, target, num_classes=2)


def test_the_void_label_is_no_prediction():
    label_map = np.array([[0, 255]], dtype=np.uint8)
    with pytest.raises(ValueError, match=r"pred must hold .* got 255 \(1 pixel\)$"):
        confusion_matrix(label_map, label_map, num_classes=2)


def test_targets_must_be_classes_or_void():
    pred = np.zeros((2, 3), dtype=np.uint8)
    target = np.array([[0, 255, 11], [11, 1, 2]], dtype=np.uint8)
    with pytest.raises(
        ValueError,
        match=r"^target must hold classes 0 to 1 or 255 for void, "
        r"got 2 \(1 pixel\), 11 \(2 pixels\)$",
    ):
        confusion_matrix(pred, target, num_classes=2)


@pytest.mark.parametrize("name", ["pred", "target"])
@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        (np.bool_, 1),
        (np.int8, -1),
        (np.int8, -128),
        (np.int64, -1),
        (np.int64, np.iinfo(np.int64).min),
        (np.int64, np.iinfo(np.int64).max),
        (np.uint64, np.iinfo(np.uint64).max),
        (np.uint16, 256),
        (np.int32, 2**16),
    ],
)
def test_no_value_wraps_round_into_a_class(name, dtype, value):
    num_classes = 1 if dtype == np.bool_ else 200
    maps = {name_: np.zeros((1, 2), dtype=dtype) for name_ in ("pred", "target")}
    maps[name][0, 1] = value
    with pytest.raises(ValueError, match=rf"^{name} must hold .* got {value} \(1 pixel\)$"):
        confusion_matrix(**maps, num_classes=num_classes, ignore_index=1000)


def test_a_value_next_to_the_classes_is_not_taken_for_void():
    pred = np.zeros((1, 3), dtype=np.uint8)
    for value in (2, 3, 4):  # the codes that void and wrong values have inside
        target = np.array([[0, 1, value]], dtype=np.uint8)
        with pytest.raises(ValueError, match=rf"^target must .* got {value} \(1 pixel\)$"):
            confusion_matrix(pred, target, num_classes=2)


def test_wrong_values_are_counted_over_the_whole_map():
    pred = np.zeros((300, 300), dtype=np.uint8)  # several strips
    pred[0, 0] = pred[150, 150] = pred[-1, -1] = 9
    with pytest.raises(ValueError, match=r"got 9 \(3 pixels\)$"):
        confusion_matrix(pred, np.zeros_like(pred), num_classes=2)


def test_a_long_list_of_wrong_values_is_summed_up():
    pred, target = random_maps((30, 30), 200, void=None)
    wrong = Counter(value for value in target.ravel().tolist() if value >= 5)
    rest = wrong.total() - sum(wrong[value] for value in sorted(wrong)[:8])
    with pytest.raises(ValueError, match=rf" and {len(wrong) - 8} more \({rest} pixels\)$"):
        confusion_matrix(np.zeros_like(pred), target, num_classes=5)
