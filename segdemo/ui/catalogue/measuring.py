"""Timing a model on the server that serves the page, when a visitor asks for it."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import GradioModel

from segdemo.bench.single import PHOTO_SIZE, time_model
from segdemo.engines.cores import usable_cores
from segdemo.ui.handlers import DEVICE, model_of
from segdemo.zoo import ZooEntry

ROUNDS = 5
"""Timed turns: half a second at most where nothing else runs, and not long where much does."""

_JS = (Path(__file__).parent / "measuring.js").read_text("utf-8")


class Measurement(GradioModel):
    """A time for the browser to show on a model's card.

    ``model`` is empty where nothing was measured; ``serial`` tells equal measurements apart.
    """

    serial: str
    model: str
    milliseconds: float
    text: str


def measure(entries: Sequence[ZooEntry], model_id: str) -> Measurement:
    """Time a model here.

    Args:
        entries: The models there are.
        model_id: Id of the model.

    Returns:
        Its time, and a sentence that says how it was measured.

    Raises:
        SegdemoError: If there is no such model, or its files are damaged.
    """
    entry = model_of(entries, model_id)
    milliseconds = time_model(entry, rounds=ROUNDS, device=DEVICE)
    width, height = PHOTO_SIZE
    place = f"{usable_cores()} cores" if DEVICE == "cpu" else DEVICE
    return Measurement(
        serial=uuid.uuid4().hex,
        model=model_id,
        milliseconds=milliseconds,
        text=f"{milliseconds:.0f} ms here: median of {ROUNDS}, {width}x{height} photo, {place}.",
    )


def no_measurement() -> Measurement:
    """What ends the waiting of cards when a measurement failed."""
    return Measurement(serial=uuid.uuid4().hex, model="", milliseconds=0, text="")


class Measured(gr.HTML):
    """Shows nothing itself; a ``Measurement`` given to it appears on its model's card."""

    data_model = Measurement

    def __init__(self, value: Measurement | None = None, *, elem_id: str | None = None) -> None:
        super().__init__(
            value=value, elem_id=elem_id, html_template="<span hidden></span>", js_on_load=_JS
        )

    def postprocess(self, value: Measurement | None) -> Measurement | None:  # type: ignore[override]
        """Pass a measurement on."""
        return value

    def preprocess(self, payload: Measurement | None) -> None:  # type: ignore[override]
        """Give functions nothing: it is an output only."""

    def api_info(self) -> dict[str, Any]:
        """Schema of a measurement, for clients."""
        return Measurement.model_json_schema()

    def example_payload(self) -> None:
        """Give no example: it is an output only."""

    def example_value(self) -> None:
        """Give no example: it is an output only."""
