"""Masks in NumPy's own files."""

import math
from pathlib import Path
from typing import BinaryIO

import numpy as np

from segdemo.errors import MaskError
from segdemo.images import open_file
from segdemo.masks.stored import Stored, check_size, stored_ids

MAGIC = b"\x93NUMPY"
"""How every .npy file begins."""

_READ_HEADER = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
"""Version 3 differs in names of fields only, which a mask has none of."""


def read_npy(source: bytes | Path) -> Stored:
    """Read a .npy file of whole numbers or true and false. Nothing is ever unpickled.

    Args:
        source: Contents or path. Shapes (H, W), (H, W, 1) and (1, H, W) are accepted.

    Returns:
        Its ids.

    Raises:
        ImageError: If the path cannot be opened.
        MaskError: If the file is damaged or cut, is too large, has another shape, or holds
            anything but integers or bool.
    """
    with open_file(source) as file:
        shape, fortran_order, dtype = _header(file)
        _check(shape, dtype)
        size = math.prod(shape) * dtype.itemsize
        data = file.read(size)
    if len(data) < size:
        raise _damaged()
    values = np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if fortran_order else "C")
    if values.ndim == 3:
        values = values[0] if shape[0] == 1 else values[..., 0]
    return stored_ids(values)


def _header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype]:
    try:
        return _READ_HEADER[np.lib.format.read_magic(file)](file)
    except Exception as error:  # on bad bytes the header's parser may raise anything
        raise _damaged() from error


def _check(shape: tuple[int, ...], dtype: np.dtype) -> None:
    if dtype.kind not in "biu":
        raise MaskError(
            f"This .npy file holds '{dtype}', not whole numbers. Save class ids, for example with "
            f"numpy.save(path, label_map.astype('uint8'))."
        )
    plane = len(shape) == 2 or (len(shape) == 3 and 1 in (shape[0], shape[-1]))
    if not plane or min(shape) < 1:
        raise MaskError(
            "This .npy file is no plane of pixels. Save class ids of shape (height, width)."
        )
    check_size(*shape)


def _damaged() -> MaskError:
    return MaskError("This .npy file is damaged or incomplete; save it again with numpy.save.")
