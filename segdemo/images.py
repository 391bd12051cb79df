"""Opening pictures safely; photos of any common format become plain upright RGB."""

import io
import math
import re
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageFile

from segdemo.errors import ImageError

MAX_PIXELS: int = 50_000_000
"""Largest photo accepted, width times height; more is refused before it is decoded."""

# Without options this only adds HEIF to Pillow's table of formats; nothing is replaced.
pillow_heif.register_heif_opener()

# AVIF stands before HEIF because both answer to the neutral brand "mif1": Pillow's AVIF
# plugin hands a HEIC file on, whereas libheif takes an AVIF file and cannot decode it.
# "JPEG" covers multi-picture files (MPO) too.
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "HEIF")
_ACCEPTED = "JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or AVIF"

# No JPEG: it changes values. No GIF: programs that write it renumber its palette.
_MASK_FORMATS = ("PNG", "TIFF", "BMP")
_MASK_ACCEPTED = "PNG, TIFF, BMP, .npy or COCO JSON (JPEG and GIF change class values)"

_HEAD_BYTES = 1024
_FOREIGN_KINDS = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"<html", "a web page"),
    (b"<svg", "an SVG drawing"),
)
"""Marks of files often taken for a photo, and what to call them."""

_UPRIGHT_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by its EXIF orientation; 1 needs nothing."""


def load_photo(source: bytes | Path) -> Image.Image:
    """Read a photo as it is meant to be seen.

    The format is told by the content, never by the name. EXIF orientation is applied,
    transparency is laid over white, and 16-bit and floating-point grey is scaled to 8 bit.
    Of an animation the first frame counts. Colour profiles are not applied.

    Args:
        source: Contents of a JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or AVIF file, or the
            path of one.

    Returns:
        New image of mode RGB, at most ``MAX_PIXELS`` pixels, upright and without metadata,
        so that nobody can turn it a second time.

    Raises:
        ImageError: If the file cannot be opened, is no such image, is damaged, or has more
            than ``MAX_PIXELS`` pixels.
    """
    with open_file(source) as file:
        image = _open_header(file, noun="photo", formats=_FORMATS, accepted=_ACCEPTED)
        _decode(image, noun="photo")
        # Only now: a PNG may carry its EXIF behind the pixels, and TIFF is turned by decoding.
        turn = _upright_turn(image)
        photo = _rgb(image)
    photo.info.clear()
    return photo if turn is None else photo.transpose(turn)


def load_indices_or_colours(source: bytes | Path) -> Image.Image:
    """Read a mask file as it is stored: no conversion, so that no class index is lost.

    Args:
        source: Contents of a PNG, TIFF or BMP file, or the path of one.

    Returns:
        Decoded image of the file's own mode, at most ``MAX_PIXELS`` pixels.

    Raises:
        ImageError: If the file cannot be opened, is no such image, is damaged, or is too large.
    """
    with open_file(source) as file:
        image = _open_header(file, noun="mask", formats=_MASK_FORMATS, accepted=_MASK_ACCEPTED)
        stretch = _grey_stretch(image)
        _decode(image, noun="mask")
    return image if stretch == 1 else image.point(lambda value: value // stretch)


def stored_orientation(source: bytes | Path) -> int:
    """How a photo's file stores it: its EXIF orientation.

    Args:
        source: Contents of a photo as for :func:`load_photo`, or its path.

    Returns:
        1 to 8: 1 if it is stored upright or says nothing, 5 to 8 if it lies on its side. HEIC
        photos are always 1: whatever opens them turns them.

    Raises:
        ImageError: As :func:`load_photo`, as far as the file must be read to know.
    """
    with open_file(source) as file:
        image = _open_header(file, noun="photo", formats=_FORMATS, accepted=_ACCEPTED)
        if image.format == "PNG":
            _decode(image, noun="photo")  # its EXIF may stand behind the pixels
        orientation = _exif_orientation(image)
    return orientation if orientation in _UPRIGHT_TURNS else 1


def turn_upright(label_map: np.ndarray, orientation: int) -> np.ndarray:
    """Turn a label map as :func:`load_photo` turns a photo of that orientation.

    Args:
        label_map: Shape (H, W), uint8.
        orientation: EXIF orientation; other numbers than 2 to 8 turn nothing.

    Returns:
        New array of shape (H, W), or (W, H) for orientations 5 to 8.

    Example:
        >>> turn_upright(np.array([[1, 2]], dtype=np.uint8), 6).tolist()
        [[1], [2]]
    """
    turn = _UPRIGHT_TURNS.get(orientation)
    return (
        label_map.copy() if turn is None else np.array(Image.fromarray(label_map).transpose(turn))
    )


def open_file(source: bytes | Path) -> BinaryIO:
    """Open the contents of a file, or the file of a path, for reading.

    Args:
        source: Contents or path.

    Returns:
        Binary file at its start; the caller closes it.

    Raises:
        ImageError: If the path cannot be opened.
    """
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return source.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        raise ImageError(
            f"The file '{source.name}' cannot be opened; check that it exists, is a file and may "
            f"be read."
        ) from error


def _open_header(
    file: BinaryIO, *, noun: str, formats: tuple[str, ...], accepted: str
) -> ImageFile.ImageFile:
    """Read an image's header and check its size; the pixels are left for ``_decode``.

    Raises:
        ImageError: If the content is no accepted image, its header is damaged, or it is too
            large.
    """
    head = file.read(_HEAD_BYTES)
    try:
        image = Image.open(file, formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        # Far above our limit Pillow objects first, and tells the size in its message only.
        # Raising Pillow's limit would disarm it for the whole process, other threads included.
        pixels = re.search(r"\((\d+) pixels\)", str(error))
        raise _too_large(int(pixels[1]) if pixels else MAX_PIXELS + 1, noun) from error
    except Exception as error:  # on bad bytes a format plugin may raise anything
        if _has_signature(head, formats):
            raise _damaged() from error
        raise _foreign(head, noun, accepted) from error
    if image.width * image.height > MAX_PIXELS:
        raise _too_large(image.width * image.height, noun)
    return image


def _decode(image: Image.Image, *, noun: str) -> None:
    try:
        image.load()
    except MemoryError as error:
        raise ImageError(
            f"There is not enough memory to open this {noun}; make it smaller and try again."
        ) from error
    except Exception as error:  # on bad bytes a decoder may raise anything
        raise _damaged() from error


def _grey_stretch(image: ImageFile.ImageFile) -> int:
    """Factor by which decoding will multiply the stored values: grey of few bits only."""
    raw_mode = image.tile[0].args if image.tile else None
    return {"L;2": 85, "L;4": 17}.get(raw_mode, 1) if isinstance(raw_mode, str) else 1


def _has_signature(head: bytes, formats: tuple[str, ...]) -> bool:
    """Whether a file that did not open begins like one of the accepted formats after all."""
    # Pillow fills its table on demand: Image.open has just asked these plugins in this order,
    # up to the first that accepted.
    accepts = (Image.OPEN[name][1] for name in formats)
    return any(accept is not None and bool(accept(head[:16])) for accept in accepts)


def _too_large(pixels: int, noun: str) -> ImageError:
    # Rounded up, so that a photo just above the limit does not read "50.0, at most 50".
    megapixels = math.ceil(pixels / 1e5) / 10
    return ImageError(
        f"This {noun} has {megapixels:,.1f} megapixels and segdemo takes at most "
        f"{MAX_PIXELS / 1e6:.0f}; make it smaller and try again."
    )


def _damaged() -> ImageError:
    return ImageError("This file is damaged or incomplete; export or download it again.")


def _foreign(head: bytes, noun: str, accepted: str) -> ImageError:
    if not head:
        return ImageError(f"This file is empty; use a {noun} as {accepted}.")
    kinds = (kind for mark, kind in _FOREIGN_KINDS if mark in head)
    if kind := next(kinds, None):
        return ImageError(f"This file is {kind}, not a {noun}; use {accepted}.")
    return ImageError(f"This file is not a {noun} segdemo can read; use {accepted}.")


def _upright_turn(image: Image.Image) -> Image.Transpose | None:
    """Turn that a decoded image still needs; None if it is upright already.

    HEIC and TIFF pictures are turned while they are decoded, and their plugins then report
    orientation 1.
    """
    return _UPRIGHT_TURNS.get(_exif_orientation(image))


def _exif_orientation(image: Image.Image) -> int:
    """EXIF orientation of an image; 0 if there is none."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # broken EXIF raises anything, and is no reason to refuse good pixels
        return 0
    return orientation if isinstance(orientation, int) else 0


def _rgb(image: Image.Image) -> Image.Image:
    """Copy of a decoded image of any mode, as RGB over white."""
    if image.mode == "F":
        return _grey_photo(_stretch(np.asarray(image)))
    if image.mode == "I" or image.mode.startswith("I;16"):
        samples = np.asarray(image)
        grey = _grey_from_integers(samples)
        grey[samples == image.info.get("transparency", -1)] = 255
        return _grey_photo(grey)
    if image.has_transparency_data:
        colours = image.convert("RGBA")
        photo = Image.new("RGB", image.size, "white")
        photo.paste(colours, mask=colours)
        return photo
    return image.convert("RGB")


def _grey_photo(grey: np.ndarray) -> Image.Image:
    return Image.fromarray(grey).convert("RGB")


def _grey_from_integers(samples: np.ndarray) -> np.ndarray:
    """Scale deep integer grey to 8 bit, on the full 16-bit range.

    Args:
        samples: Grey values of shape (H, W), any integer type.

    Returns:
        Array of shape (H, W), uint8: 0..65535 becomes 0..255, rounded. Values outside of
        that range have no known white, and are stretched from minimum to maximum.
    """
    if samples.min() < 0 or samples.max() > 65535:
        return _stretch(samples)
    return ((samples.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _stretch(samples: np.ndarray) -> np.ndarray:
    """Scale grey of any range to 8 bit.

    Args:
        samples: Grey values of shape (H, W); NaN and infinities may occur.

    Returns:
        Array of shape (H, W), uint8: 0..1 becomes 0..255, any other range is stretched from
        its minimum to its maximum; 0 where not finite, and everywhere if all values are one
        and the same outside of 0..1.
    """
    values = samples.astype(np.float64)  # the span of float32 values overflows float32
    finite = np.isfinite(values)
    if not finite.any():
        return np.zeros(samples.shape, dtype=np.uint8)
    low, high = values[finite].min(), values[finite].max()
    if low >= 0.0 and high <= 1.0:
        low, high = 0.0, 1.0
    span = high - low if high > low else 1.0
    values[~finite] = low
    grey: np.ndarray = np.rint((values - low) * (255.0 / span)).astype(np.uint8)
    return grey
