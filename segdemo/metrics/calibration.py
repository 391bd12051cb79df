"""Calibration: whether the network is as sure as it is right.

Count with :func:`count_reliability`, add the counts of several images up, then divide. No more is
needed than the confidence of the predicted class; :func:`brier_score` judges all probabilities.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from segdemo.metrics.checks import check_fractions, check_kind

_STRIP_PX = 2**15
"""Pixels handled at once; their float64 working arrays (256 KB each) stay in the CPU's cache."""


@dataclass(frozen=True, eq=False)
class ReliabilityCounts:
    """What the pixels of one or more images add to the calibration; ``+`` joins images.

    Bin b of B holds the pixels with b / B < confidence <= (b + 1) / B, as in Guo et al., so that
    a confidence of 1 is in the last bin; a confidence of 0 is in the first.

    Args:
        pixels: Valid pixels per bin, shape (B,), int64.
        hits: How many of them are right, shape (B,), int64.
        confidence_sum: Sum of their confidences, shape (B,), float64.
        squared_error_sum: Sum of (confidence - 1 if right, else 0) squared over all of them.

    Raises:
        ValueError: If the arrays have no common shape (B,), or a sum is below 0 or above the
            number of pixels.
    """

    pixels: np.ndarray
    hits: np.ndarray
    confidence_sum: np.ndarray
    squared_error_sum: float

    def __post_init__(self) -> None:
        """Check that everything fits together, and make the arrays read-only copies."""
        if self.pixels.ndim != 1 or not self.pixels.size:
            raise ValueError(f"pixels must have shape (B,) with B >= 1, got {self.pixels.shape}")
        for name, dtype in (("pixels", np.int64), ("hits", np.int64), ("confidence_sum", float)):
            values = getattr(self, name)
            if values.shape != self.pixels.shape:
                raise ValueError(
                    f"{name} must have pixels' shape {self.pixels.shape}, got {values.shape}"
                )
            if not np.all((values >= 0) & (values <= self.pixels)):
                raise ValueError(f"{name} must be within 0 to pixels in every bin, got {values}")
            copy = values.astype(dtype)
            copy.flags.writeable = False
            object.__setattr__(self, name, copy)
        if not 0 <= self.squared_error_sum <= self.pixels.sum():
            raise ValueError(
                f"squared_error_sum must be within 0 to {self.pixels.sum()}, the number of pixels, "
                f"got {self.squared_error_sum}"
            )

    def __add__(self, other: "ReliabilityCounts") -> "ReliabilityCounts":
        if not isinstance(other, ReliabilityCounts):
            return NotImplemented
        if other.pixels.size != self.pixels.size:
            raise ValueError(
                f"counts must have the same number of bins to be added, got {self.pixels.size} "
                f"and {other.pixels.size}"
            )
        return ReliabilityCounts(
            self.pixels + other.pixels,
            self.hits + other.hits,
            self.confidence_sum + other.confidence_sum,
            self.squared_error_sum + other.squared_error_sum,
        )


@dataclass(frozen=True, eq=False)
class ReliabilityBins:
    """The bars of a reliability diagram; made by :func:`reliability_bins`.

    Args:
        edges: Limits of the bins, shape (B + 1,), from 0 to 1; bin b ends at ``edges[b + 1]``,
            which belongs to it.
        mean_confidence: Mean confidence of the pixels of each bin, shape (B,); NaN for a bin
            without pixels.
        accuracy: Share of them that are right, shape (B,); NaN for a bin without pixels.
        share: Share of all pixels that are in the bin, shape (B,), sums to 1; 0 for a bin
            without pixels, NaN if no bin has any.
    """

    edges: np.ndarray
    mean_confidence: np.ndarray
    accuracy: np.ndarray
    share: np.ndarray


def count_reliability(
    confidence: np.ndarray,
    pred: np.ndarray,
    target: np.ndarray,
    *,
    num_bins: int = 15,
    ignore_index: int = 255,
) -> ReliabilityCounts:
    """Count what calibration is computed from: pixels, hits and confidence per bin.

    Counts of several images add up to the counts of all their pixels, sums of confidences up to
    the rounding of float64. Whether values are classes is not checked here, as their number is
    not known: :func:`confusion_matrix` does. Working memory is a few strips of pixels; only a
    non-contiguous array is also copied once.

    Args:
        confidence: Probability of the predicted class per pixel, any shape such as (H, W),
            float, 0 to 1. Edges between bins are told apart in float64: exactly for float32.
        pred: Predicted class per pixel, ``confidence``'s shape, integer or bool.
        target: True class per pixel, ``confidence``'s shape, integer or bool, or
            ``ignore_index``.
        num_bins: Number B of equally wide bins.
        ignore_index: Label of void pixels, which are in no bin.

    Returns:
        The counts. All zeros if no pixel is valid.

    Raises:
        ValueError: If the shapes or dtypes are not as stated, ``num_bins`` is below 1, or a
            confidence, also of a void pixel, is outside 0 to 1 or NaN.

    Example:
        >>> confidence = np.array([[0.9, 0.7], [0.6, 1.0]], dtype=np.float32)
        >>> pred = np.array([[0, 1], [1, 1]])
        >>> target = np.array([[0, 1], [0, 255]])
        >>> counts = count_reliability(confidence, pred, target, num_bins=4)
        >>> counts.pixels, counts.hits
        (array([0, 0, 2, 1]), array([0, 0, 1, 1]))

    References:
        Guo et al., On Calibration of Modern Neural Networks,
        https://arxiv.org/abs/1706.04599, section 2: reliability diagrams.
    """
    if num_bins < 1:
        raise ValueError(f"num_bins must be at least 1, got {num_bins}")
    check_kind("confidence", confidence, "f", "floats")
    for name, label_map in (("pred", pred), ("target", target)):
        check_kind(name, label_map, "biu", "integers or bool")
        if label_map.shape != confidence.shape:
            raise ValueError(
                f"{name} must have confidence's shape {confidence.shape}, got {label_map.shape}"
            )
    pixels = np.zeros(num_bins, dtype=np.int64)
    hits = np.zeros(num_bins)
    confidence_sum = np.zeros(num_bins)
    squared_error_sum = 0.0
    flat = confidence.reshape(-1), pred.reshape(-1), target.reshape(-1)
    for sure, right in _strips_of_valid_pixels(*flat, ignore_index):
        bins = np.maximum(np.ceil(sure * num_bins).astype(np.int64) - 1, 0)
        pixels += np.bincount(bins, minlength=num_bins)
        hits += np.bincount(bins, weights=right, minlength=num_bins)
        confidence_sum += np.bincount(bins, weights=sure, minlength=num_bins)
        squared_error_sum += float(np.square(sure - right).sum())
    return ReliabilityCounts(pixels, hits, confidence_sum, squared_error_sum)


def expected_calibration_error(counts: ReliabilityCounts) -> float:
    r"""Mean distance of confidence and accuracy over the bins, weighted by their pixels.

    .. math:: \mathrm{ECE} = \sum_b \frac{n_b}{n} \, |\mathrm{acc}_b - \mathrm{conf}_b|

    It depends on the number of bins, so values compare at the same number only. Over- and
    underconfidence within one bin cancel, between bins they do not.

    Args:
        counts: Counts of one or more images, as from :func:`count_reliability`.

    Returns:
        Fraction in [0, 1], lower is better; NaN if no pixel was counted.

    Example:
        >>> counts = ReliabilityCounts(
        ...     np.array([0, 4]), np.array([0, 3]), np.array([0, 3.8]), 0.83
        ... )
        >>> round(expected_calibration_error(counts), 4)  # |3/4 - 3.8/4|
        0.2

    References:
        Naeini et al., Obtaining Well Calibrated Probabilities Using Bayesian Binning, AAAI 2015.
        Guo et al., On Calibration of Modern Neural Networks,
        https://arxiv.org/abs/1706.04599, equation 3.
    """
    pixels = counts.pixels.sum()
    distance = np.abs(counts.hits - counts.confidence_sum).sum()
    return float(distance / pixels) if pixels else float("nan")


def maximum_calibration_error(counts: ReliabilityCounts) -> float:
    r"""Largest distance of confidence and accuracy of any bin that has pixels.

    .. math:: \mathrm{MCE} = \max_b \, |\mathrm{acc}_b - \mathrm{conf}_b|

    A bin of a few pixels counts as much as any other, so this is noisy where few pixels are.

    Args:
        counts: Counts of one or more images, as from :func:`count_reliability`.

    Returns:
        Fraction in [0, 1], lower is better; NaN if no pixel was counted.

    Example:
        >>> counts = ReliabilityCounts(
        ...     np.array([1, 4]), np.array([1, 3]), np.array([0.4, 3.8]), 1.19
        ... )
        >>> round(maximum_calibration_error(counts), 4)  # |1/1 - 0.4/1|
        0.6

    References:
        Guo et al., On Calibration of Modern Neural Networks,
        https://arxiv.org/abs/1706.04599, equation 5.
    """
    used = counts.pixels > 0
    distance = np.abs(counts.hits - counts.confidence_sum)[used] / counts.pixels[used]
    return float(distance.max()) if distance.size else float("nan")


def reliability_bins(counts: ReliabilityCounts) -> ReliabilityBins:
    """Divide counts into the bars of a reliability diagram.

    Args:
        counts: Counts of one or more images, as from :func:`count_reliability`.

    Returns:
        Edges, and mean confidence, accuracy and share of the pixels per bin. A network that is
        as sure as it is right has the same mean confidence and accuracy in every bin.

    Example:
        >>> counts = ReliabilityCounts(
        ...     np.array([0, 4]), np.array([0, 3]), np.array([0, 3.8]), 0.83
        ... )
        >>> reliability_bins(counts).accuracy
        array([ nan, 0.75])

    References:
        Guo et al., On Calibration of Modern Neural Networks,
        https://arxiv.org/abs/1706.04599, equations 1 and 2.
    """
    num_bins, pixels = counts.pixels.size, counts.pixels.sum()
    per_pixel = np.full((2, num_bins), np.nan)
    np.divide(
        (counts.confidence_sum, counts.hits),
        counts.pixels,
        out=per_pixel,
        where=counts.pixels > 0,
    )
    share = counts.pixels / pixels if pixels else np.full(num_bins, np.nan)
    return ReliabilityBins(np.arange(num_bins + 1) / num_bins, per_pixel[0], per_pixel[1], share)


def top_label_brier(counts: ReliabilityCounts) -> float:
    r"""Brier score of the confidence alone: was the predicted class right?

    .. math:: \frac{1}{n} \sum_x (\mathrm{conf}(x) - [\mathrm{pred}(x) = \mathrm{target}(x)])^2

    Not :func:`brier_score`, which also judges how the rest is spread over the other classes.

    Args:
        counts: Counts of one or more images, as from :func:`count_reliability`.

    Returns:
        Number in [0, 1], lower is better; NaN if no pixel was counted.

    Example:
        >>> confidence = np.array([0.9, 0.6])
        >>> counts = count_reliability(confidence, np.array([0, 1]), np.array([0, 0]))
        >>> round(top_label_brier(counts), 4)  # (0.1 ** 2 + 0.6 ** 2) / 2
        0.185

    References:
        Brier, Verification of forecasts expressed in terms of probability,
        Monthly Weather Review 78, 1950, for two outcomes and halved.
    """
    pixels = counts.pixels.sum()
    return float(counts.squared_error_sum / pixels) if pixels else float("nan")


def _strips_of_valid_pixels(
    confidence: np.ndarray, pred: np.ndarray, target: np.ndarray, ignore_index: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield confidence as float64 and whether it is right, without void pixels, strip by strip."""
    for start in range(0, confidence.size, _STRIP_PX):
        strip = slice(start, start + _STRIP_PX)
        sure = confidence[strip].astype(np.float64)
        check_fractions("confidence", sure)
        valid = target[strip] != ignore_index
        yield sure[valid], (pred[strip] == target[strip])[valid]
