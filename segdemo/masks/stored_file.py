"""Reading the file of a mask, whatever its kind."""

from pathlib import Path

from segdemo.images import open_file
from segdemo.masks.coco_file import read_coco
from segdemo.masks.image_file import read_image
from segdemo.masks.numpy_file import MAGIC, read_npy
from segdemo.masks.stored import Stored

_HEAD_BYTES = 64
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_stored(source: bytes | Path) -> Stored:
    """Read the values of a mask; its content tells its kind, not its name.

    Args:
        source: Contents or path of a picture, a .npy file or COCO's JSON.

    Returns:
        The values.

    Raises:
        ImageError: If the file cannot be opened, or is a picture that cannot be read.
        MaskError: If it is one of the other kinds and cannot be read.
    """
    with open_file(source) as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(MAGIC):
        return read_npy(source)
    if head.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] in (b"{", b"["):
        return read_coco(source)
    return read_image(source)
