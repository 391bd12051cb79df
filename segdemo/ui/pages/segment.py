"""The first page: one photo, one model, and a score where there is a ground truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from segdemo.predictor import predictor_of
from segdemo.ui import texts
from segdemo.ui.examples import LABEL_SET
from segdemo.ui.exports import Delivery, Result, settings_of, write_export
from segdemo.ui.handlers import (
    DEVICE,
    MODEL_QUEUE,
    PageResult,
    nearest_model,
    segment,
    shows_errors,
)
from segdemo.ui.inputs import Choice, UploadedPhoto
from segdemo.ui.offer import label_set_titles
from segdemo.ui.pages.photo_inputs import choices_of, example_files, reading_choice
from segdemo.ui.pages.score_section import ScoreSection, build_score_section, score_values
from segdemo.ui.pages.segment_inputs import SegmentInputs, architecture_choices, build_inputs
from segdemo.ui.viewer import Viewer
from segdemo.zoo import ZooEntry


@dataclass(frozen=True)
class _Outputs:
    """What a run changes, in the order in which ``_show`` gives it."""

    viewer: Viewer
    facts: gr.HTML
    score: ScoreSection
    reading: Choice
    delivery: Delivery

    def values(self) -> list[Any]:
        return [self.viewer, self.facts, *self.score.components(), self.reading]


def build_segment_page(demo: gr.Blocks, entries: Sequence[ZooEntry]) -> None:
    """Build the page inside ``demo``, which is open.

    Args:
        demo: The pages together, for what happens when this one is opened.
        entries: The models there are, at least one.
    """
    gr.Markdown(texts.INTRO, elem_id="intro")
    with gr.Row():
        with gr.Column(scale=4, min_width=320):
            inputs = build_inputs(entries)
        with gr.Column(scale=7, min_width=320):
            viewer = Viewer(elem_id="viewer")
            facts = gr.HTML(elem_id="facts", padding=False)
            score = build_score_section()
            outputs = _Outputs(viewer, facts, score, inputs.reading, Delivery(elem_id="delivery"))
    _wire_runs(demo, entries, inputs, outputs)
    _wire_downloads(entries, inputs, outputs)


def _wire_runs(
    demo: gr.Blocks, entries: Sequence[ZooEntry], inputs: SegmentInputs, outputs: _Outputs
) -> None:
    """Segment when the button is pressed, and by itself when something changes."""

    @shows_errors
    def refresh(
        photo: UploadedPhoto | None,
        mask: bytes | None,
        model_id: str,
        label_set: str,
        reading: str,
    ) -> tuple[Any, ...]:
        if photo is None:
            return _show(PageResult())
        entry = nearest_model(entries, model_id, label_set)
        return _show(segment(photo, mask, entry, reading=reading))

    def segment_photo(photo: UploadedPhoto | None, *others: Any) -> tuple[Any, ...]:
        if photo is None:
            raise gr.Error(texts.NO_PHOTO, print_exception=False)
        return refresh(photo, *others)

    inputs.run.click(
        segment_photo,
        inputs.values(),
        outputs.values(),
        api_visibility="private",
        concurrency_id=MODEL_QUEUE,
        show_progress="minimal",
        show_progress_on=outputs.facts,
    )
    by_itself: dict[str, Any] = {
        "fn": refresh,
        "inputs": inputs.values(),
        "outputs": outputs.values(),
        "trigger_mode": "always_last",
        "api_visibility": "private",
        "concurrency_id": MODEL_QUEUE,
        "show_progress": "minimal",
        "show_progress_on": outputs.facts,
    }
    # What a visitor does, not every change: filling several inputs is to be one run.
    gr.on(
        [
            inputs.photo.input,
            inputs.photo.clear,
            inputs.mask.upload,
            inputs.mask.clear,
            inputs.mask.delete,
            inputs.model.input,
            inputs.reading.input,
        ],
        **by_itself,
    )
    for filled in _wire_choices(demo, entries, inputs):
        filled.then(**by_itself)


def _wire_choices(demo: gr.Blocks, entries: Sequence[ZooEntry], inputs: SegmentInputs) -> list[Any]:
    """Fill inputs from an example or a link, and offer what a label set has.

    Returns:
        The events that come when inputs have been filled.
    """

    @shows_errors
    def offer_models(label_set: str, model_id: str) -> Choice:
        return Choice(
            choices=architecture_choices(entries, label_set),
            value=nearest_model(entries, model_id, label_set).model_id,
        )

    def choose_example(model_id: str, event: gr.EventData) -> tuple[Any, ...]:
        files = example_files(str(event._data.get("name", "")))
        if LABEL_SET not in {entry.card.label_set for entry in entries}:
            return (gr.skip(), gr.skip(), *files)
        return (LABEL_SET, offer_models(LABEL_SET, model_id), *files)

    def open_link(request: gr.Request) -> tuple[Any, ...]:
        asked = dict(request.query_params)
        files = example_files(asked.get("example", ""))
        entry = next((one for one in entries if one.model_id == asked.get("model")), None)
        # Offered anew: models may have been fetched since the page was built.
        label_sets = choices_of(label_set_titles(entries))
        if entry is None:
            return (Choice(choices=label_sets), gr.skip(), *files)
        label_set = Choice(choices=label_sets, value=entry.card.label_set)
        return (label_set, offer_models(entry.card.label_set, entry.model_id), *files)

    private: dict[str, Any] = {
        "api_visibility": "private",
        "queue": False,
        "show_progress": "hidden",
    }
    offered = inputs.label_set.input(
        offer_models,
        [inputs.label_set, inputs.model],
        inputs.model,
        **private,
    )
    all_inputs = [inputs.label_set, inputs.model, inputs.mask, inputs.photo]
    chosen = inputs.examples.choose(choose_example, inputs.model, all_inputs, **private)
    opened = demo.load(open_link, None, all_inputs, **private)
    return [offered, chosen, opened]


def _wire_downloads(entries: Sequence[ZooEntry], inputs: SegmentInputs, outputs: _Outputs) -> None:
    """Make a file when the viewer asks for it: segmenting again is cheaper than keeping results."""

    @shows_errors
    def export(
        photo: UploadedPhoto | None, model_id: str, label_set: str, event: gr.EventData
    ) -> Path:
        if photo is None:
            raise gr.Error(texts.NO_PHOTO, print_exception=False)
        entry = nearest_model(entries, model_id, label_set)
        prediction = predictor_of(entry, device=DEVICE).predict(photo.image)
        result = Result(photo, prediction, entry, settings_of(event._data))
        return write_export(str(event._data.get("kind")), result)

    outputs.viewer.export(
        export,
        [inputs.photo, inputs.model, inputs.label_set],
        outputs.delivery,
        api_visibility="private",
        concurrency_id=MODEL_QUEUE,
        show_progress="minimal",
        show_progress_on=outputs.facts,
    )


def _show(result: PageResult) -> tuple[Any, ...]:
    """Values of the outputs, in the order of ``_Outputs``."""
    if result.warning:
        gr.Warning(result.warning)
    report = result.report
    reading = reading_choice(report.readings, report.reading) if report else reading_choice([], "")
    return (result.segmentation, result.facts, *score_values(report), reading)
