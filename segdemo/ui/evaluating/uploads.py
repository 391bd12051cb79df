"""Inputs for whole files: a zip, and many files at once."""

from pathlib import Path

import gradio as gr
from gradio.data_classes import FileData, ListFiles

from segdemo.ui.inputs import MOST_UPLOADED_MB, UploadsOnly, uploaded_path


class ZipFile(gr.File, UploadsOnly):
    """An input for one file, whose function gets its path, or None."""

    is_template = True  # the stock front end of gr.File serves it

    def preprocess(self, payload: ListFiles | FileData | None) -> Path | None:  # type: ignore[override]
        """Let nothing through but an uploaded file."""
        if isinstance(payload, ListFiles):
            payload = payload[0] if payload.root else None
        return None if payload is None else uploaded_path(payload.path, most_mb=MOST_UPLOADED_MB)


class ManyFiles(gr.File, UploadsOnly):
    """An input for any number of files, whose function gets their paths."""

    is_template = True  # the stock front end of gr.File serves it

    def preprocess(self, payload: ListFiles | FileData | None) -> list[Path]:  # type: ignore[override]
        """Let nothing through but uploaded files."""
        if payload is None:
            return []
        files = payload.root if isinstance(payload, ListFiles) else [payload]
        return [uploaded_path(file.path) for file in files]
