"""PyTorch: for GPUs, for training, and for models that have no .onnx file."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from segdemo.errors import UnknownNameError


def torch_device(name: str) -> torch.device:
    """A device of PyTorch, once it is sure that this machine has it.

    Args:
        name: ``cpu``, ``cuda`` or another device of PyTorch.

    Returns:
        The device.

    Raises:
        UnknownNameError: If this machine has no such device.
    """
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:  # torch built without it, or none is there
        raise UnknownNameError(
            f"This machine has no device '{name}' for PyTorch. Use cpu."
        ) from error
    return device


def load_torch_engine(network: nn.Module, device: str) -> "TorchEngine":
    """Put a network on a device, ready to run.

    Args:
        network: Network in eval mode.
        device: ``cpu``, ``cuda`` or another device of PyTorch.

    Returns:
        Engine on that device.

    Raises:
        UnknownNameError: If this machine has no such device.
    """
    place = torch_device(device)
    return TorchEngine(network.to(place).to(memory_format=torch.channels_last), place)


@dataclass(frozen=True)
class TorchEngine:
    """A network in PyTorch.

    Args:
        network: The network; put into eval mode by the caller, on ``device``.
        device: Where it runs, such as ``cpu`` or ``cuda``.
    """

    network: nn.Module
    device: torch.device

    def run(self, x: np.ndarray) -> np.ndarray:
        """Map x of shape (N, 3, H, W), float32, to logits (N, C, ceil(H/4), ceil(W/4))."""
        with torch.inference_mode():
            batch = torch.from_numpy(x).to(self.device, memory_format=torch.channels_last)
            return self.network(batch).float().cpu().contiguous().numpy()
