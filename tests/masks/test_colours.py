"""Masks of colours: exact matches, and what is told of the rest."""

import io

import numpy as np
import pytest
from PIL import Image

from segdemo.errors import MaskError
from segdemo.labels import CITYSCAPES, PEOPLE_ANIMALS, STREET, VOC, LabelSet, voc_colour
from segdemo.masks import read_mask
from segdemo.masks.tables.camvid import CAMVID_32
from tests.masks.files import VOID, encode, in_colours

VOC_BORDER = voc_colour(255)
GREY, DARK_RED = (128, 128, 128), (128, 0, 0)  # sky and building
ALL_SETS = [STREET, PEOPLE_ANIMALS, VOC, CITYSCAPES]


@pytest.mark.parametrize("labels", ALL_SETS, ids=lambda labels: labels.id)
def test_every_colour_of_a_label_set_is_its_class_and_its_void_colour_void(
    labels: LabelSet,
) -> None:
    image = in_colours([[*labels.colours, *labels.void_colours]])

    truth = read_mask(encode(image), labels)

    assert truth.label_map.tolist() == [[*range(labels.num_classes), VOID]]
    assert truth.unknown == 0
    assert truth.encoding == f"colours of '{labels.title}', exact match"
    assert truth.reading == f"{labels.id}-colours"


@pytest.mark.parametrize("image_format", ["PNG", "TIFF", "BMP"])
def test_colours_are_read_from_every_lossless_format(image_format: str) -> None:
    image = in_colours([[STREET.colours[10], (0, 0, 0), STREET.colours[4]]])

    assert read_mask(encode(image, image_format), STREET).label_map.tolist() == [[10, VOID, 4]]


def test_colours_off_the_palette_are_void_and_never_the_nearest_class() -> None:
    almost_grey, mixed = (129, 128, 128), (128, 64, 60)  # beside sky; half sky, half building
    image = in_colours([[GREY, almost_grey, mixed, DARK_RED]])

    truth = read_mask(encode(image), STREET)

    assert truth.label_map.tolist() == [[0, VOID, VOID, 1]]
    assert truth.unknown == 0.5
    assert truth.reason == "50.0% of its pixels have exactly these colours"


def test_the_damage_that_jpeg_and_resizing_do_is_told_as_a_share() -> None:
    halves = np.repeat(STREET.palette[[0, 4]], 36, axis=0)[None].repeat(64, axis=0)
    file = io.BytesIO()
    Image.fromarray(halves).save(file, "JPEG", quality=50)
    jpeg = Image.open(file)
    resized = Image.fromarray(halves).resize((37, 37), Image.Resampling.BILINEAR)

    for image in (jpeg, resized):
        pixels = np.asarray(image).reshape(-1, 3)
        exact = np.mean([tuple(pixel) in STREET.colours for pixel in pixels.tolist()])
        assert 0 < exact < 1
        assert read_mask(encode(image), STREET).unknown == pytest.approx(1 - exact)


def test_a_resized_mask_is_not_taken_for_camvid_s_32_colours() -> None:
    """Halfway between sky and building, for example, lies CamVid's 'OtherMoving'."""
    blocks = np.random.default_rng(0).integers(0, 11, (12, 12))
    mask = STREET.palette[np.kron(blocks, np.ones((9, 9), dtype=int))]
    resized = Image.fromarray(mask).resize((54, 54), Image.Resampling.BOX)
    seen = {tuple(pixel) for pixel in np.asarray(resized).reshape(-1, 3).tolist()}
    assert (seen - {*STREET.colours}) & {colour for colour, _ in CAMVID_32.values()}

    truth = read_mask(encode(resized), STREET)

    assert truth.reading == "street-colours"
    assert 0.1 < truth.unknown < 0.5


def test_the_void_colour_is_not_unknown() -> None:
    truth = read_mask(encode(in_colours([[(0, 0, 0), VOC_BORDER, (1, 1, 1)]])), VOC)

    assert truth.label_map.tolist() == [[0, VOID, VOID]]
    assert truth.unknown == pytest.approx(1 / 3)


@pytest.mark.parametrize("alpha", [0, 100, 255])
def test_the_alpha_of_a_colour_mask_counts_for_nothing(alpha: int) -> None:
    image = in_colours([[GREY, DARK_RED, (0, 0, 0)]])
    image.putalpha(alpha)

    assert read_mask(encode(image), STREET).label_map.tolist() == [[0, 1, VOID]]


def test_a_larger_set_s_colours_are_mapped_as_its_ids_are() -> None:
    cat, chair, person = (
        VOC.colours[VOC.class_names.index(name)] for name in ("cat", "chair", "person")
    )

    truth = read_mask(encode(in_colours([[cat, chair, person, VOC_BORDER]])), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[1, 0, 5, VOID]]
    assert truth.unknown == 0
    assert truth.encoding == "colours of 'PASCAL VOC' mapped by name, exact match"


def test_the_colours_of_another_label_set_are_refused_by_name() -> None:
    """CamVid's car is VOC's dog, and its sign VOC's person."""
    data = encode(in_colours([[*STREET.colours]]))

    with pytest.raises(MaskError, match="colours of the label set 'Street', not of 'People and"):
        read_mask(data, PEOPLE_ANIMALS)


def test_colours_are_listed_as_found() -> None:
    rows = read_mask(encode(in_colours([[GREY, GREY, (1, 2, 3)]])), STREET).found

    assert [(row.stored, row.name, row.became, row.pixels) for row in rows] == [
        (GREY, "sky", "sky", 2),
        ((1, 2, 3), None, None, 1),
    ]
