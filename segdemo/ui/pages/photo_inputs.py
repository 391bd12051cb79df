"""Inputs that every page about one photo has: the photo, its examples and its ground truth."""

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from segdemo.ui import texts
from segdemo.ui.examples import find_example
from segdemo.ui.gallery import ExampleGallery
from segdemo.ui.handlers import titles_of
from segdemo.ui.inputs import Choice, MaskFile, Photo, uploaded_copy
from segdemo.ui.offer import models_of
from segdemo.zoo import ZooEntry


def build_photo() -> tuple[Photo, ExampleGallery]:
    """Lay out the photo and, below it, the examples."""
    photo = Photo(
        label=texts.PHOTO,
        sources=["upload", "webcam", "clipboard"],
        height=300,
        elem_id="photo",
    )
    return photo, ExampleGallery(elem_id="examples")


def build_label_set(label_sets: Mapping[str, str], first: str) -> Choice:
    """Lay out the choice of a label set.

    Args:
        label_sets: Id to title.
        first: Id of the one chosen at first.
    """
    return Choice(
        choices_of(label_sets),
        value=first,
        label=texts.LABEL_SET,
        info=texts.LABEL_SET_INFO,
        elem_id="label-set",
    )


def choices_of(label_sets: Mapping[str, str]) -> list[tuple[str, str]]:
    """Titles and ids, as a choice wants them, of label sets by id."""
    return [(title, key) for key, title in label_sets.items()]


def model_choices(entries: Sequence[ZooEntry], label_set: str) -> list[tuple[str, str]]:
    """Titles and ids, as a choice wants them, of the models of a label set, the best first."""
    offered = models_of(entries, label_set)
    return [
        (title, entry.model_id) for title, entry in zip(titles_of(offered), offered, strict=True)
    ]


def build_mask() -> tuple[MaskFile, Choice]:
    """Lay out the ground truth, folded away, and the choice of how to read it."""
    with gr.Accordion(texts.MASK_SECTION, open=False, elem_id="mask-section"):
        gr.Markdown(texts.MASK_INFO)
        mask = MaskFile(label=texts.MASK, height=120, elem_id="mask")
        reading = Choice(
            [], label=texts.READING, info=texts.READING_INFO, visible=False, elem_id="reading"
        )
    return mask, reading


def reading_choice(readings: list[tuple[str, str]], reading: str) -> Choice:
    """The readings of a mask to choose from; hidden where there is but one or none.

    Args:
        readings: Phrase and id of each.
        reading: Id of the one that was taken.
    """
    return Choice(choices=readings, value=reading or None, visible=len(readings) > 1)


def example_files(name: str) -> tuple[Any, Any]:
    """Mask and photo of an example as a visitor would upload them; as they were for no name."""
    example = find_example(name)
    if example is None:
        return gr.skip(), gr.skip()
    return example.mask and uploaded_copy(example.mask), uploaded_copy(example.photo)
