"""Several models of one label set on one photo: where they disagree, and what each costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from segdemo.errors import ChoiceError, UnknownNameError
from segdemo.evaluation import count
from segdemo.labels import LabelSet
from segdemo.masks import GroundTruth
from segdemo.metrics import (
    PairAgreement,
    Scores,
    count_votes,
    disagreement_share,
    pairwise_agreement,
    score,
    vote_shares,
)
from segdemo.prediction import Logits, Prediction, Timing
from segdemo.predictor import predictor_of, weights_path
from segdemo.zoo import ZooEntry

LEAST_MODELS = 2
MOST_MODELS = 5


@dataclass(frozen=True, eq=False)
class ComparedModel:
    """What one of the models made of the photo.

    Args:
        entry: The model.
        file_bytes: Size of the weights file that ran.
        label_map: Class index per pixel, shape (H, W) of the photo, uint8.
        logits: What the classes were made from.
        shares: Share of the pixels per class, shape (C,), float64, sums to 1.
        mean_confidence: Mean softmax probability of the classes taken, 0 to 1.
        network_shape: Height and width in pixels at which the network saw the photo.
        timing: What took how long.
        scores: Region metrics against the ground truth; None without one.
    """

    entry: ZooEntry
    file_bytes: int
    label_map: np.ndarray
    logits: Logits
    shares: np.ndarray
    mean_confidence: float
    network_shape: tuple[int, int]
    timing: Timing
    scores: Scores | None

    def to_json(self) -> dict[str, Any]:
        """Give everything but the pixels as plain values that JSON can hold."""
        card = self.entry.card
        scores = self.scores and self.scores.to_json()
        return {
            "model": card.model_id,
            "areas": dict(zip(card.class_names, self.shares.tolist(), strict=True)),
            "mean_confidence": self.mean_confidence,
            "seconds": {**vars(self.timing), "total_s": self.timing.total_s},
            "parameters": card.parameters,
            "multiply_adds": card.multiply_adds,
            "file_bytes": self.file_bytes,
            "scores": scores
            and {name: scores[name] for name in ("mean_iou", "pixel_accuracy", "iou_per_class")},
        }


@dataclass(frozen=True, eq=False)
class Comparison:
    """Several models on one photo; made by :func:`compare`.

    Args:
        labels: Label set of all the models.
        models: What each model made of the photo, in the order asked for.
        votes: Number of different classes named on each pixel, shape (H, W), uint8.
        pairs: How alike each two models are; positions are those in ``models``.
        truth: The ground truth; None without one.
    """

    labels: LabelSet
    models: tuple[ComparedModel, ...]
    votes: np.ndarray
    pairs: tuple[PairAgreement, ...]
    truth: GroundTruth | None = None

    @property
    def disagreement(self) -> float:
        """Share of the pixels, 0 to 1, on which not all models agree."""
        return disagreement_share(self.votes)

    @property
    def vote_shares(self) -> dict[int, float]:
        """Number of different classes to the share of the pixels on which so many were named."""
        shares = vote_shares(self.votes).tolist()
        return {classes: shares[classes] for classes in range(1, len(shares))}

    def to_json(self) -> dict[str, Any]:
        """Give everything but the pixels as plain values that JSON can hold."""
        ids = [model.entry.model_id for model in self.models]
        height, width = self.votes.shape
        return {
            "label_set": self.labels.id,
            "photo": {"width": width, "height": height},
            "models": [model.to_json() for model in self.models],
            "disagreement": {
                "share": self.disagreement,
                "share_by_number_of_classes": {
                    str(classes): share for classes, share in self.vote_shares.items()
                },
            },
            "pairs": [
                {
                    "models": [ids[pair.first], ids[pair.second]],
                    "mean_iou": pair.mean_iou,
                    "pixel_agreement": pair.pixel_agreement,
                }
                for pair in self.pairs
            ],
            "ground_truth": self.truth
            and {"reading": self.truth.reading, "summary": self.truth.summary},
        }


def choose_models(entries: Sequence[ZooEntry], model_ids: Sequence[str]) -> tuple[ZooEntry, ...]:
    """The models of some ids, once it is sure that they can be compared.

    Args:
        entries: The models there are.
        model_ids: Ids wanted; one named twice counts once.

    Returns:
        Two to five models of one label set, in the order of ``entries``: that of choosing them
        would move the pictures about.

    Raises:
        UnknownNameError: If there is no model of an id.
        ChoiceError: If they are too few, too many, or of several label sets.
    """
    known = [entry.model_id for entry in entries]
    wanted = list(dict.fromkeys(model_ids))
    for model_id in wanted:
        if model_id not in known:
            raise UnknownNameError(
                f"There is no model '{model_id}'. Models here: {', '.join(known)}."
            )
    if len(wanted) < LEAST_MODELS:
        raise ChoiceError(f"Choose at least {LEAST_MODELS} models to compare.")
    if len(wanted) > MOST_MODELS:
        raise ChoiceError(
            f"{len(wanted)} models are chosen. Choose at most {MOST_MODELS} to compare."
        )
    chosen = tuple(entry for entry in entries if entry.model_id in wanted)
    label_sets = sorted({entry.card.label_set for entry in chosen})
    if len(label_sets) > 1:
        raise ChoiceError(
            f"These models name different classes ({', '.join(label_sets)}). Choose models of one "
            f"label set."
        )
    return chosen


def compare(
    image: Image.Image,
    entries: Sequence[ZooEntry],
    *,
    truth: GroundTruth | None = None,
    device: str = "cpu",
) -> Comparison:
    """Let models segment a photo, one after another.

    Args:
        image: Photo, mode RGB, any size.
        entries: Two models or more of one label set, as from :func:`choose_models`.
        truth: Ground truth of the photo's size in the same label set; None without one.
        device: Where the models run, such as ``cpu``.

    Returns:
        The comparison. Confidences are not kept: those of a large photo through five models
        would take a gigabyte.

    Raises:
        WeightsError: If a model's files are damaged.
        MaskError: If ``truth`` is of another size.
    """
    models = tuple(_run(image, entry, truth, device) for entry in entries)
    labels = entries[0].card.labels
    label_maps = [model.label_map for model in models]
    return Comparison(
        labels=labels,
        models=models,
        votes=count_votes(label_maps, num_classes=labels.num_classes),
        pairs=pairwise_agreement(label_maps, num_classes=labels.num_classes),
        truth=truth,
    )


def _run(
    image: Image.Image, entry: ZooEntry, truth: GroundTruth | None, device: str
) -> ComparedModel:
    prediction = predictor_of(entry, device=device).predict(image)
    return ComparedModel(
        entry=entry,
        file_bytes=weights_path(entry, device=device).stat().st_size,
        label_map=prediction.label_map,
        logits=prediction.require_logits(),
        shares=prediction.shares,
        mean_confidence=float(prediction.confidence.mean()),
        network_shape=prediction.network_shape,
        timing=prediction.timing,
        scores=_score(prediction, truth) if truth else None,
    )


def _score(prediction: Prediction, truth: GroundTruth) -> Scores:
    """Region metrics alone: boundaries and kinds of errors take longer than the network."""
    confmat = count(prediction, truth, details=False).confmat
    return score(confmat, class_names=prediction.labels.class_names)
