"""Accuracy against time, one picture per data split, on light and on dark ground."""

from collections.abc import Sequence
from html import escape

from segdemo.tables import timing_title
from segdemo.timings import Timings
from segdemo.ui.handlers import architecture_name
from segdemo.ui.texts import SCORE_TITLE
from segdemo.views.charts import TimedScore, draw_accuracy_against_time, svg_address
from segdemo.zoo import ZooEntry
from segdemo.zoo_chart import accuracy_panels


def chart_html(entries: Sequence[ZooEntry], timings: Timings | None) -> str:
    """Draw the charts.

    Args:
        entries: The models.
        timings: What they took, or None if nothing was timed.

    Returns:
        HTML; empty if no model was both timed and scored.
    """
    panels = accuracy_panels(entries, timings, name=_point_name)
    if timings is None or not panels:
        return ""
    time_title = timing_title(timings)
    pictures = "".join(_pictures(panel, time_title) for panel in panels)
    return f'<div class="charts">{pictures}</div>'


def _point_name(entry: ZooEntry) -> str:
    """The architecture; a person's own model goes by its id, as it may share that."""
    return architecture_name(entry) if entry.status == "in the table" else entry.model_id


def _pictures(panel: tuple[str, list[TimedScore]], time_title: str) -> str:
    """The same chart twice: the page's style sheet shows the one that fits the ground."""
    title, points = panel
    said = "; ".join(
        f"{point.name} {point.score:.3f} at {point.milliseconds:.0f} ms" for point in points
    )
    words = escape(f"{title}, {SCORE_TITLE} and time: {said}")
    return "".join(
        f'<img class="{name}" alt="{words}" src="{_draw(panel, time_title, dark=dark)}">'
        for name, dark in (("on-light", False), ("on-dark", True))
    )


def _draw(panel: tuple[str, list[TimedScore]], time_title: str, *, dark: bool) -> str:
    return svg_address(
        draw_accuracy_against_time(
            [panel], score_title=SCORE_TITLE, time_title=time_title, dark=dark
        )
    )
