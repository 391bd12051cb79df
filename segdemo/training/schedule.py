"""How the learning rate changes over a run."""

import math
from typing import Literal

Shape = Literal["poly", "one-cycle", "cosine"]
"""How the learning rate falls."""


def rate_factor(step: int, *, steps: int, warmup_steps: int, shape: Shape) -> float:
    """Share of the peak learning rate that one step uses.

    Args:
        step: Number of the step, from 0.
        steps: Steps of the whole run.
        warmup_steps: Steps of a linear rise from 0, at most half the run.
        shape: ``poly`` falls as (1 - progress) ** 0.9 after the rise, ``cosine`` along a half
            cosine; ``one-cycle`` rises over 30 % of the run, whatever ``warmup_steps`` is, and
            falls along a half cosine.

    Returns:
        Factor in [0, 1].

    References:
        Chen et al., DeepLab, https://arxiv.org/abs/1606.00915, section 4.1.2 (poly). Smith and
        Topin, Super-Convergence, https://arxiv.org/abs/1708.07120, section 3 (one-cycle).
        Loshchilov and Hutter, SGDR, https://arxiv.org/abs/1608.03983, section 3 (cosine, without
        its restarts).
    """
    rise = round(0.3 * steps) if shape == "one-cycle" else min(warmup_steps, steps // 2)
    if step < rise:
        return (step + 1) / (rise + 1)
    progress = (step - rise) / max(1, steps - rise)
    if shape in ("one-cycle", "cosine"):
        return (1 + math.cos(math.pi * progress)) / 2
    return (1 - progress) ** 0.9
