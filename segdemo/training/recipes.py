"""What is trained on what, and how: one recipe per label set, the same for all architectures."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from segdemo.errors import UnknownNameError


@dataclass(frozen=True)
class Recipe:
    """Settings of one training run.

    Args:
        epochs: Passes over the training photos.
        longest_side_px: The size at which the model will see photos.
        batch_size: Crops per step.
        crop_shape: Height and width of a crop in pixels.
        scale_range: Smallest and largest random scale of a photo.
        colour_jitter: Largest relative change of brightness, contrast and saturation.
        backbone_learning_rate: Peak rate of the pretrained part.
        head_learning_rate: Peak rate of everything else.
        weight_decay: Decoupled weight decay of convolution weights.
        schedule: Shape of the rate over the run.
        warmup_steps: Steps over which the rate rises linearly from 0.
        ema_decay: Decay per step of the averaged weights, the ones that are kept.
        class_balance: Exponent of the class weights (median frequency / frequency); 0 for none.
        prior_restoration: How far the finished classifier takes that balance back: 1 restores the
            frequencies of the training photos, 0 keeps the balance.
        seed: Seed of everything random.
    """

    epochs: int
    longest_side_px: int
    batch_size: int = 8
    crop_shape: tuple[int, int] = (240, 320)
    scale_range: tuple[float, float] = (0.6, 1.8)
    colour_jitter: float = 0.3
    backbone_learning_rate: float = 3e-4
    head_learning_rate: float = 1.5e-3
    weight_decay: float = 1e-2
    schedule: Literal["poly", "one-cycle"] = "poly"
    warmup_steps: int = 100
    ema_decay: float = 0.998
    class_balance: float = 0.5
    prior_restoration: float = 1.0
    seed: int = 20


@dataclass(frozen=True)
class Source:
    """Where the photos of a label set lie, and what must be said of them.

    Args:
        recipe: How to train on them.
        train: Folder of training pairs, below the data folder.
        val: Folder of validation pairs, for choosing.
        test: Folder of test pairs, scored once per finished model; None if there is none.
        name: Name of the data in cards.
        data: Sentence on the training data for cards.
        licence: Terms of weights trained on it.
        limits: What such models cannot do.
    """

    recipe: Recipe
    train: Path
    val: Path
    test: Path | None
    name: str
    data: str
    licence: str
    limits: str


SOURCES: dict[str, Source] = {
    "street": Source(
        recipe=Recipe(epochs=30, longest_side_px=480),
        train=Path("street/train"),
        val=Path("street/val"),
        test=Path("street/test"),
        name="CamVid",
        data="CamVid, 367 training photos of the SegNet tutorial's split, 480x360, 11 classes; "
        "backbone from ImageNet.",
        licence="Research, non-commercial, as CamVid.",
        limits="Knows streets of one British town filmed from a car by day, in 11 classes; in "
        "other scenes it still answers with one of them. Thin and far things (poles, signs) are "
        "often missed.",
    ),
    "people_animals": Source(
        # Photos are seen at the size of the training photos: on val 0.72 there, 0.49 at 512 pixels.
        recipe=Recipe(epochs=7, crop_shape=(256, 256), scale_range=(0.7, 2.0), longest_side_px=320),
        train=Path("people_animals/train"),
        val=Path("people_animals/val"),
        test=None,
        name="VOC 2012",
        data="PASCAL VOC photos of the Animal-Pose set with VOC and SBD masks (3131), and COCO "
        "photos (544), long side 320; classes outside the set are background; backbone from "
        "ImageNet.",
        licence="Research: annotations of PASCAL VOC, SBD and COCO (CC BY 4.0), photos under "
        "their owners' terms.",
        limits="Knows people and five animals; everything else is background. Cows, horses and "
        "sheep are confused with each other, small or crowded figures are missed.",
    ),
}
"""Per label set: the data and the recipe."""


def load_source(label_set_id: str) -> Source:
    """Look up the data and recipe of a label set.

    Raises:
        UnknownNameError: If models cannot be trained on that label set.
    """
    try:
        return SOURCES[label_set_id]
    except KeyError:
        known = ", ".join(SOURCES)
        raise UnknownNameError(
            f"There is no training data for the label set '{label_set_id}'. Choose one of: {known}."
        ) from None
