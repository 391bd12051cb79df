"""Timing the models side by side in one run, so that ratios hold on a busy machine too."""

import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from PIL import Image
from torchvision.models.segmentation import deeplabv3_mobilenet_v3_large

from segdemo.engines.cores import usable_cores
from segdemo.predictor import Predictor, predictor_of
from segdemo.zoo import list_models

PHOTO_SIZE = (500, 375)
"""Width and height of the timed photo: the usual size of VOC."""

REFERENCE = "torchvision deeplabv3_mobilenet_v3_large, eager"


def bench(*, rounds: int) -> Iterator[str]:
    """Time every model and a known one, warm, photo in and label map out.

    Candidates take turns within a round, so that a slow moment of the machine meets them all. Each
    turn runs once without and once with the clock: the first meets the caches, and the waiting
    threads, that the candidate before left behind.

    Args:
        rounds: Timed turns of each candidate.

    Yields:
        Lines of the report: median milliseconds and the ratio to the reference.
    """
    photo = Image.fromarray(
        np.random.default_rng(0).integers(0, 256, (*PHOTO_SIZE[::-1], 3), dtype=np.uint8)
    )
    candidates: dict[str, Callable[[], object]] = {REFERENCE: _reference(photo)}
    sizes = {REFERENCE: PHOTO_SIZE}
    for entry in list_models():
        predictor = predictor_of(entry)
        candidates[entry.model_id] = _prediction(predictor, photo)
        sizes[entry.model_id] = predictor.predict(photo).network_shape[::-1]
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, candidate in candidates.items():
            candidate()
            start = time.perf_counter()
            candidate()
            seconds[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    width, height = PHOTO_SIZE
    yield (
        f"{width}x{height} photo, {usable_cores()} cores, median of {rounds} rounds; "
        "size at which the network sees it, time, ratio to the first line:"
    )
    for name, median in medians.items():
        ratio = medians[REFERENCE] / median
        seen = "x".join(map(str, sizes[name]))
        yield f"{name:<50}{seen:>9}{1000 * median:8.1f} ms   {ratio:.2f} times as fast"


def _prediction(predictor: Predictor, photo: Image.Image) -> Callable[[], object]:
    return lambda: predictor.predict(photo)


def _reference(photo: Image.Image) -> Callable[[], object]:
    """Torchvision's own way from photo to label map; weights do not change the time."""
    torch.set_num_threads(usable_cores())
    network = deeplabv3_mobilenet_v3_large(weights=None, weights_backbone=None).eval()

    def predict() -> object:
        x = torch.from_numpy(np.array(photo)).permute(2, 0, 1).float()[None] / 255
        with torch.inference_mode():
            return network(x)["out"].argmax(dim=1)

    return predict
