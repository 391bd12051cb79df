"""Damaged files of every kind give an error that a person can act on, or a ground truth."""

from collections.abc import Callable

import numpy as np
import pytest

from segdemo.errors import SegdemoError
from segdemo.labels import PEOPLE_ANIMALS
from segdemo.masks import read_mask
from tests.masks.files import as_json, encode, grey, in_colours, npy, voc_palette, with_palette

IDS = np.random.default_rng(0).integers(0, 7, (9, 11)).tolist()
RLE = {"size": [9, 11], "counts": [3, 40, 56]}
FILES: dict[str, Callable[[], bytes]] = {
    "grey-png": lambda: encode(grey(IDS)),
    "palette-png": lambda: encode(with_palette(IDS, voc_palette())),
    "palette-bmp": lambda: encode(with_palette(IDS, voc_palette()), "BMP"),
    "colour-tiff": lambda: encode(in_colours([[*PEOPLE_ANIMALS.colours]] * 4), "TIFF"),
    "npy": lambda: npy(IDS, "<i4"),
    "coco": lambda: as_json([{"segmentation": RLE, "category_id": 1}]),
    "coco-text": lambda: as_json({"size": [9, 11], "counts": "d13700000l0"}),
    "coco-polygon": lambda: as_json(
        {
            "images": [{"height": 9, "width": 11}],
            "annotations": [{"segmentation": [[1, 1, 7.5, 2, 3, 8]], "category_id": 2}],
            "categories": [{"id": 2, "name": "dog"}],
        }
    ),
}


def read_or_refuse(data: bytes) -> None:
    """Any other error than one for a person fails the test by itself."""
    message = ""
    try:
        message = read_mask(data, PEOPLE_ANIMALS).encoding
    except SegdemoError as error:
        message = str(error)
    assert 0 < len(message) < 500
    assert "\n" not in message


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's and NumPy's, of broken headers
@pytest.mark.parametrize("kind", FILES)
def test_changed_bytes(kind: str) -> None:
    rng = np.random.default_rng(0)
    good = np.frombuffer(FILES[kind](), dtype=np.uint8)
    for _ in range(60):
        damaged = good.copy()
        places = rng.integers(0, damaged.size, int(rng.integers(1, 4)))
        damaged[places] = rng.integers(0, 256, places.size)
        read_or_refuse(damaged.tobytes())


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", FILES)
def test_cut_files(kind: str) -> None:
    good = FILES[kind]()
    for length in range(0, len(good), max(1, len(good) // 40)):
        read_or_refuse(good[:length])


def test_the_undamaged_files_are_read() -> None:
    for kind, make in FILES.items():
        if kind != "coco-text":  # its runs are of another size
            assert read_mask(make(), PEOPLE_ANIMALS).unknown == 0, kind
