"""Layout and wiring of the page."""

from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from segdemo.errors import WeightsError
from segdemo.metrics import METRICS_PER_CLASS
from segdemo.ui import texts
from segdemo.ui.handlers import PageResult, model_of, nearest_model, segment, shows_errors
from segdemo.ui.inputs import MaskFile, Photo
from segdemo.ui.viewer import Viewer
from segdemo.zoo import WEIGHTS_DIR, ZooEntry, list_models

_EXAMPLES = Path(__file__).parent / "examples"
_DAY_S = 24 * 60 * 60
_MODEL_QUEUE = "model"
"""Runs that share this queue take turns: a network uses every core by itself."""


def build_page() -> gr.Blocks:
    """Build the page over the models whose weights are there.

    Returns:
        The page, not yet launched.

    Raises:
        WeightsError: If there is no model at all.
    """
    entries = list_models()
    if not entries:
        raise WeightsError(f"There are no weights in '{WEIGHTS_DIR}'. Fetch the repository again.")
    label_sets = {entry.card.label_set: entry.card.labels.title for entry in entries}
    default = "people_animals" if "people_animals" in label_sets else next(iter(label_sets))
    with gr.Blocks(title=texts.TITLE, delete_cache=(60 * 60, _DAY_S)) as page:
        gr.Markdown(texts.INTRO, elem_id="intro")
        with gr.Row():
            with gr.Column(scale=4, min_width=320):
                photo = Photo(
                    label=texts.PHOTO,
                    sources=["upload", "webcam", "clipboard"],
                    height=300,
                    elem_id="photo",
                )
                label_set = gr.Radio(
                    [(title, key) for key, title in label_sets.items()],
                    value=default,
                    label=texts.LABEL_SET,
                    info=texts.LABEL_SET_INFO,
                    elem_id="label-set",
                )
                architecture = gr.Radio(
                    _architectures(entries, default),
                    value=_architectures(entries, default)[0][1],
                    label=texts.ARCHITECTURE,
                    info=texts.ARCHITECTURE_INFO,
                    elem_id="architecture",
                )
                with gr.Accordion(texts.MASK_SECTION, open=False, elem_id="mask-section"):
                    gr.Markdown(texts.MASK_INFO)
                    mask = MaskFile(label=texts.MASK, height=120, elem_id="mask")
                run = gr.Button(texts.SEGMENT, variant="primary", elem_id="run")
            with gr.Column(scale=6, min_width=320):
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
        inputs = [photo, mask, architecture, label_set]
        outputs = [viewer, facts, score_section, summary, table, policy]
        if examples := _example_rows(set(label_sets)):
            gr.Examples(
                examples,
                inputs=[photo, label_set, mask],
                label=texts.EXAMPLES,
                elem_id="examples",
                cache_examples=False,
            )
        gr.Markdown(texts.FOOTER, elem_id="footer")

        @shows_errors
        def segment_photo(
            photo: Image.Image | None, mask: bytes | None, architecture: str, label_set: str
        ) -> tuple[Any, ...]:
            """Segment a photo with one model and, with a mask, score the result.

            Args:
                photo: The photo.
                mask: Optional ground truth: a file of class ids or colours.
                architecture: Network family, such as deeplabv3plus.
                label_set: What is named: street or people_animals.
            """
            if photo is None:
                raise gr.Error(texts.NO_PHOTO, print_exception=False)
            return _show(segment(photo, mask, model_of(entries, architecture, label_set)))

        @shows_errors
        def refresh(
            photo: Image.Image | None, mask: bytes | None, architecture: str, label_set: str
        ) -> tuple[Any, ...]:
            if photo is None:
                return _show(PageResult())
            return _show(segment(photo, mask, nearest_model(entries, architecture, label_set)))

        run.click(segment_photo, inputs, outputs, api_name="segment", concurrency_id=_MODEL_QUEUE)
        label_set.change(
            lambda label_set, architecture: gr.Radio(
                choices=_architectures(entries, label_set),
                value=nearest_model(entries, architecture, label_set).card.architecture,
            ),
            [label_set, architecture],
            architecture,
            api_visibility="private",
            queue=False,
            show_progress="hidden",
        )
        gr.on(
            [photo.change, mask.change, label_set.change, architecture.input],
            refresh,
            inputs,
            outputs,
            trigger_mode="always_last",
            api_visibility="private",
            concurrency_id=_MODEL_QUEUE,
        )
    return page


def _architectures(entries: tuple[ZooEntry, ...], label_set: str) -> list[tuple[str, str]]:
    """Names and ids of the architectures trained on a label set, in the order of the texts."""
    trained = [entry.card.architecture for entry in entries if entry.card.label_set == label_set]
    order = list(texts.ARCHITECTURE_NAMES)
    return [
        (texts.ARCHITECTURE_NAMES[architecture], architecture)
        for architecture in sorted(trained, key=order.index)
    ]


def _example_rows(label_sets: set[str]) -> list[list[str | None]]:
    """Photo, label set and mask of each example whose label set can be shown."""
    if "people_animals" not in label_sets:
        return []
    return [
        [str(_EXAMPLES / "chelsea.jpg"), "people_animals", str(_EXAMPLES / "chelsea_mask.png")],
        [str(_EXAMPLES / "astronaut.jpg"), "people_animals", str(_EXAMPLES / "astronaut_mask.png")],
        [str(_EXAMPLES / "camera.jpg"), "people_animals", None],
    ]


def _show(result: PageResult) -> tuple[Any, ...]:
    """Values of the outputs, in their order: viewer, facts, section, summary, table, policy."""
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
    )
