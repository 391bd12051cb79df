"""The viewer: photo, mask, opacity and legend, drawn in the browser."""

import base64
import uuid
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.data_classes import FileData, GradioModel
from PIL import Image

from segdemo.prediction import Prediction
from segdemo.views.overlays import indexed

LONGEST_SHOWN_PX = 1600
"""The viewer shows at most this many pixels on the longer side; downloads keep them all."""

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Segmentation:
    """A photo with its prediction: what a handler gives the viewer.

    Args:
        photo: The photo, mode RGB.
        prediction: Its classes, of the photo's size.
    """

    photo: Image.Image
    prediction: Prediction


class ShownClass(GradioModel):
    """A class that occurs in the photo."""

    index: int
    name: str
    colour: str
    share: float


class ViewerData(GradioModel):
    """What the browser gets; ``label_map`` is base64 of deflated rows of class indices."""

    result_id: str
    label_set: str
    model: str
    photo: FileData
    mask: FileData
    width: int
    height: int
    label_map: str
    classes: list[ShownClass]


class Viewer(gr.HTML):
    """Shows a ``Segmentation``; the mask file it offers has the photo's full size."""

    data_model = ViewerData

    def __init__(self, value: Segmentation | None = None, *, elem_id: str | None = None) -> None:
        super().__init__(
            value=value,
            elem_id=elem_id,
            html_template=(_FOLDER / "viewer.html").read_text("utf-8"),
            css_template=(_FOLDER / "viewer.css").read_text("utf-8"),
            js_on_load=(_FOLDER / "viewer.js").read_text("utf-8"),
        )

    def postprocess(self, value: Segmentation | None) -> ViewerData | None:  # type: ignore[override]
        """Write the files of a result and pack what the browser draws."""
        if value is None:
            return None
        # A folder of its own per result: identical results of two visitors never share a file.
        result_id = uuid.uuid4().hex
        folder = Path(self.GRADIO_CACHE) / result_id
        folder.mkdir(parents=True)
        photo, prediction = value.photo, value.prediction
        shown = shown_size(photo.size)
        # A browser saves the mask under the name that the file has here.
        photo_path, mask_path = folder / "photo.jpg", folder / f"{prediction.model_id}-mask.png"
        photo.resize(shown, Image.Resampling.LANCZOS).save(photo_path, quality=90)
        mask = indexed(prediction.label_map, prediction.labels)
        mask.save(mask_path)
        label_map = np.asarray(mask.resize(shown, Image.Resampling.NEAREST))
        return ViewerData(
            result_id=result_id,
            label_set=prediction.labels.id,
            model=prediction.model_id,
            photo=FileData(path=str(photo_path), mime_type="image/jpeg"),
            mask=FileData(path=str(mask_path), orig_name=mask_path.name),
            width=shown[0],
            height=shown[1],
            label_map=base64.b64encode(zlib.compress(label_map.tobytes())).decode("ascii"),
            classes=shown_classes(prediction),
        )

    def preprocess(self, payload: ViewerData | None) -> None:  # type: ignore[override]
        """Give functions nothing: the viewer is an output only."""

    def api_info(self) -> dict[str, Any]:
        """Schema of a result, for clients."""
        return ViewerData.model_json_schema()

    def example_payload(self) -> None:
        """Give no example: the viewer is an output only."""

    def example_value(self) -> None:
        """Give no example: the viewer is an output only."""


def shown_size(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height at which the viewer shows a photo of that width and height."""
    scale = min(1.0, LONGEST_SHOWN_PX / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shown_classes(prediction: Prediction) -> list[ShownClass]:
    """The classes that occur in a prediction, largest first."""
    labels, shares = prediction.labels, prediction.shares
    return [
        ShownClass(
            index=int(index),
            name=labels.class_names[index],
            colour="#{:02x}{:02x}{:02x}".format(*labels.colours[index]),
            share=float(shares[index]),
        )
        for index in np.argsort(-shares, kind="stable")
        if shares[index] > 0
    ]
