"""Charts as Matplotlib figures, from plain names and numbers.

Figures are made without pyplot, whose list of open figures all visitors would share.
"""

import base64
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_INK = "#1f2933"
_GRID = "#d9dee4"
_DARK_INK = "#e2e8f0"
_DARK_GRID = "#3b4658"
_SERIES = ("#2f6f8f", "#d9822b", "#5b8c5a", "#8c5b87", "#b23b3b", "#7a7a3a")
"""Colours of series, told apart in print and by colour-blind readers too."""

_SMALLEST_SHARE_WRITTEN = 0.01
_NAME_WIDTH, _NAME_HEIGHT = 0.2, 0.1
"""Room of a name, from its middle aside and upwards, as shares of what the points span."""


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
    panels: Sequence[tuple[str, Sequence[TimedScore]]],
    *,
    score_title: str,
    time_title: str,
    dark: bool = False,
) -> Figure:
    """Draw one panel per data split: time to the right, score upwards, size as area.

    Args:
        panels: Title and points of each panel, at least one panel.
        score_title: What the score is.
        time_title: What was timed, and on what.
        dark: Whether it is to be laid on a dark ground; it has no ground of its own then.

    Returns:
        New figure.

    Raises:
        ValueError: If there is no panel.
    """
    if not panels:
        raise ValueError("panels must hold at least one panel, got none")
    figure = Figure(figsize=(4.8 * len(panels), 3.8), layout="constrained", dpi=150)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    ink = _DARK_INK if dark else _INK
    if dark:
        figure.set_facecolor("none")
    for axis, (title, points) in zip(axes, panels, strict=True):
        _prepare(axis, title, dark=dark)
        axis.scatter(
            [point.milliseconds for point in points],
            [point.score for point in points],
            s=[18 * point.megabytes for point in points],
            color="#7cc4e4" if dark else "#2f6f8f",
            alpha=0.75,
            linewidths=0,
        )
        for point in points:
            below = _has_point_above(point, points)
            axis.annotate(
                f"{point.name} {point.score:.3f}",
                (point.milliseconds, point.score),
                xytext=(0, -10) if below else (0, 10),
                textcoords="offset points",
                ha="center",
                va="top" if below else "bottom",
                color=ink,
                fontsize=9,
            )
        axis.margins(0.3, 0.2)
        axis.set_xlabel(time_title)
    axes[0].set_ylabel(score_title)
    return figure


def _has_point_above(point: TimedScore, points: Sequence[TimedScore]) -> bool:
    """Whether a name above a point would lie on another point."""
    times = [other.milliseconds for other in points]
    scores = [other.score for other in points]
    width = _NAME_WIDTH * (max(times) - min(times))
    height = _NAME_HEIGHT * (max(scores) - min(scores))
    return any(
        abs(other.milliseconds - point.milliseconds) < width
        and 0 < other.score - point.score < height
        for other in points
    )


def draw_bars_per_class(
    names: Sequence[str], bars: Mapping[str, Sequence[float]], *, score_title: str
) -> Figure:
    """Draw one group of horizontal bars per class, the first class on top.

    Args:
        names: One per class, at least one.
        bars: What each colour stands for, to one value per class in [0, 1]; NaN draws no bar.
        score_title: What the values are.

    Returns:
        New figure.

    Raises:
        ValueError: If there are no bars, or they are not as many as the names.
    """
    if not bars or not names:
        raise ValueError("names and bars must hold at least one entry each, got none")
    for title, values in bars.items():
        if len(values) != len(names):
            raise ValueError(f"'{title}' must have {len(names)} values, got {len(values)}")
    thickness = 0.8 / len(bars)
    height = 0.8 + len(names) * (0.2 + 0.16 * len(bars))
    figure = Figure(figsize=(6.4, height), layout="constrained", dpi=120)
    axis = figure.subplots()
    _prepare(axis, "")
    for row, (title, values) in enumerate(bars.items()):
        places = [at + (row - (len(bars) - 1) / 2) * thickness for at in range(len(names))]
        drawn = axis.barh(places, values, height=thickness, label=title, color=_series(row))
        texts = ["" if math.isnan(value) else f"{value:.2f}" for value in values]
        axis.bar_label(drawn, texts, padding=3, fontsize=7, color=_INK)
    axis.set_yticks(range(len(names)), names)
    axis.invert_yaxis()
    axis.set_xlim(0, 1.08)
    axis.set_xlabel(score_title)
    axis.grid(visible=False, axis="y")
    if len(bars) > 1:
        figure.legend(loc="outside lower center", ncols=len(bars), frameon=False, fontsize=8)
    return figure


def draw_confusion(shares: np.ndarray, names: Sequence[str]) -> Figure:
    """Draw a confusion matrix: a row per true class, a column per predicted one.

    Args:
        shares: Share of each true class's pixels, shape (C, C), 0 to 1; NaN in the row of a class
            without pixels.
        names: One per class.

    Returns:
        New figure.

    Raises:
        ValueError: If ``shares`` has not one row and one column per name.
    """
    if shares.shape != (len(names), len(names)):
        raise ValueError(
            f"shares must have shape {(len(names), len(names))}, one row and column per name, got "
            f"{shares.shape}"
        )
    side = 1.8 + 0.38 * len(names)
    figure = Figure(figsize=(side + 0.6, side), layout="constrained", dpi=120)
    axis = figure.subplots()
    picture = axis.imshow(shares, vmin=0, vmax=1, cmap="Blues")
    for (row, column), share in np.ndenumerate(shares):
        if share >= _SMALLEST_SHARE_WRITTEN:
            colour = "white" if share > 0.5 else _INK
            text = f"{share:.2f}".removeprefix("0")  # .97: cells are small
            axis.text(column, row, text, ha="center", va="center", fontsize=7, color=colour)
    axis.set_xticks(range(len(names)), names, rotation=45, ha="right", fontsize=8)
    axis.set_yticks(range(len(names)), names, fontsize=8)
    axis.set_xlabel("predicted", color=_INK)
    axis.set_ylabel("true", color=_INK)
    bar = figure.colorbar(picture, ax=axis, shrink=0.8)
    bar.set_label("share of the true class", color=_INK, fontsize=8)
    bar.ax.tick_params(labelsize=8)
    return figure


def draw_reliability(
    edges: Sequence[float],
    *,
    accuracy: Sequence[float],
    confidence: Sequence[float],
    share: Sequence[float],
) -> Figure:
    """Draw a reliability diagram: accuracy over confidence, and how many pixels there are.

    Args:
        edges: Limits of the B bins of confidence, B + 1 of them from 0 to 1.
        accuracy: Share of right pixels per bin; NaN for a bin without pixels, which has no bar.
        confidence: Mean confidence per bin, marked on the bar; NaN likewise.
        share: Share of all pixels per bin.

    Returns:
        New figure.

    Raises:
        ValueError: If the number of values does not fit the edges.
    """
    bins = len(edges) - 1
    if not len(accuracy) == len(confidence) == len(share) == bins:
        raise ValueError(
            f"accuracy, confidence and share must have {bins} values, one per bin, got "
            f"{len(accuracy)}, {len(confidence)} and {len(share)}"
        )
    figure = Figure(figsize=(4.6, 4.8), layout="constrained", dpi=120)
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(3, 1))
    for axis, values in ((upper, accuracy), (lower, share)):
        _prepare(axis, "")
        axis.bar(edges[:-1], values, np.diff(edges), align="edge", color=_series(0), edgecolor="w")
    upper.plot([0, 1], [0, 1], color=_INK, linewidth=0.8, linestyle="--", label="as sure as right")
    upper.plot(confidence, accuracy, ".", color=_series(1), label="mean confidence of the bin")
    upper.legend(frameon=False, fontsize=8)
    upper.set_xlim(0, 1)
    upper.set_ylim(0, 1)
    upper.set_ylabel("accuracy")
    lower.set_ylabel("share of pixels")
    lower.set_xlabel("confidence")
    return figure


def svg_address(figure: Figure) -> str:
    """A figure within an address, sharp at any size: for a page's ``img``."""
    file = io.BytesIO()
    figure.savefig(file, format="svg")
    return f"data:image/svg+xml;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def _series(index: int) -> str:
    return _SERIES[index % len(_SERIES)]


def _prepare(axis: Axes, title: str, *, dark: bool = False) -> None:
    ink, grid = (_DARK_INK, _DARK_GRID) if dark else (_INK, _GRID)
    axis.set_title(title, loc="left", fontsize=10, color=ink)
    axis.grid(visible=True, color=grid, linewidth=0.6)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(labelsize=8, colors=ink)
    axis.xaxis.label.set_color(ink)
    axis.yaxis.label.set_color(ink)
    if dark:
        axis.set_facecolor("none")
        axis.spines[:].set_color(ink)
