"""Scoring a predictor on many pairs of photo and ground truth."""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from segdemo.errors import DataError, ImageError, MaskError
from segdemo.images import load_photo, stored_orientation
from segdemo.labels import LabelSet
from segdemo.masks import GroundTruth, common_reading, fit_to_photo, read_mask
from segdemo.metrics import Assessment, Scores, Tally, assess, tally
from segdemo.prediction import Prediction
from segdemo.predictor import Predictor

_MASK_SUFFIXES = {".png", ".tif", ".tiff", ".bmp", ".npy"}
_COCO_SUFFIXES = {".json"}
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
    # Annotation programs keep their notes as JSON beside the mask that they draw.
    notes = {path.stem: path for path in _files(masks_dir, _COCO_SUFFIXES)}
    masks = notes | {path.stem: path for path in _files(masks_dir, _MASK_SUFFIXES)}
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


def count(prediction: Prediction, truth: GroundTruth, *, details: bool = True) -> Tally:
    """Count how one prediction meets its ground truth.

    Args:
        prediction: Classes of a photo.
        truth: Ground truth in the same label set and of the same size.
        details: Whether boundaries and kinds of errors are counted too.

    Returns:
        Counts of this photo.

    Raises:
        MaskError: If the two differ in size; a ground truth is never resized.
    """
    fitting = fit_to_photo(truth, shape=prediction.label_map.shape)
    return tally(
        prediction.label_map,
        fitting.label_map,
        num_classes=prediction.labels.num_classes,
        confidence=prediction.confidence,
        details=details,
    )


def assess_pair(prediction: Prediction, truth: GroundTruth) -> Assessment:
    """Judge one prediction.

    Args:
        prediction: Classes of a photo.
        truth: Ground truth in the same label set and of the same size.

    Returns:
        The judgement over the pixels of this photo alone.

    Raises:
        MaskError: If the two differ in size.
    """
    counts = count(prediction, truth)
    return assess(counts, confmats=[counts.confmat], class_names=prediction.labels.class_names)


@dataclass(frozen=True)
class Evaluation:
    """The judgement of many pairs, and how their masks were read.

    Args:
        assessment: Judgement over all pixels of all pairs.
        encodings: How masks were understood, and how many of them each way.
        readings: The same with reasons and reservations, in sentences.
        unknown: Share of all pixels, 0 to 1, whose value had no meaning; they were left out.
    """

    assessment: Assessment
    encodings: dict[str, int]
    readings: dict[str, int]
    unknown: float

    @property
    def scores(self) -> Scores:
        """The scores of the assessment."""
        return self.assessment.scores


def evaluate(
    predictor: Predictor,
    pairs: Sequence[Pair],
    *,
    details: bool = False,
    reading: str | None = None,
) -> Evaluation:
    """Judge a predictor over all pixels of all pairs.

    Args:
        predictor: The model.
        pairs: Photos and masks, each pair of one size.
        details: Whether boundaries and kinds of errors are counted too, which takes several times
            as long as predicting.
        reading: Id of the reading by which all masks are read; None to find the likeliest that
            they have in common.

    Returns:
        The judgement of the summed counts, and how the masks were read.

    Raises:
        MaskError: If a mask does not fit its photo or the label set; the message names the pair.
        ImageError: If a file cannot be read; the message names the pair.
    """
    labels = predictor.labels
    if reading is None and len(pairs) > 1:  # one mask alone is best judged by itself
        reading = common_reading((pair.mask_path for pair in pairs), labels)
    total: Tally | None = None
    confmats: list[np.ndarray] = []
    encodings: Counter[str] = Counter()
    readings: Counter[str] = Counter()
    pixels, unknown = 0, 0.0
    for pair in pairs:
        try:
            photo = load_photo(pair.image_path)
            truth = read_truth(
                pair.mask_path, labels, photo=photo, photo_source=pair.image_path, reading=reading
            )
            counts = count(predictor.predict(photo), truth, details=details)
        except (ImageError, MaskError) as error:
            raise type(error)(f"{pair.stem}: {error}") from error
        total = total + counts if total else counts
        confmats.append(counts.confmat)
        encodings[truth.encoding] += 1
        readings[truth.summary] += 1
        pixels += truth.label_map.size
        unknown += truth.unknown * truth.label_map.size
    nothing = np.zeros((labels.num_classes, labels.num_classes), dtype=np.int64)
    assessment = assess(
        total or Tally(nothing), confmats=confmats or [nothing], class_names=labels.class_names
    )
    return Evaluation(
        assessment, dict(encodings), dict(readings), unknown / pixels if pixels else 0.0
    )


def read_truth(
    source: bytes | Path,
    labels: LabelSet,
    *,
    photo: Image.Image,
    photo_source: bytes | Path,
    reading: str | None = None,
) -> GroundTruth:
    """Read the ground truth of a photo, turned upright if only the photo was.

    Args:
        source: The mask's file.
        labels: Label set in which the mask is wanted.
        photo: The photo as it is seen.
        photo_source: The photo's file, which may say that it lies on its side there.
        reading: Id of the reading to take; None to find the likeliest.

    Returns:
        The ground truth, of the photo's size.

    Raises:
        MaskError: If the mask does not fit the photo or the label set.
        ImageError: If a file cannot be read.
    """
    truth = read_mask(source, labels, reading=reading)
    shape = (photo.height, photo.width)
    if truth.label_map.shape == shape:
        return truth
    return fit_to_photo(truth, shape=shape, orientation=stored_orientation(photo_source))
