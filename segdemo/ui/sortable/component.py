"""The component: a sheet of texts, and what the browser makes of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import GradioModel

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Sheet:
    """A table of texts.

    Args:
        caption: What the table holds, plain; read out, not shown.
        head: Titles of the columns.
        rows: Cells of each row.
        numbers: Indices of the columns that hold numbers; they are sorted as such.
        sorted_by: Index of the column that the rows come sorted by; None where by none.
        descending: Whether they come so with the largest first.
        opens: Whether rows can be clicked.

    Raises:
        ValueError: If a row has not one cell per column.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()
    sorted_by: int | None = None
    descending: bool = False
    opens: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.head):
                raise ValueError(f"a row must have {len(self.head)} cells, got {len(row)}")


class SheetData(GradioModel):
    """What the browser gets."""

    serial: str
    caption: str
    head: list[str]
    rows: list[list[str]]
    numbers: list[int]
    sorted_by: int
    descending: bool
    opens: bool


class SortableTable(gr.HTML):
    """Shows a ``Sheet``; its event ``open`` carries the ``row``'s index in the sheet."""

    data_model = SheetData

    def __init__(
        self, value: Sheet | None = None, *, elem_id: str | None = None, render: bool = True
    ) -> None:
        # render: Gradio makes such a component anew where a handler leaves it as it is.
        super().__init__(
            value=value,
            elem_id=elem_id,
            render=render,
            padding=False,
            html_template=(_FOLDER / "sortable.html").read_text("utf-8"),
            css_template=(_FOLDER / "sortable.css").read_text("utf-8"),
            js_on_load=(_FOLDER / "sortable.js").read_text("utf-8"),
        )

    def postprocess(self, value: Sheet | None) -> SheetData | None:  # type: ignore[override]
        """Give the sheet a serial, so that the browser draws an equal one anew too."""
        if value is None:
            return None
        return SheetData(
            serial=uuid.uuid4().hex,
            caption=value.caption,
            head=list(value.head),
            rows=[list(row) for row in value.rows],
            numbers=list(value.numbers),
            sorted_by=-1 if value.sorted_by is None else value.sorted_by,
            descending=value.descending,
            opens=value.opens,
        )

    def preprocess(self, payload: SheetData | None) -> None:  # type: ignore[override]
        """Give functions nothing: the table is an output only."""

    def api_info(self) -> dict[str, Any]:
        """Schema of a sheet, for clients."""
        return SheetData.model_json_schema()

    def example_payload(self) -> None:
        """Give no example: the table is an output only."""

    def example_value(self) -> None:
        """Give no example: the table is an output only."""
