"""Random changes of a training pair: scale, crop, flip, colour."""

import numpy as np
from PIL import Image, ImageEnhance

from segdemo.labels import IGNORE_INDEX


def random_scale(
    image: Image.Image,
    label_map: Image.Image,
    *,
    scale_range: tuple[float, float],
    rng: np.random.Generator,
) -> tuple[Image.Image, Image.Image]:
    """Resize photo and labels by one random factor, uniform in its logarithm.

    Args:
        image: Photo, mode RGB.
        label_map: Class indices, mode L, same size.
        scale_range: Smallest and largest factor.
        rng: Source of randomness.

    Returns:
        Photo (bilinear) and labels (nearest: no class is invented), both resized.
    """
    factor = float(np.exp(rng.uniform(*np.log(scale_range))))
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return (
        image.resize(size, Image.Resampling.BILINEAR),
        label_map.resize(size, Image.Resampling.NEAREST),
    )


def random_crop(
    image: np.ndarray,
    label_map: np.ndarray,
    *,
    crop_shape: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Cut one window out of photo and labels; what lies outside the photo is grey and void.

    Args:
        image: Shape (H, W, 3), uint8.
        label_map: Shape (H, W), uint8.
        crop_shape: Height and width of the window in pixels.
        rng: Source of randomness.

    Returns:
        Arrays of shape (*crop_shape, 3) and crop_shape.
    """
    height, width = crop_shape
    pad_rows = max(0, height - image.shape[0])
    pad_columns = max(0, width - image.shape[1])
    if pad_rows or pad_columns:
        above, before = int(rng.integers(pad_rows + 1)), int(rng.integers(pad_columns + 1))
        padding = ((above, pad_rows - above), (before, pad_columns - before))
        image = np.pad(image, (*padding, (0, 0)), constant_values=127)
        label_map = np.pad(label_map, padding, constant_values=IGNORE_INDEX)
    top = int(rng.integers(image.shape[0] - height + 1))
    left = int(rng.integers(image.shape[1] - width + 1))
    window = (slice(top, top + height), slice(left, left + width))
    return image[window], label_map[window]


def random_flip(
    image: np.ndarray, label_map: np.ndarray, *, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Mirror photo and labels left to right, every second time."""
    if rng.random() < 0.5:
        return image[:, ::-1], label_map[:, ::-1]
    return image, label_map


def random_colour(image: Image.Image, *, strength: float, rng: np.random.Generator) -> Image.Image:
    """Change brightness, contrast and saturation, each by a random factor.

    Args:
        image: Photo, mode RGB.
        strength: Largest relative change; factors are uniform in 1 - strength to 1 + strength.
        rng: Source of randomness.

    Returns:
        New photo.
    """
    for enhancer in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = enhancer(image).enhance(float(rng.uniform(1 - strength, 1 + strength)))
    return image
