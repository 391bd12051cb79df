"""Downloads of a comparison that are made when asked for."""

import json
from pathlib import Path

from segdemo.errors import UnknownNameError
from segdemo.ui import texts
from segdemo.ui.comparing import ComparedPage
from segdemo.ui.exports import ViewSettings, overlaid
from segdemo.ui.inputs import new_folder
from segdemo.ui.viewer import ComparedPhoto
from segdemo.views.strips import draw_strip

_WIDTH_PX = 480
"""Width of each picture in the one that holds them all."""


def write_comparison(kind: str, page: ComparedPage, view: ViewSettings) -> Path:
    """Write a file to download, into a folder of its own.

    Args:
        kind: ``picture`` or ``json``.
        page: A comparison of a photo.
        view: How the viewer shows it.

    Returns:
        The file, in Gradio's folder, whose files are deleted after a day.

    Raises:
        UnknownNameError: If there is no such kind.
        ValueError: If there is no photo.
    """
    if page.shown is None:
        raise ValueError("page must hold a compared photo, got an empty page")
    if kind == "picture":
        path = new_folder() / "comparison.png"
        _write_picture(path, page.shown, view)
        return path
    if kind == "json":
        path = new_folder() / "comparison.json"
        path.write_text(json.dumps(page.to_json(), indent=2), "utf-8")
        return path
    raise UnknownNameError(f"There is no download '{kind}'. Choose one of: picture, json.")


def _write_picture(path: Path, shown: ComparedPhoto, view: ViewSettings) -> None:
    """The photo, the truth if there is one, and every model's picture in one row."""
    photo, comparison = shown.photo, shown.comparison
    label_maps = [model.label_map for model in comparison.models]
    titles = [texts.PHOTO, *shown.titles]
    if comparison.truth is not None:
        label_maps.insert(0, comparison.truth.label_map)
        titles.insert(1, texts.TRUTH)
    overlays = [overlaid(photo, each, comparison.labels, view) for each in label_maps]
    draw_strip([[photo, *overlays]], titles=titles, width_px=_WIDTH_PX).save(path)
