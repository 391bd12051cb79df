"""How far the score of a dataset can be trusted: its images are a sample of all images."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from segdemo.metrics.division import marginals
from segdemo.metrics.region import mean_iou

_BLOCK_BYTES = 2**25
"""Upper bound of each working array (32 MB), where one image or resample fits into it."""


@dataclass(frozen=True)
class MeanOverImages:
    """A mean of per-image scores, with what is needed to read it.

    Args:
        mean: Mean of the scores; NaN if no image has one.
        num_images: Number of images that have a score, over which the mean is.
    """

    mean: float
    num_images: int


@dataclass(frozen=True)
class Interval:
    """An interval that a score is likely to be in; made by :func:`bootstrap_interval`.

    Args:
        low: Lower limit; NaN if there is no interval.
        high: Upper limit, not below ``low``; NaN if there is no interval.
        confidence: Share of such intervals that are to hold the true score, between 0 and 1.
        resamples: Number of resamples that had a score, whose quantiles the limits are.

    Raises:
        ValueError: If the limits are in the wrong order, only one of them is NaN, or
            ``confidence`` is not between 0 and 1.
    """

    low: float
    high: float
    confidence: float
    resamples: int

    def __post_init__(self) -> None:
        """Check that the limits are an interval."""
        if not (self.low <= self.high or (math.isnan(self.low) and math.isnan(self.high))):
            raise ValueError(
                f"low must not be above high, or both be NaN, got {self.low} and {self.high}"
            )
        _check_confidence(self.confidence)


def mean_iou_per_image(confmats: Sequence[np.ndarray] | np.ndarray) -> MeanOverImages:
    r"""Mean over images of each image's own mean intersection over union.

    .. math:: \frac{1}{|I|} \sum_{i \in I} \mathrm{mIoU}(M_i)

    I is the set of images in which a pixel is valid. Small images, and the small objects on
    them, weigh as much as large ones, so the value is not :func:`mean_iou` of the summed
    matrix, which is what benchmarks report.

    Args:
        confmats: One confusion matrix per image, as from :func:`confusion_matrix`: a sequence of
            arrays of shape (C, C) or one array of shape (N, C, C), integer.

    Returns:
        The mean, a fraction in [0, 1], higher is better, and the number of images it is over.

    Raises:
        ValueError: If a matrix is no square integer matrix of counts.

    Example:
        >>> images = [np.array([[1, 1], [0, 2]]), np.array([[4, 0], [0, 0]]), np.zeros((2, 2), int)]
        >>> result = mean_iou_per_image(images)  # ((1/2 + 2/3) / 2 + 1) / 2, the third is all void
        >>> round(result.mean, 4), result.num_images
        (0.7917, 2)

    References:
        Csurka et al., What is a good evaluation measure for semantic segmentation?, BMVC 2013.
        Wang et al., Revisiting Evaluation Metrics for Semantic Segmentation,
        https://arxiv.org/abs/2310.19252: mIoU^I, there over the classes of the target alone.
    """
    scores = [mean_iou(confmat) for confmat in confmats]
    valid = [score for score in scores if not math.isnan(score)]
    return MeanOverImages(sum(valid) / len(valid) if valid else math.nan, len(valid))


def bootstrap_interval(
    confmats: Sequence[np.ndarray] | np.ndarray,
    statistic: Callable[[np.ndarray], float],
    *,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap interval of a score of a dataset, resampling its images.

    Each resample draws as many images as there are, with replacement, and scores the sum of
    their matrices. The limits are the quantiles of these scores, so that the share
    ``confidence`` of them is between. Images without a valid pixel are left out first, as they
    say nothing. A resample without a score, such as the IoU of a class that none of its images
    shows, is left out of the quantiles.

    Images must be independent for this to hold: frames of one video are not, and make the
    interval too narrow. With few images it is too narrow as well.

    Working memory is a few blocks of 32 MB; what grows is the input, 8 N C^2 bytes: 35 MB for
    10,000 images of 21 classes, 1.8 GB for 150.

    Args:
        confmats: One confusion matrix per image, as from :func:`confusion_matrix`: a sequence of
            arrays of shape (C, C) or one array of shape (N, C, C), integer.
        statistic: Score of a summed matrix of shape (C, C), int64, such as ``mean_iou``; called
            once per resample.
        confidence: Share of the scores between the limits, above 0 and below 1.
        resamples: Number of resamples.
        seed: Seed of the draws: the same seed gives the same interval.

    Returns:
        The interval. NaN for fewer than two images with a valid pixel, which say nothing about
        how much images differ, or if no resample has a score.

    Raises:
        ValueError: If a matrix is no square integer matrix of counts, sizes differ,
            ``confidence`` is not between 0 and 1 or ``resamples`` is below 1.

    Example:
        >>> from segdemo.metrics import pixel_accuracy
        >>> images = [np.array([[right, 10 - right], [0, 0]]) for right in (9, 8, 10, 6, 9)]
        >>> interval = bootstrap_interval(images, pixel_accuracy)  # 42 of 50 pixels are right
        >>> interval.low, interval.high
        (0.72, 0.94)

    References:
        Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3: percentile
        intervals.
    """
    _check_confidence(confidence)
    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, got {resamples}")
    images = [confmat for confmat in confmats if marginals(confmat)[1].any()]
    if len({confmat.shape for confmat in images}) > 1:
        raise ValueError(
            "confmats must all have one shape (C, C), got "
            + ", ".join(sorted({str(confmat.shape) for confmat in images}))
        )
    if len(images) < 2:
        return Interval(math.nan, math.nan, confidence, 0)
    scores = np.array([statistic(total) for total in _resampled_sums(images, resamples, seed)])
    scores = scores[~np.isnan(scores)]
    if not scores.size:
        return Interval(math.nan, math.nan, confidence, 0)
    low, high = np.quantile(scores, [(1 - confidence) / 2, (1 + confidence) / 2]).tolist()
    return Interval(low, high, confidence, scores.size)


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be above 0 and below 1, got {confidence}")


def _resampled_sums(images: list[np.ndarray], resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Yield the summed matrix, int64, of each resample.

    How often each image is drawn, times the matrices, is one matrix product. It is done in
    float64, for which NumPy has a fast one; counts below 2**53 are exact in it.
    """
    shape, num_images = images[0].shape, len(images)
    row_bytes = 8 * max(num_images, images[0].size)
    resamples_at_once = max(1, _BLOCK_BYTES // row_bytes)
    images_at_once = max(1, _BLOCK_BYTES // (8 * images[0].size))
    rng = np.random.default_rng(seed)
    for start in range(0, resamples, resamples_at_once):
        times_drawn = np.array(
            [
                np.bincount(rng.integers(num_images, size=num_images), minlength=num_images)
                for _ in range(min(resamples_at_once, resamples - start))
            ],
            dtype=np.float64,
        )
        sums = np.zeros((len(times_drawn), images[0].size))
        for first in range(0, num_images, images_at_once):
            block = slice(first, first + images_at_once)
            matrices = np.array(images[block], dtype=np.float64).reshape(-1, images[0].size)
            sums += times_drawn[:, block] @ matrices
        yield from sums.astype(np.int64).reshape(-1, *shape)
