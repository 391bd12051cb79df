"""Colours for all eyes, seen through a simulation of theirs."""

import numpy as np
import pytest

from segdemo.labels import LABEL_SETS, LabelSet, voc_colour
from segdemo.views.palettes import SAFE_COLOURS, safe_palette

# Machado et al. 2009, table 1, severity 1.0, on linear RGB.
EYES = {
    "typical": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
CLEARLY_APART = 15  # in CIELAB; about 2 can just be told apart


def seen(colours: tuple[tuple[int, int, int], ...], eye: np.ndarray) -> np.ndarray:
    """Colours as an eye sees them, in CIELAB."""
    rgb = np.array(colours) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    white = np.array([0.95047, 1, 1.08883])
    xyz = np.clip(linear @ eye.T, 0, 1) @ TO_XYZ.T / white
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
    )


def nearest_pair(colours: tuple[tuple[int, int, int], ...]) -> float:
    """Distance of the two most alike colours, to the eye that sees them most alike."""
    distances = []
    for eye in EYES.values():
        lab = seen(colours, eye)
        apart = np.linalg.norm(lab[:, None] - lab[None], axis=-1)
        distances.append(apart[~np.eye(len(lab), dtype=bool)].min())
    return float(min(distances))


def test_black_and_white_are_a_hundred_apart_to_every_eye() -> None:
    assert nearest_pair(((0, 0, 0), (255, 255, 255))) == pytest.approx(100, abs=1)


@pytest.mark.parametrize("labels", LABEL_SETS.values(), ids=lambda labels: labels.id)
def test_every_eye_tells_all_classes_apart(labels: LabelSet) -> None:
    palette = safe_palette(labels)

    assert len(palette) == labels.num_classes
    assert nearest_pair(palette) > CLEARLY_APART > nearest_pair(labels.colours)


def test_only_the_background_is_black() -> None:
    for labels in LABEL_SETS.values():
        for name, colour in zip(labels.class_names, safe_palette(labels), strict=True):
            assert (colour == SAFE_COLOURS[0]) == (name == "background")


def test_more_classes_than_colours_are_refused() -> None:
    many = LabelSet(
        "many",
        "Many",
        tuple(f"class {index}" for index in range(len(SAFE_COLOURS))),
        tuple(voc_colour(index) for index in range(len(SAFE_COLOURS))),
    )
    with pytest.raises(ValueError, match="at most 20 classes beside the background, got 21"):
        safe_palette(many)
