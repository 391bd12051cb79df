"""The table of all models, which a visitor can sort."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

import gradio as gr

from segdemo.tables import billions, fraction, megabytes, millions, milliseconds
from segdemo.timings import Timings
from segdemo.ui import texts
from segdemo.ui.handlers import architecture_name
from segdemo.zoo import ZooEntry

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Cell:
    """A cell of the table.

    Args:
        text: What it says.
        rank: By what its column is sorted; None stands last in either order.
        address: Where it leads; empty for nowhere.
    """

    text: str
    rank: str | float | None
    address: str = ""


class ModelTable(gr.HTML):
    """The models side by side; a click on a heading sorts by it, in the browser."""

    def __init__(
        self,
        entries: Sequence[ZooEntry],
        timings: Timings | None,
        *,
        elem_id: str | None = None,
    ) -> None:
        super().__init__(
            _table([row_of(entry, timings) for entry in entries]),
            elem_id=elem_id,
            padding=False,
            css_template=(_FOLDER / "comparison.css").read_text("utf-8"),
            js_on_load=(_FOLDER / "comparison.js").read_text("utf-8"),
        )


def row_of(entry: ZooEntry, timings: Timings | None) -> list[Cell]:
    """The cells of a model, in the order of ``texts.MODELS_COLUMNS``.

    Where several splits were scored the last one ranks: test where there is one, else val.
    """
    card = entry.card
    scores = "; ".join(f"{fraction(score.mean_iou)} {score.data}" for score in card.scores)
    height, width = card.cost_shape
    return [
        Cell(entry.model_id, entry.model_id, f"#{quote(entry.model_id)}"),
        Cell(architecture_name(entry), architecture_name(entry)),
        Cell(card.labels.title, card.labels.title),
        Cell(scores or texts.NOT_SCORED, card.scores[-1].mean_iou if card.scores else None),
        Cell(millions(card.parameters), card.parameters),
        Cell(f"{billions(card.multiply_adds)} at {width}x{height}", card.multiply_adds),
        Cell(f"{megabytes(entry):.1f} MB", megabytes(entry)),
        Cell(
            milliseconds(entry.model_id, timings),
            timings.model_ms.get(entry.model_id) if timings else None,
        ),
        Cell(texts.TRY_IT, None, try_address(entry)),
    ]


def try_address(entry: ZooEntry) -> str:
    """Address of the first page with this model chosen."""
    return f"./?model={quote(entry.model_id, safe='')}"


def _table(rows: list[list[Cell]]) -> str:
    heads = "".join(
        f'<th scope="col" aria-sort="none"><button type="button">{escape(title)}</button></th>'
        for title in texts.MODELS_COLUMNS
    )
    title = escape(texts.MODELS_TABLE)
    body = "".join(_row(cells) for cells in rows)
    return (
        f'<div class="scrolling" role="region" aria-label="{title}" tabindex="0"><table>'
        f"<thead><tr>{heads}<td></td></tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(cells: list[Cell]) -> str:
    first, *others, action = cells
    tried = f"{action.text} {first.text}"
    return (
        f'<tr><th scope="row" data-rank="{_rank(first)}">{_content(first)}</th>'
        + "".join(f'<td data-rank="{_rank(cell)}">{_content(cell)}</td>' for cell in others)
        + f'<td><a href="{escape(action.address)}" aria-label="{escape(tried)}">'
        f"{escape(action.text)}</a></td></tr>"
    )


def _rank(cell: Cell) -> str:
    return "" if cell.rank is None else escape(str(cell.rank))


def _content(cell: Cell) -> str:
    text = escape(cell.text)
    return f'<a href="{escape(cell.address)}">{text}</a>' if cell.address else text
