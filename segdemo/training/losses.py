"""What training minimises."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from segdemo.labels import IGNORE_INDEX


def class_weights(frequencies: np.ndarray, *, exponent: float) -> Tensor:
    """Weights that let rare classes count for more.

    Args:
        frequencies: Share of each class among the training pixels, shape (C,).
        exponent: 0 gives equal weights, 1 full median-frequency balancing.

    Returns:
        (median / frequency) ** exponent, shape (C,), float32; 0 for a class that never occurs.

    References:
        Eigen and Fergus, https://arxiv.org/abs/1411.4734, section 6.3.2.
    """
    occurs = frequencies > 0
    median = np.median(frequencies[occurs])
    weights = np.zeros(len(frequencies), dtype=np.float32)
    weights[occurs] = (median / frequencies[occurs]) ** exponent
    return torch.from_numpy(weights)


def balanced_cross_entropy(logits: Tensor, target: Tensor, *, weights: Tensor) -> Tensor:
    """Cross-entropy at the target's size, weighted per class, void pixels left out.

    Args:
        logits: Shape (N, C, h, w), float32; enlarged bilinearly to the target's size.
        target: Shape (N, H, W), int64, class indices or the void label.
        weights: Shape (C,), from ``class_weights``.

    Returns:
        Scalar: the weighted mean over valid pixels; 0 if there is none.
    """
    enlarged = F.interpolate(logits, size=target.shape[-2:], mode="bilinear", align_corners=False)
    total = F.cross_entropy(
        enlarged, target, weight=weights, ignore_index=IGNORE_INDEX, reduction="sum"
    )
    valid = target != IGNORE_INDEX
    return total / weights[target[valid]].sum().clamp(min=torch.finfo(torch.float32).tiny)
