"""Timing an evaluation, files to scores, beside the same model's predicting alone."""

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from segdemo.bench.counting import label_regions
from segdemo.engines.cores import usable_cores
from segdemo.evaluation import Pair, evaluate
from segdemo.images import load_photo
from segdemo.labels import LabelSet
from segdemo.predictor import Predictor, predictor_of
from segdemo.views.overlays import indexed
from segdemo.zoo import list_models

PHOTO_SIZE = (500, 375)
"""Width and height of the made-up photos: the usual size of VOC."""

PAIRS = 48
"""Photos of each timed turn: enough that starting and ending do not count."""

_NOISE = 12


def bench_evaluating(*, rounds: int, pairs: int = PAIRS) -> Iterator[str]:
    """Time each model's evaluation beside its predicting alone, in turns.

    Evaluating decodes a JPEG and a PNG, predicts, and counts for region metrics and calibration;
    predicting alone goes over the same photos, decoded beforehand. Evaluating works on several
    photos with one thread each, as ``evaluate`` does; predicting alone on one with all cores, as
    the page does.

    Args:
        rounds: Timed turns of each.
        pairs: Pairs of each turn.

    Yields:
        Lines of the report: images a second of both, medians, and the median ratio within a round.
    """
    width, height = PHOTO_SIZE
    yield (
        f"Evaluation of {pairs} pairs of {width}x{height}, {usable_cores()} cores, median of "
        f"{rounds} rounds; images a second evaluated and predicted alone, ratio:"
    )
    for entry in list_models():
        predictor = predictor_of(entry)
        with tempfile.TemporaryDirectory(prefix="segdemo-bench-") as folder:
            found = _write_pairs(Path(folder), predictor.labels, pairs)
            evaluator = predictor_of(entry, threads=1)
            yield f"{entry.model_id:<50}{_compared(evaluator, predictor, found, rounds)}"


def _compared(
    evaluator: Predictor, predictor: Predictor, pairs: Sequence[Pair], rounds: int
) -> str:
    photos = [load_photo(pair.image_path) for pair in pairs]
    evaluated, predicted = [], []
    for turn in range(rounds + 1):
        start = time.perf_counter()
        evaluate(evaluator, pairs)
        between = time.perf_counter()
        for photo in photos:
            predictor.predict(photo)
        end = time.perf_counter()
        if turn:  # the first turn warms caches and threads up
            evaluated.append(len(pairs) / (between - start))
            predicted.append(len(pairs) / (end - between))
    ratio = statistics.median(one / other for one, other in zip(evaluated, predicted, strict=True))
    return (
        f"{statistics.median(evaluated):8.1f} /s{statistics.median(predicted):8.1f} /s   "
        f"{ratio:.2f} times as many"
    )


def _write_pairs(folder: Path, labels: LabelSet, number: int) -> list[Pair]:
    """Photos of regions in the classes' colours with some noise, and their masks."""
    rng = np.random.default_rng(0)
    width, height = PHOTO_SIZE
    pairs = []
    for index in range(number):
        regions = label_regions(rng, max(PHOTO_SIZE), num_classes=labels.num_classes)
        label_map = np.ascontiguousarray(regions[:height, :width])
        noise = rng.integers(-_NOISE, _NOISE + 1, (height, width, 3))
        photo = np.clip(labels.palette[label_map] + noise, 0, 255).astype(np.uint8)
        pair = Pair(f"{index:04}", folder / f"{index:04}.jpg", folder / f"{index:04}.png")
        Image.fromarray(photo).save(pair.image_path, quality=90)
        indexed(label_map, labels).save(pair.mask_path)
        pairs.append(pair)
    return pairs
