"""Training one model, resumable after any interruption."""

import functools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from segdemo.evaluation import Pair
from segdemo.labels import LabelSet
from segdemo.metrics import Scores
from segdemo.models import build_model
from segdemo.models.backbone import Backbone
from segdemo.training.circumstances import made_with
from segdemo.training.data import Crops, class_frequencies
from segdemo.training.epoch import LossOfLogits, train_epoch
from segdemo.training.losses import class_weights, segmentation_loss
from segdemo.training.pretrained import load_imagenet_weights, preprocessing
from segdemo.training.priors import restore_priors
from segdemo.training.recipes import Recipe
from segdemo.training.run_folder import (
    CurveLine,
    claim_run,
    load_checkpoint,
    save_checkpoint,
    write_curve,
)
from segdemo.training.settings import RunSettings
from segdemo.training.state import initial_state
from segdemo.training.team import check_share

Validate = Callable[[nn.Module], Scores]
"""Scores a network, in eval mode, on the validation split."""

Look = Callable[[nn.Module, Sequence[CurveLine]], None]
"""Takes a validated network, in eval mode, and the curve so far."""

Start = Callable[[nn.Module], None]
"""Gives a network of random weights those that it starts from, in place."""


@dataclass(frozen=True)
class TrainingPairs:
    """The photos and masks of a run.

    Args:
        whole: Pairs on which every pixel is labelled or void.
        partial: Pairs on which only the classes ``looked_for`` are labelled.
        looked_for: Names of those classes.
    """

    whole: Sequence[Pair]
    partial: Sequence[Pair] = ()
    looked_for: tuple[str, ...] = ()


def train(
    architecture: str,
    *,
    pairs: TrainingPairs,
    labels: LabelSet,
    recipe: Recipe,
    settings: RunSettings,
    validate: Validate | None,
    report: Callable[[str], None],
    backbone: Mapping[str, Tensor] | None = None,
    pretrained: bool = True,
    start: Start | None = None,
    look: Look | None = None,
    about: Mapping[str, Any] | None = None,
) -> nn.Module:
    """Train a model, or go on with an interrupted run in the same folder.

    In a team every process calls this and gets the network; the first one alone validates,
    reports and writes.

    Args:
        architecture: A name from ``list_architectures``.
        pairs: Training pairs.
        labels: Label set to train on.
        recipe: How to train.
        settings: Where the run lives and computes.
        validate: Scores the averaged network, priors restored, on the validation split; None if
            there is nothing to validate on.
        report: Takes a line of progress.
        backbone: State of a tuned backbone to start from, in place of ImageNet's.
        pretrained: Whether the backbone starts from ImageNet; architectures without that
            backbone always start at random.
        start: Gives the network its first weights, in place of ``backbone`` and ``pretrained``.
        look: Called after each validation.
        about: What else the run folder notes, so that it refuses a run that differs in it.

    Returns:
        The averaged network with priors restored, in eval mode, on the CPU.

    Raises:
        WeightsError: If the folder holds a run of another architecture or recipe, or a damaged
            one.
        DataError: If the masks hold no class, or a batch cannot be shared by the team.
    """
    team = settings.team
    check_share(recipe.batch_size, count=len(pairs.whole) + len(pairs.partial), size=team.size)
    if team.leads:
        claim_run(
            settings.run_dir,
            architecture=architecture,
            labels=labels,
            recipe=recipe,
            made_with={
                **made_with(settings.device, bfloat16=settings.bfloat16),
                "processes": team.size,
            },
            about=about,
        )
    team.wait()
    torch.manual_seed(recipe.seed)
    network = build_model(architecture, num_classes=labels.num_classes)
    stored = load_checkpoint(settings.run_dir, device=settings.device)
    if stored is None:
        (start or functools.partial(_start_backbone, tuned=backbone, pretrained=pretrained))(
            network
        )
    state = initial_state(network, recipe, settings)
    if stored is not None:
        state.load(stored)
        if team.leads:
            report(f"Resuming after epoch {state.epoch}.")
    crops = Crops(
        pairs.whole,
        labels=labels,
        recipe=recipe,
        preprocessing=preprocessing(recipe.longest_side_px),
        partial=pairs.partial,
    )
    frequencies = class_frequencies(pairs.whole, labels, reading=crops.readings[0])
    weights = class_weights(frequencies, exponent=recipe.class_balance)
    weights = weights.to(settings.device)
    loss_of = _loss(pairs, labels=labels, recipe=recipe, weights=weights)

    def finished() -> nn.Module:
        averaged = state.average.module
        return restore_priors(averaged, weights=weights, strength=recipe.prior_restoration)

    while state.epoch < recipe.epochs:
        began = time.perf_counter()
        loss = train_epoch(state, crops, recipe=recipe, settings=settings, loss_of=loss_of)
        state.epoch += 1
        state.seconds += time.perf_counter() - began
        if not team.leads:
            continue
        line: CurveLine = {
            "epoch": state.epoch,
            "seconds": round(state.seconds),
            "loss": round(loss, 4),
            "val_mean_iou": None,
        }
        state.curve.append(line)
        last = state.epoch == recipe.epochs
        if validate and (last or state.epoch % settings.validate_every == 0):
            network = finished()
            line["val_mean_iou"] = round(validate(network).mean_iou, 4)
            if look:
                look(network, state.curve)
        save_checkpoint(settings.run_dir, {**state.to_dict(), "class_weights": weights})
        write_curve(settings.run_dir, state.curve)
        report("  ".join(f"{key} {value}" for key, value in line.items() if value is not None))
    return finished().cpu()


def _start_backbone(
    network: nn.Module, *, tuned: Mapping[str, Tensor] | None, pretrained: bool
) -> None:
    """Give a network's backbone the weights it starts from."""
    backbone = getattr(network, "backbone", None)
    if not isinstance(backbone, Backbone):
        return
    if tuned is not None:
        backbone.load_state_dict(tuned)
    elif pretrained:
        load_imagenet_weights(backbone)


def _loss(
    pairs: TrainingPairs, *, labels: LabelSet, recipe: Recipe, weights: Tensor
) -> LossOfLogits:
    """The recipe's loss of logits and target, ready for the run's device."""
    looked_for = None
    if pairs.partial:
        names = [name in pairs.looked_for for name in labels.class_names]
        looked_for = torch.tensor(names, device=weights.device)
    return functools.partial(
        segmentation_loss,
        weights=weights,
        hard_share=recipe.hard_share,
        label_smoothing=recipe.label_smoothing,
        region_weight=recipe.region_weight,
        region_kind=recipe.region_kind,
        looked_for=looked_for,
    )
