"""The folder of a training run: what it is for, how far it got, its curve."""

import csv
import json
import pickle
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from segdemo.errors import WeightsError
from segdemo.labels import LabelSet
from segdemo.models import build_model
from segdemo.training.priors import restore_priors
from segdemo.training.recipes import Recipe

_NOTED_OF_ALL = frozenset({"architecture", "labels", "recipe", "made_with"})
"""What the notes of every run hold."""

CurveLine = dict[str, float | int | None]
"""One epoch: ``epoch``, ``seconds``, ``loss`` and, where it was measured, ``val_mean_iou``."""


@dataclass(frozen=True)
class FinishedRun:
    """What a run folder holds when training is done.

    Args:
        network: The averaged network, priors restored, in eval mode, on the CPU.
        recipe: The recipe's fields.
        made_with: Versions and the like, as noted when the run began.
        seconds: Time spent training, validation not counted.
        about: What else was noted of it.
    """

    network: nn.Module
    recipe: dict[str, Any]
    made_with: dict[str, Any]
    seconds: float
    about: dict[str, Any]


def claim_run(
    run_dir: Path,
    *,
    architecture: str,
    labels: LabelSet,
    recipe: Recipe,
    made_with: dict[str, Any],
    about: Mapping[str, Any] | None = None,
) -> None:
    """Make a run folder and note what it is for, and what it began with.

    Args:
        run_dir: Folder of the run; made if missing.
        architecture: The run's architecture.
        labels: The run's label set.
        recipe: The run's settings.
        made_with: Versions and the like, ready for JSON; noted when the run begins.
        about: What else makes it another run if it differs, ready for JSON.

    Raises:
        WeightsError: If the folder already holds a run of something else.
    """
    run_dir.mkdir(parents=True, exist_ok=True)
    # Through JSON and back, so that tuples compare equal to stored lists.
    wanted = json.loads(
        json.dumps(
            {
                "architecture": architecture,
                "labels": labels.id,
                "recipe": asdict(recipe),
                **(about or {}),
            }
        )
    )
    if (run_dir / "run.json").exists():
        notes = _notes(run_dir)
        # A run that began before a setting was invented has that setting's default.
        found = notes | {"recipe": _defaults() | notes.get("recipe", {})}
        if {key: value for key, value in found.items() if key in wanted} != wanted:
            raise WeightsError(
                f"The folder '{run_dir}' holds a run with other settings. Name another folder or "
                f"delete it."
            )
        return
    text = json.dumps(wanted | {"made_with": made_with}, indent=1)
    (run_dir / "run.json").write_text(text, "utf-8")


def _defaults() -> dict[str, Any]:
    """The settings of a recipe that have a default, as JSON holds them."""
    defaults = {each.name: each.default for each in fields(Recipe) if each.default is not MISSING}
    settings: dict[str, Any] = json.loads(json.dumps(defaults))
    return settings


def save_checkpoint(run_dir: Path, stored: dict[str, Any]) -> None:
    """Write a checkpoint so that an interruption leaves the previous one whole."""
    unfinished = run_dir / "checkpoint.tmp"
    torch.save(stored, unfinished)
    unfinished.replace(run_dir / "checkpoint.pt")


def load_checkpoint(run_dir: Path, *, device: torch.device) -> dict[str, Any] | None:
    """Read the last checkpoint of a run; None if there is none yet.

    Raises:
        WeightsError: If it is damaged.
    """
    path = run_dir / "checkpoint.pt"
    if not path.exists():
        return None
    try:
        stored: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    except (RuntimeError, EOFError, OSError, pickle.UnpicklingError) as error:
        raise WeightsError(f"The checkpoint in '{run_dir}' is damaged. Train anew.") from error
    return stored


def write_curve(run_dir: Path, curve: list[CurveLine]) -> None:
    """Write the curve of a run, one line per epoch."""
    with (run_dir / "curve.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, curve[0])
        writer.writeheader()
        writer.writerows(curve)


def load_run(run_dir: Path, *, architecture: str, labels: LabelSet) -> FinishedRun:
    """Read a finished run.

    Args:
        run_dir: Folder that ``train`` wrote to.
        architecture: The run's architecture.
        labels: The run's label set.

    Returns:
        Network and settings.

    Raises:
        WeightsError: If there is no run, it is damaged or of another model, or it has not
            ended yet.
    """
    stored = load_checkpoint(run_dir, device=torch.device("cpu"))
    if stored is None:
        raise WeightsError(f"The folder '{run_dir}' holds no training run. Train the model first.")
    run = _notes(run_dir)
    if (run["architecture"], run["labels"]) != (architecture, labels.id):
        raise WeightsError(f"The run in '{run_dir}' is of {run['architecture']}-{run['labels']}.")
    if stored["epoch"] < run["recipe"]["epochs"]:
        raise WeightsError(
            f"The run in '{run_dir}' has done {stored['epoch']} of {run['recipe']['epochs']} "
            f"epochs. Train on to its end first."
        )
    average = AveragedModel(build_model(architecture, num_classes=labels.num_classes))
    average.load_state_dict(stored["average"])
    network = restore_priors(
        average.module,
        weights=stored["class_weights"],
        strength=run["recipe"]["prior_restoration"],
    )
    about = {key: value for key, value in run.items() if key not in _NOTED_OF_ALL}
    return FinishedRun(network, run["recipe"], run["made_with"], stored["seconds"], about)


def _notes(run_dir: Path) -> dict[str, Any]:
    try:
        notes: dict[str, Any] = json.loads((run_dir / "run.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"The notes 'run.json' in '{run_dir}' are missing or damaged. Train anew."
        ) from error
    return notes
