"""The card of a model: what it says of itself, stored in the headers of its files."""

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

from segdemo.errors import WeightsError
from segdemo.label_file import label_set_from_fields, label_set_to_fields
from segdemo.labels import LABEL_SETS, LabelSet

CARD_KEY = "segdemo_card"
"""Name of the header entry that holds the card, in both kinds of weights file."""


@dataclass(frozen=True)
class Preprocessing:
    """How a photo becomes the network's input.

    Args:
        mean: Per channel, subtracted after scaling to [0, 1].
        std: Per channel, divided by after that.
        longest_side_px: Photos are resized so that their longer side has this many pixels.

    Raises:
        ValueError: If a value is not finite, or ``std`` or the side is not positive.
    """

    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    longest_side_px: int

    def __post_init__(self) -> None:
        for name, values in (("mean", self.mean), ("std", self.std)):
            if len(values) != 3 or not all(math.isfinite(value) for value in values):
                raise ValueError(f"{name} must be three finite numbers, got {values}")
        if min(self.std) <= 0:
            raise ValueError(f"std must be above 0, got {self.std}")
        if self.longest_side_px < 1:
            raise ValueError(f"longest_side_px must be at least 1, got {self.longest_side_px}")


@dataclass(frozen=True)
class MeasuredScore:
    """What a model scored on a data split, single scale, no flip, at the data's own size.

    Args:
        data: Name of the data and the split, such as ``CamVid test``.
        images: Number of photos.
        mean_iou: Mean intersection over union over the whole split, in [0, 1].
        pixel_accuracy: Share of valid pixels that are right, in [0, 1].
        iou_per_class: Class name to IoU, None for a class that does not occur.
    """

    data: str
    images: int
    mean_iou: float
    pixel_accuracy: float
    iou_per_class: dict[str, float | None]


@dataclass(frozen=True)
class Card:
    """What to expect of a model, how to feed it, and how it was made.

    Args:
        model_id: ``<architecture>-<label set>`` or the name its trainer gave it.
        architecture: Name of the builder in ``segdemo.models``.
        label_set: Id of the label set.
        class_names: Class names in the order of the network's outputs.
        preprocessing: How a photo becomes the network's input.
        licence: Terms of the weights.
        data: What it was trained on.
        recipe: Settings and circumstances of the training, enough to run it again.
        limits: What the model cannot do, in one sentence or two.
        parameters: Number of trained values.
        multiply_adds: Multiply-adds of one forward pass at ``cost_shape``.
        cost_shape: Height and width in pixels for which ``multiply_adds`` was counted.
        scores: What it scored, on named splits.
        own_labels: The label set itself, if it is none of the bundled ones.

    Raises:
        ValueError: If ``own_labels`` is another label set than the card names.
    """

    model_id: str
    architecture: str
    label_set: str
    class_names: tuple[str, ...]
    preprocessing: Preprocessing
    licence: str
    data: str
    recipe: dict[str, Any]
    limits: str
    parameters: int
    multiply_adds: int
    cost_shape: tuple[int, int]
    scores: tuple[MeasuredScore, ...]
    own_labels: LabelSet | None = None

    def __post_init__(self) -> None:
        own = self.own_labels
        if own and (own.id, own.class_names) != (self.label_set, self.class_names):
            raise ValueError(
                f"own_labels must be the label set '{self.label_set}' of class_names, got "
                f"'{own.id}' of {own.class_names}"
            )

    @property
    def labels(self) -> LabelSet:
        """The label set of the model, with its palette."""
        return self.own_labels or LABEL_SETS[self.label_set]


def card_to_text(card: Card) -> str:
    """Write a card as JSON text, for a file header; a bundled label set is only named."""
    fields = asdict(card)
    del fields["own_labels"]
    if card.own_labels:
        fields["own_labels"] = label_set_to_fields(card.own_labels)
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)


def card_from_text(text: str) -> Card:
    """Read a card from a file header's JSON text.

    Args:
        text: What ``card_to_text`` wrote.

    Returns:
        The card.

    Raises:
        WeightsError: If the text is no card, or names a label set or classes that this
            version of segdemo does not know.
    """
    try:
        fields = json.loads(text)
        card = Card(
            **{
                **fields,
                "class_names": tuple(fields["class_names"]),
                "cost_shape": tuple(fields["cost_shape"]),
                "preprocessing": Preprocessing(
                    mean=tuple(fields["preprocessing"]["mean"]),
                    std=tuple(fields["preprocessing"]["std"]),
                    longest_side_px=int(fields["preprocessing"]["longest_side_px"]),
                ),
                "scores": tuple(MeasuredScore(**score) for score in fields["scores"]),
                "own_labels": _own_labels(fields),
            }
        )
        labels = card.own_labels or LABEL_SETS.get(card.label_set)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise WeightsError(
            "The header of this weights file holds no card of this version of segdemo. Use a file "
            "that segdemo wrote."
        ) from error
    if labels is None or labels.class_names != card.class_names:
        raise WeightsError(
            f"The weights file of '{card.model_id}' names classes that this version of segdemo "
            f"does not know. Update segdemo."
        )
    return card


def _own_labels(fields: dict[str, Any]) -> LabelSet | None:
    return label_set_from_fields(fields["own_labels"]) if "own_labels" in fields else None
