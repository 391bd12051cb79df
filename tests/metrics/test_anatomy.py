import numpy as np
import pytest

from segdemo.metrics.anatomy import (
    ErrorCounts,
    ErrorKind,
    count_errors,
    default_error_width_px,
    error_map,
    error_over_union_per_class,
    error_shares,
)
from segdemo.metrics.confusion import confusion_matrix
from segdemo.metrics.region import iou_per_class, pixel_accuracy

NAN = float("nan")


def drawn(picture):
    """Label map from rows of digits; a dot is class 0, x is void."""
    rows = picture.replace(".", "0").split()
    return np.array([[255 if sign == "x" else int(sign) for sign in row] for row in rows])


def kinds_of(pred, target, *, width_px=1, num_classes=4):
    return error_map(drawn(pred), drawn(target), num_classes=num_classes, width_px=width_px)


def segments_with(label_map, marked):
    """Pixels whose segment, of equal pixels that 8 neighbours connect, has a marked pixel."""
    result = np.zeros(label_map.shape, dtype=bool)
    for start in map(tuple, np.argwhere(marked).tolist()):
        waiting = [] if result[start] else [start]
        while waiting:
            row, column = waiting.pop()
            result[row, column] = True
            near = slice(max(0, row - 1), row + 2), slice(max(0, column - 1), column + 2)
            new = (label_map[near] == label_map[start]) & ~result[near]
            result[near] |= new
            waiting += [
                (near[0].start + y, near[1].start + x) for y, x in np.argwhere(new).tolist()
            ]
    return result


def brute_force(pred, target, width_px):
    """The definition, pixel by pixel."""
    valid = target != 255
    right = valid & (pred == target)
    wrong = valid & ~right
    kinds = np.where(valid, 0, 255)

    def window(place):
        return tuple(slice(max(0, at - width_px), at + width_px + 1) for at in place)

    between = np.zeros_like(wrong)
    for place in map(tuple, np.argwhere(wrong).tolist()):
        near = window(place)
        right_classes = set(target[near][right[near]].tolist())
        between[place] = {int(pred[place]), int(target[place])} <= right_classes
    found = segments_with(pred, right) & segments_with(target, right)
    for place in map(tuple, np.argwhere(wrong).tolist()):
        near = window(place)
        if not found[place]:
            kinds[place] = 3
        elif (
            pred[place] in pred[near][between[near]]
            and target[place] in target[near][between[near]]
        ):
            kinds[place] = 1
        else:
            kinds[place] = 2
    return kinds


def random_maps(shape, num_classes, *, seed):
    """Patches that the prediction has shifted, some of them missed, with some void."""
    rng = np.random.default_rng(seed)
    patches = rng.integers(num_classes, size=(-(-shape[0] // 5), -(-shape[1] // 5)))
    taken = np.where(rng.random(patches.shape) < 0.2, 0, patches)
    target, pred = (
        np.kron(labels, np.ones((5, 5), dtype=int))[: shape[0], : shape[1]]
        for labels in (patches, taken)
    )
    pred = np.roll(pred, rng.integers(3), axis=1)
    pred = np.where(rng.random(shape) < 0.03, rng.integers(num_classes, size=shape), pred)
    return pred, np.where(rng.random(shape) < 0.03, 255, target)


# Kinds


def test_a_line_drawn_a_bit_off_is_a_boundary_error():
    kinds = kinds_of("...11111 ...11111", "....1111 ....1111")
    assert kinds.tolist() == [[0, 0, 0, 1, 0, 0, 0, 0]] * 2
    assert kinds.dtype == np.uint8


def test_a_part_that_is_missed_is_an_extent_error():
    kinds = kinds_of("111..... 111.....", "111111.. 111111..")
    assert kinds.tolist() == [[0, 0, 0, 2, 2, 2, 0, 0]] * 2


def test_a_part_too_much_is_an_extent_error():
    kinds = kinds_of("111111.. 111111..", "111..... 111.....")
    assert kinds.tolist() == [[0, 0, 0, 2, 2, 2, 0, 0]] * 2


def test_what_is_missed_as_a_whole_is_a_segment_error_even_where_it_is_thin():
    kinds = kinds_of("........ ........", "..1..... ..1.....")
    assert kinds.tolist() == [[0, 0, 3, 0, 0, 0, 0, 0]] * 2


def test_what_is_found_where_nothing_is_is_a_segment_error_even_close_to_its_class():
    kinds = kinds_of("11.1.... 11.1....", "11...... 11......", width_px=2)
    assert kinds.tolist() == [[0, 0, 0, 3, 0, 0, 0, 0]] * 2


def test_what_is_taken_for_another_class_is_a_segment_error():
    kinds = kinds_of(".22.11. .22.11.", ".11.11. .11.11.")
    assert kinds.tolist() == [[0, 3, 3, 0, 0, 0, 0]] * 2


@pytest.mark.parametrize("width_px", [1, 2, 3, 5])
def test_strips_less_than_twice_the_width_are_boundary_errors_in_their_whole_width(width_px):
    for strip_px in range(1, 3 * width_px):
        target = np.array([[0] * 20 + [1] * 40] * 3)
        pred = np.roll(target, strip_px, axis=1)
        pred[:, :20] = 0
        kinds = error_map(pred, target, num_classes=2, width_px=width_px)
        expected = ErrorKind.BOUNDARY if strip_px < 2 * width_px else ErrorKind.EXTENT
        assert kinds[:, 20 : 20 + strip_px].tolist() == [[expected] * strip_px] * 3
        assert np.count_nonzero(kinds) == 3 * strip_px


def test_segments_connect_across_corners():
    pred, target = np.eye(6, dtype=int), np.diag([1, 1, 0, 0, 0, 0])
    kinds = error_map(pred, target, num_classes=2, width_px=1)
    assert kinds.diagonal().tolist() == [0, 0, 1, 1, 2, 2]


def test_identical_maps_have_no_error():
    labels = random_maps((15, 15), 3, seed=0)[0]
    assert not error_map(labels, labels, num_classes=3).any()


def test_disjoint_maps_have_segment_errors_only():
    target = drawn("0011 0011")
    assert (error_map(1 - target, target, num_classes=2) == ErrorKind.SEGMENT).all()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("width_px", [1, 2, 3])
def test_random_maps_match_the_definition_pixel_by_pixel(seed, width_px):
    pred, target = random_maps((19, 22), 3, seed=seed)
    kinds = error_map(pred, target, num_classes=3, width_px=width_px)
    np.testing.assert_array_equal(kinds, brute_force(pred, target, width_px))
    if width_px == 1:
        assert {1, 2, 3} <= set(kinds.ravel().tolist())


@pytest.mark.parametrize("shape", [(0, 4), (4, 0)], ids=str)
def test_maps_without_pixels_work(shape):
    empty = np.zeros(shape, dtype=np.uint8)
    assert error_map(empty, empty, num_classes=2).shape == shape


# Void pixels


def test_void_pixels_have_no_kind():
    pred, target = random_maps((12, 15), 3, seed=7)
    kinds = error_map(pred, target, num_classes=3)
    np.testing.assert_array_equal(kinds == ErrorKind.VOID, target == 255)
    np.testing.assert_array_equal(kinds == ErrorKind.RIGHT, pred == target)


def test_a_predicted_segment_runs_across_a_void_line():
    target = ".111x..... .111x....."
    kinds = kinds_of(".1111111.. .1111111..", target)
    assert kinds.tolist() == [[0, 0, 0, 0, 255, 2, 2, 2, 0, 0]] * 2
    kinds = kinds_of(".111.111.. .111.111..", target)
    assert kinds.tolist() == [[0, 0, 0, 0, 255, 3, 3, 3, 0, 0]] * 2


def test_distances_are_counted_across_void():
    kinds = kinds_of(".11111. .11111.", ".11xx.. .11xx..", width_px=3)
    assert kinds.tolist() == [[0, 0, 0, 255, 255, 1, 0]] * 2


def test_void_pixels_are_no_right_pixels():
    kinds = kinds_of("..111 ..111", "....x ....x")
    assert kinds.tolist() == [[0, 0, 3, 3, 255]] * 2


# Counts


def test_counts_by_hand():
    target, pred = drawn(".....111 2......x"), drawn("....1111 .......0")
    kinds = error_map(pred, target, num_classes=4, width_px=1)
    counts = count_errors(kinds, pred, target, num_classes=4)
    assert counts.by_target.tolist() == [[10, 1, 0, 0], [3, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
    assert counts.by_pred.tolist() == [[10, 0, 0, 1], [3, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(error_shares(counts), [13 / 15, 1 / 15, 0, 1 / 15])
    np.testing.assert_allclose(
        error_over_union_per_class(counts),
        [[1 / 12, 0, 1 / 12], [1 / 4, 0, 0], [0, 0, 1], [NAN, NAN, NAN]],
    )


@pytest.mark.parametrize("seed", range(4))
def test_counts_are_the_confusion_matrix_told_apart_by_kind(seed):
    pred, target = random_maps((20, 24), 4, seed=seed)
    kinds = error_map(pred, target, num_classes=5)
    counts = count_errors(kinds, pred, target, num_classes=5)
    confmat = confusion_matrix(pred, target, num_classes=5)
    for by_class, sums in ((counts.by_target, 1), (counts.by_pred, 0)):
        np.testing.assert_array_equal(by_class.sum(axis=1), confmat.sum(axis=sums))
        np.testing.assert_array_equal(by_class[:, 0], confmat.diagonal())
        np.testing.assert_array_equal(
            by_class.sum(axis=0), [np.count_nonzero(kinds == kind) for kind in range(4)]
        )
    shares = error_shares(counts)
    assert shares[0] == pytest.approx(pixel_accuracy(confmat))
    assert shares.sum() == pytest.approx(1)
    np.testing.assert_allclose(
        iou_per_class(confmat), 1 - error_over_union_per_class(counts).sum(axis=1)
    )


def test_counts_of_images_add_up():
    images = [random_maps((12, 15), 3, seed=seed) for seed in (1, 2)]
    first, second = (
        count_errors(error_map(*maps, num_classes=3), *maps, num_classes=3) for maps in images
    )
    total = first + second
    np.testing.assert_array_equal(total.by_target, first.by_target + second.by_target)
    assert total.by_target.sum() == sum(np.count_nonzero(target != 255) for _, target in images)


def test_where_nothing_is_valid_there_is_no_share():
    target = np.full((3, 3), 255)
    pred = np.zeros_like(target)
    kinds = error_map(pred, target, num_classes=2)
    counts = count_errors(kinds, pred, target, num_classes=2)
    with np.errstate(all="raise"):
        assert np.isnan(error_shares(counts)).all()
        assert np.isnan(error_over_union_per_class(counts)).all()


# Width and inputs


@pytest.mark.parametrize(
    ("shape", "expected"), [((480, 640), 8), ((3, 4), 1), ((360, 480), 6)], ids=str
)
def test_the_default_width_is_1_percent_of_the_diagonal(shape, expected):
    assert default_error_width_px(shape) == expected


def test_the_default_width_is_used_where_none_is_given():
    target = np.zeros((120, 160), dtype=np.uint8)
    target[:, 80:] = 1
    for strip_px, kind in ((3, ErrorKind.BOUNDARY), (4, ErrorKind.EXTENT)):
        pred = np.roll(target, strip_px, axis=1)
        pred[:, :80] = 0
        assert error_map(pred, target, num_classes=2)[0, 80] == kind  # 1 % of 200 is 2


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_inputs_are_not_written_to_and_may_be_read_only(dtype):
    pred, target = (labels.astype(dtype) for labels in random_maps((9, 8), 3, seed=3))
    before = pred.copy(), target.copy()
    pred.flags.writeable = target.flags.writeable = False
    kinds = error_map(pred, target, num_classes=3, width_px=1)
    count_errors(kinds, pred, target, num_classes=3)
    np.testing.assert_array_equal(pred, before[0])
    np.testing.assert_array_equal(target, before[1])
    np.testing.assert_array_equal(kinds, brute_force(pred, target, 1))


def test_more_classes_than_a_byte_holds():
    pred, target = random_maps((12, 12), 3, seed=4)
    kinds = error_map(
        pred * 300, np.where(target == 255, -1, target * 300), num_classes=601, ignore_index=-1
    )
    np.testing.assert_array_equal(kinds, brute_force(pred, target, 1))


@pytest.mark.parametrize("width_px", [0, -1, 1.5])
def test_a_width_below_1_is_refused(width_px):
    zeros = np.zeros((2, 2), dtype=np.uint8)
    with pytest.raises(ValueError, match=f"^width_px must be .* at least 1, got {width_px}$"):
        error_map(zeros, zeros, num_classes=1, width_px=width_px)


def test_maps_that_are_no_label_maps_are_refused():
    with pytest.raises(ValueError, match=r"^pred must hold classes 0 to 1, got 2"):
        error_map(np.array([[2]]), np.array([[0]]), num_classes=2)


@pytest.mark.parametrize(
    ("kinds", "pred", "message"),
    [
        ([[0, 0, 0]], [[0, 0]], "same shape"),
        ([[0, 9]], [[0, 0]], "^kinds must hold 0 to 3 where kinds is not void, got 0 to 9$"),
        ([[0, 0]], [[0, 2]], "^pred must hold 0 to 1 where kinds is not void, got 0 to 2$"),
        ([[0, 0]], [[-1, 0]], "^pred must hold 0 to 1 where kinds is not void, got -1 to 0$"),
    ],
    ids=["shape", "no kind", "no class", "negative"],
)
def test_kinds_that_do_not_fit_are_refused(kinds, pred, message):
    with pytest.raises(ValueError, match=message):
        count_errors(
            np.array(kinds, dtype=np.uint8), np.array(pred), np.array([[0, 0]]), num_classes=2
        )


def test_counts_that_hold_no_counts_are_refused():
    with pytest.raises(ValueError, match="by_pred must hold sums"):
        ErrorCounts(np.zeros((2, 4), dtype=np.int64), np.full((2, 4), -1))
    with pytest.raises(ValueError, match=r"^by_target must have shape \(C, 4\), got \(2, 3\)$"):
        ErrorCounts(np.zeros((2, 3), dtype=np.int64), np.zeros((2, 4), dtype=np.int64))
