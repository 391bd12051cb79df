"""The page that evaluates: many photos with their masks, some models, one leaderboard."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from segdemo.errors import DataError
from segdemo.predictor import predictor_of
from segdemo.reporting import describe_run, write_results
from segdemo.ui import texts
from segdemo.ui.evaluating.dataset import example_zip
from segdemo.ui.evaluating.finished import Finished, finish
from segdemo.ui.evaluating.job import Job
from segdemo.ui.evaluating.model_part import Opened, open_image
from segdemo.ui.evaluating.progress import end_line, progress_bar
from segdemo.ui.examples import LABEL_SET
from segdemo.ui.exports import Result, settings_of, write_export
from segdemo.ui.handlers import DEVICE, MODEL_QUEUE, shows_errors, streams_errors
from segdemo.ui.inputs import Choice, Choices, UploadedPhoto
from segdemo.ui.offer import label_set_titles
from segdemo.ui.pages.evaluate_inputs import (
    EvaluateInputs,
    build_inputs,
    chosen_entries,
    open_data,
)
from segdemo.ui.pages.evaluate_results import (
    EvaluateResults,
    build_results,
    image_values,
    model_values,
    overall_values,
    reading_choice,
)
from segdemo.ui.pages.photo_inputs import choices_of, model_choices
from segdemo.zoo import ZooEntry

_LOOK_S = 0.5
"""Time between two looks at a run."""

_SCROLL = "() => document.querySelector('#opened')?.scrollIntoView({ block: 'start' })"

_DAY_S = 24 * 60 * 60

_PRIVATE: dict[str, Any] = {"api_visibility": "private"}
_AT_ONCE: dict[str, Any] = {**_PRIVATE, "queue": False, "show_progress": "hidden"}


@dataclass(frozen=True)
class _Memory:
    """What is kept of a visitor, for as long as the page is open and an hour more."""

    job: gr.State
    finished: gr.State
    opened: gr.State


def build_evaluate_page(demo: gr.Blocks, entries: Sequence[ZooEntry]) -> None:
    """Build the page inside ``demo``, which is open.

    Args:
        demo: The pages together.
        entries: The models there are, at least one.
    """
    gr.Markdown(texts.EVALUATE_INTRO, elem_id="intro")
    with gr.Row():
        with gr.Column(scale=4, min_width=320):
            inputs = build_inputs(entries)
        with gr.Column(scale=7, min_width=320):
            results = build_results()
    # Offered anew: models may have been fetched since the page was built.
    demo.load(
        lambda: Choice(choices=choices_of(label_set_titles(entries))),
        None,
        inputs.label_set,
        **_AT_ONCE,
    )
    memory = _Memory(*(gr.State(time_to_live=_DAY_S) for _ in range(3)))
    shown = _wire_model(results, memory)
    _wire_runs(entries, inputs, results, memory, shown)
    _wire_choices(entries, inputs)
    _wire_images(results, memory)
    _wire_files(results, memory)


def _wire_runs(
    entries: Sequence[ZooEntry],
    inputs: EvaluateInputs,
    results: EvaluateResults,
    memory: _Memory,
    shown: dict[str, Any],
) -> None:
    """Evaluate when a button is pressed, and stop when another one is."""

    @streams_errors
    def evaluate(
        archive: Path | None,
        photos: list[Path],
        masks: list[Path],
        label_set: str,
        models: list[str],
        reading: str,
        details: bool,
    ) -> Iterator[dict[Any, Any]]:
        chosen = chosen_entries(entries, label_set, models)
        predictors = [predictor_of(entry, device=DEVICE, threads=1) for entry in chosen.values()]
        dataset = open_data(archive, photos, masks)
        job = Job(predictors, dataset, details=details, reading=reading or None)
        yield from _watch(job, inputs, results, memory)
        if not job.progress.done:
            yield {results.progress: ""}
            raise DataError(texts.BROKE_OFF_AT_ONCE if job.failure else texts.NOTHING_DONE)
        yield _end(job, chosen, inputs, results, memory)

    def stop(job: Job | None) -> None:
        if job:
            job.stop()

    run: dict[str, Any] = {
        "fn": evaluate,
        "inputs": inputs.values(),
        "outputs": [
            *vars(memory).values(),
            results.empty,
            results.progress,
            *_overall_components(results),
            results.image.section,
            inputs.reading,
            inputs.run,
            inputs.example,
            inputs.stop,
        ],
        "concurrency_id": "evaluate",
        "show_progress": "minimal",
        "show_progress_on": results.progress,
        **_PRIVATE,
    }
    inputs.stop.click(stop, memory.job, None, **_AT_ONCE)
    for event in (inputs.run.click(**run), _fill_example(entries, inputs).then(**run)):
        event.then(lambda: _buttons(running=False), None, _button_row(inputs), **_AT_ONCE)
        event.success(**shown)


def _watch(
    job: Job, inputs: EvaluateInputs, results: EvaluateResults, memory: _Memory
) -> Iterator[dict[Any, Any]]:
    """Run a job, and show how far it is, until it ends; it also ends when the visitor leaves."""
    job.start()
    running = dict(zip(_button_row(inputs), _buttons(running=True), strict=True))
    yield {memory.job: job, results.empty: gr.Column(visible=False), **running}
    try:
        while not job.wait(_LOOK_S):
            yield {results.progress: progress_bar(job.progress)}
    finally:
        job.stop()


def _end(
    job: Job,
    chosen: dict[str, ZooEntry],
    inputs: EvaluateInputs,
    results: EvaluateResults,
    memory: _Memory,
) -> dict[Any, Any]:
    """What a job that has ended leaves, by component."""
    run = describe_run(
        job.evaluations(),
        job.dataset.pairing,
        data=job.dataset.name,
        device=DEVICE,
        reading=job.asked_reading,
        details=job.details,
    )
    finished = finish(job, run, chosen)
    if not run.evaluations[0].scores.num_valid_pixels:
        gr.Warning(texts.NOTHING_SCORED)
    return {
        memory.job: None,
        memory.finished: finished,
        memory.opened: None,
        results.progress: end_line(job.progress),
        inputs.reading: reading_choice(finished),
        **overall_values(results, finished),
    }


def _overall_components(results: EvaluateResults) -> list[Any]:
    overall = results.overall
    return [
        overall.section,
        overall.notes,
        overall.leaderboard,
        overall.policy,
        overall.class_chart,
        overall.model,
    ]


def _button_row(inputs: EvaluateInputs) -> list[gr.Button]:
    return [inputs.run, inputs.example, inputs.stop]


def _buttons(*, running: bool) -> tuple[gr.Button, gr.Button, gr.Button]:
    """The buttons while something runs, or does not, in the order of ``_button_row``."""
    return (
        gr.Button(interactive=not running),
        gr.Button(interactive=not running),
        gr.Button(visible=running),
    )


def _fill_example(entries: Sequence[ZooEntry], inputs: EvaluateInputs) -> Any:
    """Put the example in place of what was uploaded; gives the event of this."""

    def fill() -> tuple[Any, ...]:
        return (str(example_zip()), None, None, LABEL_SET, *_offer(entries, LABEL_SET))

    outputs = [*inputs.data(), inputs.label_set, inputs.models, inputs.reading]
    return inputs.example.click(fill, None, outputs, **_AT_ONCE)


def _wire_choices(entries: Sequence[ZooEntry], inputs: EvaluateInputs) -> None:
    """Offer what a label set has; a reading that was chosen is for the masks at that time."""
    inputs.label_set.input(
        lambda label_set: _offer(entries, label_set),
        inputs.label_set,
        [inputs.models, inputs.reading],
        **_AT_ONCE,
    )
    changes = [
        change
        for source in inputs.data()
        for change in (source.upload, source.clear, source.delete)
    ]
    gr.on(changes, _no_reading, None, inputs.reading, **_AT_ONCE)


def _offer(entries: Sequence[ZooEntry], label_set: str) -> tuple[Choices, Choice]:
    """The models of a label set, all of them chosen, and no reading."""
    models = model_choices(entries, label_set)
    return Choices(choices=models, value=[key for _, key in models]), _no_reading()


def _no_reading() -> Choice:
    return Choice(choices=[], value=None, visible=False)


def _wire_model(results: EvaluateResults, memory: _Memory) -> dict[str, Any]:
    """Show one model closely, and the image that was opened as this model sees it.

    Returns:
        The event listener that shows the model chosen.
    """

    @shows_errors
    def show(finished: Finished | None, model_id: str) -> tuple[Any, ...]:
        found = _present(finished)
        return model_values(found, _known(found, model_id))

    @shows_errors
    def show_again(
        finished: Finished | None, model_id: str, opened: Opened | None
    ) -> tuple[Any, ...]:
        if opened is None:
            return None, gr.Column(visible=False), "", None
        found = _present(finished)
        return _open(found, Opened(_known(found, model_id), opened.position))

    shown: dict[str, Any] = {
        "fn": show,
        "inputs": [memory.finished, results.overall.model],
        "outputs": results.one.components(),
        "concurrency_id": MODEL_QUEUE,
        "show_progress": "minimal",
        "show_progress_on": results.one.overview,
        **_PRIVATE,
    }
    results.overall.model.input(**shown).then(
        show_again,
        [memory.finished, results.overall.model, memory.opened],
        [memory.opened, *results.image.components()],
        concurrency_id=MODEL_QUEUE,
        show_progress="hidden",
        **_PRIVATE,
    )
    return shown


def _wire_images(results: EvaluateResults, memory: _Memory) -> None:
    """Open an image in the viewer, and make the files that the viewer asks for."""

    @shows_errors
    def open_row(finished: Finished | None, model_id: str, event: gr.EventData) -> tuple[Any, ...]:
        found = _present(finished)
        return _open(found, Opened(_known(found, model_id), _row_in(found, event)))

    @shows_errors
    def export(finished: Finished | None, opened: Opened | None, event: gr.EventData) -> Path:
        found = _present(finished)
        if opened is None:
            raise DataError(texts.NO_RESULT)
        example, entry = open_image(found, opened), found.entries[opened.model_id]
        path = found.run.pairing.pairs[_index(found, opened)].image_path
        photo = UploadedPhoto(example.photo, path.read_bytes())
        result = Result(photo, example.prediction, entry, settings_of(event._data))
        return write_export(str(event._data.get("kind")), result)

    shared: dict[str, Any] = {"concurrency_id": MODEL_QUEUE, "show_progress": "minimal", **_PRIVATE}
    for source in (results.one.images, results.one.worst):
        source.open(
            open_row,
            [memory.finished, results.overall.model],
            [memory.opened, *results.image.components()],
            show_progress_on=source,
            **shared,
        ).success(None, None, None, js=_SCROLL, **_PRIVATE)
    results.image.viewer.export(
        export,
        [memory.finished, memory.opened],
        results.overall.delivery,
        show_progress_on=results.image.title,
        **shared,
    )


def _wire_files(results: EvaluateResults, memory: _Memory) -> None:
    """Write a file of the results when it is asked for."""

    def writer(name: str) -> Callable[[Finished | None], Path]:
        @shows_errors
        def write(finished: Finished | None) -> Path:
            found = _present(finished)
            (path,) = write_results(
                found.run,
                Path(get_upload_folder()) / uuid.uuid4().hex,
                predictors={
                    key: predictor_of(entry, device=DEVICE) for key, entry in found.entries.items()
                },
                reading=found.reading,
                names=(name,),
            )
            return path

        return write

    for button, name in zip(results.overall.files, texts.DOWNLOAD_TITLES, strict=True):
        button.click(
            writer(name),
            memory.finished,
            results.overall.delivery,
            concurrency_id="report",
            show_progress="minimal",
            show_progress_on=button,
            **_PRIVATE,
        )


def _present(finished: Finished | None) -> Finished:
    if finished is None:
        raise DataError(texts.NO_RESULT)
    return finished


def _known(finished: Finished, model_id: str) -> str:
    """The model asked for; the best where it was not in the run."""
    return finished.evaluation(model_id).model_id


def _row_in(finished: Finished, event: gr.EventData) -> int:
    """The position of the row that a browser names."""
    row = event._data.get("row")
    if type(row) is not int or not 0 <= row < len(finished.run.evaluations[0].rows):
        raise DataError(texts.NO_RESULT)
    return row


def _index(finished: Finished, opened: Opened) -> int:
    return finished.evaluation(opened.model_id).rows[opened.position].index


def _open(finished: Finished, opened: Opened) -> tuple[Any, ...]:
    return opened, *image_values(finished, opened, open_image(finished, opened))
