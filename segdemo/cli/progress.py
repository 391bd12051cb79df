"""A line that says how far a long task is, on a terminal only."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

_SECONDS_BETWEEN = 0.1
_BAR_WIDTH = 24


class Progress:
    """A bar with rate and time left, drawn over itself.

    Args:
        total: Number of steps.
        stream: Where to draw; None for stderr. Nothing is drawn if it is no terminal.
        clock: Seconds, for tests.
    """

    def __init__(
        self,
        total: int,
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._total, self._clock = total, clock
        self._stream = stream or sys.stderr
        self._begun = self._drawn = clock()
        self._done = 0
        self._shown = self._stream.isatty()

    def step(self) -> None:
        """Note one step."""
        self._done += 1
        now = self._clock()
        if self._shown and (now - self._drawn >= _SECONDS_BETWEEN or self._done == self._total):
            self._drawn = now
            self._stream.write("\r" + progress_line(self._done, self._total, now - self._begun))
            self._stream.flush()

    def close(self) -> None:
        """Take the bar away, so that what is printed next stands alone."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def progress_line(done: int, total: int, seconds: float) -> str:
    """What the bar says.

    Args:
        done: Steps done, at least 1.
        total: Steps in all.
        seconds: Time they took.

    Returns:
        The line, of one width for one total.

    Example:
        >>> progress_line(25, 100, 5)
        '[######..................]  25/100    5.0/s     0:15 left'
    """
    rate = done / seconds if seconds else float(done)
    left = round((total - done) / rate)
    bar = "#" * (_BAR_WIDTH * done // total)
    clock = f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}" if left >= 3600 else ""
    clock = clock or f"{left // 60}:{left % 60:02}"
    digits = len(str(total))
    return f"[{bar:.<{_BAR_WIDTH}}] {done:>{digits}}/{total} {rate:6.1f}/s {clock:>8} left"
