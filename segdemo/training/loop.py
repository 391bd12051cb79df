"""Training one model, resumable after any interruption."""

import functools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader

from segdemo.evaluation import Pair
from segdemo.labels import LabelSet
from segdemo.metrics import Scores
from segdemo.models import build_model
from segdemo.models.backbone import Backbone
from segdemo.training.circumstances import made_with
from segdemo.training.data import Crops, class_frequencies
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
from segdemo.training.schedule import rate_factor

Validate = Callable[[nn.Module], Scores]
"""Scores a network, in eval mode, on the validation split."""

LossOfLogits = Callable[[Tensor, Tensor], Tensor]
"""What training minimises: a scalar from logits and target."""


@dataclass(frozen=True)
class RunSettings:
    """Where and on what a run computes; nothing here is part of the recipe.

    Args:
        run_dir: Folder of the checkpoint and the curve.
        device: Such as ``cpu`` or ``cuda``.
        bfloat16: Whether convolutions run in bfloat16; a third to a half faster on processors
            that have instructions for it.
        loader_workers: Processes that prepare crops.
        validate_every: Epochs between validations; the last epoch is always validated.
    """

    run_dir: Path
    device: torch.device
    bfloat16: bool
    loader_workers: int = 1
    validate_every: int = 5


@dataclass
class _State:
    """Everything that a resumed run needs."""

    network: nn.Module
    average: AveragedModel
    optimizer: torch.optim.Optimizer
    epoch: int = 0
    seconds: float = 0.0
    curve: list[CurveLine] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "epoch": self.epoch,
            "seconds": self.seconds,
            "curve": self.curve,
        }

    def load(self, stored: dict[str, Any]) -> None:
        self.network.load_state_dict(stored["network"])
        self.average.load_state_dict(stored["average"])
        self.optimizer.load_state_dict(stored["optimizer"])
        self.epoch, self.seconds = stored["epoch"], stored["seconds"]
        self.curve = stored["curve"]


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
) -> nn.Module:
    """Train a model, or go on with an interrupted run in the same folder.

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

    Returns:
        The averaged network with priors restored, in eval mode, on the CPU.

    Raises:
        WeightsError: If the folder holds a run of another architecture or recipe, or a damaged
            one.
        DataError: If the masks hold no class.
    """
    claim_run(
        settings.run_dir,
        architecture=architecture,
        labels=labels,
        recipe=recipe,
        made_with=made_with(settings.device, bfloat16=settings.bfloat16),
    )
    torch.manual_seed(recipe.seed)
    network = build_model(architecture, num_classes=labels.num_classes)
    _start_backbone(network, backbone, recipe=recipe, pretrained=pretrained)
    state = _initial_state(network, recipe, settings)
    if stored := load_checkpoint(settings.run_dir, device=settings.device):
        state.load(stored)
        report(f"Resuming after epoch {state.epoch}.")
    crops = Crops(
        pairs.whole,
        labels=labels,
        recipe=recipe,
        preprocessing=preprocessing(recipe.longest_side_px),
        partial=pairs.partial,
    )
    weights = class_weights(class_frequencies(pairs.whole, labels), exponent=recipe.class_balance)
    weights = weights.to(settings.device)
    loss_of = _loss(pairs, labels=labels, recipe=recipe, weights=weights)

    def finished() -> nn.Module:
        averaged = state.average.module
        return restore_priors(averaged, weights=weights, strength=recipe.prior_restoration)

    while state.epoch < recipe.epochs:
        start = time.perf_counter()
        loss = _train_epoch(state, crops, recipe=recipe, settings=settings, loss_of=loss_of)
        state.epoch += 1
        state.seconds += time.perf_counter() - start
        line: CurveLine = {
            "epoch": state.epoch,
            "seconds": round(state.seconds),
            "loss": round(loss, 4),
            "val_mean_iou": None,
        }
        last = state.epoch == recipe.epochs
        if validate and (last or state.epoch % settings.validate_every == 0):
            line["val_mean_iou"] = round(validate(finished()).mean_iou, 4)
        state.curve.append(line)
        save_checkpoint(settings.run_dir, {**state.to_dict(), "class_weights": weights})
        write_curve(settings.run_dir, state.curve)
        report("  ".join(f"{key} {value}" for key, value in line.items() if value is not None))
    return finished().cpu()


def _start_backbone(
    network: nn.Module,
    tuned: Mapping[str, Tensor] | None,
    *,
    recipe: Recipe,
    pretrained: bool,
) -> None:
    """Give a network's backbone the weights it starts from, and freeze its finest stages."""
    backbone = getattr(network, "backbone", None)
    if not isinstance(backbone, Backbone):
        return
    if tuned is not None:
        backbone.load_state_dict(tuned)
    elif pretrained:
        load_imagenet_weights(backbone)
    backbone.freeze(recipe.frozen_stages)


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
        looked_for=looked_for,
    )


def _initial_state(network: nn.Module, recipe: Recipe, settings: RunSettings) -> _State:
    network = network.to(settings.device).to(memory_format=torch.channels_last)
    # The copy is made before the network is changed for speed: it stays a plain network.
    average = AveragedModel(
        network, multi_avg_fn=_exponential_average(recipe.ema_decay), use_buffers=True
    )
    if settings.bfloat16 and settings.device.type == "cpu":
        _keep_depthwise_in_single_precision(network)
    return _State(network, average, torch.optim.AdamW(_parameter_groups(network, recipe)))


def _parameter_groups(network: nn.Module, recipe: Recipe) -> list[dict[str, Any]]:
    """Split by learning rate (backbone, rest) and decay (weights, biases and norms)."""
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        key = (name.startswith("backbone."), parameter.ndim > 1)
        groups.setdefault(key, []).append(parameter)
    return [
        {
            "params": parameters,
            "peak_lr": recipe.backbone_learning_rate if backbone else recipe.head_learning_rate,
            "weight_decay": recipe.weight_decay if decays else 0.0,
        }
        for (backbone, decays), parameters in groups.items()
    ]


def _train_epoch(
    state: _State, crops: Crops, *, recipe: Recipe, settings: RunSettings, loss_of: LossOfLogits
) -> float:
    """One pass over the training pairs; returns the mean loss."""
    crops.epoch = state.epoch
    # Dropout draws the same masks whether or not the run was interrupted before this epoch.
    torch.manual_seed(recipe.seed + state.epoch)
    loader = DataLoader(
        crops,
        batch_size=recipe.batch_size,
        shuffle=True,
        drop_last=len(crops) >= recipe.batch_size,
        num_workers=settings.loader_workers,
        generator=torch.Generator().manual_seed(recipe.seed + state.epoch),
    )
    state.network.train()
    total = 0.0
    for index, (x, target) in enumerate(loader):
        factor = rate_factor(
            state.epoch * len(loader) + index,
            steps=recipe.epochs * len(loader),
            warmup_steps=recipe.warmup_steps,
            shape=recipe.schedule,
        )
        for group in state.optimizer.param_groups:
            group["lr"] = group["peak_lr"] * factor
        total += _train_step(state, x, target, settings=settings, loss_of=loss_of)
    return total / len(loader)


def _train_step(
    state: _State, x: Tensor, target: Tensor, *, settings: RunSettings, loss_of: LossOfLogits
) -> float:
    x = x.to(settings.device, memory_format=torch.channels_last)
    with torch.autocast(settings.device.type, dtype=torch.bfloat16, enabled=settings.bfloat16):
        logits = state.network(x)
    loss = loss_of(logits.float(), target.to(settings.device))
    state.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    state.optimizer.step()
    state.average.update_parameters(state.network)
    return loss.item()


def _exponential_average(decay: float) -> Callable[[Any, Any, Any], None]:
    """Exponential moving average that starts short, so that random weights are soon forgotten."""

    def update(averaged: list[Tensor], current: list[Tensor], updates: Tensor | int) -> None:
        count = int(updates)
        rate = 1 - min(decay, (1 + count) / (10 + count))
        for mean, value in zip(averaged, current, strict=True):
            if mean.is_floating_point():
                mean.lerp_(value, rate)
            else:  # counters of batch normalisation
                mean.copy_(value)

    return update


def _keep_depthwise_in_single_precision(network: nn.Module) -> None:
    """Run depthwise convolutions in float32 under autocast, in place.

    On a CPU their gradient takes two to three times as long in bfloat16.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and module.groups == module.in_channels > 1:
            module.forward = functools.partial(_single_precision, module)  # type: ignore[method-assign]


def _single_precision(convolution: nn.Conv2d, x: Tensor) -> Tensor:
    with torch.autocast("cpu", enabled=False):
        return nn.Conv2d.forward(convolution, x.float())
