"""Training pairs as a PyTorch dataset of random crops."""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from segdemo.card import Preprocessing
from segdemo.errors import DataError
from segdemo.evaluation import Pair, read_truth
from segdemo.images import load_photo
from segdemo.labels import LabelSet
from segdemo.masks import common_reading, read_mask
from segdemo.training.augmentation import random_colour, random_crop, random_flip, random_scale
from segdemo.training.losses import NOT_LOOKED_FOR
from segdemo.training.recipes import Recipe


class Crops(Dataset[tuple[Tensor, Tensor]]):
    """One random crop of each training pair; another one in every epoch.

    Item i is x of shape (3, height, width), float32, normalised, and the target of shape
    (height, width), int64, class indices, the void label or ``NOT_LOOKED_FOR``. The same seed,
    epoch and index give the same crop, whatever order or process they are read in.

    Args:
        pairs: Photos and masks.
        labels: Label set of the targets.
        recipe: Sizes, crop shape, scales, colours, flips and seed.
        preprocessing: Normalisation of the photos.
        partial: Photos and masks on which only some classes are labelled. Their background means
            'none of these' and becomes ``NOT_LOOKED_FOR``.
    """

    def __init__(
        self,
        pairs: Sequence[Pair],
        *,
        labels: LabelSet,
        recipe: Recipe,
        preprocessing: Preprocessing,
        partial: Sequence[Pair] = (),
    ) -> None:
        self.pairs = (*pairs, *partial)
        self.num_whole = len(pairs)
        self.readings = [_common_reading(part, labels) for part in (pairs, partial)]
        self.labels = labels
        self.recipe = recipe
        self.mean = np.array(preprocessing.mean, dtype=np.float32)
        self.std = np.array(preprocessing.std, dtype=np.float32)
        self.epoch = 0

    def __len__(self) -> int:
        """Return the number of training pairs."""
        return len(self.pairs)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """Return the crop of one pair in the current epoch."""
        recipe, pair = self.recipe, self.pairs[index]
        rng = np.random.default_rng((recipe.seed, self.epoch, index))
        photo = load_photo(pair.image_path)
        truth = Image.fromarray(self._target(index, photo))
        base = recipe.longest_side_px / max(photo.size) if recipe.resize_first else 1.0
        scale_range = (base * recipe.scale_range[0], base * recipe.scale_range[1])
        photo, truth = random_scale(photo, truth, scale_range=scale_range, rng=rng)
        photo = random_colour(photo, strength=recipe.colour_jitter, rng=rng)
        image, label_map = random_crop(
            np.asarray(photo), np.asarray(truth), crop_shape=recipe.crop_shape, rng=rng
        )
        if recipe.flip:
            image, label_map = random_flip(image, label_map, rng=rng)
        x = (image.astype(np.float32) / 255 - self.mean) / self.std
        return (
            torch.from_numpy(np.ascontiguousarray(x.transpose(2, 0, 1))),
            torch.from_numpy(label_map.astype(np.int64)),
        )

    def _target(self, index: int, photo: Image.Image) -> np.ndarray:
        is_partial = index >= self.num_whole
        reading = self.readings[is_partial]
        pair = self.pairs[index]
        truth = read_truth(
            pair.mask_path,
            self.labels,
            photo=photo,
            photo_source=pair.image_path,
            reading=reading,
        )
        label_map = truth.label_map
        if not is_partial:
            return label_map
        background = self.labels.class_names.index("background")
        return np.where(label_map == background, np.uint8(NOT_LOOKED_FOR), label_map)


def _common_reading(pairs: Sequence[Pair], labels: LabelSet) -> str | None:
    """How all masks are read: one of them alone may show too little to tell."""
    return common_reading((pair.mask_path for pair in pairs), labels)


def class_frequencies(
    pairs: Sequence[Pair], labels: LabelSet, *, reading: str | None = None
) -> np.ndarray:
    """Share of each class among all valid pixels of the masks, shape (C,), float64.

    Args:
        pairs: Photos and masks.
        labels: Label set in which the masks are wanted.
        reading: Id of the reading of all masks; None to find the one they have in common.

    Raises:
        DataError: If no pixel is valid.
    """
    counts = np.zeros(256, dtype=np.int64)
    reading = reading or _common_reading(pairs, labels)
    for pair in pairs:
        label_map = read_mask(pair.mask_path, labels, reading=reading).label_map
        counts += np.bincount(label_map.ravel(), minlength=256)
    counts = counts[: labels.num_classes]
    if not counts.any():
        raise DataError("All pixels of the training masks are void. Use masks with classes.")
    return counts / counts.sum()
