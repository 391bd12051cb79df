"""Bringing a ground truth and its photo together."""

from dataclasses import replace

from segdemo.errors import MaskError
from segdemo.images import turn_upright
from segdemo.masks.ground_truth import GroundTruth

_ON_ITS_SIDE = range(5, 9)
"""EXIF orientations that change height and width when the photo is turned upright."""


def fit_to_photo(
    truth: GroundTruth, *, shape: tuple[int, int], orientation: int = 1
) -> GroundTruth:
    """Make sure that a ground truth has its photo's size; a ground truth is never resized.

    Cameras store photos on their side and note so in EXIF. Programs that ignore the note make
    masks that lie on their side too; such a mask is turned as the photo is.

    Args:
        truth: The ground truth.
        shape: Height and width of the photo as it is seen, upright.
        orientation: EXIF orientation of the photo's file, from
            :func:`segdemo.images.stored_orientation`.

    Returns:
        ``truth`` itself if it has the photo's size, so a mask of a square photo is never turned;
        otherwise a turned copy.

    Raises:
        MaskError: If the sizes differ in any other way; the message has both.

    Example:
        >>> import numpy as np
        >>> truth = GroundTruth(np.array([[1, 2]], dtype=np.uint8), "made here", 0.0)
        >>> fit_to_photo(truth, shape=(2, 1), orientation=6).label_map.tolist()
        [[1], [2]]
    """
    height, width = truth.label_map.shape
    if (height, width) == shape:
        return truth
    if orientation in _ON_ITS_SIDE and (width, height) == shape:
        return replace(truth, label_map=turn_upright(truth.label_map, orientation), turned=True)
    raise MaskError(
        f"The mask is {width} x {height} pixels but the photo is {shape[1]} x {shape[0]}. "
        f"Use a mask of the photo's own size."
    )
