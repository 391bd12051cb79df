"""Timing the confusion matrix, which every metric starts with, beside other libraries'."""

import tracemalloc
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np
import torch
from PIL import Image

from segdemo.bench.turns import median_seconds
from segdemo.engines.cores import usable_cores
from segdemo.metrics import confusion_matrix

NUM_CLASSES = 21
SIDE_PX = 2000
VOID = 255

OURS = "segdemo"

_GRID = 12
"""Random scores per side from which regions are grown."""

_EDGE_PX = 3
"""Width of the void band along regions: VOC's masks have one of about 5 pixels."""


def bench_counting(*, rounds: int, side_px: int = SIDE_PX) -> Iterator[str]:
    """Time the confusion matrix of a pair of square label maps in several libraries.

    Every library gets the type that suits it, made beforehand. Libraries that are not installed
    are named; they are no requirement of segdemo.

    Args:
        rounds: Timed turns of each candidate.
        side_px: Width and height of the label maps.

    Yields:
        Lines of the report: median milliseconds, the ratio to ours, and our working memory.

    Raises:
        RuntimeError: If a library counts differently, as its time then says nothing.
    """
    torch.set_num_threads(usable_cores())
    yield (
        f"Confusion matrix of {side_px}x{side_px} label maps, {NUM_CLASSES} classes, median of "
        f"{rounds} rounds; time, ratio to the first line:"
    )
    for kind, (pred, target) in _label_maps(side_px).items():
        candidates, missing = _candidates(pred, target)
        ours = candidates[OURS]()
        for name, candidate in candidates.items():
            if not np.array_equal(candidate(), ours):
                raise RuntimeError(f"{name} and segdemo count differently on {kind}")
        medians = median_seconds(candidates, rounds=rounds)
        for name, median in medians.items():
            ratio = median / medians[OURS]
            yield f"{kind:<9}{name:<50}{1000 * median:8.1f} ms   {ratio:.2f} times as long"
        yield from (f"{kind:<9}{name:<50}not installed" for name in missing)
        share = _peak_bytes(candidates[OURS]) / (pred.nbytes + target.nbytes)
        yield f"{kind:<9}{OURS}'s working memory: {share:.2f} times the two label maps"


def _candidates(
    pred: np.ndarray, target: np.ndarray
) -> tuple[dict[str, Callable[[], Any]], list[str]]:
    """Ways to count one pair, by name, and the names of those that are not installed."""
    pred_wide, target_wide = pred.ravel().astype(np.int64), target.ravel().astype(np.int64)
    tensors = torch.from_numpy(pred_wide), torch.from_numpy(target_wide)

    def bincount() -> np.ndarray:
        valid = target_wide != VOID
        pairs = NUM_CLASSES * target_wide[valid] + pred_wide[valid]
        return np.bincount(pairs, minlength=NUM_CLASSES**2).reshape(NUM_CLASSES, NUM_CLASSES)

    def scikit_learn(function: Callable[..., Any]) -> Callable[[], Any]:
        return lambda: function(target.ravel(), pred.ravel(), labels=np.arange(NUM_CLASSES))

    def torchmetrics(function: Callable[..., Any], *, checks: bool) -> Callable[[], Any]:
        return lambda: function(
            *tensors, num_classes=NUM_CLASSES, ignore_index=VOID, validate_args=checks
        )

    candidates: dict[str, Callable[[], Any]] = {
        OURS: lambda: confusion_matrix(pred, target, num_classes=NUM_CLASSES),
        "NumPy bincount, int64, nothing checked": bincount,
    }
    missing = []
    if function := _optional("sklearn.metrics", "confusion_matrix"):
        candidates["scikit-learn"] = scikit_learn(function)
    else:
        missing.append("scikit-learn")
    classification = "torchmetrics.functional.classification"
    if function := _optional(classification, "multiclass_confusion_matrix"):
        candidates["torchmetrics"] = torchmetrics(function, checks=True)
        candidates["torchmetrics, nothing checked"] = torchmetrics(function, checks=False)
    else:
        missing.append("torchmetrics")
    return candidates, missing


def _optional(module: str, name: str) -> Callable[..., Any] | None:
    try:
        return getattr(import_module(module), name)
    except ImportError:
        return None


def _label_maps(side_px: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Pairs of prediction and target, uint8: regions as photos have them, and noise."""
    rng = np.random.default_rng(0)
    regions = label_regions(rng, side_px)
    target = regions.copy()
    for axis in (0, 1):
        for shift in (-_EDGE_PX, _EDGE_PX):
            target[regions != np.roll(regions, shift, axis)] = VOID
    pred = np.roll(regions, (5, 7), axis=(0, 1))
    noise = rng.integers(NUM_CLASSES, size=(2, side_px, side_px), dtype=np.uint8)
    return {"regions": (pred, target), "noise": (noise[0], noise[1])}


def label_regions(
    rng: np.random.Generator, side_px: int, *, num_classes: int = NUM_CLASSES
) -> np.ndarray:
    """Make a label map of smooth regions, as a network's output looks.

    Args:
        rng: Source of the regions.
        side_px: Width and height.
        num_classes: Number of classes.

    Returns:
        The class of the highest of smooth random scores, shape (side_px, side_px), uint8.
    """
    labels = np.zeros((side_px, side_px), dtype=np.uint8)
    highest = np.full(labels.shape, -np.inf, dtype=np.float32)
    for index in range(num_classes):
        coarse = Image.fromarray(rng.random((_GRID, _GRID), dtype=np.float32))
        score = np.asarray(coarse.resize((side_px, side_px), Image.Resampling.BICUBIC))
        labels[score > highest] = index
        np.maximum(highest, score, out=highest)
    return labels


def _peak_bytes(function: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        function()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak
