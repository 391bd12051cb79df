"""A mask and its photo: the same size, or the same turn, or a refusal."""

import io

import numpy as np
import pytest
from PIL import ExifTags, Image

from segdemo.errors import MaskError
from segdemo.images import load_photo, stored_orientation
from segdemo.labels import STREET
from segdemo.masks import GroundTruth, fit_to_photo, read_mask
from tests.masks.files import encode

LABEL_MAP = np.arange(6, dtype=np.uint8).reshape(2, 3)


def truth(label_map: np.ndarray) -> GroundTruth:
    return GroundTruth(label_map, encoding="made here", unknown=0)


def photo(image: Image.Image, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    file = io.BytesIO()
    image.save(file, "PNG", exif=exif.tobytes())
    return file.getvalue()


def test_a_mask_of_the_photo_s_size_is_left_alone() -> None:
    mask = truth(LABEL_MAP)

    assert fit_to_photo(mask, shape=(2, 3)) is mask
    assert fit_to_photo(mask, shape=(2, 3), orientation=6) is mask
    assert not mask.turned


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_mask_that_lies_on_its_side_is_turned_as_its_photo_is(orientation: int) -> None:
    """The photo's file shows the classes too; both must look the same once upright."""
    colours = STREET.palette[LABEL_MAP]
    data = photo(Image.fromarray(colours), orientation)
    upright = np.asarray(load_photo(data))
    mask = read_mask(encode(Image.fromarray(colours)), STREET)

    fitted = fit_to_photo(mask, shape=upright.shape[:2], orientation=stored_orientation(data))

    np.testing.assert_array_equal(STREET.palette[fitted.label_map], upright)
    assert fitted.turned
    assert (fitted.encoding, fitted.found) == (mask.encoding, mask.found)
    assert "It was turned upright as its photo was." in fitted.summary
    np.testing.assert_array_equal(mask.label_map, LABEL_MAP)


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_mask_of_a_square_photo_is_never_turned(orientation: int) -> None:
    mask = truth(np.arange(4, dtype=np.uint8).reshape(2, 2))

    assert fit_to_photo(mask, shape=(2, 2), orientation=orientation) is mask


@pytest.mark.parametrize(
    ("shape", "orientation"),
    [((4, 6), 1), ((3, 2), 1), ((3, 2), 3), ((2, 4), 6), ((4, 2), 6), ((3, 2), 0), ((3, 2), 9)],
)
def test_any_other_size_is_refused_with_both(shape: tuple[int, int], orientation: int) -> None:
    message = rf"The mask is 3 x 2 pixels but the photo is {shape[1]} x {shape[0]}\. Use a mask"
    with pytest.raises(MaskError, match=message):
        fit_to_photo(truth(LABEL_MAP), shape=shape, orientation=orientation)
