"""The component: writes a result's files and packs what the browser draws."""

import uuid
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.data_classes import FileData
from PIL import Image

from segdemo.ui.viewer.data import Segmentation, ViewerData, shown_classes, shown_size
from segdemo.ui.viewer.packing import pack, pack_logits
from segdemo.views.overlays import indexed

_FOLDER = Path(__file__).parent


class Viewer(gr.HTML):
    """Shows a ``Segmentation``; the mask file it offers has the photo's full size.

    Its event ``export`` asks for a file that is not made beforehand.
    """

    data_model = ViewerData

    def __init__(self, value: Segmentation | None = None, *, elem_id: str | None = None) -> None:
        scripts = sorted((_FOLDER / "client").glob("*.js"))
        super().__init__(
            value=value,
            elem_id=elem_id,
            padding=False,
            html_template=(_FOLDER / "viewer.html").read_text("utf-8"),
            css_template=(_FOLDER / "viewer.css").read_text("utf-8"),
            js_on_load="\n".join(path.read_text("utf-8") for path in scripts),
        )

    def postprocess(self, value: Segmentation | None) -> ViewerData | None:  # type: ignore[override]
        """Write the files of a result and pack what the browser draws."""
        if value is None:
            return None
        photo, prediction = value.photo, value.prediction
        if prediction.logits is None:
            raise ValueError("value must hold a prediction with logits, got one without")
        # A folder of its own per result: identical results of two visitors never share a file.
        result_id = uuid.uuid4().hex
        folder = Path(self.GRADIO_CACHE) / result_id
        folder.mkdir(parents=True)
        shown = shown_size(photo.size)
        # A browser saves the mask under the name that the file has here.
        photo_path, mask_path = folder / "photo.jpg", folder / f"{prediction.model_id}-mask.png"
        photo.resize(shown, Image.Resampling.LANCZOS).save(photo_path, quality=90)
        indexed(prediction.label_map, prediction.labels).save(mask_path)
        return ViewerData(
            result_id=result_id,
            label_set=prediction.labels.id,
            model=prediction.model_id,
            photo=FileData(path=str(photo_path), mime_type="image/jpeg"),
            mask=FileData(path=str(mask_path), orig_name=mask_path.name),
            width=shown[0],
            height=shown[1],
            label_map=pack(_shrink(prediction.label_map, shown)),
            classes=shown_classes(prediction),
            photo_width=photo.width,
            photo_height=photo.height,
            photo_key=value.photo_key,
            example=value.example,
            truth="" if value.truth is None else pack(_shrink(value.truth, shown)),
            logits=pack_logits(prediction.logits),
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


def _shrink(label_map: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A label map at another width and height; every pixel keeps the class of one it had."""
    return np.asarray(Image.fromarray(label_map).resize(size, Image.Resampling.NEAREST))
