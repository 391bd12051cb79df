"""Scoring a predictor on many pairs of photo and ground truth."""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segdemo.errors import DataError, ImageError, MaskError
from segdemo.images import load_photo
from segdemo.masks import GroundTruth, read_mask
from segdemo.metrics import Scores, confusion_matrix, score
from segdemo.prediction import Prediction
from segdemo.predictor import Predictor

_MASK_SUFFIXES = {".png", ".tif", ".tiff", ".bmp"}
_PHOTO_SUFFIXES = {
    ".jpg",
    ".jpeg",
    ".png",
    ".webp",
    ".bmp",
    ".tif",
    ".tiff",
    ".gif",
    ".heic",
    ".heif",
    ".avif",
}


@dataclass(frozen=True)
class Pair:
    """A photo and its ground truth.

    Args:
        stem: The name they share, without suffix.
        image_path: The photo.
        mask_path: The ground truth.
    """

    stem: str
    image_path: Path
    mask_path: Path


def find_pairs(images_dir: Path, masks_dir: Path) -> list[Pair]:
    """Pair photos with the masks that have the same stem.

    Args:
        images_dir: Folder of photos.
        masks_dir: Folder of masks.

    Returns:
        Pairs, sorted by stem.

    Raises:
        DataError: If a folder is missing, no stem occurs in both, or one occurs twice in one.
    """
    for folder in (images_dir, masks_dir):
        if not folder.is_dir():
            raise DataError(f"There is no folder '{folder}'. Name one that holds the pairs.")
    masks = {path.stem: path for path in _files(masks_dir, _MASK_SUFFIXES)}
    pairs = [
        Pair(path.stem, path, masks[path.stem])
        for path in _files(images_dir, _PHOTO_SUFFIXES)
        if path.stem in masks
    ]
    if not pairs:
        raise DataError(f"No photo in '{images_dir}' has a mask of the same name in '{masks_dir}'.")
    return pairs


def _files(folder: Path, suffixes: set[str]) -> list[Path]:
    """Files of a folder with one of the suffixes, sorted by stem.

    Raises:
        DataError: If two of them share a stem.
    """
    found = [path for path in folder.iterdir() if path.suffix.lower() in suffixes]
    files = sorted((path for path in found if path.is_file()), key=lambda path: path.stem)
    for before, after in itertools.pairwise(files):
        if before.stem == after.stem:
            raise DataError(
                f"'{before.name}' and '{after.name}' in '{folder}' have one name. Keep one of them."
            )
    return files


def count(prediction: Prediction, truth: GroundTruth) -> np.ndarray:
    """Count how one prediction meets its ground truth.

    Args:
        prediction: Classes of a photo.
        truth: Ground truth in the same label set.

    Returns:
        Confusion matrix of shape (C, C), int64, rows target.

    Raises:
        MaskError: If the two differ in size; a ground truth is never resized.
    """
    if truth.label_map.shape != prediction.label_map.shape:
        height, width = prediction.label_map.shape
        mask_height, mask_width = truth.label_map.shape
        raise MaskError(
            f"The mask is {mask_width} x {mask_height} pixels but the photo is {width} x {height}. "
            f"Use a mask of the photo's own size."
        )
    return confusion_matrix(
        prediction.label_map, truth.label_map, num_classes=prediction.labels.num_classes
    )


def score_pair(prediction: Prediction, truth: GroundTruth) -> Scores:
    """Score one prediction.

    Args:
        prediction: Classes of a photo.
        truth: Ground truth in the same label set and of the same size.

    Returns:
        Scores over the pixels of this photo alone.

    Raises:
        MaskError: If the two differ in size.
    """
    return score(count(prediction, truth), class_names=prediction.labels.class_names)


@dataclass(frozen=True)
class Evaluation:
    """The score of many pairs, and how their masks were read.

    Args:
        scores: Scores over all pixels of all pairs.
        encodings: How masks were understood, and how many of them each way.
        unknown: Share of all pixels, 0 to 1, whose value had no meaning; they were left out.
    """

    scores: Scores
    encodings: dict[str, int]
    unknown: float


def evaluate(predictor: Predictor, pairs: Iterable[Pair]) -> Evaluation:
    """Score a predictor over all pixels of all pairs.

    Args:
        predictor: The model.
        pairs: Photos and masks, each pair of one size.

    Returns:
        Scores of the summed confusion matrix, and how the masks were read.

    Raises:
        MaskError: If a mask does not fit its photo or the label set; the message names the pair.
        ImageError: If a file cannot be read; the message names the pair.
    """
    labels = predictor.labels
    total = np.zeros((labels.num_classes, labels.num_classes), dtype=np.int64)
    encodings: Counter[str] = Counter()
    pixels, unknown = 0, 0.0
    for pair in pairs:
        try:
            truth = read_mask(pair.mask_path, labels)
            total += count(predictor.predict(load_photo(pair.image_path)), truth)
        except (ImageError, MaskError) as error:
            raise type(error)(f"{pair.stem}: {error}") from error
        encodings[truth.encoding] += 1
        pixels += truth.label_map.size
        unknown += truth.unknown * truth.label_map.size
    scores = score(total, class_names=labels.class_names)
    return Evaluation(scores, dict(encodings), unknown / pixels if pixels else 0.0)
