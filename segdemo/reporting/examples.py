"""Single images of an evaluation, to be looked at."""

import math
from dataclasses import dataclass

from PIL import Image

from segdemo.evaluation import Evaluation, Pair, Row, read_truth
from segdemo.images import load_photo
from segdemo.masks import GroundTruth
from segdemo.prediction import Prediction
from segdemo.predictor import Predictor
from segdemo.views.overlays import overlay
from segdemo.views.strips import draw_strip

_WIDTH_PX = 300


@dataclass(frozen=True, eq=False)
class Example:
    """A pair with what a model makes of it.

    Args:
        photo: The photo, mode RGB.
        truth: Its ground truth.
        prediction: The model's classes.
    """

    photo: Image.Image
    truth: GroundTruth
    prediction: Prediction


def ranked_rows(evaluation: Evaluation) -> list[Row]:
    """Rank the images that have a score by their own mean IoU.

    Args:
        evaluation: A model's judgement.

    Returns:
        Their rows, the worst first.
    """
    scored = (row for row in evaluation.judged if not math.isnan(row.mean_iou))
    return sorted(scored, key=lambda row: (row.mean_iou, row.index))


def load_example(pair: Pair, predictor: Predictor, *, reading: str | None = None) -> Example:
    """Read a pair again and predict it again: evaluations keep neither.

    Args:
        pair: Photo and mask.
        predictor: The model.
        reading: Id of the reading of the mask; None for the likeliest.

    Returns:
        The pair with its prediction.

    Raises:
        SegdemoError: If a file cannot be read, or they do not fit together.
    """
    photo = load_photo(pair.image_path)
    truth = read_truth(
        pair.mask_path,
        predictor.labels,
        photo=photo,
        photo_source=pair.image_path,
        reading=reading,
    )
    return Example(photo, truth, predictor.predict(photo))


def draw_example(example: Example) -> Image.Image:
    """Set photo, ground truth over it and prediction over it side by side.

    Args:
        example: What to draw.

    Returns:
        New picture, mode RGB.
    """
    photo, labels = example.photo, example.prediction.labels
    overlays = (
        overlay(photo, label_map, labels, opacity=0.6)
        for label_map in (example.truth.label_map, example.prediction.label_map)
    )
    pictures = [_within(picture) for picture in (photo, *overlays)]
    titles = ["photo", "ground truth", "prediction"]
    return draw_strip([pictures], titles=titles, width_px=_WIDTH_PX)


def _within(picture: Image.Image) -> Image.Image:
    """The picture at the width of an example; beside white if it is much higher than wide."""
    scale = min(_WIDTH_PX / picture.width, 2 * _WIDTH_PX / picture.height)
    width, height = (max(1, round(scale * side)) for side in picture.size)
    sheet = Image.new("RGB", (_WIDTH_PX, height), "white")
    sheet.paste(picture.resize((width, height)), ((_WIDTH_PX - width) // 2, 0))
    return sheet
