"""PyTorch: for GPUs, for training, and for models that have no .onnx file."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn


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
