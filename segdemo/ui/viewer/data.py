"""What a result is to the viewer, in Python and in the browser."""

from dataclasses import dataclass

import numpy as np
from gradio.data_classes import FileData, GradioModel
from PIL import Image

from segdemo.prediction import Prediction
from segdemo.ui.viewer.packing import PackedLogits
from segdemo.views.palettes import safe_palette

LONGEST_SHOWN_PX = 1600
"""The viewer shows at most this many pixels on the longer side; downloads keep them all."""


@dataclass(frozen=True)
class Segmentation:
    """A photo with its prediction: what a handler gives the viewer.

    Args:
        photo: The photo, mode RGB.
        prediction: Its classes, of the photo's size, with logits.
        truth: True classes of the photo's size, uint8, void where none; None without them.
        photo_key: Same for the same photo, so that zoom and read-out stay when only the model
            changes.
        example: Name of the example that the photo is; empty for a visitor's own.
    """

    photo: Image.Image
    prediction: Prediction
    truth: np.ndarray | None = None
    photo_key: str = ""
    example: str = ""


class ShownClass(GradioModel):
    """A class of the model, with its share of the photo, 0 to 1."""

    index: int
    name: str
    colour: str
    safe_colour: str
    share: float


class ViewerData(GradioModel):
    """What the browser gets.

    ``label_map`` and ``truth`` are base64 of deflated rows of class indices, 255 where void;
    ``truth`` is empty without a ground truth.
    """

    result_id: str
    label_set: str
    model: str
    photo: FileData
    mask: FileData
    width: int
    height: int
    label_map: str
    classes: list[ShownClass]
    photo_width: int
    photo_height: int
    photo_key: str
    example: str
    truth: str
    logits: PackedLogits


def shown_size(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height at which the viewer shows a photo of that width and height."""
    scale = min(1.0, LONGEST_SHOWN_PX / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shown_classes(prediction: Prediction) -> list[ShownClass]:
    """All classes of a prediction's label set, largest share of the photo first."""
    labels, shares = prediction.labels, prediction.shares
    safe = safe_palette(labels)
    return [
        ShownClass(
            index=int(index),
            name=labels.class_names[index],
            colour=hex_of(labels.colours[index]),
            safe_colour=hex_of(safe[index]),
            share=float(shares[index]),
        )
        for index in np.argsort(-shares, kind="stable")
    ]


def hex_of(colour: tuple[int, int, int]) -> str:
    """A colour as the browser writes it: #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour)
