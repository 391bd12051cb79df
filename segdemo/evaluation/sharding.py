"""Sharing an evaluation out to the processes that torchrun starts."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from segdemo.evaluation.ledger import Entry, Ledger


@dataclass(frozen=True)
class Shard:
    """The part of a run that this process does.

    Args:
        rank: Number of this process, from 0.
        world_size: Number of processes.
        local_rank: Number of this process among those of its machine, which is its GPU's too.

    Raises:
        ValueError: If ``rank`` is not below ``world_size``.
    """

    rank: int = 0
    world_size: int = 1
    local_rank: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.rank < self.world_size:
            raise ValueError(f"rank must be within 0 to {self.world_size - 1}, got {self.rank}")

    @property
    def is_first(self) -> bool:
        """Whether this process is the one that has the results, and prints them."""
        return self.rank == 0

    def indices(self, length: int) -> range:
        """Positions of the pairs that this process judges, of ``length`` in all.

        Example:
            >>> list(Shard(1, 2).indices(5))
            [1, 3]
        """
        return range(self.rank, length, self.world_size)

    def device(self, name: str) -> str:
        """The device for this process: of several GPUs, each process takes its own.

        Example:
            >>> Shard(3, 4, local_rank=1).device("cuda"), Shard(3, 4, local_rank=1).device("cpu")
            ('cuda:1', 'cpu')
        """
        return f"cuda:{self.local_rank}" if name == "cuda" and self.world_size > 1 else name

    def join(self, ledgers: Sequence[Ledger]) -> None:
        """Add what all processes counted into the first process's ledgers.

        Whole numbers are summed by an all_reduce of int64; rows, with their few floats, are
        gathered. All processes must call it with ledgers of the same models in the same order.

        Args:
            ledgers: This process's; in the first process they then hold the whole run.
        """
        if self.world_size == 1:
            return
        import torch
        from torch import distributed

        for ledger in ledgers:
            total = torch.from_numpy(ledger.integers.copy())
            distributed.all_reduce(total)
            gathered: list[list[Entry]] = [[] for _ in range(self.world_size)]
            distributed.gather_object(ledger.entries, gathered if self.is_first else None)
            if self.is_first:
                ledger.integers = total.numpy()
                ledger.entries = [entry for entries in gathered for entry in entries]


@contextmanager
def torchrun_shard(environment: Mapping[str, str] | None = None) -> Iterator[Shard]:
    """Join the processes that torchrun started, as long as the block lasts.

    PyTorch is imported only if torchrun's variables are set; otherwise this process is the only
    one.

    Args:
        environment: Variables to look into; None for the process's own.

    Yields:
        The part of this process.
    """
    environment = os.environ if environment is None else environment
    world_size = int(environment.get("WORLD_SIZE", "1"))
    if world_size == 1 or "RANK" not in environment:
        yield Shard()
        return
    from torch import distributed

    # gloo: what is exchanged are a few counts in ordinary memory, also where models run on GPUs.
    distributed.init_process_group("gloo")
    try:
        yield Shard(int(environment["RANK"]), world_size, int(environment.get("LOCAL_RANK", "0")))
    finally:
        distributed.destroy_process_group()
