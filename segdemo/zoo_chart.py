"""The models as points of accuracy against time."""

from collections.abc import Callable, Sequence

from segdemo.tables import megabytes
from segdemo.timings import Timings
from segdemo.views.charts import TimedScore
from segdemo.zoo import ZooEntry


def accuracy_panels(
    entries: Sequence[ZooEntry],
    timings: Timings | None,
    *,
    name: Callable[[ZooEntry], str] = lambda entry: entry.card.architecture,
) -> list[tuple[str, list[TimedScore]]]:
    """Sort the models that were timed and scored into one panel per data split.

    Args:
        entries: The models.
        timings: What they took, or None if nothing was timed.
        name: What to write beside a model's point.

    Returns:
        Title and points of each panel; a model stands on its last split: test where there is
        one, else val.
    """
    panels: dict[str, list[TimedScore]] = {}
    for entry in entries:
        milliseconds = timings.model_ms.get(entry.model_id) if timings else None
        if milliseconds is None or not entry.card.scores:
            continue
        score = entry.card.scores[-1]
        point = TimedScore(name(entry), milliseconds, score.mean_iou, megabytes(entry))
        panels.setdefault(score.data, []).append(point)
    return list(panels.items())
