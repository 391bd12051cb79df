"""Where several label maps of one image disagree, and how alike each two of them are.

No map is the truth here: every number is the same in whatever order the maps come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from segdemo.metrics.confusion import confusion_matrix
from segdemo.metrics.region import mean_iou, pixel_accuracy


@dataclass(frozen=True)
class PairAgreement:
    """How alike two of several label maps are.

    Args:
        first: Position of one map among those given, from 0.
        second: Position of the other, above ``first``.
        pixel_agreement: Share of the pixels on which both say the same, 0 to 1; NaN where no
            pixel counts.
        mean_iou: Mean over the classes in either map of their intersection over union, 0 to 1;
            NaN likewise.
    """

    first: int
    second: int
    pixel_agreement: float
    mean_iou: float


def count_votes(
    label_maps: Sequence[np.ndarray], *, num_classes: int, ignore_index: int = 255
) -> np.ndarray:
    """Count the different classes that several label maps name on each pixel.

    Args:
        label_maps: Two maps or more, each of shape (H, W), integer, 0..C-1 or ``ignore_index``.
        num_classes: Number of classes C, background included.
        ignore_index: Label of void pixels; a pixel that is void in any of the maps counts for
            none.

    Returns:
        New array of shape (H, W), uint8: 1 where all maps agree, up to their number where each
        says something else, 0 where any is void.

    Raises:
        ValueError: If there are fewer than two maps, their shapes differ or are no (H, W), or
            :func:`confusion_matrix` would refuse one of them.

    Example:
        >>> first, second = np.array([[0, 1, 1]]), np.array([[0, 2, 255]])
        >>> count_votes([first, second], num_classes=3)
        array([[1, 2, 0]], dtype=uint8)
    """
    _check(label_maps, num_classes, ignore_index)
    votes = np.zeros(label_maps[0].shape, dtype=np.uint8)
    for position, label_map in enumerate(label_maps):
        is_new = np.ones(label_map.shape, dtype=bool)
        for earlier in label_maps[:position]:
            is_new &= label_map != earlier
        votes += is_new
    votes[_void(label_maps, ignore_index)] = 0
    return votes


def vote_shares(votes: np.ndarray) -> np.ndarray:
    """Share of the pixels on which so many different classes were named.

    Args:
        votes: What :func:`count_votes` gave: shape (H, W), uint8, 0 for a pixel that does not
            count.

    Returns:
        Array of shape (M + 1,), float64, for the largest count M in ``votes``: entry v is the
        share of v different classes in all pixels that count, entry 0 is 0; they sum to 1. At
        least entries 0 and 1 are there; all are NaN where no pixel counts.

    Example:
        >>> vote_shares(np.array([[1, 2, 0], [1, 1, 0]], dtype=np.uint8))
        array([0.  , 0.75, 0.25])
    """
    counts = np.zeros(256, dtype=np.int64)
    # In strips: counting copies its input as int64, eight times the size of the votes.
    for strip in np.array_split(votes.ravel(), 1 + (votes.size >> 20)):
        counts += np.bincount(strip, minlength=256)
    counts = counts[: max(2, int(votes.max(initial=0)) + 1)]
    counts[0] = 0
    valid = counts.sum()
    return counts / valid if valid else np.full(counts.shape, np.nan)


def disagreement_share(votes: np.ndarray) -> float:
    """Share of the pixels on which not all label maps agree.

    Args:
        votes: What :func:`count_votes` gave.

    Returns:
        Fraction in [0, 1] of the pixels that count, lower is more alike; NaN where none does.

    Example:
        >>> disagreement_share(np.array([[1, 2, 0], [1, 1, 0]], dtype=np.uint8))
        0.25
    """
    return float(vote_shares(votes)[2:].sum()) if votes.any() else float("nan")


def pairwise_agreement(
    label_maps: Sequence[np.ndarray], *, num_classes: int, ignore_index: int = 255
) -> tuple[PairAgreement, ...]:
    """Measure how alike each two of several label maps are.

    Intersection over union does not ask which of two maps is the truth, so neither do these.

    Args:
        label_maps: Two maps or more, each of shape (H, W), integer, 0..C-1 or ``ignore_index``.
        num_classes: Number of classes C, background included.
        ignore_index: Label of void pixels; one that is void in either map of a pair does not
            count for the pair.

    Returns:
        One entry per pair, in the order of the maps: 0 and 1, 0 and 2, and so on.

    Raises:
        ValueError: If there are fewer than two maps, their shapes differ or are no (H, W), or
            :func:`confusion_matrix` refuses one of them.

    Example:
        >>> (pair,) = pairwise_agreement([np.array([[0, 1]]), np.array([[0, 0]])], num_classes=2)
        >>> pair.pixel_agreement, pair.mean_iou  # class 0: 1 of 2, class 1: 0 of 1
        (0.5, 0.25)
    """
    _check(label_maps, num_classes, ignore_index)
    pairs = []
    for (first, one), (second, other) in combinations(enumerate(label_maps), 2):
        confmat = _count_pair(one, other, num_classes, ignore_index)
        pairs.append(PairAgreement(first, second, pixel_accuracy(confmat), mean_iou(confmat)))
    return tuple(pairs)


def _count_pair(
    one: np.ndarray, other: np.ndarray, num_classes: int, ignore_index: int
) -> np.ndarray:
    """Confusion matrix of two maps, of which either may have void pixels."""
    void = one == ignore_index
    if not void.any():
        return confusion_matrix(one, other, num_classes=num_classes, ignore_index=ignore_index)
    # A prediction may not be void: the pixel is made void in the other map, where it may.
    return confusion_matrix(
        np.where(void, 0, one),
        np.where(void, ignore_index, other),
        num_classes=num_classes,
        ignore_index=ignore_index,
    )


def _void(label_maps: Sequence[np.ndarray], ignore_index: int) -> np.ndarray:
    void = np.zeros(label_maps[0].shape, dtype=bool)
    for label_map in label_maps:
        void |= label_map == ignore_index
    return void


def _check(label_maps: Sequence[np.ndarray], num_classes: int, ignore_index: int) -> None:
    if len(label_maps) < 2:
        raise ValueError(f"label_maps must hold at least two maps, got {len(label_maps)}")
    shapes = {label_map.shape for label_map in label_maps}
    if len(shapes) > 1 or len(label_maps[0].shape) != 2:
        raise ValueError(f"label_maps must all have one shape (H, W), got {sorted(shapes)}")
    for label_map in label_maps:
        # It checks every value; its counts are not needed.
        _count_pair(label_map, label_map, num_classes, ignore_index)
