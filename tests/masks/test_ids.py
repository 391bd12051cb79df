"""Masks of class ids in picture files: palette and grey of every depth."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdemo.errors import ImageError, MaskError
from segdemo.labels import PEOPLE_ANIMALS, STREET, VOC, LabelSet
from segdemo.masks import read_mask
from tests.masks.files import (
    VOID,
    encode,
    grey,
    grey_png,
    in_colours,
    voc_palette,
    with_palette,
)

OWN_IDS = r"^class ids of 'People and animals', 255 = void$"
VOC_IDS = r"^class ids of 'PASCAL VOC' mapped by name, 255 = void$"
CAMVID_IDS = r"^class ids of 'Street', 11 = void, 255 = void$"
STREET_IDS = r"^class ids of 'Street', 255 = void$"
GREY = (128, 128, 128)
WIDTH, HEIGHT = 5, 3


@pytest.mark.parametrize(
    ("image", "labels", "expected", "encoding"),
    [
        pytest.param(
            with_palette([[0, 1, 5, 6, VOID]], PEOPLE_ANIMALS.colours),
            PEOPLE_ANIMALS,
            [[0, 1, 5, 6, VOID]],
            OWN_IDS,
            id="own-palette",
        ),
        pytest.param(
            with_palette([[0, 8, 15, VOID]], voc_palette()),
            PEOPLE_ANIMALS,
            [[0, 1, 5, VOID]],
            VOC_IDS,
            id="voc-palette",
        ),
        pytest.param(
            with_palette([[0, 5, 5]], PEOPLE_ANIMALS.colours),
            PEOPLE_ANIMALS,
            [[0, 5, 5]],
            OWN_IDS,
            id="own-palette-with-ids-that-voc-has-too",
        ),
        pytest.param(
            with_palette([[0, 5, VOID]], voc_palette()),
            PEOPLE_ANIMALS,
            [[0, 0, VOID]],  # VOC's 5 is a bottle
            VOC_IDS,
            id="voc-palette-with-ids-that-people-and-animals-has-too",
        ),
        pytest.param(
            with_palette([[0, 0, VOID]], voc_palette()),
            PEOPLE_ANIMALS,
            [[0, 0, VOID]],  # no object in white: VOC's 255 is void
            VOC_IDS,
            id="voc-palette-with-background-and-border-alone",
        ),
        pytest.param(
            with_palette([[0, 5, VOID]], [(9, 9, 9)] * 256),
            PEOPLE_ANIMALS,
            [[0, 5, VOID]],
            OWN_IDS,
            id="palette-of-nonsense",
        ),
        pytest.param(
            with_palette([[0, 1]], STREET.colours[::-1]),
            STREET,
            [[0, 1]],
            STREET_IDS,
            id="palette-of-the-right-colours-in-another-order",
        ),
        pytest.param(
            grey([[0, 5, 6, VOID]]), PEOPLE_ANIMALS, [[0, 5, 6, VOID]], OWN_IDS, id="grey-own-ids"
        ),
        pytest.param(
            grey([[0, 8, 15, VOID]]), PEOPLE_ANIMALS, [[0, 1, 5, VOID]], VOC_IDS, id="grey-voc-ids"
        ),
        pytest.param(
            grey([[0, 20, VOID]]),
            VOC,
            [[0, 20, VOID]],
            r"^class ids of 'PASCAL VOC', 255 = void$",
            id="grey-voc-ids-for-voc",
        ),
        pytest.param(
            grey([[0, 10, 11, VOID]]), STREET, [[0, 10, VOID, VOID]], CAMVID_IDS, id="camvid-void"
        ),
        pytest.param(
            with_palette([[0, 10, 11]], [*STREET.colours, (0, 0, 0)]),
            STREET,
            [[0, 10, VOID]],
            CAMVID_IDS,
            id="camvid-void-with-palette",
        ),
        pytest.param(
            grey([[0, 10, VOID]]), STREET, [[0, 10, VOID]], STREET_IDS, id="street-without-11"
        ),
        pytest.param(
            grey([[0, 5, VOID]], np.uint16),
            PEOPLE_ANIMALS,
            [[0, 5, VOID]],
            OWN_IDS,
            id="grey-16-bit",
        ),
        pytest.param(
            grey([[0, 5, 65_535]], np.uint16),
            PEOPLE_ANIMALS,
            [[0, 5, VOID]],
            OWN_IDS,
            id="grey-16-bit-whose-void-is-all-ones",
        ),
        pytest.param(
            Image.merge("LA", [grey([[0, 5, VOID]]), grey([[255, 255, 255]])]),
            PEOPLE_ANIMALS,
            [[0, 5, VOID]],
            OWN_IDS,
            id="grey-with-alpha",
        ),
        pytest.param(
            in_colours([[(0, 0, 0), (5, 5, 5), (6, 6, 6), (VOID, VOID, VOID)]]),
            PEOPLE_ANIMALS,
            [[0, 5, 6, VOID]],
            OWN_IDS,
            id="ids-stored-as-grey-colours",
        ),
    ],
)
def test_ids_are_read_as_stored_and_the_encoding_is_named(
    image: Image.Image, labels: LabelSet, expected: list[list[int]], encoding: str
) -> None:
    truth = read_mask(encode(image), labels)

    assert truth.label_map.tolist() == expected
    assert re.search(encoding, truth.encoding)
    assert truth.unknown == 0


@pytest.mark.parametrize("image_format", ["PNG", "TIFF", "BMP"])
@pytest.mark.parametrize("kind", ["grey", "palette"])
def test_every_lossless_format_keeps_its_ids(image_format: str, kind: str) -> None:
    ids = [[0, 5, 6, VOID]]
    image = grey(ids) if kind == "grey" else with_palette(ids, PEOPLE_ANIMALS.colours)
    data = encode(image, image_format)

    assert read_mask(data, PEOPLE_ANIMALS).label_map.tolist() == ids


@pytest.mark.parametrize(
    ("bit_depth", "row", "expected"),
    [(2, 0b00_01_10_11, [[0, 1, 2, 3]]), (4, 0x0156, [[0, 1, 5, 6]])],
)
def test_grey_of_few_bits_is_read_by_its_stored_samples(
    bit_depth: int, row: int, expected: list[list[int]]
) -> None:
    samples = row.to_bytes(2 if bit_depth == 4 else 1, "big")
    data = grey_png(4, 1, bit_depth=bit_depth, rows=b"\0" + samples)

    truth = read_mask(data, PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == expected
    assert truth.unknown == 0


def test_transparency_of_a_palette_mask_counts_for_nothing() -> None:
    image = with_palette([[0, 5, 6]], PEOPLE_ANIMALS.colours)

    truth = read_mask(encode(image, transparency=b"\0" * 256), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[0, 5, 6]]


@pytest.mark.parametrize("kind", ["grey", "palette"])
@pytest.mark.parametrize(
    ("values", "expected", "unknown"),
    [
        ([[0, 5, 6, 200]], [[0, 5, 6, VOID]], 0.25),
        ([[254, 5, 21, 22]], [[VOID, 5, VOID, VOID]], 0.75),
    ],
)
def test_values_without_a_meaning_are_void_and_their_share_is_told(
    kind: str, values: list[list[int]], expected: list[list[int]], unknown: float
) -> None:
    image = grey(values) if kind == "grey" else with_palette(values, PEOPLE_ANIMALS.colours)

    truth = read_mask(encode(image), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == expected
    assert truth.unknown == unknown


def test_values_beyond_8_bit_have_no_meaning() -> None:
    truth = read_mask(encode(grey([[0, 3, 256, 26_001]], np.uint16)), STREET)

    assert truth.label_map.tolist() == [[0, 3, VOID, VOID]]
    assert truth.unknown == 0.5


def test_a_stray_pixel_makes_no_mask_another_data_set_s() -> None:
    ids = np.random.default_rng(0).integers(0, 11, (50, 50))
    ids[7, 7] = 77  # a class of ADE20K

    truth = read_mask(encode(grey(ids.tolist())), STREET)

    assert truth.reading == "street-ids"
    assert truth.unknown == 1 / 2500


def test_a_mask_of_void_alone_has_nothing_unknown() -> None:
    truth = read_mask(encode(grey([[VOID, VOID]])), STREET)

    assert truth.label_map.tolist() == [[VOID, VOID]]
    assert truth.unknown == 0


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(grey([[200, 201]]), id="grey"),
        pytest.param(with_palette([[200, 201]], voc_palette()), id="palette"),
        pytest.param(in_colours([[(1, 2, 3), (4, 5, 6)]]), id="colours"),
    ],
)
@pytest.mark.parametrize("labels", [STREET, PEOPLE_ANIMALS, VOC], ids=lambda labels: labels.id)
def test_a_mask_without_any_known_pixel_is_refused(image: Image.Image, labels: LabelSet) -> None:
    message = rf"None of this mask's pixels is a class of '{labels.title}'\. Choose the label set"
    with pytest.raises(MaskError, match=message):
        read_mask(encode(image), labels)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        pytest.param([[0, 2**24]], "0 to 16777216", id="far-apart"),
        pytest.param([[-(2**31), 2**31 - 1]], "-2147483648 to 2147483647", id="all-of-32-bit"),
    ],
)
def test_numbers_that_are_no_ids_are_refused(values: list[list[int]], named: str) -> None:
    with pytest.raises(MaskError, match=rf"holds values from {named}, which are no class ids"):
        read_mask(encode(grey(values, np.int32), "TIFF"), PEOPLE_ANIMALS)


def test_a_negative_id_has_no_meaning_but_minus_one_is_void() -> None:
    truth = read_mask(encode(grey([[0, 5, -1, -2]], np.int32), "TIFF"), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[0, 5, VOID, VOID]]
    assert truth.unknown == 0.25


# --- masks that are not what they seem -------------------------------------------------------


def test_a_palette_mask_of_another_label_set_is_refused_by_name() -> None:
    people = encode(with_palette([[0, 1, 5, VOID]], PEOPLE_ANIMALS.colours))
    with pytest.raises(MaskError, match="of the label set 'People and animals', not of 'Street'"):
        read_mask(people, STREET)
    street = encode(with_palette([[0, 1, 10, VOID]], STREET.colours))
    with pytest.raises(MaskError, match="of the label set 'Street', not of 'People and animals'"):
        read_mask(street, PEOPLE_ANIMALS)


def test_own_ids_under_a_foreign_palette_are_read_when_asked_for() -> None:
    """Some annotation programs give every mask VOC's palette."""
    data = encode(with_palette([[0, 1, 10]], voc_palette()))
    with pytest.raises(MaskError, match="if only the colours are wrong, the reading 'street-ids'"):
        read_mask(data, STREET)

    assert read_mask(data, STREET, reading="street-ids").label_map.tolist() == [[0, 1, 10]]


def test_a_palette_mask_of_the_first_class_alone_could_be_of_any_label_set() -> None:
    people = encode(with_palette([[0, 0]], PEOPLE_ANIMALS.colours))
    assert read_mask(people, STREET).label_map.tolist() == [[0, 0]]


def test_renumbered_palette_ids_can_be_read_by_their_colours_when_asked_for() -> None:
    """Programs that shrink picture files number the colours of a palette anew."""
    cat, person, background = VOC.colours[8], VOC.colours[15], VOC.colours[0]
    data = encode(with_palette([[0, 1, 2]], [person, background, cat]))

    truth = read_mask(data, PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[0, 1, 2]]
    assert "people_animals-colours" in dict(truth.alternatives)
    by_colour = read_mask(data, PEOPLE_ANIMALS, reading="people_animals-colours")
    assert by_colour.label_map.tolist() == [[5, 0, 1]]
    assert by_colour.encoding.endswith("as the palette shows them")


def test_a_grey_copy_of_a_palette_mask_is_refused() -> None:
    image = with_palette([[0, 0, 8, 15, VOID]], voc_palette()).convert("L")
    assert np.asarray(image).tolist() == [[0, 0, 19, 147, 220]]

    message = r"grey copy of one in the colours of 'People and animals'.*or choose the reading"
    with pytest.raises(MaskError, match=message):
        read_mask(encode(image), PEOPLE_ANIMALS)


def test_a_mask_of_fractions_is_refused() -> None:
    image = Image.fromarray(np.zeros((2, 2), dtype=np.float32))

    with pytest.raises(MaskError, match="fractions"):
        read_mask(encode(image, "TIFF"), STREET)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            encode(in_colours([[GREY] * 8] * 8), "JPEG"),
            r"not a mask segdemo can read; use PNG, TIFF, BMP, \.npy or COCO JSON \(JPEG and GIF",
            id="jpeg",
        ),
        pytest.param(encode(grey([[0, 5, 6]]), "GIF"), r"not a mask segdemo can read", id="gif"),
        pytest.param(
            encode(in_colours([[GREY] * 8] * 8), "WEBP"), r"not a mask segdemo can read", id="webp"
        ),
        pytest.param(encode(grey([[0, 1]] * 50))[:-30], r"damaged or incomplete", id="cut"),
        pytest.param(b"\x89PNG\r\n\x1a\n", r"damaged or incomplete", id="signature-only"),
        pytest.param(b"", r"This file is empty; use a mask as PNG", id="empty"),
        pytest.param(b"0 1 1 5", r"not a mask segdemo can read", id="text"),
        pytest.param(
            grey_png(10_000, 5_001, bit_depth=8),
            r"This mask has 50\.1 megapixels .* at most 50;",
            id="too-large",
        ),
    ],
)
def test_a_file_that_is_no_mask_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        read_mask(data, STREET)


def test_a_mask_is_read_from_a_path_too(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    path.write_bytes(encode(grey([[0, 3, VOID]])))
    assert read_mask(path, STREET).label_map.tolist() == [[0, 3, VOID]]
    with pytest.raises(ImageError, match=r"'none\.png' cannot be opened"):
        read_mask(tmp_path / "none.png", STREET)


# --- the result ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(grey([[1] * WIDTH] * HEIGHT), id="grey"),
        pytest.param(grey([[1] * WIDTH] * HEIGHT, np.uint16), id="grey-16-bit"),
        pytest.param(with_palette([[1] * WIDTH] * HEIGHT, STREET.colours), id="palette"),
        pytest.param(in_colours([[(128, 0, 0)] * WIDTH] * HEIGHT), id="colours"),
    ],
)
def test_the_label_map_is_uint8_of_the_files_size_and_read_only(image: Image.Image) -> None:
    label_map = read_mask(encode(image), STREET).label_map

    assert label_map.shape == (HEIGHT, WIDTH)
    assert label_map.dtype == np.uint8
    assert (label_map == 1).all()
    with pytest.raises(ValueError, match="read-only"):
        label_map[0, 0] = 0


def test_a_mask_of_many_strips_is_read_whole() -> None:
    ids = np.random.default_rng(0).integers(0, 11, (700, 500), dtype=np.uint8)

    truth = read_mask(encode(Image.fromarray(ids)), STREET)

    np.testing.assert_array_equal(truth.label_map, ids)
    assert sum(row.pixels for row in truth.found) == ids.size
