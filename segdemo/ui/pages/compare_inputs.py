"""What a visitor sets on the page that compares, and what is offered there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from segdemo.ui import texts
from segdemo.ui.comparing import comparable_label_sets, first_choice
from segdemo.ui.gallery import ExampleGallery
from segdemo.ui.inputs import Choice, Choices, MaskFile, Photo
from segdemo.ui.pages.photo_inputs import build_label_set, build_mask, build_photo, model_choices
from segdemo.zoo import ZooEntry


@dataclass(frozen=True)
class CompareInputs:
    """What a visitor sets; ``values`` is the order in which handlers take it."""

    photo: Photo
    models: Choices
    mask: MaskFile
    reading: Choice
    label_set: Choice
    run: gr.Button
    examples: ExampleGallery

    def values(self) -> list[Any]:
        """What a handler's inputs are to be."""
        return [self.photo, self.models, self.mask, self.reading]


def build_compare_inputs(entries: Sequence[ZooEntry]) -> CompareInputs | None:
    """Lay the inputs out, over the models there are; None where no two can be compared."""
    label_sets = comparable_label_sets(entries)
    if not label_sets:
        return None
    first = next(iter(label_sets))
    photo, examples = build_photo()
    label_set = build_label_set(label_sets, first)
    models = Choices(
        model_choices(entries, first),
        value=first_choice(entries, first),
        label=texts.MODELS,
        info=texts.MODELS_INFO,
        elem_id="models",
    )
    mask, reading = build_mask()
    run = gr.Button(texts.COMPARE_RUN, variant="primary", elem_id="run")
    return CompareInputs(photo, models, mask, reading, label_set, run, examples)


def offer_models(
    entries: Sequence[ZooEntry], label_set: str, chosen: Sequence[str] = ()
) -> Choices:
    """The models of a label set to choose from.

    Args:
        entries: The models there are.
        label_set: Id of the label set.
        chosen: Ids of those that are chosen; the usual ones if empty.
    """
    value = list(chosen) or first_choice(entries, label_set)
    return Choices(choices=model_choices(entries, label_set), value=value)
