"""What changes while a network is trained, and what a resumed run needs of it."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from segdemo.models.backbone import Backbone
from segdemo.training.recipes import Recipe
from segdemo.training.run_folder import CurveLine
from segdemo.training.settings import RunSettings


@dataclass
class State:
    """Everything that training changes.

    Args:
        network: The network that steps change.
        wrapped: The same network as the team's processes run it.
        average: Its moving average, which is kept in the end.
        optimizer: Moments of the gradients.
        epoch: Epochs done.
        seconds: Time spent on them.
        curve: What was noted of them.
    """

    network: nn.Module
    wrapped: nn.Module
    average: AveragedModel
    optimizer: torch.optim.Optimizer
    epoch: int = 0
    seconds: float = 0.0
    curve: list[CurveLine] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """What a checkpoint stores."""
        return {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "epoch": self.epoch,
            "seconds": self.seconds,
            "curve": self.curve,
        }

    def load(self, stored: dict[str, Any]) -> None:
        """Go back to what a checkpoint stored."""
        self.network.load_state_dict(stored["network"])
        self.average.load_state_dict(stored["average"])
        self.optimizer.load_state_dict(stored["optimizer"])
        self.epoch, self.seconds = stored["epoch"], stored["seconds"]
        self.curve = stored["curve"]


def initial_state(network: nn.Module, recipe: Recipe, settings: RunSettings) -> State:
    """Make a network ready to be trained as a recipe says.

    Args:
        network: The network with the weights that it starts from; changed for speed.
        recipe: Which stages are frozen, dropout, rates, decay and average.
        settings: Where it is trained.

    Returns:
        State before the first step.
    """
    _freeze_and_drop(network, recipe)
    network = network.to(settings.device).to(memory_format=torch.channels_last)
    # The copy is made before the network is changed for speed: it stays a plain network.
    average = AveragedModel(
        network, multi_avg_fn=_exponential_average(recipe.ema_decay), use_buffers=True
    )
    if settings.bfloat16 and settings.device.type == "cpu":
        _keep_depthwise_in_single_precision(network)
    optimizer = torch.optim.AdamW(_parameter_groups(network, recipe))
    wrapped = settings.team.wrapped(network, settings.device)
    return State(network, wrapped, average, optimizer)


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


def _freeze_and_drop(network: nn.Module, recipe: Recipe) -> None:
    """Freeze the backbone's finest stages and set the dropout, as the recipe says."""
    backbone = getattr(network, "backbone", None)
    if isinstance(backbone, Backbone):
        backbone.freeze(recipe.frozen_stages)
    if recipe.dropout is not None:
        for layer in network.modules():
            if isinstance(layer, nn.Dropout | nn.Dropout2d):
                layer.p = recipe.dropout


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
