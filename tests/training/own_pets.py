"""A made-up data set of two animals on a lawn, small enough to learn in seconds."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

SIZE_PX = 64
CLASSES = {"lawn": (60, 160, 60), "cat": (220, 120, 40), "dog": (60, 70, 200)}
"""Class name to the colour that it has in the photos."""

LABELS = {
    "id": "pets",
    "title": "Pets",
    "classes": [{"name": name} for name in CLASSES],
}


def write_pets(folder: Path, *, train: int = 16, val: int = 4) -> list[str]:
    """Write photos, masks and the label file; the options of ``train`` that name them."""
    rng = np.random.default_rng(0)
    for split, number in (("train", train), ("val", val)):
        for kind in ("images", "masks"):
            (folder / split / kind).mkdir(parents=True)
        for index in range(number):
            photo, label_map = _pair(rng)
            Image.fromarray(photo).save(folder / split / "images" / f"{index}.png")
            Image.fromarray(label_map).save(folder / split / "masks" / f"{index}.png")
    (folder / "pets.json").write_text(json.dumps(LABELS), encoding="utf-8")
    return [
        *("--images", str(folder / "train" / "images")),
        *("--masks", str(folder / "train" / "masks")),
        *("--val-images", str(folder / "val" / "images")),
        *("--val-masks", str(folder / "val" / "masks")),
        *("--labels", str(folder / "pets.json")),
    ]


def _pair(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A noisy photo of a rectangle per animal, side by side, and its mask."""
    label_map = np.zeros((SIZE_PX, SIZE_PX), dtype=np.uint8)
    for label, left in zip(rng.permutation([1, 2]), (0, SIZE_PX // 2), strict=True):
        top, shift = rng.integers(0, SIZE_PX - 40), rng.integers(0, 4)
        label_map[top : top + 40, left + shift : left + shift + 28] = label
    photo = np.array(list(CLASSES.values()))[label_map] + rng.normal(0, 12, (SIZE_PX, SIZE_PX, 3))
    return photo.clip(0, 255).astype(np.uint8), label_map
