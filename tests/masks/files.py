"""Mask files of every kind, made by hand for the tests."""

import io
import json
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

from segdemo.labels import Colour, voc_colour

VOID = 255
Rows = Sequence[Sequence[int]]


def encode(image: Image.Image, image_format: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    if image.mode == "P" and image_format == "PNG":
        options = {"bits": 8, **options}  # or a short palette would cut the ids
    image.save(file, image_format, **options)
    return file.getvalue()


def grey(values: Rows, dtype: type[np.generic] = np.uint8) -> Image.Image:
    return Image.fromarray(np.array(values, dtype=dtype))


def with_palette(values: Rows, colours: Sequence[Colour]) -> Image.Image:
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


def npy(values: object, dtype: str = "uint8", **options: bool) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array(values, dtype=dtype), **options)
    return file.getvalue()


def as_json(document: object) -> bytes:
    return json.dumps(document).encode()
