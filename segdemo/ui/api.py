"""Endpoints for other programs: gradio_client, curl and, where asked for, MCP.

Their inputs and outputs are never drawn: they say what a request holds, and guard it as the pages'
own inputs do. Docstrings of endpoints are what other programs read: a line for each argument, as
Gradio passes the first line on.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from segdemo.evaluation import Pair
from segdemo.predictor import predictor_of, weights_path
from segdemo.reporting import evaluate_pair as judge_pair
from segdemo.reporting import segmentation_json
from segdemo.ui import texts
from segdemo.ui.handlers import DEVICE, MODEL_QUEUE, model_of, shows_errors
from segdemo.ui.inputs import Choice, GivenFile, Photo, UploadedPhoto, new_folder
from segdemo.ui.pages.segment_inputs import first_model
from segdemo.views.overlays import indexed
from segdemo.zoo import ZooEntry, sha256


def build_api(entries: Sequence[ZooEntry]) -> None:
    """Build the endpoints ``segment`` and ``evaluate_pair`` inside the pages, which are open.

    Args:
        entries: The models there are, at least one.
    """
    first = first_model(entries).model_id
    with gr.Column(visible=False):
        model = Choice([one.model_id for one in entries], value=first, label=texts.API_MODEL)
        reading = gr.Textbox("", label=texts.READING)
        photo_file, mask_file = GivenFile(label=texts.PHOTO), GivenFile(label=texts.MASK)
        facts, scores = gr.JSON(label=texts.API_FACTS), gr.JSON(label=texts.API_SCORES)
        mask = gr.File(label=texts.API_MASK)
        gr.Button().click(
            _segment_with(entries),
            [Photo(label=texts.PHOTO), model],
            [facts, mask],
            api_name="segment",
            concurrency_id=MODEL_QUEUE,
        )
        gr.Button().click(
            _evaluate_pair_with(entries),
            [photo_file, mask_file, model, reading],
            scores,
            api_name="evaluate_pair",
            concurrency_id=MODEL_QUEUE,
        )


def _segment_with(entries: Sequence[ZooEntry]) -> Callable[..., tuple[dict[str, Any], str]]:
    @shows_errors
    def segment(photo: UploadedPhoto | None, model: str) -> tuple[dict[str, Any], str]:
        """Label every pixel of a photo with one model.

        Gives facts, then the mask. Facts: model, labels (id of the label set), width and height,
        areas (index, name, share from 0 to 1 and pixels of every class), mean_confidence, seconds
        by step, and the SHA-256 of the weights. The mask is a palette PNG of the photo's size
        whose pixels are class indices.

        Args:
            photo: The photo: JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or AVIF, at most 50 MB.
            model: Id of the model, such as deeplabv3plus-people_animals.

        Returns:
            Facts as JSON, and the mask's file.
        """
        if photo is None:
            raise gr.Error(texts.API_NO_PHOTO, print_exception=False)
        entry = model_of(entries, model)
        prediction = predictor_of(entry, device=DEVICE).predict(photo.image)
        mask_path = new_folder() / f"{entry.model_id}-mask.png"
        indexed(prediction.label_map, prediction.labels).save(mask_path)
        digest = sha256(weights_path(entry, device=DEVICE))
        return segmentation_json(prediction, weights_sha256=digest), str(mask_path)

    return segment


def _evaluate_pair_with(entries: Sequence[ZooEntry]) -> Callable[..., dict[str, Any]]:
    @shows_errors
    def evaluate_pair(
        photo: Path | None, mask: Path | None, model: str, reading: str = ""
    ) -> dict[str, Any]:
        """Segment a photo with one model and score the result against its ground truth.

        Gives scores with the keys of the command line's --json: mean_iou, iou_per_class,
        pixel_accuracy, policy (how was counted), encodings (how the mask was read) and others.

        Args:
            photo: The photo: JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or AVIF, at most 50 MB.
            mask: Ground truth of the photo's size: PNG of class ids or colours, .npy, COCO's JSON.
            model: Id of the model, such as deeplabv3plus-people_animals.
            reading: How to read the mask, such as voc-ids; empty for the likeliest way.

        Returns:
            Scores as JSON.
        """
        if photo is None:
            raise gr.Error(texts.API_NO_PHOTO, print_exception=False)
        if mask is None:
            raise gr.Error(texts.API_NO_MASK, print_exception=False)
        entry = model_of(entries, model)
        pair = Pair(photo.stem, photo, mask)
        return judge_pair(entry, pair, reading=reading or None, device=DEVICE)

    return evaluate_pair
