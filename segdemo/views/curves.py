"""The curve of a training run as a Matplotlib figure, from plain numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

_INK = "#1f2933"
_GRID = "#d9dee4"
_LOSS = "#b4552d"
_SCORE = "#2f6f8f"


@dataclass(frozen=True)
class CurvePoint:
    """One epoch of a run.

    Args:
        epoch: Number of the epoch, from 1.
        loss: Mean loss over its steps.
        score: What validation gave after it, in [0, 1]; None where there was none.
    """

    epoch: int
    loss: float
    score: float | None = None


def draw_curve(points: Sequence[CurvePoint], *, title: str, score_title: str) -> Figure:
    """Draw the loss and, below it, the validation score over the epochs.

    Args:
        points: One point per epoch, at least one.
        title: Name of the run.
        score_title: What the score is.

    Returns:
        New figure.

    Raises:
        ValueError: If there is no point.
    """
    if not points:
        raise ValueError("points must hold at least one epoch, got none")
    figure = Figure(figsize=(6.4, 5.2), layout="constrained", dpi=120)
    above, below = figure.subplots(2, 1, sharex=True)
    above.set_title(title, loc="left", fontsize=10, color=_INK)
    above.plot([p.epoch for p in points], [p.loss for p in points], color=_LOSS, marker=".")
    scored = [(p.epoch, p.score) for p in points if p.score is not None]
    epochs, scores = [epoch for epoch, _ in scored], [score for _, score in scored]
    below.plot(epochs, scores, color=_SCORE, marker="o", markersize=4)
    if scored:
        below.annotate(
            f"{scores[-1]:.3f}",
            (epochs[-1], scores[-1]),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            color=_INK,
            fontsize=9,
        )
    below.set_ylim(0, 1.15)  # room for the number over a perfect score
    below.set_xlabel("epoch")
    for axis, name in ((above, "training loss"), (below, score_title)):
        _prepare(axis, name)
    return figure


def _prepare(axis: Axes, name: str) -> None:
    axis.set_ylabel(name, color=_INK)
    axis.grid(visible=True, color=_GRID, linewidth=0.6)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(labelsize=8, colors=_INK)
