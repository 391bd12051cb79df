"""What is shown of one model of a run."""

import math
from dataclasses import dataclass
from html import escape

from segdemo.errors import SegdemoError
from segdemo.evaluation import Evaluation
from segdemo.predictor import predictor_of
from segdemo.reporting import (
    Example,
    calibration_sentence,
    draw_confusion_of,
    draw_example,
    draw_reliability_of,
    load_example,
    overall_scores,
    ranked_rows,
)
from segdemo.ui import texts
from segdemo.ui.evaluating.finished import Finished
from segdemo.ui.handlers import DEVICE
from segdemo.ui.html import figure, grid, paragraph
from segdemo.views.report import data_address

_WORST = 4
"""Images shown as the worst."""


@dataclass(frozen=True)
class Opened:
    """The image that a visitor opened.

    Args:
        model_id: By which model.
        position: Position of its row.
    """

    model_id: str
    position: int


def overview(evaluation: Evaluation) -> str:
    """Scores of a model and how sure they are, HTML."""
    interval = evaluation.assessment.interval
    said = []
    if not math.isnan(interval.low):
        said.append(
            texts.INTERVAL.format(
                low=interval.low, high=interval.high, confidence=interval.confidence
            )
        )
    return grid(overall_scores(evaluation)) + "".join(map(paragraph, said))


def confusion(evaluation: Evaluation) -> str:
    """What is taken for what, HTML."""
    return figure(draw_confusion_of(evaluation), texts.CONFUSION_CHART)


def calibration(evaluation: Evaluation) -> str:
    """Whether the model is as sure as it is right, HTML; empty where nothing could be counted."""
    sentence, chart = calibration_sentence(evaluation), draw_reliability_of(evaluation)
    if not sentence or chart is None:
        return ""
    return paragraph(sentence) + figure(chart, texts.RELIABILITY_CHART)


def worst_images(finished: Finished, model_id: str) -> str:
    """The images of the lowest mean IoU: photo, ground truth and prediction, each a button."""
    evaluation = finished.evaluation(model_id)
    positions = {row.index: position for position, row in enumerate(evaluation.rows)}
    buttons = []
    for row in ranked_rows(evaluation)[:_WORST]:
        try:
            picture = draw_example(open_image(finished, Opened(model_id, positions[row.index])))
        except SegdemoError:
            continue
        buttons.append(
            f'<li><button type="button" data-row="{positions[row.index]}">'
            f'<img src="{data_address(picture)}" alt="">'
            f"<span>{escape(row.stem)}: mean IoU {row.mean_iou:.4f}</span></button></li>"
        )
    return f"<ul>{''.join(buttons)}</ul>" if buttons else ""


def open_image(finished: Finished, opened: Opened) -> Example:
    """Read an image of a run again, with what the model makes of it.

    Args:
        finished: The run.
        opened: Which image, by which model.

    Returns:
        Photo, ground truth and prediction.

    Raises:
        SegdemoError: If a file cannot be read, as when it was not judged for that.
    """
    row = finished.evaluation(opened.model_id).rows[opened.position]
    return load_example(
        finished.run.pairing.pairs[row.index],
        predictor_of(finished.entries[opened.model_id], device=DEVICE),
        reading=finished.reading,
    )
