"""Timing one model on this machine."""

import numpy as np
from PIL import Image

from segdemo.bench.turns import median_seconds
from segdemo.predictor import predictor_of
from segdemo.zoo import ZooEntry

PHOTO_SIZE = (500, 375)
"""Width and height of the timed photo: the usual size of VOC."""


def timed_photo() -> Image.Image:
    """Noise of the timed size: what a photo shows does not change the time."""
    pixels = np.random.default_rng(0).integers(0, 256, (*PHOTO_SIZE[::-1], 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def time_model(entry: ZooEntry, *, rounds: int, device: str = "cpu") -> float:
    """Time one model, warm, photo in and label map out.

    Args:
        entry: The model.
        rounds: Timed turns.
        device: Where it runs.

    Returns:
        Median milliseconds.

    Raises:
        SegdemoError: If its files are damaged or there is no such device.
    """
    predictor, photo = predictor_of(entry, device=device), timed_photo()
    seconds = median_seconds({entry.model_id: lambda: predictor.predict(photo)}, rounds=rounds)
    return 1000 * seconds[entry.model_id]
