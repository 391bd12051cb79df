"""What every engine can do."""

from typing import Protocol

import numpy as np


class Engine(Protocol):
    """Runs one network; calls from several threads at once are safe."""

    def run(self, x: np.ndarray) -> np.ndarray:
        """Map x of shape (N, 3, H, W), float32, to logits (N, C, ceil(H/4), ceil(W/4))."""
        ...
