"""What happens when a visitor does something: plain functions, values in, values out."""

import contextlib
import functools
import math
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import ParamSpec, TypeVar

import gradio as gr

from segdemo.errors import MaskError, SegdemoError, UnknownNameError
from segdemo.evaluation import assess_pair, read_truth
from segdemo.labels import LabelSet
from segdemo.masks import GroundTruth
from segdemo.metrics import METRICS, METRICS_PER_CLASS, Assessment
from segdemo.prediction import Prediction
from segdemo.predictor import predictor_of
from segdemo.reporting import shown_number
from segdemo.ui import texts
from segdemo.ui.examples import example_of
from segdemo.ui.html import grid, paragraph
from segdemo.ui.inputs import UploadedPhoto
from segdemo.ui.offer import models_of
from segdemo.ui.viewer import Segmentation
from segdemo.zoo import ZooEntry

DEVICE = os.environ.get("SEGDEMO_DEVICE", "cpu")
"""Where models run: ``cpu``, or ``cuda`` on a machine that has one."""

MODEL_QUEUE = "model"
"""Runs that share this queue take turns: a network uses every core by itself."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def shows_errors(handler: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Let a handler show errors that a visitor can act on as a toast; others stay bugs."""

    @functools.wraps(handler)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return handler(*args, **kwargs)
        except SegdemoError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return guarded


def streams_errors(
    handler: Callable[Arguments, Iterator[Result]],
) -> Callable[Arguments, Iterator[Result]]:
    """Do what ``shows_errors`` does for a handler that shows one thing after another."""

    @functools.wraps(handler)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Iterator[Result]:
        try:
            yield from handler(*args, **kwargs)
        except SegdemoError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return guarded


@dataclass(frozen=True)
class ScoreReport:
    """The score of one photo as the page shows it.

    Args:
        summary: Headline numbers, how the mask was read and what is wrong, HTML.
        rows: One row per class that occurs: its name and ``METRICS_PER_CLASS``.
        policy: What the means are over and how the numbers were counted.
        conventions: One row per other library: its name, what it would print, and why.
        reading: Id of the reading of the mask that was taken.
        readings: Phrase and id of it and of the other readings possible.
    """

    summary: str
    rows: list[list[str]]
    policy: str
    conventions: list[list[str]]
    reading: str
    readings: list[tuple[str, str]]


@dataclass(frozen=True)
class PageResult:
    """Everything that one run shows.

    Args:
        segmentation: Photo and prediction for the viewer; None where there is no photo.
        facts: Model, sizes and times, HTML.
        report: The score; None without a ground truth.
        warning: Why there is no score although a mask was given; None otherwise.
    """

    segmentation: Segmentation | None = None
    facts: str = ""
    report: ScoreReport | None = None
    warning: str | None = None


def segment(
    photo: UploadedPhoto, mask: bytes | None, entry: ZooEntry, *, reading: str | None = None
) -> PageResult:
    """Segment a photo and, with a mask, score the result.

    A mask that does not fit costs the score, not the segmentation.

    Args:
        photo: The photo.
        mask: Contents of a mask file; None if there is none.
        entry: The model.
        reading: Id of the reading of the mask that is wanted; where the mask cannot be read so,
            as after a change of mask, the likeliest is taken.

    Returns:
        What the page shows.

    Raises:
        SegdemoError: If the model's files are damaged.
    """
    prediction = predictor_of(entry, device=DEVICE).predict(photo.image)
    example = example_of(photo)
    shown = functools.partial(
        Segmentation, photo.image, prediction, photo_key=photo.key, example=example
    )
    facts = describe(prediction, entry) + _link_to_compare(example)
    if mask is None:
        return PageResult(shown(), facts)
    try:
        truth = read_ground_truth(mask, photo, prediction.labels, reading)
        report = report_scores(assess_pair(prediction, truth), truth)
    except SegdemoError as error:
        return PageResult(shown(), facts, warning=f"No score: {error}")
    return PageResult(shown(truth=truth.label_map), facts, report)


def model_of(entries: Sequence[ZooEntry], model_id: str) -> ZooEntry:
    """The model of an id.

    Args:
        entries: The models there are.
        model_id: Id wanted.

    Returns:
        The model.

    Raises:
        UnknownNameError: If there is none.
    """
    for entry in entries:
        if entry.model_id == model_id:
            return entry
    known = ", ".join(entry.model_id for entry in entries)
    raise UnknownNameError(f"There is no model '{model_id}'. Choose one of: {known}.")


def nearest_model(entries: Sequence[ZooEntry], model_id: str, label_set: str) -> ZooEntry:
    """A model, or the one that stands in for it on another label set.

    While a visitor switches label sets, the model chosen before is none of the new one's; then
    the best of the same architecture stands in, or else the best of all, and the page names it.

    Args:
        entries: The models there are, the best of each label set first.
        model_id: Id wanted.
        label_set: Id of the label set wanted.

    Returns:
        A model of that label set.

    Raises:
        UnknownNameError: If there is none.
    """
    candidates = models_of(entries, label_set)
    if not candidates:
        known = ", ".join(dict.fromkeys(entry.card.label_set for entry in entries))
        raise UnknownNameError(f"There is no model of '{label_set}'. Choose one of: {known}.")
    wanted = {entry.card.architecture for entry in entries if entry.model_id == model_id}
    return max(
        candidates,
        key=lambda entry: (entry.model_id == model_id, entry.card.architecture in wanted),
    )


def architecture_name(entry: ZooEntry) -> str:
    """The name that a model's architecture has in its paper, or else in the code."""
    return texts.ARCHITECTURE_NAMES.get(entry.card.architecture, entry.card.architecture)


def titles_of(entries: Sequence[ZooEntry]) -> tuple[str, ...]:
    """What models of one label set are called: their architecture, or their id where two share it.

    Args:
        entries: The models.

    Returns:
        One name per model, all different.
    """
    shared = Counter(entry.card.architecture for entry in entries)
    return tuple(
        entry.model_id if shared[entry.card.architecture] > 1 else architecture_name(entry)
        for entry in entries
    )


def describe(prediction: Prediction, entry: ZooEntry) -> str:
    """Times and sizes of a prediction and what the model's card says, as HTML."""
    timing, card = prediction.timing, entry.card
    height, width = prediction.label_map.shape
    network_height, network_width = prediction.network_shape
    pairs = [
        ("Time", f"{1000 * timing.total_s:.0f} ms"),
        (
            "Prepare, network, enlarge",
            f"{1000 * timing.preprocess_s:.0f} + {1000 * timing.network_s:.0f} + "
            f"{1000 * timing.postprocess_s:.0f} ms",
        ),
        ("Photo", f"{width} x {height}"),
        ("Seen at", f"{network_width} x {network_height}"),
        ("Mean confidence", f"{prediction.confidence.mean():.0%}"),
        ("Parameters", f"{card.parameters / 1e6:.1f} M"),
        ("Multiply-adds", f"{card.multiply_adds / 1e9:.1f} G"),
        *((f"Mean IoU, {score.data}", f"{score.mean_iou:.3f}") for score in card.scores),
    ]
    return (
        f"<p><strong>{escape(architecture_name(entry))}</strong> on '{escape(card.labels.title)}'. "
        f"{escape(card.limits)}</p>{grid(pairs)}"
        f'<p class="licence">Licence of the weights: {escape(card.licence)}</p>'
    )


def _link_to_compare(example: str) -> str:
    """Where to see other models on the same example; a link cannot carry a visitor's photo."""
    if not example:
        return ""
    return f'<p><a href="compare?example={escape(example)}">{escape(texts.COMPARE_LINK)}</a></p>'


def read_ground_truth(
    mask: bytes, photo: UploadedPhoto, labels: LabelSet, reading: str | None
) -> GroundTruth:
    """Read the mask of a photo.

    Args:
        mask: Contents of the mask's file.
        photo: The photo.
        labels: Label set in which the mask is wanted.
        reading: Id of the reading that is wanted; where the mask cannot be read so, as after a
            change of mask, the likeliest is taken.

    Returns:
        The ground truth.

    Raises:
        SegdemoError: If the mask does not fit.
    """
    read = functools.partial(
        read_truth, mask, labels, photo=photo.image, photo_source=photo.contents
    )
    if reading:
        with contextlib.suppress(MaskError):
            return read(reading=reading)
    return read()


def report_scores(assessment: Assessment, truth: GroundTruth) -> ScoreReport:
    """Turn a judgement into what the page shows."""
    scores = assessment.scores
    numbers = [(metric.title, shown_number(getattr(scores, metric.name))) for metric in METRICS]
    columns = [getattr(scores, metric.name) for metric in METRICS_PER_CLASS]
    rows = [
        [name, *(shown_number(value) for value in values)]
        for name, *values in zip(scores.class_names, *columns, strict=True)
        if not math.isnan(values[0])
    ]
    return ScoreReport(
        summary="".join(
            [grid(numbers), *map(paragraph, [f"Mask: {truth.summary}", *_errors(assessment)])]
        ),
        rows=rows,
        policy=scores.statement,
        conventions=[
            [convention.title, shown_number(value), convention.statement]
            for convention, value in assessment.conventions
        ],
        reading=truth.reading,
        readings=readings_of(truth),
    )


def readings_of(truth: GroundTruth) -> list[tuple[str, str]]:
    """Phrase and id of the reading of a mask that was taken, and of the others possible."""
    return [(truth.encoding, truth.reading), *((text, key) for key, text in truth.alternatives)]


def _errors(assessment: Assessment) -> list[str]:
    """What is wrong, if anything: kinds of errors and the classes taken for each other."""
    names = assessment.scores.class_names
    if not assessment.confused:
        return []
    kinds = ", ".join(f"{kind} {share:.1%}" for kind, share in assessment.error_shares.items())
    pairs = ", ".join(
        f"{names[pair.target]} taken for {names[pair.pred]} ({pair.share:.0%})"
        for pair in assessment.confused[:3]
    )
    return [f"Wrong pixels by kind: {kinds}. Most of them: {pairs}."]
