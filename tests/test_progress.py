"""The progress bar: on terminals only, with rate and time left."""

import io

import pytest

from segdemo.cli.progress import Progress, progress_line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("done", "total", "seconds", "expected"),
    [
        (1, 4, 2, "[######..................] 1/4    0.5/s     0:06 left"),
        (4, 4, 2, "[########################] 4/4    2.0/s     0:00 left"),
        (5, 100, 5, "[#.......................]   5/100    1.0/s     1:35 left"),
        (1, 10001, 1, "[........................]     1/10001    1.0/s  2:46:40 left"),
    ],
)
def test_the_line_says_how_far_how_fast_and_how_long(
    done: int, total: int, seconds: float, expected: str
) -> None:
    assert progress_line(done, total, seconds) == expected


def test_no_time_passed_is_no_error() -> None:
    assert "0:01 left" in progress_line(1, 2, 0)


def test_a_terminal_sees_the_last_step_and_then_nothing() -> None:
    terminal = Terminal()
    seconds = iter(range(100))

    progress = Progress(3, stream=terminal, clock=lambda: next(seconds))
    for _ in range(3):
        progress.step()
    assert terminal.getvalue().split("\r")[-1].startswith("[########################] 3/3")
    progress.close()

    assert terminal.getvalue().endswith("\r\x1b[K")


def test_it_is_not_drawn_more_often_than_can_be_seen() -> None:
    terminal = Terminal()

    progress = Progress(1000, stream=terminal, clock=lambda: 1.0)
    for _ in range(999):
        progress.step()

    assert terminal.getvalue() == ""


def test_a_pipe_sees_nothing() -> None:
    pipe = io.StringIO()

    progress = Progress(1, stream=pipe)
    progress.step()
    progress.close()

    assert pipe.getvalue() == ""
