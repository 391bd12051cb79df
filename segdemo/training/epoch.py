"""One pass over the training pairs."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from segdemo.training.data import Crops
from segdemo.training.recipes import Recipe
from segdemo.training.schedule import rate_factor
from segdemo.training.settings import RunSettings
from segdemo.training.state import State

_RANK_STRIDE = 1_000_003
"""Distance between the seeds of a team's processes, beyond any number of epochs."""

LossOfLogits = Callable[[Tensor, Tensor], Tensor]
"""What training minimises: a scalar from logits and target."""


def train_epoch(
    state: State, crops: Crops, *, recipe: Recipe, settings: RunSettings, loss_of: LossOfLogits
) -> float:
    """One pass over the training pairs; returns the mean loss."""
    crops.epoch = state.epoch
    # Dropout draws the same masks whether or not the run was interrupted before this epoch, and
    # others in each process of a team.
    torch.manual_seed(recipe.seed + state.epoch + _RANK_STRIDE * settings.team.rank)
    loader = _loader(state.epoch, crops, recipe=recipe, settings=settings)
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
    return settings.team.mean(total / len(loader), settings.device)


def _loader(
    epoch: int, crops: Crops, *, recipe: Recipe, settings: RunSettings
) -> DataLoader[tuple[Tensor, Tensor]]:
    """The batches of one epoch: this process's share of them."""
    generator = torch.Generator().manual_seed(recipe.seed + epoch)
    if settings.team.size == 1:
        return DataLoader(
            crops,
            batch_size=recipe.batch_size,
            shuffle=True,
            drop_last=len(crops) >= recipe.batch_size,
            num_workers=settings.loader_workers,
            generator=generator,
        )
    return DataLoader(
        crops,
        batch_sampler=settings.team.batches(
            len(crops), batch_size=recipe.batch_size, generator=generator
        ),
        num_workers=settings.loader_workers,
        generator=generator,
    )


def _train_step(
    state: State, x: Tensor, target: Tensor, *, settings: RunSettings, loss_of: LossOfLogits
) -> float:
    x = x.to(settings.device, memory_format=torch.channels_last)
    with torch.autocast(settings.device.type, dtype=torch.bfloat16, enabled=settings.bfloat16):
        logits = state.wrapped(x)
    loss = loss_of(logits.float(), target.to(settings.device))
    state.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    state.optimizer.step()
    state.average.update_parameters(state.network)
    return loss.item()
