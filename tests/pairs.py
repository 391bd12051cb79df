"""Pairs for tests, and a made-up model that is quick and easy to predict."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from segdemo.card import Preprocessing
from segdemo.evaluation import Pair
from segdemo.labels import LabelSet
from segdemo.predictor import Predictor

VOID = 255
RGB = LabelSet("rgb", "Colours", ("red", "green", "blue"), ((255, 0, 0), (0, 255, 0), (0, 0, 255)))


@dataclass(frozen=True)
class ColourEngine:
    """A network whose class is the strongest colour."""

    def run(self, x: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(x[:, :, ::4, ::4])


COLOUR_PREDICTOR = Predictor(
    model_id="colour-rgb",
    labels=RGB,
    preprocessing=Preprocessing((0.5, 0.5, 0.5), (0.5, 0.5, 0.5), 64),
    engine=ColourEngine(),
)


def write_pair(folder: Path, stem: str, *, width: int, height: int, seed: int) -> Pair:
    """A photo of noise with a tint, and a mask of random ids and void."""
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
    label_map = random.choice(np.array([0, 1, 2, VOID], np.uint8), (height, width))
    pair = Pair(stem, folder / f"{stem}.png", folder / f"{stem}_mask.png")
    Image.fromarray(pixels).save(pair.image_path)
    Image.fromarray(label_map).save(pair.mask_path)
    return pair
