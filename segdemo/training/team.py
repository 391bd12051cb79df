"""Several processes that train one network together, as torchrun starts them."""

import contextlib
import datetime
import os
from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.distributed
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from segdemo.errors import DataError

_PATIENCE = datetime.timedelta(hours=6)
"""How long processes wait for each other: the first one also validates and publishes."""


@dataclass(frozen=True)
class Team:
    """One process's place among those that train together; alone by default.

    Args:
        rank: Number of this process, from 0.
        size: Number of processes.

    Raises:
        ValueError: If ``rank`` is not within the size.
    """

    rank: int = 0
    size: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.rank < self.size:
            raise ValueError(f"rank must be within 0 to {self.size - 1}, got {self.rank}")

    @property
    def leads(self) -> bool:
        """Whether this is the process that validates, reports and writes."""
        return self.rank == 0

    def wait(self) -> None:
        """Wait until every process has come this far."""
        if self.size > 1:
            torch.distributed.barrier()

    def mean(self, value: float, device: torch.device) -> float:
        """The mean of the processes' values; each of them must call this."""
        if self.size == 1:
            return value
        total = torch.tensor(value, dtype=torch.float64, device=device)
        torch.distributed.all_reduce(total)
        return total.item() / self.size

    def wrapped(self, network: nn.Module, device: torch.device) -> nn.Module:
        """The network whose gradients are averaged over the processes; itself if alone."""
        if self.size == 1:
            return network
        devices = None if device.type == "cpu" else [device]
        return DistributedDataParallel(network, device_ids=devices)

    def batches(
        self, count: int, *, batch_size: int, generator: torch.Generator
    ) -> list[list[int]]:
        """This process's share of every batch of one epoch.

        Args:
            count: Number of training pairs.
            batch_size: Pairs of a batch, over all processes.
            generator: Source of randomness, in the same state in every process.

        Returns:
            Lists of indices, equally many in every process.
        """
        order: list[int] = torch.randperm(count, generator=generator).tolist()
        if count >= batch_size:
            del order[count - count % batch_size :]
        batches = (order[start : start + batch_size] for start in range(0, len(order), batch_size))
        return [batch[self.rank :: self.size] for batch in batches]


ALONE = Team()
"""The place of a process that trains by itself."""


def check_share(batch_size: int, *, count: int, size: int) -> None:
    """Refuse a batch that cannot be dealt out evenly.

    Raises:
        DataError: If ``size`` processes cannot share a batch, or there are fewer pairs than that.
    """
    if batch_size % size or count < size:
        raise DataError(
            f"A batch of {min(batch_size, count)} photos cannot be shared by {size} processes. "
            f"Use a batch size that {size} divides and at least {size} photos."
        )


@contextlib.contextmanager
def join_team(device: str) -> Iterator[tuple[Team, str]]:
    """Take the place that torchrun gave this process; alone if it gave none.

    Args:
        device: ``cpu``, where processes talk by gloo, or ``cuda``, where they talk by nccl and
            each takes the GPU of its number on this machine.

    Yields:
        The place, and the device of this process.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Team(), device
        return
    if device == "cuda":
        device = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(device)
    backend = "nccl" if device.startswith("cuda") else "gloo"
    torch.distributed.init_process_group(backend, timeout=_PATIENCE)
    try:
        yield Team(torch.distributed.get_rank(), size), device
    finally:
        torch.distributed.destroy_process_group()


def processes_here() -> int:
    """Number of processes of the team on this machine, which share its cores."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
