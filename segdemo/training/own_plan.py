"""What to train on a person's own data, and the settings that suit it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import nn

from segdemo.errors import DataError, UnknownNameError
from segdemo.labels import LabelSet
from segdemo.models import build_model, list_architectures
from segdemo.predictor import MINIMUM_SIDE_PX
from segdemo.training.initial import IMAGENET, NOTHING, has_backbone
from segdemo.training.recipes import Recipe
from segdemo.zoo import status_of

DEFAULT_EPOCHS = 40
DEFAULT_SIZE_PX = 384

_MODEL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_FINE_RATE = 1e-4
"""Backbone rate from weights that already know segmentation, as in the recipes."""


@dataclass(frozen=True)
class OwnFolders:
    """Where a person's photos and masks lie; photo and mask share a name.

    Args:
        images: Training photos.
        masks: Their masks.
        val_images: Photos that are only validated on.
        val_masks: Their masks.
    """

    images: Path
    masks: Path
    val_images: Path
    val_masks: Path


@dataclass(frozen=True)
class CardTexts:
    """What only the trainer can say on a card.

    Args:
        data: Sentence on the training data; None for one that counts the photos.
        licence: Terms of the weights.
        limits: What the model cannot do.
    """

    data: str | None = None
    licence: str = "Unstated: ask the trainer."
    limits: str = "Judged on its trainer's validation photos alone; unknown on any others."


@dataclass(frozen=True)
class OwnPlan:
    """What to train on own data, and where to.

    Args:
        folders: The data.
        architecture: A name from ``list_architectures``.
        labels: Label set, bundled or own.
        out: The ``.safetensors`` file to write; its stem is the model's id.
        init: ``imagenet``, ``none`` or a model's id to start from; None for the first where it
            can be.
        changes: Settings of the recipe to be other than ``own_recipe`` has them.
        texts: What the card says.
    """

    folders: OwnFolders
    architecture: str
    labels: LabelSet
    out: Path
    init: str | None
    changes: Mapping[str, Any]
    texts: CardTexts = CardTexts()

    @property
    def model_id(self) -> str:
        """Id of the model."""
        return self.out.stem


def own_recipe(num_pairs: int, *, init: str, changes: Mapping[str, Any]) -> Recipe:
    """Settings that suit a small set of photos, but for those that a person chose.

    Args:
        num_pairs: Number of training photos.
        init: What the network starts from.
        changes: Field of ``Recipe`` to value.

    Returns:
        The recipe.

    Raises:
        DataError: If a crop is smaller than the networks take.
    """
    batch_size = min(changes.get("batch_size", 8), num_pairs)
    steps = changes.get("epochs", DEFAULT_EPOCHS) * max(1, num_pairs // batch_size)
    size_px = changes.get("longest_side_px", DEFAULT_SIZE_PX)
    # A landscape photo's height and a little more: whole things, and not too much padding.
    side_px = max(2 * MINIMUM_SIDE_PX, size_px * 5 // 6 // 32 * 32)
    recipe = Recipe(
        epochs=DEFAULT_EPOCHS,
        longest_side_px=size_px,
        batch_size=batch_size,
        crop_shape=(side_px, side_px),
        resize_first=True,
        scale_range=(0.6, 1.6),
        warmup_steps=min(100, steps // 10),
        region_weight=1.0,
    )
    if init == NOTHING:  # nothing is worth keeping or sparing
        recipe = replace(recipe, frozen_stages=0, backbone_learning_rate=recipe.head_learning_rate)
    elif init != IMAGENET:
        recipe = replace(recipe, backbone_learning_rate=_FINE_RATE)
    recipe = replace(recipe, **changes)
    if min(recipe.crop_shape) < MINIMUM_SIDE_PX:
        raise DataError(f"A crop must be at least {MINIMUM_SIDE_PX} pixels high and wide.")
    return recipe


def check_plan(plan: OwnPlan) -> None:
    """Refuse, before hours of training, what could not be published after them.

    Raises:
        UnknownNameError: If there is no such architecture.
        DataError: If the file's name cannot be a model's, or is that of a model in the table, or
            a setting is of something that the architecture does not have.
    """
    if plan.architecture not in list_architectures():
        known = ", ".join(list_architectures())
        raise UnknownNameError(
            f"There is no architecture '{plan.architecture}'. Choose one of: {known}."
        )
    if plan.out.suffix != ".safetensors" or not _MODEL_ID.fullmatch(plan.model_id):
        raise DataError(
            f"'{plan.out.name}' cannot be a model's file. Name it like weights/pets.safetensors."
        )
    if status_of(plan.out) == "in the table":
        raise DataError(
            f"'{plan.model_id}' is a model in the table of '{plan.out.parent}'. Choose another "
            f"name."
        )
    without = _settings_without_effect(plan.architecture) & plan.changes.keys()
    if without:
        names = ", ".join(sorted(without)).replace("_", " ")
        raise DataError(f"'{plan.architecture}' has no use for: {names}. Leave it out.")


def _settings_without_effect(architecture: str) -> set[str]:
    """Fields of ``Recipe`` that are of something an architecture does not have."""
    network = build_model(architecture, num_classes=2)
    drops = any(isinstance(layer, nn.Dropout | nn.Dropout2d) for layer in network.modules())
    without = set() if drops else {"dropout"}
    return (
        without
        if has_backbone(architecture)
        else without
        | {
            "frozen_stages",
            "backbone_learning_rate",
        }
    )
