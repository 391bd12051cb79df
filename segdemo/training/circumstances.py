"""What a run was made with, beside its recipe."""

import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

_PACKAGES = ("torch", "timm", "numpy", "pillow")


def made_with(device: torch.device, *, bfloat16: bool) -> dict[str, Any]:
    """Code, packages and machine of a run that begins now.

    Args:
        device: Where the run computes.
        bfloat16: Whether convolutions run in bfloat16.

    Returns:
        Values ready for JSON.
    """
    return {
        "commit": _git("rev-parse", "HEAD"),
        "changed_since_commit": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "versions": {name: version(name) for name in _PACKAGES},
        "processor": platform.machine(),
        "device": device.type,
        "bfloat16": bfloat16,
    }


def _git(*arguments: str) -> str | None:
    """What git says of this checkout; None outside of one."""
    try:
        answer = subprocess.run(
            ["git", *arguments],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()
