"""The early look: which photos are shown, and what is written where."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdemo.evaluation import Pair
from segdemo.label_file import label_set_from_fields
from segdemo.predictor import Predictor
from segdemo.training.look import sample, write_look
from segdemo.training.pretrained import preprocessing

PETS = label_set_from_fields({"id": "pets", "classes": [{"name": "lawn"}, {"name": "cat"}]})


class AllCat:
    """Answers every pixel with the second class."""

    def run(self, x: np.ndarray) -> np.ndarray:
        logits = np.zeros((1, 2, x.shape[2] // 4, x.shape[3] // 4), dtype=np.float32)
        logits[:, 1] = 1
        return logits


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """A grey photo whose left half is lawn and whose right half is void."""
    label_map = np.zeros((40, 40), dtype=np.uint8)
    label_map[:, 20:] = 255
    Image.fromarray(label_map).save(tmp_path / "mask.png")
    Image.new("RGB", (40, 40), (90, 90, 90)).save(tmp_path / "photo.png")
    return Pair("a", tmp_path / "photo.png", tmp_path / "mask.png")


def test_a_look_shows_photo_truth_and_prediction_side_by_side(pair: Pair, tmp_path: Path) -> None:
    predictor = Predictor("mine", PETS, preprocessing(64), AllCat())
    curve = [
        {"epoch": 1, "seconds": 1, "loss": 2.0, "val_mean_iou": None},
        {"epoch": 2, "seconds": 2, "loss": 1.0, "val_mean_iou": 0.5},
    ]

    write_look(tmp_path, predictor, [pair], curve=curve, reading="pets-ids")

    strip = Image.open(tmp_path / "samples_0002.png").convert("RGB")
    column_px = strip.width // 3
    middle = [strip.getpixel((column_px // 2 + i * column_px, 120)) for i in range(3)]
    assert middle == [(90, 90, 90), (0, 0, 0), (128, 0, 0)]
    with Image.open(tmp_path / "curve.png") as picture:
        assert picture.format == "PNG"


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, "0"), (3, "012"), (4, "0123"), (5, "0123"), (8, "0246"), (10, "0257")],
)
def test_the_photos_are_spread_over_all(count: int, expected: str) -> None:
    pairs = [Pair(str(index), Path("a"), Path("b")) for index in range(count)]

    assert "".join(pair.stem for pair in sample(pairs)) == expected
