"""What a visitor sets on the first page, and what is offered there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from segdemo.ui import texts
from segdemo.ui.examples import LABEL_SET
from segdemo.ui.gallery import ExampleGallery
from segdemo.ui.handlers import architecture_name, nearest_model
from segdemo.ui.inputs import Choice, MaskFile, Photo
from segdemo.ui.offer import label_set_titles, models_of
from segdemo.ui.pages.photo_inputs import build_label_set, build_mask, build_photo
from segdemo.zoo import ZooEntry


@dataclass(frozen=True)
class SegmentInputs:
    """What a visitor sets, in the order in which handlers take it."""

    photo: Photo
    mask: MaskFile
    model: Choice
    label_set: Choice
    reading: Choice
    run: gr.Button
    examples: ExampleGallery

    def values(self) -> list[Any]:
        """What a handler's inputs are to be."""
        return [self.photo, self.mask, self.model, self.label_set, self.reading]


def build_inputs(entries: Sequence[ZooEntry]) -> SegmentInputs:
    """Lay the inputs out, over the models there are."""
    first = first_model(entries).card
    photo, examples = build_photo()
    label_set = build_label_set(label_set_titles(entries), first.label_set)
    model = Choice(
        architecture_choices(entries, first.label_set),
        value=first.model_id,
        label=texts.ARCHITECTURE,
        info=texts.ARCHITECTURE_INFO,
        elem_id="architecture",
    )
    mask, reading = build_mask()
    run = gr.Button(texts.SEGMENT, variant="primary", elem_id="run")
    return SegmentInputs(photo, mask, model, label_set, reading, run, examples)


def first_model(entries: Sequence[ZooEntry]) -> ZooEntry:
    """The model that is chosen at first: one that knows the examples, if there is one."""
    label_sets = [entry.card.label_set for entry in entries]
    first = LABEL_SET if LABEL_SET in label_sets else label_sets[0]
    return nearest_model(entries, "", first)


def architecture_choices(entries: Sequence[ZooEntry], label_set: str) -> list[tuple[str, str]]:
    """Names and ids of a label set's models, in the order of the architectures in the texts.

    A model goes by its architecture; one that would share that name, such as a person's own beside
    a bundled one, bears its id too, so that every model can be chosen.
    """
    order = {name: at for at, name in enumerate(texts.ARCHITECTURE_NAMES)}
    candidates = sorted(
        models_of(entries, label_set),
        key=lambda entry: order.get(entry.card.architecture, len(order)),
    )
    architectures = [entry.card.architecture for entry in candidates]
    choices = []
    for at, entry in enumerate(candidates):
        name = architecture_name(entry)
        shared = architectures.count(entry.card.architecture) > 1
        first = architectures.index(entry.card.architecture) == at
        if shared and not (first and entry.status == "in the table"):
            name = f"{name}: {entry.model_id}"
        choices.append((name, entry.model_id))
    return choices
