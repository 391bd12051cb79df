"""The page of models: what there is, side by side and one by one."""

from collections.abc import Sequence

import gradio as gr

from segdemo.tables import PROTOCOL, timing_sentence
from segdemo.timings import read_timings
from segdemo.ui import texts
from segdemo.ui.catalogue import Measured, Measurement, ModelCards, ModelTable, chart_html, measure
from segdemo.ui.catalogue.measuring import no_measurement
from segdemo.ui.handlers import MODEL_QUEUE, shows_errors
from segdemo.ui.pages.model_downloads import build_downloads
from segdemo.zoo import ZooEntry


def build_models_page(demo: gr.Blocks, entries: Sequence[ZooEntry]) -> None:
    """Build the page inside ``demo``, which is open.

    Args:
        demo: The pages together, for what happens when this one is opened.
        entries: The models there are, at least one.
    """
    timings = read_timings()
    gr.Markdown(texts.MODELS_INTRO, elem_id="intro")
    ModelTable(entries, timings, elem_id="comparison")
    notes = [texts.TERMS, PROTOCOL, timing_sentence(timings)]
    gr.Markdown("\n\n".join(notes), elem_id="comparison-notes")
    if charts := chart_html(entries, timings):
        gr.Markdown(f"## {texts.MODELS_CHART}\n{texts.MODELS_CHART_INFO}", elem_id="chart-notes")
        gr.HTML(charts, elem_id="charts", padding=False)
    cards = ModelCards(entries, timings, elem_id="cards")
    _wire_measuring(entries, cards)
    build_downloads(demo)


def _wire_measuring(entries: Sequence[ZooEntry], cards: ModelCards) -> None:
    """Time a model when its button is pressed, in turn with all other runs of models."""

    @shows_errors
    def measure_model(event: gr.EventData) -> Measurement:
        return measure(entries, str(event._data.get("model", "")))

    measured = Measured(elem_id="measured")
    cards.measure(
        measure_model,
        None,
        measured,
        trigger_mode="multiple",
        api_visibility="private",
        concurrency_id=MODEL_QUEUE,
        show_progress="hidden",
    ).failure(no_measurement, None, measured, api_visibility="private", queue=False)
