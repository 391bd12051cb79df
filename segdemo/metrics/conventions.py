"""Conventions: the mean IoU that other libraries print for the same masks.

They all count the same pixels; they differ in whether images are pooled or averaged, and in what
a class that is missing counts. Each rule was read from the library's source: mmsegmentation 1.2.2,
cityscapesScripts 2.3.0, evaluate 0.4.6, torchmetrics 1.9.0, segmentation-models-pytorch 0.6.0,
PaddleSeg 2.8.0, Ultralytics 8.4.190, and for torchvision's references and CSAIL's ADE20K code,
their repositories.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from segdemo.metrics.division import marginals, mean_of_occurring


@dataclass(frozen=True)
class Convention:
    """How a library makes one mean IoU of many masks.

    Args:
        id: Name for programs.
        title: Name for people.
        statement: One sentence on what it does, for people.
    """

    id: str
    title: str
    statement: str


@dataclass(frozen=True, eq=False)
class _Areas:
    """Pixels per image and class, each of shape (N, C), int64: all that the rules look at."""

    intersection: np.ndarray
    union: np.ndarray
    actual: np.ndarray


def score_as(confmats: Sequence[np.ndarray] | np.ndarray, convention: str) -> float:
    """Mean IoU that another library prints for the same masks.

    Void pixels are taken to be left out, as every library does if told to (by its
    ``ignore_index`` or the like), except torchmetrics' ``MeanIoU``: there the caller must take
    them out. Libraries that count in float32 differ from this in the last digits, and some print
    percent. What happens before counting, such as torchvision's resizing of the ground truth, is
    not imitated; nor is what Ultralytics does with a single class, a foreground over a background.

    Args:
        confmats: One confusion matrix per image, as from :func:`confusion_matrix`: a sequence of
            arrays of shape (C, C) or one array of shape (N, C, C), integer; at least one.
        convention: ``id`` of one of ``CONVENTIONS``.

    Returns:
        Fraction in [0, 1], higher is better; NaN where the library gives none.

    Raises:
        ValueError: If there is no matrix, one is no square integer matrix of counts, sizes
            differ, or the convention is unknown.

    Example:
        >>> confmat = np.array([[2, 1, 0], [0, 1, 0], [0, 0, 0]])  # class 2 is absent
        >>> round(score_as([confmat], "mmsegmentation"), 4)  # (2/3 + 1/2) / 2
        0.5833
        >>> round(score_as([confmat], "smp_macro"), 4)  # (2/3 + 1/2 + 1) / 3
        0.7222
    """
    rules = {known.id: rule for known, rule in _RULES.items()}
    if convention not in rules:
        raise ValueError(f"convention must be one of {', '.join(rules)}, got {convention}")
    return rules[convention](_areas(confmats))


def score_as_all(
    confmats: Sequence[np.ndarray] | np.ndarray,
) -> tuple[tuple[Convention, float], ...]:
    """Mean IoU of the same masks under every convention.

    Args:
        confmats: One confusion matrix per image, as for :func:`score_as`.

    Returns:
        Each of ``CONVENTIONS``, in that order, with what :func:`score_as` gives for it.

    Raises:
        ValueError: If there is no matrix, one is no square integer matrix of counts or sizes
            differ.

    Example:
        >>> confmat = np.array([[2, 1, 0], [0, 1, 0], [0, 0, 0]])  # class 2 is absent
        >>> values = [value for _, value in score_as_all([confmat])]
        >>> f"{np.nanmin(values):.4f} to {np.nanmax(values):.4f}"
        '0.3889 to 0.7222'
    """
    areas = _areas(confmats)
    return tuple((convention, rule(areas)) for convention, rule in _RULES.items())


def _areas(confmats: Sequence[np.ndarray] | np.ndarray) -> _Areas:
    shapes = {confmat.shape for confmat in confmats}
    if len(shapes) != 1:
        raise ValueError(
            "confmats must be at least one matrix, all of one shape, got "
            + (", ".join(map(str, sorted(shapes))) or "none")
        )
    hits, predicted, actual = np.array([marginals(confmat) for confmat in confmats]).swapaxes(0, 1)
    return _Areas(hits, predicted + actual - hits, actual)


def _iou(intersection: np.ndarray, union: np.ndarray, *, absent: float) -> np.ndarray:
    """Quotients, with ``absent`` in place of 0 / 0: a class in neither prediction nor target."""
    quotient = np.full(union.shape, absent)
    np.divide(intersection, union, out=quotient, where=union > 0)
    return quotient


def _pooled(areas: _Areas, *, absent: float) -> np.ndarray:
    """IoU of each class over the pixels of all images, shape (C,)."""
    return _iou(areas.intersection.sum(axis=0), areas.union.sum(axis=0), absent=absent)


def _over_classes_that_occur(areas: _Areas) -> float:
    return mean_of_occurring(_pooled(areas, absent=np.nan))


def _over_classes_none_absent(areas: _Areas) -> float:
    return float(_pooled(areas, absent=np.nan).mean())


def _over_classes_absent_as_zero(areas: _Areas) -> float:
    return float(_pooled(areas, absent=0.0).mean())


def _over_classes_absent_as_one(areas: _Areas) -> float:
    return float(_pooled(areas, absent=1.0).mean())


def _over_classes_of_the_target(areas: _Areas) -> float:
    in_target = areas.actual.sum(axis=0) > 0
    return float(_pooled(areas, absent=0.0)[in_target].mean()) if in_target.any() else 0.0


def _over_pairs_of_image_and_class(areas: _Areas) -> float:
    return mean_of_occurring(_iou(areas.intersection, areas.union, absent=np.nan))


def _over_images_and_classes_absent_as_one(areas: _Areas) -> float:
    return float(_iou(areas.intersection, areas.union, absent=1.0).mean())


def _over_pixels(areas: _Areas) -> float:
    union = areas.union.sum()
    return float(areas.intersection.sum() / union) if union else float("nan")


_RULES: dict[Convention, Callable[[_Areas], float]] = {
    Convention(
        "mmsegmentation",
        "mmsegmentation, Cityscapes, FCN",
        "Counts all images together and averages over the classes that are in the prediction or "
        "in the ground truth, as segdemo does.",
    ): _over_classes_that_occur,
    Convention(
        "huggingface",
        "Hugging Face evaluate mean_iou",
        "Counts as mmsegmentation does, but has no default for the void label.",
    ): _over_classes_that_occur,
    Convention(
        "torchmetrics_jaccard",
        "torchmetrics MulticlassJaccardIndex (macro)",
        "Counts as mmsegmentation does if the void label is given as ignore_index.",
    ): _over_classes_that_occur,
    Convention(
        "torchvision",
        "torchvision references, PASCAL VOC devkit",
        "Counts all images together, and gives no number if any class is in neither the "
        "prediction nor the ground truth.",
    ): _over_classes_none_absent,
    Convention(
        "ade20k",
        "ADE20K, CSAIL",
        "Counts all images together and scores a class that is in neither the prediction nor the "
        "ground truth 0.",
    ): _over_classes_absent_as_zero,
    Convention(
        "paddleseg",
        "PaddleSeg",
        "Counts as ADE20K does: an absent class scores 0.",
    ): _over_classes_absent_as_zero,
    Convention(
        "smp_macro",
        "segmentation-models-pytorch, macro",
        "Counts all images together and scores a class that is in neither the prediction nor the "
        "ground truth 1.",
    ): _over_classes_absent_as_one,
    Convention(
        "smp_micro",
        "segmentation-models-pytorch, micro",
        "Adds up the intersections and the unions of all classes before it divides, so that large "
        "classes decide.",
    ): _over_pixels,
    Convention(
        "smp_macro_imagewise",
        "segmentation-models-pytorch, macro-imagewise",
        "Averages over all classes of each image alone, where the classes that an image does not "
        "show score 1.",
    ): _over_images_and_classes_absent_as_one,
    Convention(
        "torchmetrics_mean_iou",
        "torchmetrics MeanIoU",
        "Scores each class of each image alone, averages over all pairs of an image and a class "
        "in its prediction or ground truth, and knows no void label.",
    ): _over_pairs_of_image_and_class,
    Convention(
        "ultralytics",
        "Ultralytics semantic segmentation",
        "Counts all images together and averages over the classes in the ground truth only, so "
        "that a class that is only predicted counts nowhere itself.",
    ): _over_classes_of_the_target,
}

CONVENTIONS = tuple(_RULES)
"""The conventions, in the order in which they are shown: those that count like segdemo first."""
