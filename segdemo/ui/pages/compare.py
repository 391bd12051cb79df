"""The page that compares: one photo, two to five models of one label set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from segdemo.ui import texts
from segdemo.ui.comparing import ComparedPage, comparable_label_sets, compare_photo
from segdemo.ui.comparison_exports import write_comparison
from segdemo.ui.examples import LABEL_SET
from segdemo.ui.exports import Delivery, settings_of
from segdemo.ui.handlers import MODEL_QUEUE, shows_errors
from segdemo.ui.inputs import Choice, Choices, UploadedPhoto
from segdemo.ui.offer import models_of
from segdemo.ui.pages.compare_inputs import CompareInputs, build_compare_inputs, offer_models
from segdemo.ui.pages.photo_inputs import choices_of, example_files, reading_choice
from segdemo.ui.viewer import ComparisonViewer
from segdemo.zoo import ZooEntry


@dataclass(frozen=True)
class _Outputs:
    """What a run changes, in the order in which ``_show`` gives it."""

    summary: gr.HTML
    viewer: ComparisonViewer
    tables: gr.HTML
    reading: Choice
    delivery: Delivery

    def values(self) -> list[Any]:
        return [self.summary, self.viewer, self.tables, self.reading]


def build_compare_page(demo: gr.Blocks, entries: Sequence[ZooEntry]) -> None:
    """Build the page inside ``demo``, which is open.

    Args:
        demo: The pages together, for what happens when this one is opened.
        entries: The models there are, at least one.
    """
    gr.Markdown(texts.COMPARE_INTRO, elem_id="intro")
    with gr.Row():
        with gr.Column(scale=3, min_width=300):
            inputs = build_compare_inputs(entries)
            if inputs is None:
                gr.Markdown(texts.NOTHING_TO_COMPARE)
                return
        with gr.Column(scale=8, min_width=320):
            summary = gr.HTML(elem_id="comparison-summary", padding=False)
            viewer = ComparisonViewer(elem_id="viewer")
            tables = gr.HTML(elem_id="comparison-tables", padding=False)
            delivery = Delivery(elem_id="delivery")
    outputs = _Outputs(summary, viewer, tables, inputs.reading, delivery)
    _wire_runs(demo, entries, inputs, outputs)
    _wire_downloads(entries, inputs, outputs)
    _wire_endpoint(entries, inputs)


def _wire_runs(
    demo: gr.Blocks, entries: Sequence[ZooEntry], inputs: CompareInputs, outputs: _Outputs
) -> None:
    """Compare when the button is pressed, and by itself when something changes."""

    @shows_errors
    def run(
        photo: UploadedPhoto | None, models: list[str], mask: bytes | None, reading: str
    ) -> tuple[Any, ...]:
        if photo is None:
            raise gr.Error(texts.NO_PHOTO, print_exception=False)
        return _show(compare_photo(photo, mask, entries, models, reading=reading))

    @shows_errors
    def refresh(
        photo: UploadedPhoto | None, models: list[str], mask: bytes | None, reading: str
    ) -> tuple[Any, ...]:
        if photo is None:
            return _show(ComparedPage())
        return _show(compare_photo(photo, mask, entries, models, reading=reading))

    common: dict[str, Any] = {
        "inputs": inputs.values(),
        "outputs": outputs.values(),
        "api_visibility": "private",
        "concurrency_id": MODEL_QUEUE,
        "show_progress": "minimal",
        "show_progress_on": outputs.summary,
    }
    by_itself = {**common, "fn": refresh, "trigger_mode": "always_last"}
    inputs.run.click(run, **common)
    # What a visitor does, not every change: filling several inputs is to be one run.
    gr.on(
        [
            inputs.photo.input,
            inputs.photo.clear,
            inputs.mask.upload,
            inputs.mask.clear,
            inputs.mask.delete,
            inputs.models.input,
            inputs.reading.input,
        ],
        **by_itself,
    )
    for filled in _wire_choices(demo, entries, inputs):
        filled.then(**by_itself)


def _wire_choices(demo: gr.Blocks, entries: Sequence[ZooEntry], inputs: CompareInputs) -> list[Any]:
    """Fill inputs from an example or a link, and offer what a label set has.

    Returns:
        The events that come when inputs have been filled.
    """
    offered_sets = list(comparable_label_sets(entries))

    def offer(label_set: str) -> Choices:
        return offer_models(entries, label_set)

    def choose_example(label_set: str, event: gr.EventData) -> tuple[Any, ...]:
        name = str(event._data.get("name", ""))
        if label_set == LABEL_SET or LABEL_SET not in offered_sets:
            return (gr.skip(), gr.skip(), *_files(name, label_set))
        return (LABEL_SET, offer(LABEL_SET), *_files(name, LABEL_SET))

    def open_link(request: gr.Request) -> tuple[Any, ...]:
        asked = dict(request.query_params)
        # Offered anew: models may have been fetched since the page was built.
        label_sets = comparable_label_sets(entries)
        label_set, models = _asked_models(entries, asked, list(label_sets))
        return (
            Choice(choices=choices_of(label_sets), value=label_set),
            offer_models(entries, label_set, models),
            *_files(asked.get("example", ""), label_set),
        )

    private: dict[str, Any] = {
        "api_visibility": "private",
        "queue": False,
        "show_progress": "hidden",
    }
    offered = inputs.label_set.input(offer, inputs.label_set, inputs.models, **private)
    all_inputs = [inputs.label_set, inputs.models, inputs.mask, inputs.photo]
    chosen = inputs.examples.choose(choose_example, inputs.label_set, all_inputs, **private)
    opened = demo.load(open_link, None, all_inputs, **private)
    return [offered, chosen, opened]


def _asked_models(
    entries: Sequence[ZooEntry], asked: Mapping[str, str], offered: list[str]
) -> tuple[str, list[str]]:
    """Label set and models of a link; the usual ones where it names none that are here."""
    wanted = asked.get("models", "").split(",")
    known = [entry for entry in entries if entry.model_id in wanted]
    label_set = known[0].card.label_set if known else asked.get("labels", "")
    if label_set not in offered:
        return offered[0], []
    return label_set, [entry.model_id for entry in models_of(known, label_set)]


def _files(example: str, label_set: str) -> tuple[Any, Any]:
    """Mask and photo of an example; no mask where the label set has other classes than it."""
    mask, photo = example_files(example)
    return (mask if label_set == LABEL_SET or not example else None), photo


def _wire_downloads(entries: Sequence[ZooEntry], inputs: CompareInputs, outputs: _Outputs) -> None:
    """Make a file when the viewer asks for it: comparing again is cheaper than keeping results."""

    @shows_errors
    def export(
        photo: UploadedPhoto | None,
        models: list[str],
        mask: bytes | None,
        reading: str,
        event: gr.EventData,
    ) -> Path:
        if photo is None:
            raise gr.Error(texts.NO_PHOTO, print_exception=False)
        page = compare_photo(photo, mask, entries, models, reading=reading)
        return write_comparison(str(event._data.get("kind")), page, settings_of(event._data))

    outputs.viewer.export(
        export,
        inputs.values(),
        outputs.delivery,
        api_visibility="private",
        concurrency_id=MODEL_QUEUE,
        show_progress="minimal",
        show_progress_on=outputs.summary,
    )


def _wire_endpoint(entries: Sequence[ZooEntry], inputs: CompareInputs) -> None:
    """Offer the comparison to programs: the same inputs and guards, numbers as the answer."""

    @shows_errors
    def compare(
        photo: UploadedPhoto | None,
        models: list[str],
        mask: bytes | None = None,
        reading: str | None = None,  # None: clients may leave it out
    ) -> dict[str, Any]:
        """Let two to five models segment a photo, and say where they disagree.

        Args:
            photo: The photo.
            models: Ids of two to five models of one label set, such as fcn-street.
            mask: Optional ground truth: a file of class ids or colours, of the photo's size.
            reading: How to read the ground truth; empty for the likeliest way.

        Returns:
            Per model the share of the photo that each class covers, seconds, size and, with a
            mask, scores; the share of pixels on which not all agree; how alike each two are.
        """
        if photo is None:
            raise gr.Error(texts.NO_PHOTO, print_exception=False)
        return compare_photo(photo, mask, entries, models, reading=reading).to_json()

    # No trigger: nothing on the page calls it.
    gr.on(
        [],
        compare,
        inputs.values(),
        gr.JSON(visible=False),
        api_name="compare",
        concurrency_id=MODEL_QUEUE,
    )


def _show(page: ComparedPage) -> tuple[Any, ...]:
    """Values of the outputs, in the order of ``_Outputs``."""
    if page.warning:
        gr.Warning(page.warning)
    reading = reading_choice(list(page.readings), page.reading)
    return page.summary, page.shown, page.tables, reading
