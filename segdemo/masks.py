"""Reading a ground-truth mask and naming its encoding."""

from dataclasses import dataclass
from pathlib import Path

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

    @property
    def void(self) -> float:
        """Share of pixels, 0 to 1, that count for nothing, unknown ones included."""
        return float(np.mean(self.label_map == IGNORE_INDEX))

    def __post_init__(self) -> None:
        self.label_map.flags.writeable = False


@dataclass(frozen=True, eq=False)
class _Reading:
    """One way to understand the stored values.

    Args:
        phrase: What to call it.
        source: Label set whose ids or colours are stored.
        table: From stored id to class index wanted, shape (256,), uint8.
    """

    phrase: str
    source: LabelSet
    table: np.ndarray


def read_mask(source: bytes | Path, labels: LabelSet) -> GroundTruth:
    """Read a ground-truth mask from a file as it is stored.

    Palette and grey files are read by their stored indices, never by the colours that the
    indices stand for. Colour files are read by exact match with the label set's colours. A
    file with the ids or colours of a larger label set (VOC for people and animals) is mapped by
    class name; its other classes become background.

    Args:
        source: Contents of a PNG, TIFF or BMP file, or the path of one; other formats invent or
            renumber values.
        labels: Label set in which the mask is wanted.

    Returns:
        The mask in ``labels``, at the file's own size.

    Raises:
        ImageError: If the file cannot be opened, is no such image, is damaged, or is too large.
        MaskError: If it is of another label set, or none of its pixels fit.
    """
    image = load_indices_or_colours(source)
    if image.mode == "LA":
        image = image.getchannel("L")
    if image.mode == "F":
        raise MaskError("This mask holds fractions. Save it as an 8-bit mask of class ids.")
    if image.mode in ("RGB", "RGBA", "CMYK", "YCbCr", "PA"):
        encoding, label_map = _read_colours(image, labels)
    else:
        encoding, label_map = _read_indices(image, labels)
    unknown = label_map == _UNKNOWN
    share = float(unknown.mean())
    if share == 1.0:
        raise MaskError(
            f"None of this mask's pixels is a class of '{labels.title}'. Choose the label set the "
            f"mask was made for."
        )
    label_map[unknown] = IGNORE_INDEX
    return GroundTruth(label_map=label_map, encoding=encoding, unknown=share)


def _read_indices(image: Image.Image, labels: LabelSet) -> tuple[str, np.ndarray]:
    """Read a palette or grey image: what it was taken for, and its map of class indices."""
    values = np.asarray(image)
    lowest, highest = int(values.min()), int(values.max())
    if lowest < 0 or highest > 255:
        raise MaskError(
            f"This mask holds values from {lowest} to {highest}; class ids and void (255) fit in "
            f"0 to 255. Save it as an 8-bit mask of class ids."
        )
    values = values.astype(np.uint8)
    counts = np.bincount(values.ravel(), minlength=256)
    readings = _readings(labels)
    reading = _told_by_palette(image, counts, readings) if image.mode == "P" else None
    if reading is None:
        # The reading that can place the most pixels; the first, likeliest one on a tie.
        reading = max(readings, key=lambda one: int(counts[one.table != _UNKNOWN].sum()))
    return f"class ids of {reading.phrase}, 255 = void", reading.table[values]


def _told_by_palette(
    image: Image.Image, counts: np.ndarray, readings: list[_Reading]
) -> _Reading | None:
    """The reading whose colours the embedded palette holds, for all ids that occur.

    Raises:
        MaskError: If it holds those of a label set that no reading is of.
    """
    palette = np.zeros((256, 3), dtype=np.uint8)
    stored = np.array(image.getpalette("RGB") or [], dtype=np.uint8).reshape(-1, 3)
    palette[: len(stored)] = stored
    used = counts[:IGNORE_INDEX].nonzero()[0]

    def holds(labels: LabelSet) -> bool:
        fits = used.size > 0 and used[-1] < labels.num_classes
        return bool(fits and np.array_equal(palette[used], labels.palette[used]))

    for reading in readings:
        if holds(reading.source):
            return reading
    # A mask of nothing but the first class is too little to tell label sets apart by.
    other = next((labels for labels in LABEL_SETS.values() if used.any() and holds(labels)), None)
    if other:
        raise MaskError(
            f"This mask is of the label set '{other.title}', not of '{readings[0].source.title}'. "
            f"Choose '{other.title}', or another mask."
        )
    return None


def _read_colours(image: Image.Image, labels: LabelSet) -> tuple[str, np.ndarray]:
    """Read a colour image by exact match: what it was taken for, and its class indices."""
    rgb = np.asarray(image.convert("RGB")).astype(np.uint32)
    packed = rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]
    matches = [(reading, _match_colours(packed, reading)) for reading in _readings(labels)]
    # The reading that can place the most pixels; the first, likeliest one on a tie.
    reading, label_map = min(matches, key=lambda match: np.count_nonzero(match[1] == _UNKNOWN))
    return f"colours of {reading.phrase}, exact match", label_map


def _match_colours(packed: np.ndarray, reading: _Reading) -> np.ndarray:
    """Class index of each packed colour (red << 16 | green << 8 | blue), uint8."""
    label_map = np.full(packed.shape, _UNKNOWN, dtype=np.uint8)
    source = reading.source
    meanings = [
        *zip(source.colours, reading.table[: source.num_classes], strict=True),
        *((colour, np.uint8(IGNORE_INDEX)) for colour in source.void_colours),
    ]
    for (red, green, blue), index in meanings:
        label_map[packed == (red << 16 | green << 8 | blue)] = index
    return label_map


def _readings(labels: LabelSet) -> list[_Reading]:
    """Every way to understand stored ids or colours for a label set, likeliest first."""
    own = np.full(256, _UNKNOWN, dtype=np.uint8)
    own[: labels.num_classes] = np.arange(labels.num_classes)
    own[IGNORE_INDEX] = IGNORE_INDEX
    readings = [_Reading(f"'{labels.title}'", labels, own)]
    for other in LABEL_SETS.values():
        mapping = label_mapping(other, labels)
        if other is labels or mapping is None:
            continue
        mapping[other.num_classes : IGNORE_INDEX] = _UNKNOWN
        readings.append(_Reading(f"'{other.title}' mapped by name", other, mapping))
    if "background" not in labels.class_names:
        # CamVid's masks as the SegNet tutorial ships them: one more id, for void.
        extra = own.copy()
        extra[labels.num_classes] = IGNORE_INDEX
        phrase = f"'{labels.title}', {labels.num_classes} = void"
        readings.append(_Reading(phrase, labels, extra))
    return readings
