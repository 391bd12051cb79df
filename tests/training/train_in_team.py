"""Run by torchrun: trains as the command line does and notes what each process ended with."""

import functools
import os
import sys
from pathlib import Path
from typing import Any

import torch
from torch import nn

from segdemo.card import Card
from segdemo.cli import main
from segdemo.training import own_data
from segdemo.training.data import Crops


def note(folder: Path, *arguments: Any, **settings: Any) -> nn.Module:
    """Train, and write this process's parameters and the photos that it looked at."""
    seen: list[tuple[int, int]] = []
    read = Crops.__getitem__

    def noting(crops: Crops, index: int) -> Any:
        seen.append((crops.epoch, index))
        return read(crops, index)

    Crops.__getitem__ = noting  # type: ignore[method-assign]
    network = train(*arguments, **settings)
    noted = {"parameters": dict(network.named_parameters()), "seen": seen}
    torch.save(noted, folder / f"rank{os.environ['RANK']}.pt")
    return network


def skip_the_graph(_: nn.Module, card: Card, *__: Any, **___: Any) -> Card:
    """Stands for publishing, which is tested by itself and takes long."""
    return card


if __name__ == "__main__":
    train = own_data.train
    own_data.train = functools.partial(note, Path(sys.argv[1]))  # type: ignore[assignment]
    own_data.publish = skip_the_graph
    sys.exit(main(sys.argv[2:]))
