"""Layout and wiring of the page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from segdemo.errors import WeightsError
from segdemo.metrics import METRICS_PER_CLASS
from segdemo.predictor import predictor_of
from segdemo.ui import texts
from segdemo.ui.handlers import (
    DEVICE,
    PageResult,
    ScoreReport,
    model_of,
    nearest_model,
    segment,
    shows_errors,
)
from segdemo.ui.inputs import Choice, MaskFile, Photo, UploadedPhoto
from segdemo.ui.viewer import Viewer
from segdemo.zoo import WEIGHTS_DIR, ZooEntry, list_models

_EXAMPLES = Path(__file__).parent / "examples"
_DAY_S = 24 * 60 * 60
_FIRST_LABEL_SET = "people_animals"
"""The label set chosen at first, if it is there: the examples are of it."""

_MODEL_QUEUE = "model"
"""Runs that share this queue take turns: a network uses every core by itself."""


@dataclass(frozen=True)
class _Inputs:
    """What a visitor sets, in the order in which handlers take it."""

    photo: Photo
    mask: MaskFile
    architecture: Choice
    label_set: gr.Radio
    reading: Choice
    run: gr.Button

    def values(self) -> list[Any]:
        return [self.photo, self.mask, self.architecture, self.label_set, self.reading]


@dataclass(frozen=True)
class _Outputs:
    """What a run changes, in the order in which ``_show`` gives it."""

    viewer: Viewer
    facts: gr.Markdown
    score_section: gr.Column
    summary: gr.Markdown
    table: gr.Dataframe
    policy: gr.Markdown
    conventions: gr.Dataframe
    reading: Choice

    def values(self) -> list[Any]:
        return [
            self.viewer,
            self.facts,
            self.score_section,
            self.summary,
            self.table,
            self.policy,
            self.conventions,
            self.reading,
        ]


def build_page() -> gr.Blocks:
    """Build the page over the models whose weights are there.

    Returns:
        The page, not yet launched.

    Raises:
        WeightsError: If there is no model at all.
        UnknownNameError: If SEGDEMO_DEVICE names a device that this machine lacks.
    """
    entries = list_models()
    if not entries:
        raise WeightsError(f"There are no weights in '{WEIGHTS_DIR}'. Fetch the repository again.")
    if DEVICE != "cpu":
        # A device that is not there is for whoever starts the server to hear of, not for visitors.
        predictor_of(entries[0], device=DEVICE)
    with gr.Blocks(title=texts.TITLE, delete_cache=(60 * 60, _DAY_S)) as page:
        gr.Markdown(texts.INTRO, elem_id="intro")
        with gr.Row():
            with gr.Column(scale=4, min_width=320):
                inputs = _build_inputs(entries)
            with gr.Column(scale=6, min_width=320):
                outputs = _build_outputs(inputs)
        _build_examples(inputs)
        gr.Markdown(texts.FOOTER, elem_id="footer")
        _wire(entries, inputs, outputs)
    return page


def _build_inputs(entries: tuple[ZooEntry, ...]) -> _Inputs:
    label_sets = {entry.card.label_set: entry.card.labels.title for entry in entries}
    first = _FIRST_LABEL_SET if _FIRST_LABEL_SET in label_sets else next(iter(label_sets))
    photo = Photo(
        label=texts.PHOTO,
        sources=["upload", "webcam", "clipboard"],
        height=300,
        elem_id="photo",
    )
    label_set = gr.Radio(
        [(title, key) for key, title in label_sets.items()],
        value=first,
        label=texts.LABEL_SET,
        info=texts.LABEL_SET_INFO,
        elem_id="label-set",
    )
    architecture = Choice(
        _architectures(entries, first),
        value=nearest_model(entries, "", first).card.architecture,
        label=texts.ARCHITECTURE,
        info=texts.ARCHITECTURE_INFO,
        elem_id="architecture",
    )
    with gr.Accordion(texts.MASK_SECTION, open=False, elem_id="mask-section"):
        gr.Markdown(texts.MASK_INFO)
        mask = MaskFile(label=texts.MASK, height=120, elem_id="mask")
        reading = Choice(
            [], label=texts.READING, info=texts.READING_INFO, visible=False, elem_id="reading"
        )
    run = gr.Button(texts.SEGMENT, variant="primary", elem_id="run")
    return _Inputs(photo, mask, architecture, label_set, reading, run)


def _build_outputs(inputs: _Inputs) -> _Outputs:
    viewer = Viewer(elem_id="viewer")
    facts = gr.Markdown(elem_id="facts")
    with gr.Column(visible=False, elem_id="scores") as score_section:
        gr.Markdown(f"## {texts.SCORES}")
        summary = gr.Markdown(elem_id="score-summary")
        table = gr.Dataframe(
            headers=[texts.CLASS, *(metric.title for metric in METRICS_PER_CLASS)],
            interactive=False,
            elem_id="score-table",
        )
        policy = gr.Markdown(elem_id="score-policy")
        with gr.Accordion(texts.CONVENTIONS, open=False, elem_id="conventions"):
            gr.Markdown(texts.CONVENTIONS_INFO)
            conventions = gr.Dataframe(
                headers=list(texts.CONVENTIONS_HEADERS),
                interactive=False,
                wrap=True,
                column_widths=["34%", "14%", "52%"],
                elem_id="conventions-table",
            )
    return _Outputs(
        viewer, facts, score_section, summary, table, policy, conventions, inputs.reading
    )


def _build_examples(inputs: _Inputs) -> None:
    # The examples are of this label set; without a model for it there are none to show.
    if inputs.label_set.value != _FIRST_LABEL_SET:
        return
    gr.Examples(
        [
            [str(_EXAMPLES / photo), _FIRST_LABEL_SET, mask and str(_EXAMPLES / mask)]
            for photo, mask in (
                ("chelsea.jpg", "chelsea_mask.png"),
                ("astronaut.jpg", "astronaut_mask.png"),
                ("camera.jpg", None),
            )
        ],
        inputs=[inputs.photo, inputs.label_set, inputs.mask],
        label=texts.EXAMPLES,
        elem_id="examples",
        cache_examples=False,
    )


def _wire(entries: tuple[ZooEntry, ...], inputs: _Inputs, outputs: _Outputs) -> None:
    """Bind handlers to events."""

    @shows_errors
    def segment_photo(
        photo: UploadedPhoto | None,
        mask: bytes | None,
        architecture: str,
        label_set: str,
        reading: str = "",
    ) -> tuple[Any, ...]:
        """Segment a photo with one model and, with a mask, score the result.

        Args:
            photo: The photo.
            mask: Optional ground truth: a file of class ids or colours.
            architecture: Network family, such as deeplabv3plus.
            label_set: What is named: street or people_animals.
            reading: How to read the ground truth; empty for the likeliest way.
        """
        if photo is None:
            raise gr.Error(texts.NO_PHOTO, print_exception=False)
        entry = model_of(entries, architecture, label_set)
        return _show(segment(photo, mask, entry, reading=reading))

    @shows_errors
    def refresh(
        photo: UploadedPhoto | None,
        mask: bytes | None,
        architecture: str,
        label_set: str,
        reading: str,
    ) -> tuple[Any, ...]:
        if photo is None:
            return _show(PageResult())
        entry = nearest_model(entries, architecture, label_set)
        return _show(segment(photo, mask, entry, reading=reading))

    @shows_errors
    def offer_architectures(label_set: str, architecture: str) -> Choice:
        return Choice(
            choices=_architectures(entries, label_set),
            value=nearest_model(entries, architecture, label_set).card.architecture,
        )

    inputs.run.click(
        segment_photo,
        inputs.values(),
        outputs.values(),
        api_name="segment",
        concurrency_id=_MODEL_QUEUE,
    )
    inputs.label_set.change(
        offer_architectures,
        [inputs.label_set, inputs.architecture],
        inputs.architecture,
        api_visibility="private",
        queue=False,
        show_progress="hidden",
    )
    gr.on(
        [
            inputs.photo.change,
            inputs.mask.change,
            inputs.label_set.change,
            inputs.architecture.input,
            inputs.reading.input,
        ],
        refresh,
        inputs.values(),
        outputs.values(),
        trigger_mode="always_last",
        api_visibility="private",
        concurrency_id=_MODEL_QUEUE,
    )


def _architectures(entries: tuple[ZooEntry, ...], label_set: str) -> list[tuple[str, str]]:
    """Names and ids of the architectures trained on a label set, in the order of the texts."""
    trained = {entry.card.architecture for entry in entries if entry.card.label_set == label_set}
    names = texts.ARCHITECTURE_NAMES.items()
    return [(name, architecture) for architecture, name in names if architecture in trained]


def _show(result: PageResult) -> tuple[Any, ...]:
    """Values of the outputs, in the order of ``_Outputs``."""
    if result.warning:
        gr.Warning(result.warning)
    report = result.report
    return (
        result.segmentation,
        result.facts,
        gr.Column(visible=report is not None),
        report.summary if report else "",
        report.rows if report else [],
        report.policy if report else "",
        report.conventions if report else [],
        _reading_choice(report),
    )


def _reading_choice(report: ScoreReport | None) -> Choice:
    """The readings of the mask to choose from; hidden where there is but one."""
    if report is None:
        return Choice(choices=[], value=None, visible=False)
    several = len(report.readings) > 1
    return Choice(choices=report.readings, value=report.reading, visible=several)
