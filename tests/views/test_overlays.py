"""Pictures of small label maps, pixel by pixel."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from segdemo.labels import PEOPLE_ANIMALS, STREET, VOC, LabelSet
from segdemo.masks import read_mask
from segdemo.views.overlays import colorize, indexed, overlay

VOID = 255
BLACK = (0, 0, 0)
SKY, BUILDING = (128, 128, 128), (128, 0, 0)
LABEL_SETS = pytest.mark.parametrize(
    "labels", [STREET, PEOPLE_ANIMALS, VOC], ids=lambda labels: labels.id
)


def every_class(labels: LabelSet) -> np.ndarray:
    """One row with every class and void, and the same backwards."""
    row = [*range(labels.num_classes), VOID]
    return np.array([row, row[::-1]], dtype=np.uint8)


def png_of(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def draw(view: str, label_map: np.ndarray, labels: LabelSet = STREET) -> Image.Image:
    """Draw any of the three pictures, over a black photo of the label map's size."""
    if view == "overlay":
        height, width = label_map.shape[:2]
        return overlay(Image.new("RGB", (width, height)), label_map, labels, opacity=1)
    views: dict[str, Callable[[np.ndarray, LabelSet], Image.Image]] = {
        "colorize": colorize,
        "indexed": indexed,
    }
    return views[view](label_map, labels)


VIEWS = pytest.mark.parametrize("view", ["colorize", "overlay", "indexed"])

# --- a file of class ids ---------------------------------------------------------------------


@LABEL_SETS
def test_ids_survive_being_saved_as_png(labels: LabelSet) -> None:
    label_map = every_class(labels)

    saved = Image.open(io.BytesIO(png_of(indexed(label_map, labels))))

    assert saved.mode == "P"
    np.testing.assert_array_equal(np.asarray(saved), label_map)


@LABEL_SETS
def test_a_saved_mask_has_the_palette_of_its_label_set(labels: LabelSet) -> None:
    saved = Image.open(io.BytesIO(png_of(indexed(every_class(labels), labels))))

    palette = np.array(saved.getpalette("RGB")).reshape(-1, 3)
    np.testing.assert_array_equal(palette[: labels.num_classes], labels.palette)
    assert tuple(palette[VOID]) == BLACK


@LABEL_SETS
def test_a_saved_mask_is_read_as_ground_truth_of_its_label_set(labels: LabelSet) -> None:
    label_map = every_class(labels)

    truth = read_mask(png_of(indexed(label_map, labels)), labels)

    np.testing.assert_array_equal(truth.label_map, label_map)
    assert truth.encoding == f"class ids of '{labels.title}', 255 = void"


# --- colours ---------------------------------------------------------------------------------


@LABEL_SETS
def test_every_class_is_painted_in_its_colour_and_void_black(labels: LabelSet) -> None:
    picture = colorize(every_class(labels), labels)

    expected = [*labels.colours, BLACK]
    assert picture.mode == "RGB"
    assert picture.size == (labels.num_classes + 1, 2)
    np.testing.assert_array_equal(np.asarray(picture), [expected, expected[::-1]])


# --- over the photo --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opacity", "expected"),
    [
        (0, [[(28, 228, 0), (0, 100, 255)]]),
        (0.5, [[(78, 178, 64), (64, 50, 127)]]),  # halves are rounded down
        (1, [[SKY, BUILDING]]),
    ],
)
def test_colours_are_laid_over_the_photo_by_their_opacity(opacity: float, expected: object) -> None:
    photo = Image.fromarray(np.array([[(28, 228, 0), (0, 100, 255)]], dtype=np.uint8))

    picture = overlay(photo, np.array([[0, 1]], np.uint8), STREET, opacity=opacity)

    assert picture.mode == "RGB"
    np.testing.assert_array_equal(np.asarray(picture), expected)


@pytest.mark.parametrize("opacity", [-0.01, 1.01, -1, 60, float("nan"), float("inf")])
def test_an_opacity_that_is_no_share_is_refused(opacity: float) -> None:
    with pytest.raises(ValueError, match=rf"opacity must be within 0 to 1, got {opacity}"):
        overlay(Image.new("RGB", (2, 1)), np.zeros((1, 2), np.uint8), STREET, opacity=opacity)


@pytest.mark.parametrize("opacity", [0, 0.5, 1])
@pytest.mark.parametrize("size", [(1, 2), (2, 2), (4, 1)], ids=str)
def test_a_photo_of_another_size_is_refused(size: tuple[int, int], opacity: float) -> None:
    with pytest.raises(ValueError, match=r"match|size"):
        overlay(Image.new("RGB", size), np.zeros((1, 2), np.uint8), STREET, opacity=opacity)


@pytest.mark.parametrize("opacity", [0, 0.5, 1])
def test_the_photo_and_the_label_map_stay_as_they_are(opacity: float) -> None:
    photo = Image.new("RGB", (2, 1), (10, 20, 30))
    label_map = np.array([[0, 1]], np.uint8)

    picture = overlay(photo, label_map, STREET, opacity=opacity)
    picture.paste((1, 2, 3), (0, 0, 2, 1))

    assert photo.getpixel((0, 0)) == photo.getpixel((1, 0)) == (10, 20, 30)
    assert label_map.tolist() == [[0, 1]]


# --- any of them -----------------------------------------------------------------------------


@VIEWS
def test_drawing_on_a_picture_leaves_its_label_map(view: str) -> None:
    label_map = np.array([[0, 1], [2, VOID]], np.uint8)

    draw(view, label_map).paste(7, (0, 0, 2, 2))

    assert label_map.tolist() == [[0, 1], [2, VOID]]


@VIEWS
@pytest.mark.parametrize("strange", [11, 12, 254])
def test_an_id_that_is_neither_class_nor_void_is_refused(view: str, strange: int) -> None:
    label_map = np.array([[0, 10, VOID], [1, strange, 1]], np.uint8)

    message = rf"label_map must hold classes 0 to 10 or 255, got {strange}"
    with pytest.raises(ValueError, match=message):
        draw(view, label_map)


@pytest.mark.parametrize(
    "label_map",
    [
        pytest.param(np.array([[1, 2], [3, 4]], np.int64), id="int64"),
        pytest.param(np.array([[1, 2], [3, 4]], np.uint16), id="uint16"),
        pytest.param(np.array([[1, 2], [3, 4]], np.float32), id="float32"),
        pytest.param(np.array([[True, False]]), id="bool"),
        pytest.param(np.zeros((2, 2, 3), np.uint8), id="3d"),
    ],
)
# Pillow's own warning must not be what refuses: outside of tests it is not seen.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_label_map_that_is_no_uint8_picture_is_refused_by_name(
    label_map: np.ndarray,
) -> None:
    with pytest.raises((TypeError, ValueError), match=r"label_map must"):
        indexed(label_map, STREET)


@VIEWS
def test_a_read_only_label_map_and_a_view_of_one_are_drawn_too(view: str) -> None:
    whole = np.arange(10, dtype=np.uint8).reshape(2, 5)
    whole.flags.writeable = False
    part = whole[::-1, ::2].T  # rows 5 0, 7 2, 9 4

    picture = draw(view, part)

    assert picture.size == (2, 3)
    expected = STREET.palette[[[5, 0], [7, 2], [9, 4]]]
    np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), expected)
