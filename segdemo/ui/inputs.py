"""Inputs of the page; picture inputs let nothing through but uploaded files."""

import hashlib
import re
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import gradio as gr
from gradio.data_classes import FileData, ImageData, ListFiles
from gradio.utils import get_upload_folder
from PIL import Image

from segdemo.errors import SegdemoError
from segdemo.images import load_photo
from segdemo.ui import texts

MOST_PHOTO_MB = 50
"""Largest file of a photo or a mask that is taken."""

MOST_UPLOADED_MB = 200
"""Largest file of any kind that the server takes: zips are larger than photos."""


def uploaded_path(path: str | None, *, most_mb: int = MOST_PHOTO_MB) -> Path:
    """Path of an uploaded file, once it is sure that it is one.

    Gradio 6.31 opens any path of the server that a raw request to an image component names
    without the marker of a file; so every path is checked here.

    Args:
        path: Path in a request; None if the request held a picture by other means.
        most_mb: Largest size that is taken.

    Returns:
        The path, symbolic links resolved, inside Gradio's upload folder.

    Raises:
        gr.Error: If it is anywhere else, was deleted since, or is too large.
    """
    try:
        resolved = Path(path or "/").resolve()
    except ValueError as error:  # a NUL character
        raise foreign_path() from error
    if not resolved.is_relative_to(Path(get_upload_folder()).resolve()):
        raise foreign_path()
    if not resolved.is_file():
        raise gr.Error(texts.EXPIRED, print_exception=False)
    if resolved.stat().st_size > most_mb * 1_000_000:
        raise gr.Error(texts.TOO_LARGE.format(most_mb=most_mb), print_exception=False)
    return resolved


def uploaded_copy(path: Path) -> str:
    """Copy a file of segdemo's own to where uploads are, so that it is treated as one."""
    return str(shutil.copyfile(path, new_folder() / path.name))


def new_folder() -> Path:
    """Make a folder of its own where uploads are; what is in it is deleted after a day."""
    folder = Path(get_upload_folder()) / uuid.uuid4().hex
    folder.mkdir(parents=True)
    return folder


def foreign_path() -> gr.Error:
    """The error for a file that nobody uploaded here."""
    return gr.Error(texts.FOREIGN_PATH, print_exception=False)


_UPLOAD_ADDRESS = re.compile(r"https?://[^/]+/(?:.+/)?gradio_api/file=(?P<path>[^?#]+)")


class UploadsOnly(gr.blocks.Block):
    """Keeps Gradio from fetching a web address that a raw request names in place of a file.

    The address of an upload, which is how MCP clients name one, stands for the upload: nothing is
    fetched for it either.

    It stands behind the stock component among the bases: Gradio takes the front end of the first.
    """

    async def async_move_resource_to_block_cache(
        self, url_or_file_path: str | Path | None
    ) -> str | None:
        """Take files in, and refuse addresses of anything else."""
        if str(url_or_file_path).startswith(("http://", "https://")):
            upload = _UPLOAD_ADDRESS.fullmatch(str(url_or_file_path))
            if upload is None:
                raise foreign_path()
            return str(uploaded_path(unquote(upload["path"])))
        return await super().async_move_resource_to_block_cache(url_or_file_path)


@dataclass(frozen=True)
class UploadedPhoto:
    """A photo that a visitor gave.

    Args:
        image: The picture, upright, mode RGB.
        contents: Its file, which says how it is stored.
    """

    image: Image.Image
    contents: bytes

    @property
    def key(self) -> str:
        """Digest of the file: equal for equal photos."""
        return hashlib.sha256(self.contents).hexdigest()


class Photo(gr.Image, UploadsOnly):
    """A photo input whose function gets an ``UploadedPhoto``, or None."""

    is_template = True  # the stock front end of gr.Image serves it

    def preprocess(  # type: ignore[override]
        self, payload: ImageData | None
    ) -> UploadedPhoto | None:
        """Open an uploaded photo behind the guards of ``uploaded_path`` and ``load_photo``."""
        if payload is None:
            return None
        path = uploaded_path(payload.path)
        try:
            contents = path.read_bytes()
            return UploadedPhoto(load_photo(contents), contents)
        except SegdemoError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def api_info(self) -> dict[str, Any]:
        """Schema of an uploaded file, for clients."""
        return {**super().api_info(), "additional_description": texts.API_FILE}

    def example_payload(self) -> dict[str, Any]:
        """Show clients a file of theirs: the usual example is an address, which is refused."""
        return {"path": "photo.jpg", "meta": {"_type": "gradio.FileData"}}


class GivenFile(gr.File, UploadsOnly):
    """A file input whose function gets the path of the upload, to be opened behind guards."""

    is_template = True  # the stock front end of gr.File serves it

    def preprocess(  # type: ignore[override]
        self, payload: ListFiles | FileData | None
    ) -> Path | None:
        """Find an uploaded file behind the guard of ``uploaded_path``."""
        return _only_file(payload)

    def api_info(self) -> dict[str, Any]:
        """Schema of an uploaded file, for clients."""
        return {**super().api_info(), "additional_description": texts.API_FILE}

    def example_payload(self) -> dict[str, Any]:
        """Show clients a file of theirs: the usual example is an address, which is refused."""
        return {"path": "photo.jpg", "meta": {"_type": "gradio.FileData"}}


class MaskFile(gr.File, UploadsOnly):
    """A mask input whose function gets the original bytes, or None.

    It is no image component: those would turn class ids into colours.
    """

    is_template = True  # the stock front end of gr.File serves it

    def preprocess(self, payload: ListFiles | FileData | None) -> bytes | None:
        """Read an uploaded file behind the guard of ``uploaded_path``."""
        path = _only_file(payload)
        return None if path is None else path.read_bytes()


def _only_file(payload: ListFiles | FileData | None) -> Path | None:
    if isinstance(payload, ListFiles):
        payload = payload[0] if payload.root else None
    return None if payload is None else uploaded_path(payload.path)


class Choices(gr.CheckboxGroup):
    """Choices whose options depend on what was chosen beside them, as those of ``Choice`` do."""

    is_template = True  # the stock front end of gr.CheckboxGroup serves it

    def preprocess(self, payload: object) -> list[str]:  # type: ignore[override]
        """Take any list of texts."""
        return [str(each) for each in payload] if isinstance(payload, list) else []

    def api_info(self) -> dict[str, Any]:
        """Schema for clients: any texts."""
        return {"type": "array", "items": {"type": "string"}, "title": "Choices"}


class Choice(gr.Radio):
    """A choice whose options depend on what was chosen or uploaded beside it.

    Gradio would hold a request to the options that the page was built with; whether one exists
    is for the handler to say.
    """

    is_template = True  # the stock front end of gr.Radio serves it

    def preprocess(self, payload: str | int | float | None) -> str:
        """Take any text; nothing chosen is an empty one."""
        return "" if payload is None else str(payload)

    def api_info(self) -> dict[str, Any]:
        """Schema for clients: a text, of those offered at first where there are any."""
        offered = [value for _, value in self.choices]
        return {"type": "string", "title": "Choice", **({"enum": offered} if offered else {})}
