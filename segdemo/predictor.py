"""From a photo to a prediction: resize, normalise, run the network, bring logits back."""

import functools
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from segdemo.card import Preprocessing
from segdemo.engines.cores import usable_cores
from segdemo.engines.engine import Engine
from segdemo.engines.onnx import load_onnx_engine
from segdemo.enlarging import map_strips
from segdemo.errors import WeightsError
from segdemo.labels import LabelSet
from segdemo.prediction import Logits, Prediction, Timing
from segdemo.zoo import WEIGHTS_DIR, ZooEntry, check_digest, find_model, read_card

MINIMUM_SIDE_PX = 32
"""The smallest height and width the networks take; narrower photos are padded to it."""

_LOADED_MODELS = 6
"""Models kept in memory, about 40 MB each; the least recently used one leaves."""

_MOST_STRIPS_AT_ONCE = 8
"""Bounds the memory of enlarging, whatever the number of cores."""


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
            Class and confidence of every pixel, and the logits that they were made from.
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
            logits=Logits(logits, used),
        )


def load_predictor(
    model_id: str,
    *,
    weights_dir: Path = WEIGHTS_DIR,
    device: str = "cpu",
    threads: int | None = None,
) -> Predictor:
    """Load a model by its id, or give the one already loaded: see ``predictor_of``.

    Args:
        model_id: Such as ``deeplabv3plus-street``.
        weights_dir: Folder of the weights.
        device: ``cpu``, ``cuda`` or another device of PyTorch.
        threads: See ``predictor_of``.

    Returns:
        The model, ready.

    Raises:
        UnknownNameError: If there is no such model or device.
        WeightsError: If its file is damaged or not the one published.
    """
    return predictor_of(find_model(model_id, weights_dir), device=device, threads=threads)


def predictor_of(entry: ZooEntry, *, device: str = "cpu", threads: int | None = None) -> Predictor:
    """Load a model of the zoo, or give the one already loaded.

    On the CPU ONNX Runtime runs it; PyTorch is only imported for other devices, and for a model
    that has no ``.onnx`` file.

    Args:
        entry: The model.
        device: ``cpu``, ``cuda`` or another device of PyTorch.
        threads: How many threads of ONNX Runtime share one photo; None for one per core, which
            answers soonest. Where several photos are in work at once, one thread each gets the
            most done.

    Returns:
        The model, ready.

    Raises:
        UnknownNameError: If there is no such device.
        WeightsError: If its file is damaged or not the one published.
    """
    # Times of change are part of the key, so that a new file of the same name is seen.
    modified = tuple(path.stat().st_mtime_ns for path in entry.paths)
    return _load(entry.safetensors_path, entry.onnx_path, modified, device, threads)


@functools.lru_cache(maxsize=_LOADED_MODELS)
def _load(
    safetensors_path: Path,
    onnx_path: Path | None,
    modified: tuple[int, ...],
    device: str,
    threads: int | None,
) -> Predictor:
    entry = ZooEntry(read_card(safetensors_path), safetensors_path, onnx_path)
    return Predictor(
        model_id=entry.model_id,
        labels=entry.card.labels,
        preprocessing=entry.card.preprocessing,
        engine=_load_engine(entry, device, threads),
    )


def weights_path(entry: ZooEntry, *, device: str = "cpu") -> Path:
    """The file of a model that runs on a device: ``.onnx`` on the CPU if there is one."""
    return entry.onnx_path if entry.onnx_path and device == "cpu" else entry.safetensors_path


def _load_engine(entry: ZooEntry, device: str, threads: int | None) -> Engine:
    path = weights_path(entry, device=device)
    check_digest(path)
    if path == entry.onnx_path:
        engine = load_onnx_engine(path, threads=threads)
        if engine.card != entry.card:
            raise WeightsError(
                f"The two weights files of '{entry.model_id}' are not of one making. Publish or "
                f"fetch the model again."
            )
        return engine
    # Serving from .onnx never pays for these imports.
    from segdemo.engines.torch import load_torch_engine
    from segdemo.models.weights import load_network

    return load_torch_engine(load_network(entry.card, entry.safetensors_path), device)


def prepare(image: Image.Image, preprocessing: Preprocessing) -> tuple[np.ndarray, tuple[int, int]]:
    """Turn a photo into the network's input.

    Args:
        image: Photo, mode RGB.
        preprocessing: The model's own settings.

    Returns:
        x of shape (1, 3, H', W'), float32, normalised; and the height and width in pixels of the
        photo within it, from the top left: the rest, if any, repeats the photo's edge.
    """
    # Small photos are enlarged: to a network, things of another size are other things.
    scale = preprocessing.longest_side_px / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    if (width, height) != image.size:
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    rgb = np.asarray(image)
    x = np.empty((3, height, width), dtype=np.float32)
    for channel, (mean, std) in enumerate(zip(preprocessing.mean, preprocessing.std, strict=True)):
        # (value / 255 - mean) / std, in one multiplication and one subtraction.
        np.multiply(rgb[..., channel], np.float32(1 / (255 * std)), out=x[channel])
        x[channel] -= mean / std
    missing = (max(0, MINIMUM_SIDE_PX - height), max(0, MINIMUM_SIDE_PX - width))
    if any(missing):
        x = np.pad(x, ((0, 0), (0, missing[0]), (0, missing[1])), mode="edge")
    return x[None], (height, width)


def classify(
    logits: np.ndarray, *, shape: tuple[int, int], used: tuple[float, float] = (1.0, 1.0)
) -> tuple[np.ndarray, np.ndarray]:
    """Enlarge logits bilinearly to a photo's size and take the likeliest class of each pixel.

    Works in strips of rows, several at once: the enlarged logits of a large photo never exist as a
    whole.

    Args:
        logits: Shape (C, h, w), float32.
        shape: Height H and width W of the photo in pixels.
        used: Share of the logits' height and width, from the top left, that shows the photo.

    Returns:
        Class index of shape (H, W), uint8, and its softmax probability, (H, W), float32.
    """
    label_map = np.empty(shape, dtype=np.uint8)
    confidence = np.empty(shape, dtype=np.float32)

    def fill(rows: slice, enlarged: np.ndarray) -> None:
        label_map[rows], confidence[rows] = _likeliest(enlarged)

    # list: the work is done when it is asked for, and errors must come through
    list(map_strips(fill, logits, shape=shape, used=used, mapper=_workers().map))
    return label_map, confidence


@functools.cache
def _workers() -> ThreadPoolExecutor:
    """The threads that enlarge logits, started when first needed and shared by all photos."""
    return ThreadPoolExecutor(min(usable_cores(), _MOST_STRIPS_AT_ONCE))


def _likeliest(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index of the largest logit per pixel and its softmax probability; overwrites ``logits``.

    Args:
        logits: Shape (C, H, W), float32.

    Returns:
        Class index of shape (H, W), uint8, the lowest one on a tie; and its probability.
    """
    largest = logits.max(axis=0)
    label_map = np.zeros(largest.shape, dtype=np.uint8)
    # Whole planes from the last class down: several times faster than argmax along the first axis.
    for index in reversed(range(len(logits))):
        np.copyto(label_map, np.uint8(index), where=logits[index] == largest)
    logits -= largest
    np.exp(logits, out=logits)
    return label_map, 1 / logits.sum(axis=0)
