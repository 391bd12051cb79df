"""Ground-truth masks of every encoding, made here, and the class ids they are read as."""

import io
import re
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdemo.errors import ImageError, MaskError
from segdemo.labels import PEOPLE_ANIMALS, STREET, VOC, Colour, LabelSet, voc_colour
from segdemo.masks import read_mask

VOID = 255
VOC_BORDER = voc_colour(255)
OWN_IDS = r"^class ids of 'People and animals', 255 = void$"
VOC_IDS = r"^class ids of 'PASCAL VOC' mapped by name, 255 = void$"
CAMVID_IDS = r"^class ids of 'Street', 11 = void, 255 = void$"
GREY, DARK_RED = (128, 128, 128), (128, 0, 0)  # sky and building
WIDTH, HEIGHT = 5, 3


def encode(image: Image.Image, image_format: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    if image.mode == "P" and image_format == "PNG":
        options = {"bits": 8, **options}  # or a short palette would cut the ids
    image.save(file, image_format, **options)
    return file.getvalue()


def grey(values: Sequence[Sequence[int]], dtype: type[np.generic] = np.uint8) -> Image.Image:
    return Image.fromarray(np.array(values, dtype=dtype))


def with_palette(values: Sequence[Sequence[int]], colours: Sequence[Colour]) -> Image.Image:
    image = grey(values)
    image.putpalette([value for colour in colours for value in colour])
    return image


def in_colours(colours: Sequence[Sequence[Colour]]) -> Image.Image:
    return Image.fromarray(np.array(colours, dtype=np.uint8))


def voc_palette() -> list[Colour]:
    return [voc_colour(index) for index in range(256)]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def grey_png(width: int, height: int, *, bit_depth: int, rows: bytes = b"") -> bytes:
    """A grey PNG file by hand; `rows` holds the filter byte and the samples of each row."""
    header = struct.pack(">IIBBBBB", width, height, bit_depth, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


# --- ids -------------------------------------------------------------------------------------


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
            r"^class ids of 'Street', 255 = void$",
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
            grey([[0, 10, VOID]]),
            STREET,
            [[0, 10, VOID]],
            r"^class ids of 'Street', 255 = void$",
            id="street-without-camvid-void",
        ),
        pytest.param(
            grey([[0, 5, VOID]], np.uint16),
            PEOPLE_ANIMALS,
            [[0, 5, VOID]],
            OWN_IDS,
            id="grey-16-bit",
        ),
        pytest.param(
            grey([[False, True]], np.bool_), PEOPLE_ANIMALS, [[0, 1]], OWN_IDS, id="one-bit"
        ),
        pytest.param(
            Image.merge("LA", [grey([[0, 5, VOID]]), grey([[255, 255, 255]])]),
            PEOPLE_ANIMALS,
            [[0, 5, VOID]],
            OWN_IDS,
            id="grey-with-alpha",
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
    [
        (1, 0b0110_0000, [[0, 1, 1, 0]]),
        (2, 0b00_01_10_11, [[0, 1, 2, 3]]),
        (4, 0x0156, [[0, 1, 5, 6]]),
    ],
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
        ([[0, 5, 147, VOID]], [[0, 5, VOID, VOID]], 0.25),
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


def test_a_mask_of_void_alone_has_nothing_unknown() -> None:
    truth = read_mask(encode(grey([[VOID, VOID]])), STREET)

    assert truth.label_map.tolist() == [[VOID, VOID]]
    assert truth.unknown == 0


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(grey([[147, 148]]), id="grey"),
        pytest.param(with_palette([[147, 148]], voc_palette()), id="palette"),
        pytest.param(in_colours([[(1, 2, 3), (4, 5, 6)]]), id="colours"),
    ],
)
@pytest.mark.parametrize("labels", [STREET, PEOPLE_ANIMALS, VOC], ids=lambda labels: labels.id)
def test_a_mask_without_any_known_pixel_is_refused(image: Image.Image, labels: LabelSet) -> None:
    message = rf"None of this mask's pixels is a class of '{labels.title}'\. Choose the label set"
    with pytest.raises(MaskError, match=message):
        read_mask(encode(image), labels)


@pytest.mark.parametrize(
    ("values", "dtype", "image_format", "named"),
    [
        pytest.param([[0, 256]], np.uint16, "PNG", "256", id="16-bit"),
        pytest.param([[0, 65_535]], np.uint16, "TIFF", "65535", id="all-of-16-bit"),
        pytest.param([[0, 70_000]], np.int32, "TIFF", "70000", id="32-bit"),
        pytest.param([[0, -1]], np.int32, "TIFF", "-1", id="negative"),
    ],
)
def test_numbers_that_are_no_8_bit_ids_are_refused(
    values: list[list[int]], dtype: type[np.generic], image_format: str, named: str
) -> None:
    with pytest.raises(MaskError, match=rf"{named}\b.* 0 to 255"):
        read_mask(encode(grey(values, dtype), image_format), PEOPLE_ANIMALS)


# --- colours ---------------------------------------------------------------------------------


@pytest.mark.parametrize("labels", [STREET, PEOPLE_ANIMALS, VOC], ids=lambda labels: labels.id)
def test_every_colour_of_a_label_set_is_its_class_and_its_void_colour_void(
    labels: LabelSet,
) -> None:
    image = in_colours([[*labels.colours, *labels.void_colours]])

    truth = read_mask(encode(image), labels)

    assert truth.label_map.tolist() == [[*range(labels.num_classes), VOID]]
    assert truth.unknown == 0
    assert truth.encoding == f"colours of '{labels.title}', exact match"


@pytest.mark.parametrize("image_format", ["PNG", "TIFF", "BMP"])
def test_colours_are_read_from_every_lossless_format(image_format: str) -> None:
    image = in_colours([[STREET.colours[10], (0, 0, 0), STREET.colours[4]]])

    assert read_mask(encode(image, image_format), STREET).label_map.tolist() == [[10, VOID, 4]]


def test_colours_off_the_palette_are_void_and_never_the_nearest_class() -> None:
    almost_grey, mixed = (129, 128, 128), (128, 64, 64)  # beside sky; half sky, half building
    image = in_colours([[GREY, almost_grey, mixed, DARK_RED]])

    truth = read_mask(encode(image), STREET)

    assert truth.label_map.tolist() == [[0, VOID, VOID, 1]]
    assert truth.unknown == 0.5


def test_the_void_colour_is_not_unknown() -> None:
    truth = read_mask(encode(in_colours([[(0, 0, 0), VOC_BORDER, (1, 1, 1)]])), VOC)

    assert truth.label_map.tolist() == [[0, VOID, VOID]]
    assert truth.unknown == pytest.approx(1 / 3)


@pytest.mark.parametrize("alpha", [0, 100, 255])
def test_the_alpha_of_a_colour_mask_counts_for_nothing(alpha: int) -> None:
    image = in_colours([[GREY, DARK_RED, (0, 0, 0)]])
    image.putalpha(alpha)

    assert read_mask(encode(image), STREET).label_map.tolist() == [[0, 1, VOID]]


# --- the result ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(grey([[1] * WIDTH] * HEIGHT), id="grey"),
        pytest.param(grey([[1] * WIDTH] * HEIGHT, np.uint16), id="grey-16-bit"),
        pytest.param(with_palette([[1] * WIDTH] * HEIGHT, voc_palette()), id="palette"),
        pytest.param(in_colours([[DARK_RED] * WIDTH] * HEIGHT), id="colours"),
    ],
)
def test_the_label_map_is_uint8_of_the_files_size_and_read_only(image: Image.Image) -> None:
    label_map = read_mask(encode(image), STREET).label_map

    assert label_map.shape == (HEIGHT, WIDTH)
    assert label_map.dtype == np.uint8
    assert (label_map == 1).all()
    with pytest.raises(ValueError, match="read-only"):
        label_map[0, 0] = 0


def test_two_readings_of_one_file_are_equal() -> None:
    data = encode(grey([[0, 8, 15, VOID]]))

    first = read_mask(data, PEOPLE_ANIMALS)
    second = read_mask(data, PEOPLE_ANIMALS)

    np.testing.assert_array_equal(first.label_map, second.label_map)
    assert first.encoding == second.encoding


# --- bad files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            encode(in_colours([[GREY] * 8] * 8), "JPEG"),
            r"not a mask segdemo can read; use PNG, TIFF or BMP \(JPEG and GIF change",
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


def test_a_larger_set_s_colours_are_mapped_as_its_ids_are() -> None:
    cat, chair, person = (
        VOC.colours[VOC.class_names.index(name)] for name in ("cat", "chair", "person")
    )
    image = Image.fromarray(np.array([[cat, chair, person, VOC.void_colours[0]]], dtype=np.uint8))

    truth = read_mask(encode(image), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[1, 0, 5, VOID]]
    assert truth.unknown == 0
    assert "colours of 'PASCAL VOC' mapped by name" in truth.encoding


def test_a_mask_of_fractions_is_refused() -> None:
    image = Image.fromarray(np.zeros((2, 2), dtype=np.float32))

    with pytest.raises(MaskError, match="fractions"):
        read_mask(encode(image, "TIFF"), STREET)


def test_a_palette_mask_of_another_label_set_is_refused_by_name() -> None:
    people = encode(with_palette([[0, 1, 5, VOID]], PEOPLE_ANIMALS.colours))
    with pytest.raises(MaskError, match="of the label set 'People and animals', not of 'Street'"):
        read_mask(people, STREET)
    street = encode(with_palette([[0, 1, 10, VOID]], STREET.colours))
    with pytest.raises(MaskError, match="of the label set 'Street', not of 'People and animals'"):
        read_mask(street, PEOPLE_ANIMALS)


def test_a_palette_mask_of_the_first_class_alone_could_be_of_any_label_set() -> None:
    people = encode(with_palette([[0, 0, VOID]], PEOPLE_ANIMALS.colours))
    assert read_mask(people, STREET).label_map.tolist() == [[0, 0, VOID]]


def test_a_mask_is_read_from_a_path_too(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    path.write_bytes(encode(grey([[0, 3, VOID]])))
    assert read_mask(path, STREET).label_map.tolist() == [[0, 3, VOID]]
    with pytest.raises(ImageError, match=r"'none\.png' cannot be opened"):
        read_mask(tmp_path / "none.png", STREET)


def test_the_void_share_counts_unknown_pixels() -> None:
    truth = read_mask(encode(grey([[0, 3, VOID, 77]])), STREET)
    assert truth.void == 0.5
    assert truth.unknown == 0.25
