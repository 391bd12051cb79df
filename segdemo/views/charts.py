"""Charts as Matplotlib figures, from plain names and numbers.

Figures are made without pyplot, whose list of open figures all visitors would share.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

_INK = "#1f2933"
_GRID = "#d9dee4"


@dataclass(frozen=True)
class TimedScore:
    """A model as a point of accuracy against time.

    Args:
        name: What to write beside the point.
        milliseconds: Time per photo.
        score: What it scored, in [0, 1].
        megabytes: Size of its file.
    """

    name: str
    milliseconds: float
    score: float
    megabytes: float


def draw_accuracy_against_time(
    panels: Sequence[tuple[str, Sequence[TimedScore]]], *, score_title: str, time_title: str
) -> Figure:
    """Draw one panel per data split: time to the right, score upwards, size as area.

    Args:
        panels: Title and points of each panel, at least one panel.
        score_title: What the score is.
        time_title: What was timed, and on what.

    Returns:
        New figure.

    Raises:
        ValueError: If there is no panel.
    """
    if not panels:
        raise ValueError("panels must hold at least one panel, got none")
    figure = Figure(figsize=(4.8 * len(panels), 3.8), layout="constrained", dpi=150)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for axis, (title, points) in zip(axes, panels, strict=True):
        _prepare(axis, title)
        axis.scatter(
            [point.milliseconds for point in points],
            [point.score for point in points],
            s=[18 * point.megabytes for point in points],
            color="#2f6f8f",
            alpha=0.75,
            linewidths=0,
        )
        for point in points:
            axis.annotate(
                f"{point.name} {point.score:.3f}",
                (point.milliseconds, point.score),
                xytext=(0, 10),
                textcoords="offset points",
                ha="center",
                color=_INK,
                fontsize=9,
            )
        axis.margins(0.22, 0.2)
        axis.set_xlabel(time_title)
    axes[0].set_ylabel(score_title)
    return figure


def _prepare(axis: Axes, title: str) -> None:
    axis.set_title(title, loc="left", fontsize=10, color=_INK)
    axis.grid(visible=True, color=_GRID, linewidth=0.6)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(labelsize=8, colors=_INK)
    axis.xaxis.label.set_color(_INK)
    axis.yaxis.label.set_color(_INK)
