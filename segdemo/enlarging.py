"""Bringing a network's small logits to a photo's size, a strip of rows at a time."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
from PIL import Image

_STRIP_VALUES = 1 << 20
"""Logits that one strip of the photo may hold: 4 MB, so that a strip stays in cache."""

Result = TypeVar("Result")


def map_strips(
    function: Callable[[slice, np.ndarray], Result],
    logits: np.ndarray,
    *,
    shape: tuple[int, int],
    used: tuple[float, float],
    mapper: Callable[..., Iterator[Any]] = map,
) -> Iterator[Result]:
    """Enlarge logits bilinearly and apply a function to each strip of rows, from the top.

    Pixel centres are the corners of no pixel (``align_corners=False``). The enlarged logits of a
    large photo never exist as a whole.

    Args:
        function: Called with the rows of the photo that a strip covers and their logits of shape
            (C, rows, W), float32, its own to overwrite.
        logits: Shape (C, h, w), float32.
        shape: Height H and width W wanted, in pixels.
        used: Share of the logits' height and width, from the top left, that shows the photo.
        mapper: What applies functions: ``map`` makes one strip after another, when it is asked
            for; a pool's ``map`` makes several at once.

    Returns:
        What the function gave for each strip.
    """
    num_classes, logits_height, logits_width = logits.shape
    height, width = shape

    # Pillow rather than matrix products: its one thread per call keeps its pace on a busy host.
    def widen(plane: np.ndarray) -> Image.Image:
        box = (0, 0, logits_width * used[1], logits_height)
        image = Image.fromarray(plane)
        return image.resize((width, logits_height), Image.Resampling.BILINEAR, box)

    planes = list(mapper(widen, logits))
    scale = logits_height * used[0] / height
    rows_per_strip = max(1, _STRIP_VALUES // (num_classes * width))

    def fill(top: int) -> Result:
        bottom = min(top + rows_per_strip, height)
        box = (0, top * scale, width, bottom * scale)
        enlarged = np.empty((num_classes, bottom - top, width), dtype=np.float32)
        for index, plane in enumerate(planes):
            enlarged[index] = plane.resize((width, bottom - top), Image.Resampling.BILINEAR, box)
        return function(slice(top, bottom), enlarged)

    return mapper(fill, range(0, height, rows_per_strip))
