"""What is trained on what, and how: one recipe per label set, the same for all architectures."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from segdemo.errors import UnknownNameError
from segdemo.training.losses import RegionKind
from segdemo.training.schedule import Shape


@dataclass(frozen=True)
class Recipe:
    """Settings of one training run.

    Args:
        epochs: Passes over the training photos.
        longest_side_px: The size at which the model will see photos.
        batch_size: Crops per step.
        crop_shape: Height and width of a crop in pixels.
        resize_first: Whether photos are brought to ``longest_side_px`` before they are scaled at
            random; not needed where the files have that size.
        scale_range: Smallest and largest random scale of a photo.
        flip: Whether every second crop is mirrored left to right.
        colour_jitter: Largest relative change of brightness, contrast and saturation.
        backbone_learning_rate: Peak rate of the pretrained part.
        head_learning_rate: Peak rate of everything else.
        frozen_stages: Finest stages of the backbone that stay as they came.
        weight_decay: Decoupled weight decay of convolution weights.
        dropout: Share of features left out while training; None for the architecture's own.
        schedule: Shape of the rate over the run.
        warmup_steps: Steps over which the rate rises linearly from 0.
        ema_decay: Decay per step of the averaged weights, the ones that are kept.
        class_balance: Exponent of the class weights (median frequency / frequency); 0 for none.
        prior_restoration: How far the finished classifier takes that balance back: 1 restores the
            frequencies of the training photos, 0 keeps the balance.
        label_smoothing: Share of a pixel's target that is spread over all classes.
        hard_share: Share of the pixels, the hardest, that the cross-entropy counts.
        region_weight: Weight of the loss per region beside the cross-entropy.
        region_kind: What the loss per region measures.
        with_partial: Whether photos on which only some classes are labelled are trained on too.
        with_val: Whether the validation photos are trained on too: for a final model whose
            settings were chosen without, to be judged on the test split alone.
        seed: Seed of everything random.
    """

    epochs: int
    longest_side_px: int
    batch_size: int = 8
    crop_shape: tuple[int, int] = (240, 320)
    resize_first: bool = False
    scale_range: tuple[float, float] = (0.6, 1.8)
    flip: bool = True
    colour_jitter: float = 0.3
    backbone_learning_rate: float = 3e-4
    head_learning_rate: float = 1.5e-3
    frozen_stages: int = 2
    weight_decay: float = 1e-2
    dropout: float | None = None
    schedule: Shape = "poly"
    warmup_steps: int = 100
    ema_decay: float = 0.998
    class_balance: float = 0.0
    prior_restoration: float = 0.0
    label_smoothing: float = 0.0
    hard_share: float = 1.0
    region_weight: float = 0.0
    region_kind: RegionKind = "jaccard"
    with_partial: bool = True
    with_val: bool = False
    seed: int = 20


@dataclass(frozen=True)
class Source:
    """Where the photos of a label set lie, how to train on them, and what must be said of them.

    Training has two stages. A backbone from ImageNet is tuned once per label set, in one
    architecture; then every architecture with that backbone starts from it, with a head of its
    own at random, by one recipe. An architecture without that backbone has the first stage's
    recipe alone.

    Args:
        tuning_architecture: In which architecture the backbone is tuned.
        tuning: How the backbone is tuned.
        recipe: How each architecture is trained from there.
        scratch_epochs: Epochs of an architecture without the backbone.
        train: Folder of training pairs, below the data folder.
        val: Folder of validation pairs, for choosing.
        test: Folder of test pairs, scored once per finished model; None if there is none.
        partial: Folder of training pairs on which only some classes are labelled, or None.
        looked_for: Names of the classes labelled there.
        name: Name of the data in cards.
        data: Sentence on the training data for cards.
        licence: Terms of weights trained on it.
        limits: What no model trained on it can do.
        limits_beside: By architecture, what its model cannot do beside; seen in pictures of all
            models side by side.
    """

    tuning_architecture: str
    tuning: Recipe
    recipe: Recipe
    scratch_epochs: int
    train: Path
    val: Path
    test: Path | None
    name: str
    data: str
    licence: str
    limits: str
    partial: Path | None = None
    looked_for: tuple[str, ...] = ()
    limits_beside: Mapping[str, str] = field(default_factory=dict)

    def limits_of(self, architecture: str) -> str:
        """What an architecture's model cannot do."""
        return f"{self.limits} {self.limits_beside.get(architecture, '')}".rstrip()


# Chosen on val in runs of 5 epochs, by mean IoU: 0.515 with batches of 5 and half these rates,
# 0.524 with batches of 2, 0.535 with these rates. Crops and scales go together: the smallest photo
# just fills a crop, as padding is computed for nothing.
_STREET = Recipe(
    epochs=60,
    longest_side_px=480,
    batch_size=2,
    crop_shape=(264, 352),
    scale_range=(0.73, 1.5),
    colour_jitter=0.4,
    backbone_learning_rate=6e-4,
    head_learning_rate=3e-3,
    frozen_stages=0,
    ema_decay=0.999,
    region_weight=1.0,
    with_val=True,
)
# Chosen on val: mean IoU 0.725, against 0.629 after 10 epochs of batches of 4 with twice these
# rates and no balance, in a U-Net.
_PEOPLE_ANIMALS = Recipe(
    epochs=7,
    longest_side_px=320,
    crop_shape=(256, 256),
    scale_range=(0.7, 2.0),
    frozen_stages=0,
    class_balance=0.5,
    prior_restoration=1.0,
    with_partial=False,
)

SOURCES: dict[str, Source] = {
    "street": Source(
        tuning_architecture="unet",
        tuning=_STREET,
        recipe=replace(_STREET, epochs=12, backbone_learning_rate=3e-4, frozen_stages=3),
        scratch_epochs=60,
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
        limits_beside={
            "pspnet": "Outlines are coarse: poles and signs are mostly lost.",
            "segnet": "Starts from random weights, not from ImageNet: in dark scenes it falls to "
            "patches, and it misses most pedestrians, cyclists and signs.",
        },
    ),
    "people_animals": Source(
        tuning_architecture="deeplabv3plus",
        tuning=_PEOPLE_ANIMALS,
        # The photos with people alone labelled and the loss per region came last, on val: one
        # epoch of them took DeepLabV3+ from 0.725 to 0.740.
        recipe=replace(
            _PEOPLE_ANIMALS,
            epochs=5,
            backbone_learning_rate=1.5e-4,
            frozen_stages=3,
            class_balance=0.0,
            prior_restoration=0.0,
            region_weight=1.0,
            with_partial=True,
        ),
        scratch_epochs=30,
        train=Path("people_animals/train"),
        val=Path("people_animals/val"),
        test=None,
        partial=Path("people_animals/train_partial"),
        looked_for=("person",),
        name="VOC 2012",
        data="PASCAL VOC photos of the Animal-Pose set with VOC and SBD masks (3131), and COCO "
        "photos (544, and 1150 on which only people are labelled), long side 320; classes outside "
        "the set are background; backbone from ImageNet.",
        licence="Research: annotations of PASCAL VOC, SBD and COCO (CC BY 4.0), photos under "
        "their owners' terms.",
        limits="Knows people and five animals; everything else is background. Cows, horses and "
        "sheep are confused with each other, small or crowded figures are missed.",
        limits_beside={
            "fcn": "Outlines are coarse: legs and ears are often lost.",
            "pspnet": "Outlines are coarse: legs and ears are often lost.",
            "unet": "Parts of one animal are at times given to two classes.",
        },
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
