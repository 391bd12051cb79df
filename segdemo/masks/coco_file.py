"""Masks in COCO's JSON: the objects of one photo, each as run lengths or polygons."""

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np

from segdemo.errors import MaskError
from segdemo.images import open_file
from segdemo.masks.regions import region_of_polygons, region_of_runs
from segdemo.masks.stored import MAX_SPAN, OUTSIDE, OVERLAP, Stored, check_size, stored_ids

MAX_BYTES = 50_000_000
"""Largest file accepted; the annotations of one photo take kilobytes."""

_MAX_PAINTED = 2_000_000_000
"""Pixels times regions that are painted at most: 40 regions on the largest photo."""

_NAME_LENGTH = 60
"""Characters of a category's name that are kept: a visitor's file may say anything."""

_WHOLE_FILE = "Export the annotations of one photo as a COCO file with images and categories."


def read_coco(source: bytes | Path) -> Stored:
    """Read the objects of one photo from COCO's JSON.

    Accepted are a whole COCO file about one photo, a list of annotations, one annotation, or the
    run lengths of one object alone. Pixels in objects of two categories are of neither.

    Args:
        source: Contents or path.

    Returns:
        Category id per pixel, and the names of the categories if the file has them; true and
        false where objects have no category.

    Raises:
        ImageError: If the path cannot be opened.
        MaskError: If it is no such file, is about several photos, or is too large.
    """
    document = _parse(source)
    annotations = _annotations(document)
    categories = [annotation.get("category_id") for annotation in annotations]
    if all(category is None for category in categories):
        return stored_ids(_paint(annotations, [1] * len(annotations), document) > OUTSIDE)
    if not all(_is_category(category) for category in categories):
        raise MaskError(
            "Some objects of this COCO file have no usable category_id. Give each of them one."
        )
    canvas = _paint(annotations, categories, document)
    return Stored((canvas - OVERLAP).astype(np.uint32), OVERLAP, "objects", names=_names(document))


def _parse(source: bytes | Path) -> Any:
    with open_file(source) as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise MaskError(
            f"This COCO file is larger than {MAX_BYTES / 1e6:.0f} MB, so it is about many photos. "
            f"{_WHOLE_FILE}"
        )
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise MaskError("This JSON file is damaged or incomplete; export it again.") from error


def _annotations(document: Any) -> list[dict[str, Any]]:
    """The annotations of any of the four forms, at least one."""
    if isinstance(document, dict) and "annotations" in document:
        found = document["annotations"]
        _check_one_photo(document, found)
    elif isinstance(document, dict) and "counts" in document:
        found = [{"segmentation": document}]
    else:
        found = document if isinstance(document, list) else [document]
    if not isinstance(found, list) or not all(
        isinstance(annotation, dict) and annotation.get("segmentation") for annotation in found
    ):
        raise MaskError(
            f"This JSON file is no COCO annotation: its objects have no segmentation. {_WHOLE_FILE}"
        )
    if not found:
        raise MaskError(f"This COCO file has no objects. {_WHOLE_FILE}")
    return found


def _check_one_photo(document: dict[str, Any], annotations: Any) -> None:
    images = document.get("images")
    photos = len(images) if isinstance(images, list) else 0
    if isinstance(annotations, list):
        ids = (one.get("image_id") for one in annotations if isinstance(one, dict))
        photos = max(photos, len({one for one in ids if isinstance(one, int | str)}))
    if photos > 1:
        raise MaskError(f"This COCO file is about {photos} photos. {_WHOLE_FILE}")


def _paint(annotations: list[dict[str, Any]], values: list[Any], document: Any) -> np.ndarray:
    """Value of the object at each pixel, ``OUTSIDE`` or ``OVERLAP``, shape (H, W), int32."""
    shape = _shape(annotations, document)
    height, width = shape
    parts = [annotation["segmentation"] for annotation in annotations]
    number = sum(len(part) if isinstance(part, list) else 1 for part in parts)
    if height * width * number > _MAX_PAINTED:
        raise MaskError(
            f"This COCO file has {number} regions on {width} x {height} pixels, which is too much "
            f"at once. Use a smaller photo or fewer objects."
        )
    # Run lengths go down the columns, and painting across them takes several times as long.
    order: Literal["C", "F"] = "F" if isinstance(parts[0], dict) else "C"
    canvas = np.full(shape, OUTSIDE, dtype=np.int32, order=order)
    for part, value in zip(parts, values, strict=True):
        if isinstance(part, dict):
            region = region_of_runs(part.get("counts"), shape=shape)
        else:
            region = region_of_polygons(part, shape=shape)
        clash = region & (canvas != OUTSIDE) & (canvas != value)
        np.copyto(canvas, value, where=region)
        np.copyto(canvas, OVERLAP, where=clash)
    return canvas


def _shape(annotations: list[dict[str, Any]], document: Any) -> tuple[int, int]:
    """Height and width of the photo, which everything in the file must agree on."""
    images = document.get("images") if isinstance(document, dict) else None
    sizes: list[Any] = []
    if (
        isinstance(images, list)
        and images
        and isinstance(images[0], dict)
        and "height" in images[0]
    ):
        sizes.append([images[0]["height"], images[0].get("width")])
    for annotation in annotations:
        segmentation = annotation["segmentation"]
        if isinstance(segmentation, dict):
            sizes.append(segmentation.get("size"))
        elif not isinstance(segmentation, list):
            raise MaskError(f"This COCO file has a segmentation of no known form. {_WHOLE_FILE}")
    if not sizes:
        raise MaskError(f"These polygons do not say how large the photo is. {_WHOLE_FILE}")
    first = sizes[0]
    sound = isinstance(first, list) and len(first) == 2
    if not sound or not all(type(side) is int and side > 0 for side in first):
        raise MaskError(f"This COCO file does not say how large the photo is. {_WHOLE_FILE}")
    if any(size != first for size in sizes):
        raise MaskError(f"This COCO file has objects of photos of different sizes. {_WHOLE_FILE}")
    height, width = first
    check_size(height, width)
    return height, width


def _is_category(value: Any) -> bool:
    return type(value) is int and 0 <= value < MAX_SPAN + OVERLAP


def _names(document: Any) -> dict[int, str] | None:
    """Category id to name, as far as the file says; None if it says nothing."""
    categories = document.get("categories") if isinstance(document, dict) else None
    if not isinstance(categories, list):
        return None
    names = {
        category["id"]: " ".join(category["name"].split())[:_NAME_LENGTH]
        for category in categories
        if isinstance(category, dict)
        and _is_category(category.get("id"))
        and isinstance(category.get("name"), str)
    }
    return names or None
