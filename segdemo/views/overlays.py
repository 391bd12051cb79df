"""Pictures of a label map: in its colours, over the photo, and as a file of class ids."""

import numpy as np
from PIL import Image

from segdemo.labels import IGNORE_INDEX, LabelSet


def colorize(label_map: np.ndarray, labels: LabelSet) -> Image.Image:
    """Paint a label map in the colours of its label set.

    Args:
        label_map: Class indices of shape (H, W), uint8; void is painted black.
        labels: Label set of the indices.

    Returns:
        New image, mode RGB.

    Raises:
        ValueError: If ``label_map`` is of another shape or dtype, or holds an index that is
            neither a class nor void.
    """
    return indexed(label_map, labels).convert("RGB")


def overlay(
    image: Image.Image, label_map: np.ndarray, labels: LabelSet, *, opacity: float
) -> Image.Image:
    """Lay the colours of a label map over its photo.

    Args:
        image: Photo, mode RGB.
        label_map: Class indices of the photo's size, uint8.
        labels: Label set of the indices.
        opacity: Weight of the colours, 0 (photo only) to 1 (colours only).

    Returns:
        New image, mode RGB.

    Raises:
        ValueError: If ``opacity`` is outside 0 to 1, or sizes differ.
    """
    if not 0 <= opacity <= 1:
        raise ValueError(f"opacity must be within 0 to 1, got {opacity}")
    return Image.blend(image, colorize(label_map, labels), opacity)


def indexed(label_map: np.ndarray, labels: LabelSet) -> Image.Image:
    """Make the picture that a mask is saved as: class ids with a palette to look at.

    Args:
        label_map: Class indices of shape (H, W), uint8; ``IGNORE_INDEX`` where void.
        labels: Label set of the indices.

    Returns:
        New image, mode P. Saved as PNG it keeps every id exactly.

    Raises:
        ValueError: If ``label_map`` is of another shape or dtype, or holds an index that is
            neither a class nor void.
    """
    if label_map.ndim != 2 or label_map.dtype != np.uint8:
        raise ValueError(
            f"label_map must have shape (H, W) and dtype uint8, got shape {label_map.shape} and "
            f"dtype {label_map.dtype}"
        )
    strange = (label_map >= labels.num_classes) & (label_map != IGNORE_INDEX)
    if strange.any():
        raise ValueError(
            f"label_map must hold classes 0 to {labels.num_classes - 1} or {IGNORE_INDEX}, got "
            f"{int(label_map[strange][0])}"
        )
    palette = np.zeros((256, 3), dtype=np.uint8)
    palette[: labels.num_classes] = labels.palette
    image = Image.fromarray(label_map).copy()  # a copy: the array's memory stays the caller's
    image.putpalette(palette.tobytes())
    return image
