"""The example photos: what is offered, and whether a photo is one of them."""

import base64
import functools
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from segdemo.ui.inputs import UploadedPhoto

_FOLDER = Path(__file__).parent
_THUMBNAIL_PX = (240, 160)

LABEL_SET = "people_animals"
"""The label set that the examples are of."""


@dataclass(frozen=True)
class Example:
    """A photo that comes with segdemo.

    Args:
        name: Short name, as links have it.
        title: What it shows.
        photo: Its file.
        mask: Its ground truth; None where there is none.
    """

    name: str
    title: str
    photo: Path
    mask: Path | None

    @functools.cached_property
    def key(self) -> str:
        """Digest of the photo's file."""
        return hashlib.sha256(self.photo.read_bytes()).hexdigest()

    @functools.cached_property
    def thumbnail(self) -> str:
        """A small JPEG as a data address, so that a gallery of them costs no request."""
        file = io.BytesIO()
        with Image.open(self.photo) as photo:
            photo.thumbnail(_THUMBNAIL_PX)
            photo.save(file, "JPEG", quality=82)
        return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


EXAMPLES: tuple[Example, ...] = (
    Example("chelsea", "A cat", _FOLDER / "chelsea.jpg", _FOLDER / "chelsea_mask.png"),
    Example("astronaut", "An astronaut", _FOLDER / "astronaut.jpg", _FOLDER / "astronaut_mask.png"),
    Example("camera", "A man with a camera", _FOLDER / "camera.jpg", None),
)


def find_example(name: str) -> Example | None:
    """The example of a name; None if there is none."""
    return next((example for example in EXAMPLES if example.name == name), None)


def example_of(photo: UploadedPhoto) -> str:
    """Name of the example that a photo is; empty for any other photo."""
    return next((example.name for example in EXAMPLES if example.key == photo.key), "")
