"""Run lengths and polygons against pixels painted one by one."""

import numpy as np
import pytest

from segdemo.errors import MaskError
from segdemo.masks.regions import region_of_polygons, region_of_runs


def runs_by_brute_force(region: np.ndarray) -> list[int]:
    """Run lengths down the columns, outside first, pixel by pixel."""
    runs, inside = [0], False
    for column in range(region.shape[1]):
        for row in range(region.shape[0]):
            if bool(region[row, column]) != inside:
                runs.append(0)
                inside = not inside
            runs[-1] += 1
    return runs


def text_of(runs: list[int]) -> str:
    """COCO's text for run lengths, written the other way round than it is read."""
    text = ""
    for at, run in enumerate(runs):
        value = run - runs[at - 2] if at > 2 else run
        while True:
            digit = value & 31
            value >>= 5
            last = value == (-1 if digit & 16 else 0)
            text += chr(48 + digit + (0 if last else 32))
            if last:
                break
    return text


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (5, 4), (40, 30)], ids=str)
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_run_lengths_give_the_region_they_were_made_from(
    shape: tuple[int, int], share: float
) -> None:
    region = np.random.default_rng(0).random(shape) < share
    runs = runs_by_brute_force(region)

    np.testing.assert_array_equal(region_of_runs(runs, shape=shape), region)
    np.testing.assert_array_equal(region_of_runs(text_of(runs), shape=shape), region)


def test_text_as_pycocotools_writes_it() -> None:
    """From pycocotools 2.0.11: a 3 x 4 block at row 2, column 5 of 10 x 12 pixels."""
    region = np.zeros((10, 12), dtype=bool)
    region[2:5, 5:9] = True

    np.testing.assert_array_equal(region_of_runs("d13700000l0", shape=(10, 12)), region)


def test_text_and_regions_agree_with_pycocotools_where_it_is_installed() -> None:
    mask = pytest.importorskip("pycocotools.mask", reason="needs pycocotools")
    rng = np.random.default_rng(1)
    for _ in range(20):
        height, width = rng.integers(1, 90, 2)
        region = rng.random((height, width)) < rng.random()
        text = mask.encode(np.asfortranarray(region, dtype=np.uint8))["counts"].decode()
        np.testing.assert_array_equal(region_of_runs(text, shape=(height, width)), region)


@pytest.mark.parametrize(
    ("counts", "what"),
    [
        ([1, 2], "add up to 3 pixels, not to the 6 of 3 x 2"),
        ([6, 1], "add up to 7 pixels"),
        ([], "add up to 0 pixels"),
        ([7, -1], "no whole numbers from 0 to 6"),
        ([10**400], "no whole numbers from 0 to 6"),
        ([6.0], "no whole numbers"),
        ([True, 5], "no whole numbers"),
        (["6"], "no whole numbers"),
        (None, "no whole numbers"),
        ({}, "no whole numbers"),
        ("", "add up to 0 pixels"),
        ("o", "end in the middle of a number"),
        ("ooooooooooooooooo0", "no text as COCO's tools write it"),
        ("6 0", "no text"),
        ("6\xff", "no text"),
        ("O", "no whole numbers from 0 to 6"),  # -1
    ],
)
def test_run_lengths_that_fit_no_photo_are_refused(counts: object, what: str) -> None:
    with pytest.raises(MaskError, match=what):
        region_of_runs(counts, shape=(2, 3))


# --- polygons --------------------------------------------------------------------------------


def inside_by_brute_force(polygon: list[float], row: int, column: int) -> bool:
    """Whether a ray to the left from the middle of a pixel crosses the outline an odd number."""
    x, y = column + 0.5, row + 0.5
    points = list(zip(polygon[::2], polygon[1::2], strict=True))
    crossings = 0
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        if (y0 <= y) != (y1 <= y):
            crossings += x0 + (y - y0) / (y1 - y0) * (x1 - x0) <= x
    return crossings % 2 == 1


@pytest.mark.parametrize("seed", range(5))
def test_random_polygons_are_filled_by_the_even_odd_rule(seed: int) -> None:
    height, width = 13, 17
    rng = np.random.default_rng(seed)
    polygon = rng.uniform(-3, 20, 2 * int(rng.integers(3, 9))).tolist()
    expected = [
        [inside_by_brute_force(polygon, row, column) for column in range(width)]
        for row in range(height)
    ]

    np.testing.assert_array_equal(region_of_polygons([polygon], shape=(height, width)), expected)


def test_an_object_is_the_union_of_its_polygons() -> None:
    left, both = [0, 0, 2, 0, 2, 1, 0, 1], [1, 0, 3, 0, 3, 1, 1, 1]

    region = region_of_polygons([left, both], shape=(1, 4))

    assert region.tolist() == [[True, True, True, False]]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # pycocotools under NumPy 2
def test_polygons_nearly_agree_with_pycocotools_where_it_is_installed() -> None:
    mask = pytest.importorskip("pycocotools.mask", reason="needs pycocotools")
    rng = np.random.default_rng(0)
    for _ in range(20):
        angles = np.sort(rng.random(int(rng.integers(5, 40)))) * 2 * np.pi
        radii = rng.uniform(30, 100) * rng.uniform(0.6, 1, angles.size)
        points = np.stack([160 + radii * np.cos(angles), 120 + radii * np.sin(angles)], axis=1)
        polygon = points.round(2).ravel().tolist()
        theirs = mask.decode(mask.merge(mask.frPyObjects([polygon], 240, 320))).astype(bool)
        ours = region_of_polygons([polygon], shape=(240, 320))
        assert (theirs & ours).sum() / (theirs | ours).sum() > 0.97


@pytest.mark.parametrize(
    ("polygon", "what"),
    [
        ([0, 0, 1, 1], "at least three points"),
        ([0, 0, 1, 1, 2], "at least three points"),
        ("0 0 1 1 2 2", "at least three points"),
        ([0, 0, 1, float("nan"), 2, 2], "no usable numbers"),
        ([0, 0, 1, float("inf"), 2, 2], "no usable numbers"),
        ([0, 0, 1, 10**400, 2, 2], "no usable numbers"),
        ([0, 0, 1, "1", 2, 2], "no usable numbers"),
        ([0, 0, 1, True, 2, 2], "no usable numbers"),
        ([0, 0, 1, 21, 2, 2], "far outside"),
        ([-11, 0, 1, 1, 2, 2], "far outside"),
    ],
)
def test_polygons_that_fit_no_photo_are_refused(polygon: object, what: str) -> None:
    with pytest.raises(MaskError, match=what):
        region_of_polygons([polygon], shape=(10, 10))


def test_a_polygon_that_would_take_minutes_is_refused() -> None:
    zigzag = [coordinate for _ in range(2_000) for coordinate in (0, 0, 1, 4_000)]

    with pytest.raises(MaskError, match="of 4000 points is too intricate"):
        region_of_polygons([zigzag], shape=(4_000, 2))
