"""How the learning rate changes over a run."""

import math
from typing import Literal


def rate_factor(
    step: int, *, steps: int, warmup_steps: int, shape: Literal["poly", "one-cycle"]
) -> float:
    """Share of the peak learning rate that one step uses.

    Args:
        step: Number of the step, from 0.
        steps: Steps of the whole run.
        warmup_steps: Steps of a linear rise from 0, at most half the run.
        shape: ``poly`` falls as (1 - progress) ** 0.9 after the rise; ``one-cycle`` rises over
            30 % of the run and falls along a half cosine, whatever ``warmup_steps`` is.

    Returns:
        Factor in [0, 1].

    References:
        Chen et al., DeepLab, https://arxiv.org/abs/1606.00915, section 4.1.2 (poly). Smith and
        Topin, Super-Convergence, https://arxiv.org/abs/1708.07120, section 3 (one-cycle).
    """
    rise = round(0.3 * steps) if shape == "one-cycle" else min(warmup_steps, steps // 2)
    if step < rise:
        return (step + 1) / (rise + 1)
    progress = (step - rise) / max(1, steps - rise)
    if shape == "one-cycle":
        return (1 + math.cos(math.pi * progress)) / 2
    return (1 - progress) ** 0.9
