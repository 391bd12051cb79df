"""Timing the models beside a known one."""

import platform
from collections.abc import Callable, Iterator

import numpy as np
import torch
from PIL import Image
from torchvision.models.segmentation import deeplabv3_mobilenet_v3_large

from segdemo.bench.single import PHOTO_SIZE, timed_photo
from segdemo.bench.turns import median_seconds
from segdemo.engines.cores import usable_cores
from segdemo.predictor import Predictor, predictor_of
from segdemo.timings import Timings, write_timings
from segdemo.zoo import list_models

REFERENCE = "torchvision deeplabv3_mobilenet_v3_large, eager"


def bench_models(*, rounds: int, write: bool = False) -> Iterator[str]:
    """Time every model and a known one, warm, photo in and label map out.

    Args:
        rounds: Timed turns of each candidate.
        write: Whether the times are kept beside the weights.

    Yields:
        Lines of the report: median milliseconds and the ratio to the reference.
    """
    photo = timed_photo()
    candidates: dict[str, Callable[[], object]] = {REFERENCE: _reference(photo)}
    sizes = {REFERENCE: PHOTO_SIZE}
    for entry in list_models():
        predictor = predictor_of(entry)
        candidates[entry.model_id] = _prediction(predictor, photo)
        sizes[entry.model_id] = predictor.predict(photo).network_shape[::-1]
    medians = median_seconds(candidates, rounds=rounds)
    width, height = PHOTO_SIZE
    yield (
        f"{width}x{height} photo, {usable_cores()} cores, median of {rounds} rounds; "
        "size at which the network sees it, time, ratio to the first line:"
    )
    for name, median in medians.items():
        ratio = medians[REFERENCE] / median
        seen = "x".join(map(str, sizes[name]))
        yield f"{name:<50}{seen:>9}{1000 * median:8.1f} ms   {ratio:.2f} times as fast"
    if write:
        yield f"written to {write_timings(_timings(medians))}"


def _timings(medians: dict[str, float]) -> Timings:
    milliseconds = {name: round(1000 * median, 1) for name, median in medians.items()}
    return Timings(
        processor=platform.machine(),
        cores=usable_cores(),
        photo_size=PHOTO_SIZE,
        reference=REFERENCE,
        reference_ms=milliseconds.pop(REFERENCE),
        model_ms=milliseconds,
    )


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
