"""From a photo to a prediction: resize, normalise, run the network, bring logits back."""

import functools
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from segdemo.card import Preprocessing
from segdemo.engines.engine import Engine
from segdemo.engines.onnx import load_onnx_engine
from segdemo.labels import LabelSet
from segdemo.prediction import Prediction, Timing
from segdemo.zoo import WEIGHTS_DIR, ZooEntry, check_digest, find_model

MINIMUM_SIDE_PX = 32
"""The smallest height and width the networks take; narrower photos are padded to it."""

_LOADED_MODELS = 6
"""Models kept in memory, about 40 MB each; the least recently used one leaves."""

_STRIP_VALUES = 1 << 20
"""Logits that one strip of the photo may hold: 4 MB, so that a strip stays in cache."""


@dataclass(frozen=True)
class Predictor:
    """A model ready to segment photos; safe to share between threads.

    Args:
        model_id: Name that its predictions carry.
        labels: Label set of the network's outputs.
        preprocessing: How a photo becomes the network's input.
        engine: What runs the network.
    """

    model_id: str
    labels: LabelSet
    preprocessing: Preprocessing
    engine: Engine

    def predict(self, image: Image.Image) -> Prediction:
        """Segment a photo.

        Args:
            image: Photo, mode RGB, any size.

        Returns:
            Class and confidence of every pixel.
        """
        start = time.perf_counter()
        x, content = prepare(image, self.preprocessing)
        prepared = time.perf_counter()
        logits = self.engine.run(x)[0]
        ran = time.perf_counter()
        used = (content[0] / x.shape[2], content[1] / x.shape[3])
        label_map, confidence = classify(logits, shape=(image.height, image.width), used=used)
        done = time.perf_counter()
        return Prediction(
            model_id=self.model_id,
            labels=self.labels,
            label_map=label_map,
            confidence=confidence,
            network_shape=content,
            timing=Timing(
                preprocess_s=prepared - start,
                network_s=ran - prepared,
                postprocess_s=done - ran,
            ),
        )


def load_predictor(model_id: str, *, weights_dir: Path = WEIGHTS_DIR) -> Predictor:
    """Load a model, or give the one already loaded.

    ONNX Runtime runs it on the CPU; PyTorch is only imported where there is no ``.onnx`` file.

    Args:
        model_id: Such as ``deeplabv3plus-street``.
        weights_dir: Folder of the weights.

    Returns:
        The model, ready.

    Raises:
        UnknownNameError: If there is no such model.
        WeightsError: If its file is damaged or not the one published.
    """
    entry = find_model(model_id, weights_dir)
    path = entry.onnx_path or entry.safetensors_path
    return _load(entry.model_id, weights_dir, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=_LOADED_MODELS)
def _load(model_id: str, weights_dir: Path, modified_ns: int) -> Predictor:
    """Load a model; ``modified_ns`` is part of the key so that a new file is seen."""
    entry = find_model(model_id, weights_dir)
    return Predictor(
        model_id=model_id,
        labels=entry.card.labels,
        preprocessing=entry.card.preprocessing,
        engine=_load_engine(entry),
    )


def _load_engine(entry: ZooEntry) -> Engine:
    if entry.onnx_path:
        check_digest(entry.onnx_path)
        return load_onnx_engine(entry.onnx_path)
    check_digest(entry.safetensors_path)
    # Serving from .onnx never pays for these imports.
    import torch

    from segdemo.engines.torch import TorchEngine
    from segdemo.models.weights import load_network

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = load_network(entry.card, entry.safetensors_path)
    return TorchEngine(network.to(device).to(memory_format=torch.channels_last), device)


def prepare(image: Image.Image, preprocessing: Preprocessing) -> tuple[np.ndarray, tuple[int, int]]:
    """Turn a photo into the network's input.

    Args:
        image: Photo, mode RGB.
        preprocessing: The model's own settings.

    Returns:
        x of shape (1, 3, H', W'), float32, normalised; and the height and width in pixels of the
        photo within it, from the top left: the rest, if any, repeats the photo's edge.
    """
    scale = min(1.0, preprocessing.longest_side_px / max(image.size))
    width, height = (max(1, round(side * scale)) for side in image.size)
    if (width, height) != image.size:
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    # One multiplication and one addition per value, done in place.
    mean = np.array(preprocessing.mean, dtype=np.float32)
    std = np.array(preprocessing.std, dtype=np.float32)
    x = np.asarray(image).transpose(2, 0, 1).astype(np.float32)
    x *= (1 / (255 * std))[:, None, None]
    x -= (mean / std)[:, None, None]
    missing = (max(0, MINIMUM_SIDE_PX - height), max(0, MINIMUM_SIDE_PX - width))
    if any(missing):
        x = np.pad(x, ((0, 0), (0, missing[0]), (0, missing[1])), mode="edge")
    return np.ascontiguousarray(x[None]), (height, width)


def classify(
    logits: np.ndarray, *, shape: tuple[int, int], used: tuple[float, float] = (1.0, 1.0)
) -> tuple[np.ndarray, np.ndarray]:
    """Enlarge logits bilinearly to a photo's size and take the likeliest class of each pixel.

    Works in strips of rows: the enlarged logits of a large photo never exist as a whole.

    Args:
        logits: Shape (C, h, w), float32.
        shape: Height H and width W of the photo in pixels.
        used: Share of the logits' height and width, from the top left, that shows the photo.

    Returns:
        Class index of shape (H, W), uint8, and its softmax probability, (H, W), float32.
    """
    num_classes, logits_height, logits_width = logits.shape
    height, width = shape
    label_map = np.empty((height, width), dtype=np.uint8)
    confidence = np.empty((height, width), dtype=np.float32)
    # Pillow rather than matrix products: its one thread per call keeps its pace on a busy host.
    planes = [Image.fromarray(plane) for plane in logits]
    right, scale = logits_width * used[1], logits_height * used[0] / height
    rows_per_strip = max(1, _STRIP_VALUES // (num_classes * width))
    for top in range(0, height, rows_per_strip):
        bottom = min(top + rows_per_strip, height)
        box = (0, top * scale, right, bottom * scale)
        enlarged = np.stack(
            [
                np.asarray(plane.resize((width, bottom - top), Image.Resampling.BILINEAR, box))
                for plane in planes
            ]
        )
        label_map[top:bottom], confidence[top:bottom] = _likeliest(enlarged)
    return label_map, confidence


def _likeliest(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index of the largest logit per pixel and its softmax probability; (C, H, W) to (H, W)."""
    largest = logits[0].copy()
    label_map = np.zeros(largest.shape, dtype=np.uint8)
    # Class by class over whole planes: several times faster than argmax along the first axis.
    for index in range(1, len(logits)):
        label_map[logits[index] > largest] = index
        np.maximum(largest, logits[index], out=largest)
    exponentials = np.exp(logits - largest)
    return label_map, 1 / exponentials.sum(axis=0)
