"""What a visitor sets on the page that evaluates."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from segdemo.errors import DataError
from segdemo.ui import texts
from segdemo.ui.evaluating.dataset import LIMITS, MOST_FILES, Dataset, open_files, open_zip
from segdemo.ui.evaluating.uploads import ManyFiles, ZipFile
from segdemo.ui.examples import LABEL_SET
from segdemo.ui.inputs import MOST_UPLOADED_MB, Choice, Choices
from segdemo.ui.offer import label_set_titles, models_of
from segdemo.ui.pages.photo_inputs import build_label_set, model_choices
from segdemo.ui.pages.segment_inputs import first_model
from segdemo.zoo import ZooEntry


@dataclass(frozen=True)
class EvaluateInputs:
    """What a visitor sets, in the order in which handlers take it."""

    archive: ZipFile
    photos: ManyFiles
    masks: ManyFiles
    label_set: Choice
    models: Choices
    reading: Choice
    details: gr.Checkbox
    example: gr.Button
    run: gr.Button
    stop: gr.Button

    def values(self) -> list[Any]:
        """What the handler's inputs are to be."""
        return [*self.data(), self.label_set, self.models, self.reading, self.details]

    def data(self) -> list[Any]:
        """Where the pairs come from."""
        return [self.archive, self.photos, self.masks]


def build_inputs(entries: Sequence[ZooEntry]) -> EvaluateInputs:
    """Lay the inputs out, over the models there are."""
    label_sets = label_set_titles(entries)
    first = first_model(entries).card.label_set
    archive = ZipFile(label=texts.ZIP, file_types=[".zip"], height=140, elem_id="archive")
    limits = texts.ZIP_INFO.format(
        megabytes=MOST_UPLOADED_MB,
        entries=LIMITS.entries,
        gigabytes=LIMITS.unpacked_bytes / (1 << 30),
    )
    gr.Markdown(limits, elem_classes="hint")
    example = gr.Button(
        texts.TRY_EXAMPLE, size="md", visible=LABEL_SET in label_sets, elem_id="example"
    )
    with gr.Accordion(texts.LOOSE_FILES, open=False, elem_id="loose-files"):
        gr.Markdown(texts.LOOSE_INFO.format(files=MOST_FILES), elem_classes="hint")
        photos = ManyFiles(label=texts.PHOTOS, file_count="multiple", height=120, elem_id="photos")
        masks = ManyFiles(label=texts.MASKS, file_count="multiple", height=120, elem_id="masks")
    label_set = build_label_set(label_sets, first)
    offered = model_choices(entries, first)
    models = Choices(
        offered,
        value=[key for _, key in offered],
        label=texts.MODELS,
        info=texts.MODELS_INFO,
        elem_id="models",
    )
    reading = Choice(
        [], label=texts.READINGS, info=texts.READINGS_INFO, visible=False, elem_id="reading"
    )
    details = gr.Checkbox(label=texts.DETAILS, info=texts.DETAILS_INFO, elem_id="details")
    with gr.Row():
        run = gr.Button(texts.EVALUATE, variant="primary", elem_id="run")
        stop = gr.Button(texts.STOP, visible=False, elem_id="stop")
    return EvaluateInputs(
        archive, photos, masks, label_set, models, reading, details, example, run, stop
    )


def chosen_entries(
    entries: Sequence[ZooEntry], label_set: str, models: list[str]
) -> dict[str, ZooEntry]:
    """The models chosen, by id.

    Raises:
        DataError: If none of them is of the label set.
    """
    found = {
        entry.model_id: entry for entry in models_of(entries, label_set) if entry.model_id in models
    }
    if not found:
        raise DataError(texts.NO_MODELS)
    return found


def open_data(archive: Path | None, photos: list[Path], masks: list[Path]) -> Dataset:
    """Open what was uploaded.

    Raises:
        DataError: If there is nothing, too much, or no pair in it.
    """
    if archive and (photos or masks):
        raise DataError(texts.TWO_SOURCES)
    if archive:
        return open_zip(archive)
    if not photos and not masks:
        raise DataError(texts.NO_DATA)
    if not photos or not masks:
        missing = texts.MASKS if photos else texts.PHOTOS
        raise DataError(texts.NO_PARTNERS.format(missing=missing.lower()))
    return open_files(photos, masks)
