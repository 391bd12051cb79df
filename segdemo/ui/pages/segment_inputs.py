"""What a visitor sets on the first page, and what is offered there."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from segdemo.ui import texts
from segdemo.ui.examples import LABEL_SET
from segdemo.ui.gallery import ExampleGallery
from segdemo.ui.handlers import nearest_model
from segdemo.ui.inputs import Choice, MaskFile, Photo
from segdemo.ui.pages.photo_inputs import build_label_set, build_mask, build_photo
from segdemo.zoo import ZooEntry


@dataclass(frozen=True)
class SegmentInputs:
    """What a visitor sets, in the order in which handlers take it."""

    photo: Photo
    mask: MaskFile
    architecture: Choice
    label_set: gr.Radio
    reading: Choice
    run: gr.Button
    examples: ExampleGallery

    def values(self) -> list[Any]:
        """What a handler's inputs are to be."""
        return [self.photo, self.mask, self.architecture, self.label_set, self.reading]


def build_inputs(entries: tuple[ZooEntry, ...]) -> SegmentInputs:
    """Lay the inputs out, over the models there are."""
    label_sets = {entry.card.label_set: entry.card.labels.title for entry in entries}
    first = first_model(entries).card
    photo, examples = build_photo()
    label_set = build_label_set(label_sets, first.label_set)
    architecture = Choice(
        architectures_of(entries, first.label_set),
        value=first.architecture,
        label=texts.ARCHITECTURE,
        info=texts.ARCHITECTURE_INFO,
        elem_id="architecture",
    )
    mask, reading = build_mask()
    run = gr.Button(texts.SEGMENT, variant="primary", elem_id="run")
    return SegmentInputs(photo, mask, architecture, label_set, reading, run, examples)


def first_model(entries: tuple[ZooEntry, ...]) -> ZooEntry:
    """The model that is chosen at first: one that knows the examples, if there is one."""
    label_sets = [entry.card.label_set for entry in entries]
    first = LABEL_SET if LABEL_SET in label_sets else label_sets[0]
    return nearest_model(entries, "", first)


def architectures_of(entries: tuple[ZooEntry, ...], label_set: str) -> list[tuple[str, str]]:
    """Names and ids of the architectures trained on a label set, in the order of the texts."""
    trained = {entry.card.architecture for entry in entries if entry.card.label_set == label_set}
    names = texts.ARCHITECTURE_NAMES.items()
    return [(name, architecture) for architecture, name in names if architecture in trained]
