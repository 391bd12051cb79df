"""Masks in picture files."""

from pathlib import Path

import numpy as np
from PIL import Image

from segdemo.errors import MaskError
from segdemo.images import load_indices_or_colours
from segdemo.masks.stored import Stored, stored_colours, stored_ids


def read_image(source: bytes | Path) -> Stored:
    """Read a picture as it is stored.

    Palette and grey files are read by their stored indices, never by the colours that the
    indices stand for. Transparency counts for nothing.

    Args:
        source: Contents of a PNG, TIFF or BMP file, or the path of one; other formats invent or
            renumber values.

    Returns:
        Its ids or colours.

    Raises:
        ImageError: If the file cannot be opened, is no such image, is damaged, or is too large.
        MaskError: If it holds fractions.
    """
    image = load_indices_or_colours(source)
    if image.mode == "F":
        raise MaskError("This mask holds fractions. Save it as an 8-bit mask of class ids.")
    if image.mode in ("P", "PA"):
        indices = np.asarray(image.getchannel(0))
        return stored_ids(indices, palette=_palette(image))
    if image.mode == "LA":
        image = image.getchannel(0)
    if image.mode in ("L", "1") or image.mode.startswith("I"):
        return stored_ids(np.asarray(image))
    return stored_colours(np.asarray(image.convert("RGB")))


def _palette(image: Image.Image) -> np.ndarray:
    """Colours of a palette image, shape (256, 3), uint8; black where it has none."""
    palette = np.zeros((256, 3), dtype=np.uint8)
    stored = np.array(image.getpalette("RGB") or [], dtype=np.uint8).reshape(-1, 3)
    palette[: len(stored)] = stored
    return palette
