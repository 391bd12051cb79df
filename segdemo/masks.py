"""Reading a ground-truth mask and naming its encoding."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from segdemo.errors import MaskError
from segdemo.images import load_indices_or_colours
from segdemo.labels import IGNORE_INDEX, LABEL_SETS, LabelSet, label_mapping

_UNKNOWN = 254
"""Stands for 'a value that is neither a class nor void' while a mask is being read."""


@dataclass(frozen=True, eq=False)
class GroundTruth:
    """A ground truth as class indices, and how it was read.

    Args:
        label_map: Class index per pixel, shape (H, W), uint8; ``IGNORE_INDEX`` where void.
        encoding: One phrase that says how the file was understood.
        unknown: Share of pixels, 0 to 1, whose value or colour has no meaning in the label
            set; they are void in ``label_map``.
    """

    label_map: np.ndarray
    encoding: str
    unknown: float

    def __post_init__(self) -> None:
        self.label_map.flags.writeable = False


@dataclass(frozen=True, eq=False)
class _Reading:
    """One way to understand the stored values: a table from value to class index."""

    encoding: str
    table: np.ndarray


def read_mask(data: bytes, labels: LabelSet) -> GroundTruth:
    """Read a ground-truth mask from a file's bytes.

    Palette and grey files are read by their stored indices, never by the colours that the
    indices stand for. Colour files are read by exact match with the label set's colours. A
    palette or grey file with the ids of a larger label set (VOC for people and animals) is
    mapped by class name; its other classes become background.

    Args:
        data: Contents of a PNG, BMP, TIFF or GIF file. Lossy formats are refused, since
            they invent values.
        labels: Label set in which the mask is wanted.

    Returns:
        The mask in ``labels``, at the file's own size.

    Raises:
        ImageError: If the file is no such image, is damaged, or is too large.
        MaskError: If none of its pixels fit the label set.
    """
    image = load_indices_or_colours(data)
    if image.mode in ("P", "L", "1", "I;16", "I;16B", "I"):
        reading, values = _read_indices(image, labels)
        label_map = reading.table[values]
    else:
        reading, label_map = _read_colours(image, labels)
    unknown = label_map == _UNKNOWN
    share = float(unknown.mean())
    if share == 1.0:
        raise MaskError(
            f"None of this mask's pixels is a class of '{labels.title}'. Choose the label set the "
            f"mask was made for."
        )
    label_map[unknown] = IGNORE_INDEX
    return GroundTruth(label_map=label_map, encoding=reading.encoding, unknown=share)


def _read_indices(image: Image.Image, labels: LabelSet) -> tuple[_Reading, np.ndarray]:
    """Choose how to read a palette or grey image; give the reading and its values, 0 to 255."""
    values = np.asarray(image)
    highest = int(values.max())
    if highest > 255:
        raise MaskError(
            f"This mask holds values up to {highest}; class ids and void (255) fit in 0 to 255. "
            f"Save it as an 8-bit mask of class ids."
        )
    values = values.astype(np.uint8)
    counts = np.bincount(values.ravel(), minlength=256)
    readings = _index_readings(labels)
    if image.mode == "P":
        # An embedded palette tells which ids are meant when several readings would do.
        embedded = _palette_of(image)
        used = counts[:IGNORE_INDEX].nonzero()[0]
        for reading, source in readings:
            fits = used.size > 0 and used[-1] < source.num_classes
            if fits and np.array_equal(embedded[used], source.palette[used]):
                return reading, values
    # Without that help: the reading that can place the most pixels; the first on a tie.
    reading = max(readings, key=lambda pair: int(counts[pair[0].table != _UNKNOWN].sum()))[0]
    return reading, values


def _index_readings(labels: LabelSet) -> list[tuple[_Reading, LabelSet]]:
    """Every way to understand stored indices for a label set, likeliest first."""
    readings = []
    own = np.full(256, _UNKNOWN, dtype=np.uint8)
    own[: labels.num_classes] = np.arange(labels.num_classes)
    own[IGNORE_INDEX] = IGNORE_INDEX
    readings.append((_Reading(f"class ids of '{labels.title}', 255 = void", own), labels))
    for other in LABEL_SETS.values():
        mapping = label_mapping(other, labels)
        if other is labels or mapping is None:
            continue
        mapping[other.num_classes : IGNORE_INDEX] = _UNKNOWN
        phrase = f"class ids of '{other.title}' mapped by name, 255 = void"
        readings.append((_Reading(phrase, mapping), other))
    if "background" not in labels.class_names:
        # CamVid's masks as the SegNet tutorial ships them: one more id, for void.
        extra = own.copy()
        extra[labels.num_classes] = IGNORE_INDEX
        phrase = f"class ids of '{labels.title}', {labels.num_classes} and 255 = void"
        readings.append((_Reading(phrase, extra), labels))
    return readings


def _palette_of(image: Image.Image) -> np.ndarray:
    """The palette embedded in a P image, padded with black: shape (256, 3), uint8."""
    palette = np.zeros((256, 3), dtype=np.uint8)
    stored = np.array(image.getpalette("RGB") or [], dtype=np.uint8).reshape(-1, 3)
    palette[: len(stored)] = stored
    return palette


def _read_colours(image: Image.Image, labels: LabelSet) -> tuple[_Reading, np.ndarray]:
    """Read a colour image by exact match: the reading and the map of class indices."""
    rgb = np.asarray(image.convert("RGB")).astype(np.uint32)
    packed = rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]
    label_map = np.full(packed.shape, _UNKNOWN, dtype=np.uint8)
    for index, (red, green, blue) in enumerate(labels.colours):
        label_map[packed == (red << 16 | green << 8 | blue)] = index
    for red, green, blue in labels.void_colours:
        label_map[packed == (red << 16 | green << 8 | blue)] = IGNORE_INDEX
    return _Reading(f"colours of '{labels.title}', exact match", np.empty(0)), label_map
