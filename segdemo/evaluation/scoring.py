"""Scoring one prediction against its ground truth."""

from pathlib import Path

from PIL import Image

from segdemo.images import stored_orientation
from segdemo.labels import LabelSet
from segdemo.masks import GroundTruth, fit_to_photo, read_mask
from segdemo.metrics import Assessment, Tally, assess, tally
from segdemo.prediction import Prediction


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
