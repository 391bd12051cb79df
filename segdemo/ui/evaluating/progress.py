"""How far a run is, for a visitor."""

from html import escape

from segdemo.ui import texts
from segdemo.ui.evaluating.job import Progress


def progress_bar(progress: Progress) -> str:
    """A bar with images done, rate and time left, HTML."""
    said = progress_line(progress)
    label = escape(texts.PROGRESS_LABEL)
    return (
        f'<progress max="{progress.total}" value="{progress.done}" aria-label="{label}">'
        f"</progress><p>{escape(said)}</p>"
    )


def progress_line(progress: Progress) -> str:
    """What stands beside the bar.

    Args:
        progress: How far it is.

    Returns:
        Images done and in all, rate and time left; the last two once there is a rate.

    Example:
        >>> progress_line(Progress(25, 100, 5.0))
        '25 of 100 images, 5.0 a second, about 15 s left'
    """
    said = [texts.PROGRESS.format(done=progress.done, total=progress.total)]
    if progress.seconds_left is not None:
        said.append(texts.PROGRESS_RATE.format(rate=progress.per_second))
        said.append(texts.PROGRESS_LEFT.format(left=duration(progress.seconds_left)))
    return ", ".join(said)


def duration(seconds: float) -> str:
    """A time to wait, in the unit that fits.

    Example:
        >>> duration(15.2), duration(100), duration(4000)
        ('15 s', '1:40 min', '1:06 h')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3600}:{whole // 60 % 60:02} h"


def end_line(progress: Progress) -> str:
    """What stands there once a run has ended, HTML."""
    said = texts.PROGRESS_DONE.format(
        done=progress.done, seconds=progress.seconds, rate=progress.per_second
    )
    return f"<p>{escape(said)}</p>"
