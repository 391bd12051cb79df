"""What all viewers share: results that the server packs and the browser draws."""

import uuid
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.data_classes import FileData, GradioModel
from PIL import Image

_FOLDER = Path(__file__).parent


class DrawnInBrowser(gr.HTML):
    """An output that is drawn by the scripts of ``client/`` and of one folder in it.

    Args:
        view: Name of that folder, of the page's markup and of styles of its own, if any.
        value: What to show at first.
        elem_id: Id on the page.
    """

    def __init__(self, view: str, value: Any = None, *, elem_id: str | None = None) -> None:
        scripts = [*(_FOLDER / "client").glob("*.js"), *(_FOLDER / "client" / view).glob("*.js")]
        styles = dict.fromkeys([_FOLDER / "viewer.css", _FOLDER / f"{view}.css"])
        super().__init__(
            value=value,
            elem_id=elem_id,
            padding=False,
            html_template=(_FOLDER / f"{view}.html").read_text("utf-8"),
            css_template="\n".join(path.read_text("utf-8") for path in styles),
            js_on_load="\n".join(
                path.read_text("utf-8") for path in sorted(scripts, key=lambda path: path.name)
            ),
        )

    def result_folder(self) -> Path:
        """Make a folder of its own for a result: two visitors never share a file."""
        folder = Path(self.GRADIO_CACHE) / uuid.uuid4().hex
        folder.mkdir(parents=True)
        return folder

    def preprocess(self, payload: GradioModel | None) -> None:  # type: ignore[override]
        """Give functions nothing: a viewer is an output only."""

    def api_info(self) -> dict[str, Any]:
        """Schema of a result, for clients."""
        return self.data_model.model_json_schema() if self.data_model else {}

    def example_payload(self) -> None:
        """Give no example: a viewer is an output only."""

    def example_value(self) -> None:
        """Give no example: a viewer is an output only."""


def write_shown(photo: Image.Image, size: tuple[int, int], folder: Path) -> FileData:
    """Write the photo at the width and height at which it is shown."""
    path = folder / "photo.jpg"
    photo.resize(size, Image.Resampling.LANCZOS).save(path, quality=90)
    return FileData(path=str(path), mime_type="image/jpeg")


def shrink(label_map: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A label map at another width and height; every pixel keeps the class of one it had."""
    return np.asarray(Image.fromarray(label_map).resize(size, Image.Resampling.NEAREST))
