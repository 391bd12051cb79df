"""A report as one HTML file that loads nothing: sections of text, tables and pictures."""

import base64
import html
import io
import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from matplotlib.figure import Figure
from PIL import Image

_TEMPLATE = string.Template((Path(__file__).parent / "report.html").read_text("utf-8"))

_NOTE, _NUMBER = ' class="note"', ' class="number"'


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of text.

    Args:
        text: The text, plain.
        is_note: Whether it is set back, as remarks are.
    """

    text: str
    is_note: bool = False


@dataclass(frozen=True)
class Table:
    """A table of plain texts.

    Args:
        head: Titles of the columns; empty for a table without a head.
        rows: Cells of each row.
        numbers: Indices of the columns that hold numbers, set to the right.

    Raises:
        ValueError: If rows differ in their number of cells.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()

    def __post_init__(self) -> None:
        widths = {len(row) for row in self.rows} | ({len(self.head)} if self.head else set())
        if len(widths) > 1:
            raise ValueError(f"rows must have one number of cells, got {sorted(widths)}")


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture with what it shows.

    Args:
        image: The picture, or a chart.
        caption: What it shows, plain; also read out in its place.
    """

    image: Image.Image | Figure
    caption: str


@dataclass(frozen=True)
class Heading:
    """A heading within the report.

    Args:
        text: The heading, plain.
        level: 2 for a part, 3 for a section in it.

    Raises:
        ValueError: If ``level`` is another number.
    """

    text: str
    level: int = 2

    def __post_init__(self) -> None:
        if self.level not in (2, 3):
            raise ValueError(f"level must be 2 or 3, got {self.level}")


Block: TypeAlias = Paragraph | Table | Picture | Heading


def render_report(title: str, blocks: Sequence[Block]) -> str:
    """Write a report as HTML.

    The page has its pictures in itself, runs no script, and forbids browsers every request by
    its content security policy. All texts are escaped.

    Args:
        title: Its title, plain.
        blocks: What it holds, from top to bottom.

    Returns:
        The text of the HTML file, to be written as UTF-8.
    """
    body = "\n".join(_rendered(block) for block in blocks)
    return _TEMPLATE.substitute(title=html.escape(title), body=body)


def _rendered(block: Block) -> str:
    match block:
        case Paragraph(text, is_note):
            return f"<p{_NOTE if is_note else ''}>{html.escape(text)}</p>"
        case Heading(text, level):
            return f"<h{level}>{html.escape(text)}</h{level}>"
        case Picture(image, caption):
            shown = html.escape(caption)
            return (
                f'<figure><img src="{data_address(image)}" alt="{shown}">'
                f"<figcaption>{shown}</figcaption></figure>"
            )
        case Table(head, rows, numbers):
            lines = [_row(head, "th", numbers)] if head else []
            lines += [_row(row, "td", numbers) for row in rows]
            return "\n".join(["<table>", *lines, "</table>"])


def _row(cells: Sequence[str], tag: str, numbers: Sequence[int]) -> str:
    texts = (
        f"<{tag}{_NUMBER if column in numbers else ''}>{html.escape(cell)}</{tag}>"
        for column, cell in enumerate(cells)
    )
    return f"<tr>{''.join(texts)}</tr>"


def data_address(image: Image.Image | Figure) -> str:
    """Give a picture within an address, so that a page that shows it loads nothing.

    Args:
        image: The picture, or a chart.

    Returns:
        The address: charts as PNG, photos as JPEG.
    """
    file = io.BytesIO()
    if isinstance(image, Figure):
        image.savefig(file, format="png")
        kind = "png"
    else:
        image.save(file, format="JPEG", quality=85)
        kind = "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode('ascii')}"
