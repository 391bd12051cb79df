"""Where and on what a run computes."""

from dataclasses import dataclass
from pathlib import Path

import torch

from segdemo.training.team import ALONE, Team


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
        team: This process's place among those that train together.
    """

    run_dir: Path
    device: torch.device
    bfloat16: bool
    loader_workers: int = 1
    validate_every: int = 5
    team: Team = ALONE
