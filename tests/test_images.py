"""Photos of every accepted kind, made here byte by byte, and what becomes of their pixels."""

import io
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms

from segdemo.errors import ImageError
from segdemo.images import MAX_PIXELS, load_photo, stored_orientation, turn_upright

RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
WIDTH, HEIGHT = 48, 32
LOSSY_TOLERANCE = 12
FOUR_QUARTERS = [[RED, GREEN], [BLUE, YELLOW]]

SAVE_OPTIONS: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "PNG": {},
    "WEBP": {"lossless": True},
    "TIFF": {"compression": "tiff_lzw"},
    "BMP": {},
    "GIF": {},
    "AVIF": {"quality": 95, "subsampling": "4:4:4"},
    "HEIF": {"quality": 95, "chroma": 444},
}
WarningAction = Literal["error", "ignore"]
FORMATS = list(SAVE_OPTIONS)
FORMATS_WITH_EXIF = ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"]


def quarters(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Red top left, green top right, blue bottom left, yellow bottom right."""
    image = Image.new("RGB", (width, height))
    for row, colours in enumerate(FOUR_QUARTERS):
        for column, colour in enumerate(colours):
            image.paste(
                colour,
                (column * width // 2, row * height // 2, width, height),
            )
    return image


def encode(image: Image.Image, image_format: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, image_format, **{**SAVE_OPTIONS[image_format], **options})
    return file.getvalue()


def quarter_colours(image: Image.Image) -> np.ndarray:
    """Colour in the middle of each quarter, shape (2, 2, 3)."""
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    return pixels[np.ix_([height // 4, height * 3 // 4], [width // 4, width * 3 // 4])]


def assert_colours(actual: np.ndarray, expected: object, tolerance: int = 0) -> None:
    np.testing.assert_allclose(actual.astype(int), np.array(expected), rtol=0, atol=tolerance)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int,
    height: int,
    *,
    bit_depth: int,
    colour_type: int,
    rows: bytes = b"",
    extra: bytes = b"",
) -> bytes:
    """A PNG file by hand; `rows` holds the filter byte and the samples of each row."""
    header = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    parts = (
        chunk(b"IHDR", header),
        extra,
        chunk(b"IDAT", zlib.compress(rows)),
        chunk(b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def tiff(samples: np.ndarray, *, sample_format: int) -> bytes:
    """A little-endian uncompressed grey TIFF file by hand.

    `sample_format` is 1 for unsigned integers, 2 for signed ones, 3 for floats.
    """
    height, width = samples.shape
    fields = [
        (256, width),
        (257, height),
        (258, samples.itemsize * 8),
        (259, 1),  # no compression
        (262, 1),  # 0 is black
        (273, 8 + 2 + 10 * 12 + 4),  # the pixels stand behind this directory
        (277, 1),
        (278, height),
        (279, samples.nbytes),
        (339, sample_format),
    ]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields)
    directory = struct.pack("<H", len(fields)) + entries + struct.pack("<I", 0)
    return b"II*\0" + struct.pack("<I", 8) + directory + samples.tobytes()


def with_orientation(image_format: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    if image_format == "TIFF":
        return encode(quarters(), image_format, exif=exif)
    return encode(quarters(), image_format, exif=exif.tobytes())


# --- formats ---------------------------------------------------------------------------------


@pytest.mark.parametrize("image_format", FORMATS)
def test_every_accepted_format_gives_its_pixels_as_rgb(image_format: str) -> None:
    photo = load_photo(encode(quarters(), image_format))

    assert photo.mode == "RGB"
    assert photo.size == (WIDTH, HEIGHT)
    assert_colours(quarter_colours(photo), FOUR_QUARTERS, LOSSY_TOLERANCE)


@pytest.mark.parametrize("image_format", FORMATS)
def test_a_path_and_its_bytes_give_the_same_photo(image_format: str, tmp_path: Path) -> None:
    data = encode(quarters(), image_format)
    path = tmp_path / "photo"
    path.write_bytes(data)

    from_path = load_photo(path)
    path.unlink()

    assert from_path.tobytes() == load_photo(data).tobytes()


@pytest.mark.parametrize("image_format", FORMATS)
@pytest.mark.parametrize("name", ["photo.jpg", "photo.png", "photo.heic", "photo.txt"])
def test_the_name_of_a_file_counts_for_nothing(
    image_format: str, name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(encode(quarters(), image_format))

    assert_colours(quarter_colours(load_photo(path)), FOUR_QUARTERS, LOSSY_TOLERANCE)


@pytest.mark.parametrize("image_format", ["AVIF", "HEIF"])
def test_the_neutral_mif1_brand_opens_whatever_it_contains(image_format: str) -> None:
    data = encode(quarters(), image_format)
    neutral = data[:8] + b"mif1" + data[12:]

    assert_colours(quarter_colours(load_photo(neutral)), FOUR_QUARTERS, LOSSY_TOLERANCE)


@pytest.mark.parametrize("image_format", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_several_frames_the_first_counts(image_format: str) -> None:
    later = [Image.new("RGB", (WIDTH, HEIGHT), colour) for colour in (BLACK, WHITE)]
    data = encode(quarters(), image_format, save_all=True, append_images=later)

    assert_colours(quarter_colours(load_photo(data)), FOUR_QUARTERS)


def test_a_multi_picture_jpeg_gives_its_first_picture() -> None:
    file = io.BytesIO()
    second = Image.new("RGB", (WIDTH, HEIGHT))
    quarters().save(file, "MPO", save_all=True, append_images=[second], quality=95, subsampling=0)

    photo = load_photo(file.getvalue())

    assert_colours(quarter_colours(photo), FOUR_QUARTERS, LOSSY_TOLERANCE)


def test_an_accepted_picture_of_another_format_is_refused() -> None:
    file = io.BytesIO()
    quarters().save(file, "PPM")

    with pytest.raises(ImageError, match=r"not a photo segdemo can read; use JPEG, PNG"):
        load_photo(file.getvalue())


# --- orientation -----------------------------------------------------------------------------

UPRIGHT_QUARTERS = {
    1: [[RED, GREEN], [BLUE, YELLOW]],
    2: [[GREEN, RED], [YELLOW, BLUE]],
    3: [[YELLOW, BLUE], [GREEN, RED]],
    4: [[BLUE, YELLOW], [RED, GREEN]],
    5: [[RED, BLUE], [GREEN, YELLOW]],
    6: [[BLUE, RED], [YELLOW, GREEN]],
    7: [[YELLOW, GREEN], [BLUE, RED]],
    8: [[GREEN, YELLOW], [RED, BLUE]],
}
"""By orientation, as the EXIF standard words it: 6 is 'row 0 on the right, column 0 on top'."""


@pytest.mark.parametrize("orientation", UPRIGHT_QUARTERS)
@pytest.mark.parametrize("image_format", FORMATS_WITH_EXIF)
def test_each_orientation_is_turned_upright_once(image_format: str, orientation: int) -> None:
    photo = load_photo(with_orientation(image_format, orientation))

    assert photo.size == ((WIDTH, HEIGHT) if orientation < 5 else (HEIGHT, WIDTH))
    assert_colours(quarter_colours(photo), UPRIGHT_QUARTERS[orientation], LOSSY_TOLERANCE)


@pytest.mark.parametrize("image_format", FORMATS_WITH_EXIF)
def test_a_photo_carries_no_metadata_that_could_turn_it_again(image_format: str) -> None:
    photo = load_photo(with_orientation(image_format, 6))

    assert not photo.info
    assert not photo.getexif()


def test_exif_behind_the_pixels_of_a_png_counts() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    plain, end = encode(quarters(), "PNG")[:-12], chunk(b"IEND", b"")

    photo = load_photo(plain + chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0")) + end)

    assert_colours(quarter_colours(photo), UPRIGHT_QUARTERS[6])


def test_deep_grey_is_turned_upright_too() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    samples = np.array([[0, 257], [514, 65535]], dtype=np.uint16)

    photo = load_photo(encode(Image.fromarray(samples), "PNG", exif=exif.tobytes()))

    assert_colours(np.asarray(photo)[..., 0], [[2, 0], [255, 1]])


@pytest.mark.parametrize("orientation", UPRIGHT_QUARTERS)
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_the_stored_orientation_is_told(
    image_format: str, orientation: int, tmp_path: Path
) -> None:
    data = with_orientation(image_format, orientation)
    path = tmp_path / "photo"
    path.write_bytes(data)

    assert stored_orientation(data) == orientation
    assert stored_orientation(path) == orientation


@pytest.mark.parametrize("image_format", FORMATS)
def test_a_photo_that_says_nothing_is_stored_upright(image_format: str) -> None:
    assert stored_orientation(encode(quarters(), image_format)) == 1


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_a_stored_orientation_that_does_not_exist_is_upright(orientation: int) -> None:
    assert stored_orientation(with_orientation("JPEG", orientation)) == 1


def test_a_heic_photo_is_turned_by_whatever_opens_it() -> None:
    assert stored_orientation(with_orientation("HEIF", 6)) == 1


@pytest.mark.parametrize("orientation", UPRIGHT_QUARTERS)
def test_a_label_map_is_turned_as_its_photo_is(orientation: int) -> None:
    grey = np.arange(WIDTH * HEIGHT, dtype=np.uint16).reshape(HEIGHT, WIDTH).astype(np.uint8)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    photo = load_photo(encode(Image.fromarray(grey), "PNG", exif=exif.tobytes()))

    turned = turn_upright(grey, stored_orientation(encode(photo, "PNG")))
    np.testing.assert_array_equal(turned, grey)  # an upright photo turns nothing
    turned = turn_upright(grey, orientation)

    np.testing.assert_array_equal(turned, np.asarray(photo)[..., 0])
    turned[:] = 0  # a new array
    assert grey.any()


@pytest.mark.parametrize("data", [b"", b"no photo", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_photo_has_no_orientation(data: bytes) -> None:
    with pytest.raises(ImageError):
        stored_orientation(data)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_ignored(orientation: int) -> None:
    photo = load_photo(with_orientation("JPEG", orientation))

    assert_colours(quarter_colours(photo), FOUR_QUARTERS, LOSSY_TOLERANCE)


# Pillow warns of a cut directory with UserWarning; under -W error that would be an exception.
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("exif", [b"Exif\0\0rubbish", b"Exif\0\0II*\0\xff\xff\xff\xff", b"\0"])
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_does_not_spoil_good_pixels(image_format: str, exif: bytes) -> None:
    photo = load_photo(encode(quarters(), image_format, exif=exif))

    assert_colours(quarter_colours(photo), FOUR_QUARTERS, LOSSY_TOLERANCE)


# --- transparency ----------------------------------------------------------------------------


@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_hidden_colours_of_rgba_become_white(image_format: str) -> None:
    image = quarters().convert("RGBA")
    image.putalpha(255)
    image.paste((*GREEN, 0), (WIDTH // 2, 0, WIDTH, HEIGHT // 2))

    photo = load_photo(encode(image, image_format))

    expected = [[RED, WHITE], [BLUE, YELLOW]]
    assert_colours(quarter_colours(photo), expected, LOSSY_TOLERANCE)


@pytest.mark.parametrize(("alpha", "expected"), [(0, 255), (51, 204), (128, 127), (255, 0)])
def test_half_transparent_black_lets_white_through(alpha: int, expected: int) -> None:
    photo = load_photo(encode(Image.new("RGBA", (2, 2), (0, 0, 0, alpha)), "PNG"))

    assert photo.getpixel((1, 1)) == (expected,) * 3


def test_grey_with_alpha_is_laid_over_white() -> None:
    image = Image.new("LA", (2, 1), (40, 255))
    image.putpixel((1, 0), (40, 0))

    photo = load_photo(encode(image, "PNG"))

    assert_colours(np.asarray(photo), [[[40, 40, 40], WHITE]])


def palette_image() -> Image.Image:
    image = Image.new("P", (3, 1))
    image.putpalette([*RED, *GREEN, *BLUE])
    image.putdata([0, 1, 2])
    return image


def test_palette_indices_become_their_colours() -> None:
    photo = load_photo(encode(palette_image(), "PNG"))

    assert_colours(np.asarray(photo), [[RED, GREEN, BLUE]])


@pytest.mark.parametrize(
    ("image_format", "transparency", "expected"),
    [
        ("PNG", 1, [[RED, WHITE, BLUE]]),
        ("GIF", 1, [[RED, WHITE, BLUE]]),
        ("PNG", b"\xff\x00\x33", [[RED, WHITE, (204, 204, 255)]]),
    ],
)
def test_transparent_palette_entries_become_white(
    image_format: str, transparency: int | bytes, expected: object
) -> None:
    photo = load_photo(encode(palette_image(), image_format, transparency=transparency))

    assert_colours(np.asarray(photo), expected)


def test_the_transparent_colour_of_an_rgb_png_becomes_white() -> None:
    photo = load_photo(encode(quarters(), "PNG", transparency=GREEN))

    assert_colours(quarter_colours(photo), [[RED, WHITE], [BLUE, YELLOW]])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_transparent_value_of_a_grey_png_becomes_white(
    dtype: type[np.uint8] | type[np.uint16],
) -> None:
    full = np.iinfo(dtype).max
    image = Image.fromarray(np.array([[0, full // 5, full]], dtype=dtype))

    photo = load_photo(encode(image, "PNG", transparency=0))

    assert_colours(np.asarray(photo)[..., 0], [[255, 51, 255]])


# --- colour and depth ------------------------------------------------------------------------


@pytest.mark.parametrize("image_format", ["JPEG", "TIFF"])
def test_cmyk_inks_become_their_colours(image_format: str) -> None:
    inks = Image.new("CMYK", (WIDTH, HEIGHT))
    inks.paste((0, 255, 255, 0), (0, 0, WIDTH // 2, HEIGHT))
    inks.paste((0, 0, 0, 255), (WIDTH // 2, HEIGHT // 2, WIDTH, HEIGHT))

    photo = load_photo(encode(inks, image_format))

    expected = [[RED, WHITE], [RED, BLACK]]
    assert_colours(quarter_colours(photo), expected, LOSSY_TOLERANCE)


def test_a_ycbcr_tiff_becomes_rgb() -> None:
    photo = load_photo(encode(quarters().convert("YCbCr"), "TIFF", compression="jpeg", quality=95))

    assert_colours(quarter_colours(photo), FOUR_QUARTERS, LOSSY_TOLERANCE)


def test_a_lab_tiff_becomes_rgb() -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    to_lab = ImageCms.buildTransform(srgb, lab, "RGB", "LAB")
    image = ImageCms.applyTransform(quarters(), to_lab)
    assert image is not None

    photo = load_photo(encode(image, "TIFF", compression=None))

    # 8-bit LAB steps are coarse where colours are strongest.
    assert_colours(quarter_colours(photo), FOUR_QUARTERS, 24)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "TIFF", "BMP", "GIF"])
def test_grey_becomes_equal_parts_of_red_green_and_blue(image_format: str) -> None:
    photo = load_photo(encode(Image.new("L", (8, 8), 77), image_format))

    assert_colours(np.asarray(photo)[4, 4], [77, 77, 77], 1)


@pytest.mark.parametrize("image_format", ["PNG", "TIFF", "BMP", "GIF"])
def test_one_bit_becomes_black_and_white(image_format: str) -> None:
    image = Image.new("1", (2, 1), 0)
    image.putpixel((1, 0), 1)
    options = {"compression": None} if image_format == "TIFF" else {}

    photo = load_photo(encode(image, image_format, **options))

    assert_colours(np.asarray(photo), [[BLACK, WHITE]])


RAMP = np.array([[0, 128, 129, 257, 25_700, 65_278, 65_535]], dtype=np.uint16)
RAMP_IN_8_BIT = [[0, 0, 1, 1, 100, 254, 255]]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lambda: encode(Image.fromarray(RAMP), "PNG"), id="png"),
        pytest.param(lambda: encode(Image.fromarray(RAMP), "TIFF"), id="tiff"),
        pytest.param(lambda: tiff(RAMP, sample_format=1), id="tiff-uncompressed"),
        pytest.param(
            lambda: encode(
                Image.frombytes("I;16B", (7, 1), RAMP.astype(">u2").tobytes()),
                "TIFF",
                compression=None,
            ),
            id="tiff-big-endian",
        ),
        pytest.param(lambda: tiff(RAMP.astype(np.int32), sample_format=2), id="tiff-32-bit"),
    ],
)
def test_sixteen_bit_grey_is_scaled_by_257_and_rounded(data: Callable[[], bytes]) -> None:
    photo = load_photo(data())

    assert_colours(np.asarray(photo)[..., 0], RAMP_IN_8_BIT)
    assert_colours(np.asarray(photo)[..., 2], RAMP_IN_8_BIT)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[0, 1, 2**31 - 1]], [[0, 0, 255]]),
        ([[-100, 0, 155]], [[0, 100, 255]]),
        ([[-5, -5, -5]], [[0, 0, 0]]),
    ],
)
def test_integers_beyond_16_bit_are_stretched(values: object, expected: object) -> None:
    photo = load_photo(tiff(np.array(values, dtype=np.int32), sample_format=2))

    assert_colours(np.asarray(photo)[..., 0], expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([[0.0, 0.2, 1.0]], [[0, 51, 255]], id="zero-to-one"),
        pytest.param([[0.2, 0.4, 0.6]], [[51, 102, 153]], id="part-of-zero-to-one"),
        pytest.param([[0.4, 0.4, 0.4]], [[102, 102, 102]], id="constant"),
        pytest.param([[-1.0, 0.0, 4.0]], [[0, 51, 255]], id="stretched"),
        pytest.param([[7.0, 7.0, 7.0]], [[0, 0, 0]], id="constant-out-of-range"),
        pytest.param([[np.nan, 0.2, np.inf]], [[0, 51, 0]], id="not-finite"),
        pytest.param([[-np.inf, 100.0, 200.0]], [[0, 0, 255]], id="not-finite-stretched"),
        pytest.param([[np.nan, np.inf, -np.inf]], [[0, 0, 0]], id="nothing-finite"),
        pytest.param([[-3e38, 0.0, 3e38]], [[0, 128, 255]], id="span-beyond-float32"),
    ],
)
def test_float_grey_is_scaled_without_a_warning(values: object, expected: object) -> None:
    data = tiff(np.array(values, dtype=np.float32), sample_format=3)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        photo = load_photo(data)

    assert_colours(np.asarray(photo)[..., 0], expected)


@pytest.mark.parametrize(
    ("colour_type", "samples", "expected"),
    [
        (2, (65535, 0, 25700), [255, 0, 100]),
        (4, (25700, 65535), [100, 100, 100]),
        (6, (65535, 0, 0, 0), [255, 255, 255]),
    ],
    ids=["rgb", "grey-alpha", "rgba"],
)
def test_sixteen_bit_colour_png_becomes_8_bit(
    colour_type: int, samples: tuple[int, ...], expected: list[int]
) -> None:
    row = b"\0" + struct.pack(f">{len(samples)}H", *samples)

    photo = load_photo(png(1, 1, bit_depth=16, colour_type=colour_type, rows=row))

    assert_colours(np.asarray(photo)[0, 0], expected)


# --- size ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "height", "megapixels"),
    [
        (10_000, 5_001, "50.1"),  # 50.01, rounded up
        (12_000, 12_000, "144.0"),  # Pillow only warns
        (30_000, 30_000, "900.0"),  # Pillow raises
        (2**31 - 1, 1, "2,147.5"),
    ],
)
@pytest.mark.parametrize("action", get_args(WarningAction))
def test_a_photo_above_the_limit_is_refused_by_its_header_with_both_numbers(
    width: int, height: int, megapixels: str, action: WarningAction
) -> None:
    data = png(width, height, bit_depth=8, colour_type=2)  # there is nothing to decode

    with warnings.catch_warnings():
        warnings.simplefilter(action)
        with pytest.raises(ImageError, match=rf"has {megapixels} megapixels .* at most 50;"):
            load_photo(data)


@pytest.mark.parametrize("image_format", ["GIF", "BMP", "TIFF"])
def test_other_headers_above_the_limit_are_refused_too(image_format: str) -> None:
    width = 8_000
    if image_format == "GIF":
        data = bytearray(encode(Image.new("L", (10, 10)), "GIF"))
        data[6:10] = struct.pack("<HH", width, width)
    elif image_format == "BMP":
        data = bytearray(encode(Image.new("RGB", (10, 10)), "BMP"))
        data[18:26] = struct.pack("<ii", width, width)
    else:
        data = bytearray(tiff(np.zeros((1, 1), np.uint8), sample_format=1))
        for entry in (10, 22):  # width and height are the first two fields
            data[entry + 8 : entry + 12] = struct.pack("<I", width)

    with pytest.raises(ImageError, match=r"has 64\.0 megapixels"):
        load_photo(bytes(data))


def test_a_photo_of_exactly_the_limit_opens_without_a_warning() -> None:
    width, height = 10_000, 5_000
    assert width * height == MAX_PIXELS
    row = b"\0" + b"\xff" * (width // 8)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        photo = load_photo(png(width, height, bit_depth=1, colour_type=0, rows=row * height))

    assert photo.size == (width, height)
    assert photo.getpixel((width - 1, height - 1)) == WHITE


def test_pillows_own_limit_stays_as_it_is_and_above_ours() -> None:
    assert Image.MAX_IMAGE_PIXELS == 1024**3 // 4 // 3
    assert Image.MAX_IMAGE_PIXELS > MAX_PIXELS


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (0, 0)])
@pytest.mark.parametrize("image_format", ["PNG", "BMP", "TIFF"])
def test_a_photo_without_pixels_is_refused(image_format: str, width: int, height: int) -> None:
    if image_format == "PNG":
        data = png(width, height, bit_depth=8, colour_type=2)
    elif image_format == "BMP":
        edited = bytearray(encode(Image.new("RGB", (10, 10)), "BMP"))
        edited[18:26] = struct.pack("<ii", width, height)
        data = bytes(edited)
    else:
        data = tiff(np.zeros((height, width), np.uint8), sample_format=1)

    with pytest.raises(ImageError, match="damaged"):
        load_photo(data)


# --- bad files -------------------------------------------------------------------------------


def noise() -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("image_format", FORMATS)
def test_a_truncated_photo_is_called_damaged_and_what_to_do_is_said(
    image_format: str, part: float
) -> None:
    data = encode(noise(), image_format)

    with pytest.raises(ImageError, match=r"damaged or incomplete; export or download it again"):
        load_photo(data[: int(len(data) * part)])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", r"This file is empty; use a photo as JPEG, PNG", id="empty"),
        pytest.param(b"Dear diary,\n", r"not a photo segdemo can read; use JPEG, PNG", id="text"),
        pytest.param(b"\0", r"not a photo segdemo can read", id="one-byte"),
        pytest.param(bytes(5000), r"not a photo segdemo can read", id="zeros"),
        pytest.param(
            np.random.default_rng(1).bytes(5000), r"not a photo segdemo can read", id="random"
        ),
        pytest.param(
            b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
            r"This file is an SVG drawing, not a photo; use JPEG",
            id="svg",
        ),
        pytest.param(b"%PDF-1.7\n", r"This file is a PDF document, not a photo", id="pdf"),
        pytest.param(b"PK\x03\x04" + bytes(40), r"This file is a zip archive", id="zip"),
        pytest.param(
            b"<!doctype html><html><svg></svg></html>", r"This file is a web page", id="web-page"
        ),
        pytest.param(b"\xff\xd8\xff", r"damaged or incomplete", id="jpeg-signature-only"),
        pytest.param(b"\x89PNG\r\n\x1a\n", r"damaged or incomplete", id="png-signature-only"),
    ],
)
def test_what_is_no_photo_is_named_and_the_formats_are_told(data: bytes, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        load_photo(data)


@pytest.mark.parametrize("name", ["missing.jpg", "folder", "nul\0character.jpg"])
def test_a_path_that_cannot_be_opened_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    with pytest.raises(ImageError, match=rf"The file '{name}' cannot be opened; check"):
        load_photo(tmp_path / name)


def test_every_refusal_is_one_line() -> None:
    for data in (
        b"",
        b"text",
        b"%PDF-",
        b"\xff\xd8\xff",
        png(9999, 9999, bit_depth=1, colour_type=0),
    ):
        with pytest.raises(ImageError) as caught:
            load_photo(data)
        message = str(caught.value)
        assert message.endswith(".")
        assert "\n" not in message
        assert "PIL" not in message


def corrupted(data: bytes, random: np.random.Generator) -> bytes:
    """Bytes with one to eight replaced, and sometimes a piece cut out or doubled."""
    edited = bytearray(data)
    for position in random.integers(0, len(edited), random.integers(1, 9)):
        edited[position] = random.integers(0, 256)
    start, stop = sorted(int(place) for place in random.integers(0, len(edited), 2))
    match random.integers(0, 6):
        case 0:
            del edited[start:stop]
        case 1:
            edited[start:start] = edited[start:stop]
    return bytes(edited)


# Pillow warns of odd metadata with UserWarning; as errors these would hide what comes behind.
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("image_format", FORMATS)
def test_corrupted_files_give_an_image_error_or_an_rgb_photo(image_format: str) -> None:
    exif = {"exif": with_exif_of_a_camera()} if image_format in FORMATS_WITH_EXIF else {}
    data = encode(noise().resize((16, 12)), image_format, **exif)
    random = np.random.default_rng(FORMATS.index(image_format))
    refused = 0

    for _ in range(200):
        try:
            photo = load_photo(corrupted(data, random))
        except ImageError:
            refused += 1
        else:
            assert photo.mode == "RGB"
            assert 0 < photo.width * photo.height <= MAX_PIXELS

    assert 0 < refused < 200  # both ways out were taken


def with_exif_of_a_camera() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "segdemo"
    exif[ExifTags.Base.XResolution] = 72.0
    return exif.tobytes()
