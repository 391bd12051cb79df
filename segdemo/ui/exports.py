"""Downloads of a result that are made when asked for."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.data_classes import FileData, GradioModel
from PIL import Image

from segdemo.errors import UnknownNameError
from segdemo.labels import LabelSet
from segdemo.prediction import Logits, Prediction
from segdemo.predictor import weights_path
from segdemo.reporting import areas
from segdemo.ui.handlers import DEVICE
from segdemo.ui.inputs import UploadedPhoto, new_folder
from segdemo.ui.viewer import shown_size
from segdemo.uncertainty import certainty, probabilities
from segdemo.views.coco import to_coco
from segdemo.views.overlays import overlay
from segdemo.views.palettes import safe_palette
from segdemo.zoo import ZooEntry, sha256


@dataclass(frozen=True)
class ViewSettings:
    """How the viewer shows a result.

    Args:
        opacity: Of the mask, 0 to 1.
        shown: Indices of the classes that are shown; None for all.
        safe: Whether the colours are those for all eyes.
    """

    opacity: float = 0.6
    shown: frozenset[int] | None = None
    safe: bool = False


def settings_of(request: Mapping[str, Any]) -> ViewSettings:
    """Read the settings that a browser sent; what makes no sense becomes the usual."""
    opacity, shown = request.get("opacity"), request.get("shown")
    usual = ViewSettings()
    return ViewSettings(
        opacity=min(100, max(0, opacity)) / 100 if type(opacity) is int else usual.opacity,
        shown=(
            frozenset(index for index in shown if type(index) is int)
            if isinstance(shown, list)
            else usual.shown
        ),
        safe=request.get("safe") is True,
    )


@dataclass(frozen=True)
class Result:
    """What an export is made of.

    Args:
        photo: The photo.
        prediction: Its prediction, with logits.
        entry: The model.
        view: How the viewer shows it.
    """

    photo: UploadedPhoto
    prediction: Prediction
    entry: ZooEntry
    view: ViewSettings

    @property
    def logits(self) -> Logits:
        """Logits of the prediction."""
        return self.prediction.require_logits()

    @property
    def shown_shape(self) -> tuple[int, int]:
        """Height and width at which the viewer shows the photo."""
        width, height = shown_size(self.photo.image.size)
        return height, width


def write_export(kind: str, result: Result) -> Path:
    """Write a file to download, into a folder of its own.

    Args:
        kind: A key of ``EXPORTS``.
        result: What to write.

    Returns:
        The file, in Gradio's folder, whose files are deleted after a day.

    Raises:
        UnknownNameError: If there is no such kind.
    """
    if kind not in EXPORTS:
        raise UnknownNameError(
            f"There is no download '{kind}'. Choose one of: {', '.join(EXPORTS)}."
        )
    suffix, write = EXPORTS[kind]
    path = new_folder() / f"{result.prediction.model_id}-{suffix}"
    write(path, result)
    return path


def overlaid(
    photo: Image.Image, label_map: np.ndarray, labels: LabelSet, view: ViewSettings
) -> Image.Image:
    """The photo with the classes, colours and opacity of the viewer.

    Args:
        photo: The photo, mode RGB.
        label_map: Class indices of the photo's size, uint8; void shows the photo.
        labels: Label set of the indices.
        view: How the viewer shows it.

    Returns:
        New picture of the photo's size, mode RGB.
    """
    picture = overlay(photo, label_map, _seen_labels(labels, view), opacity=view.opacity)
    hidden = np.ones(256, dtype=bool)
    for index in range(labels.num_classes):
        hidden[index] = view.shown is not None and index not in view.shown
    picture.paste(photo, mask=Image.fromarray(np.uint8(255) * hidden[label_map]))
    return picture


def _write_overlay(path: Path, result: Result) -> None:
    prediction = result.prediction
    picture = overlaid(result.photo.image, prediction.label_map, prediction.labels, result.view)
    picture.save(path, quality=92)


def _seen_labels(labels: LabelSet, view: ViewSettings) -> LabelSet:
    if not view.safe:
        return labels
    return replace(labels, colours=safe_palette(labels), void_colours=())


def _write_facts(path: Path, result: Result) -> None:
    prediction, view = result.prediction, result.view
    labels = _seen_labels(prediction.labels, view)
    sure = certainty(result.logits, shape=result.shown_shape)
    weights = weights_path(result.entry, device=DEVICE)
    height, width = prediction.label_map.shape
    facts = {
        "model": prediction.model_id,
        "label_set": labels.id,
        "weights": {"file": weights.name, "sha256": sha256(weights)},
        "photo": {"width": width, "height": height, "sha256": result.photo.key},
        "network_input": dict(zip(("height", "width"), prediction.network_shape, strict=True)),
        "seconds": vars(prediction.timing),
        "areas": areas(prediction),
        "mean": {name: float(values.mean()) for name, values in vars(sure).items()},
        "settings": {
            "opacity": view.opacity,
            "shown": [
                name
                for index, name in enumerate(labels.class_names)
                if view.shown is None or index in view.shown
            ],
            "colours": dict(zip(labels.class_names, labels.colours, strict=True)),
        },
    }
    path.write_text(json.dumps(facts, indent=2), "utf-8")


def _write_coco(path: Path, result: Result) -> None:
    prediction = result.prediction
    coco = to_coco(prediction.label_map, prediction.labels, file_name="photo")
    path.write_text(json.dumps(coco), "utf-8")


def _write_probabilities(path: Path, result: Result) -> None:
    """At the size shown: those of the largest photo would take a gigabyte."""
    np.savez_compressed(
        path,
        probabilities=probabilities(result.logits, shape=result.shown_shape),
        logits=result.logits.values,
        used=np.array(result.logits.used),
        class_names=np.array(result.prediction.labels.class_names),
    )


EXPORTS: dict[str, tuple[str, Callable[[Path, Result], None]]] = {
    "overlay": ("overlay.jpg", _write_overlay),
    "json": ("areas.json", _write_facts),
    "coco": ("coco.json", _write_coco),
    "probabilities": ("probabilities.npz", _write_probabilities),
}
"""Kind to the end of its file's name and what writes it."""


class DeliveredFile(GradioModel):
    """A file for the browser to save."""

    serial: str
    file: FileData


_JS = """
watch('value', () => {
  if (!props.value) return;
  const link = document.createElement('a');
  link.href = props.value.file.url;
  link.download = props.value.file.orig_name;
  link.click();
});
"""


class Delivery(gr.HTML):
    """Shows nothing; the browser saves the file that it is given."""

    data_model = DeliveredFile

    def __init__(self, value: Path | None = None, *, elem_id: str | None = None) -> None:
        super().__init__(
            value=value, elem_id=elem_id, html_template="<span hidden></span>", js_on_load=_JS
        )

    def postprocess(self, value: Path | None) -> DeliveredFile | None:  # type: ignore[override]
        """Offer the file; a new serial each time, so that the same one can be saved twice."""
        if value is None:
            return None
        file = FileData(path=str(value), orig_name=value.name)
        return DeliveredFile(serial=uuid.uuid4().hex, file=file)

    def preprocess(self, payload: DeliveredFile | None) -> None:  # type: ignore[override]
        """Give functions nothing: it is an output only."""

    def api_info(self) -> dict[str, Any]:
        """Schema of a delivery, for clients."""
        return DeliveredFile.model_json_schema()

    def example_payload(self) -> None:
        """Give no example: it is an output only."""

    def example_value(self) -> None:
        """Give no example: it is an output only."""
