"""Little pieces of HTML, with every text escaped: some of it was in a visitor's file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from matplotlib.figure import Figure

from segdemo.views.report import data_address


@dataclass(frozen=True)
class Cell:
    """A number in a table.

    Args:
        text: The number.
        note: What to say of it, in small letters.
        is_best: Whether it stands out.
    """

    text: str
    note: str = ""
    is_best: bool = False


def paragraph(text: str) -> str:
    """A paragraph."""
    return f"<p>{escape(text)}</p>"


def grid(pairs: Iterable[tuple[str, str]]) -> str:
    """Names with their values, in as many columns as fit."""
    cells = (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
    return f'<dl class="numbers">{"".join(cells)}</dl>'


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells wrap; the first cell of each row is its heading."""
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in headers)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        f"{''.join(f'<td>{escape(cell)}</td>' for cell in others)}</tr>"
        for first, *others in rows
    )
    return f'<table class="wrapping"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def number_table(
    title: str, headers: Sequence[str], rows: Iterable[tuple[str, Sequence[Cell]]]
) -> str:
    """A table of numbers that scrolls sideways by itself where it is too wide.

    Args:
        title: What it is, for those who do not see it.
        headers: One per column.
        rows: Heading and cells of each row.
    """
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in headers)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(map(_number, cells))}</tr>'
        for name, cells in rows
    )
    return (
        f'<div class="sideways" tabindex="0" role="group" aria-label="{escape(title)}">'
        f'<table class="figures"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _number(cell: Cell) -> str:
    text = f"<strong>{escape(cell.text)}</strong>" if cell.is_best else escape(cell.text)
    note = f" <small>{escape(cell.note)}</small>" if cell.note else ""
    return f"<td>{text}{note}</td>"


def figure(chart: Figure, caption: str) -> str:
    """A chart with what it shows, which is read out in its place too."""
    shown = escape(caption)
    return (
        f'<figure class="chart"><div role="group" tabindex="0" aria-label="{shown}">'
        f'<img src="{data_address(chart)}" alt="{shown}"></div>'
        f"<figcaption>{shown}</figcaption></figure>"
    )
