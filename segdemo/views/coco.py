"""A label map as COCO's JSON: one region per class, as run lengths."""

from typing import Any

import numpy as np

from segdemo.labels import LabelSet

_BITS = 5
_MORE = 32
_FIRST_CHARACTER = 48


def to_coco(label_map: np.ndarray, labels: LabelSet, *, file_name: str) -> dict[str, Any]:
    """Describe a label map as a COCO file about one photo.

    Every class that occurs is one annotation, the background too, so that nothing is lost.
    Category ids are class indices plus one: COCO's start at 1.

    Args:
        label_map: Class indices of shape (H, W), uint8; void is in no region.
        labels: Label set of the indices.
        file_name: Name of the photo.

    Returns:
        Plain values, ready for JSON: ``images``, ``annotations`` with ``segmentation`` (``size``
        and ``counts`` as COCO's text), ``area`` and ``bbox``, and ``categories``.
    """
    height, width = label_map.shape
    present = [index for index in range(labels.num_classes) if (label_map == index).any()]
    return {
        "images": [{"id": 1, "file_name": file_name, "width": width, "height": height}],
        "annotations": [
            _annotation(number, label_map == index, category=index + 1)
            for number, index in enumerate(present, start=1)
        ],
        "categories": [
            {"id": index + 1, "name": name} for index, name in enumerate(labels.class_names)
        ],
    }


def runs_of_region(region: np.ndarray) -> list[int]:
    """Run lengths of a region, down the columns from left to right.

    Args:
        region: Shape (H, W), bool.

    Returns:
        Pixels of each run, outside and inside in turn, outside first; they add up to H * W.

    Example:
        >>> runs_of_region(np.array([[False, True], [True, False]]))
        [1, 2, 1]
    """
    pixels = region.ravel(order="F")
    changes = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    # The first run is outside: where the region starts at once, it has no pixels.
    starts = [0] if pixels.size and pixels[0] else []
    return [int(run) for run in np.diff([0, *starts, *changes, pixels.size])]


def text_of_runs(runs: list[int]) -> str:
    """Write run lengths as COCO's text.

    From the fourth on, a run is written as its difference to the run before the last. Numbers
    are cut into groups of 5 bits, lowest first, each with a sixth bit that says that more follow.

    Args:
        runs: What ``runs_of_region`` gave.

    Returns:
        ASCII text.

    Example:
        >>> text_of_runs([1, 2, 1])
        '121'

    References:
        pycocotools, ``common/maskApi.c``: rleToString.
    """
    text = []
    for position, run in enumerate(runs):
        number = run - runs[position - 2] if position > 2 else run
        while True:
            group, number = number & (_MORE - 1), number >> _BITS
            # Done when what is left is but the sign that the group's highest bit shows.
            done = number == (-1 if group & (_MORE >> 1) else 0)
            text.append(chr(_FIRST_CHARACTER + (group if done else group | _MORE)))
            if done:
                break
    return "".join(text)


def _annotation(number: int, region: np.ndarray, *, category: int) -> dict[str, Any]:
    rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    return {
        "id": number,
        "image_id": 1,
        "category_id": category,
        "iscrowd": 1,  # COCO's mark of a region given as run lengths
        "area": int(region.sum()),
        "bbox": [left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1],
        "segmentation": {
            "size": list(region.shape),
            "counts": text_of_runs(runs_of_region(region)),
        },
    }
