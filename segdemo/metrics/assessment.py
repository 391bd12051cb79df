"""The whole judgement of one or many images: scores, kinds of errors, other conventions."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from segdemo.metrics.anatomy import ErrorKind, error_shares
from segdemo.metrics.calibration import ReliabilityBins, reliability_bins
from segdemo.metrics.confused_pairs import ConfusedPair, confused_pairs
from segdemo.metrics.conventions import Convention, score_as_all
from segdemo.metrics.interval import (
    Interval,
    MeanOverImages,
    bootstrap_interval,
    mean_iou_per_image,
)
from segdemo.metrics.plain import nan_to_none
from segdemo.metrics.region import mean_iou
from segdemo.metrics.scores import Scores, score
from segdemo.metrics.tally import Tally

ERROR_KINDS = {
    ErrorKind.BOUNDARY: "boundary",
    ErrorKind.EXTENT: "extent",
    ErrorKind.SEGMENT: "segment",
}
"""Kinds of errors and their names."""


@dataclass(frozen=True, eq=False)
class Assessment:
    """What there is to say of predictions whose ground truth is known; made by :func:`assess`.

    Args:
        scores: Every metric.
        error_shares: Share of each kind of error in all valid pixels, 0 to 1; empty where errors
            were not told apart.
        confused: The classes most often taken for each other, most pixels first.
        reliability: Bars of the reliability diagram; None without confidences.
        conventions: The mean IoU that other libraries would print, NaN where they print none.
        per_image: Mean over images of their own mean IoU.
        interval: Where the dataset's mean IoU is likely to be; its limits are NaN for one image.
    """

    scores: Scores
    error_shares: dict[str, float]
    confused: tuple[ConfusedPair, ...]
    reliability: ReliabilityBins | None
    conventions: tuple[tuple[Convention, float], ...]
    per_image: MeanOverImages
    interval: Interval

    def to_json(self) -> dict[str, Any]:
        """Give everything as plain values that ``json.dumps`` writes as strict JSON.

        Returns:
            The fields of ``Scores.to_json`` and, beside them, the others; None in place of NaN.
        """
        names = self.scores.class_names
        return {
            **self.scores.to_json(),
            "mean_iou_per_image": nan_to_none(self.per_image.mean),
            "mean_iou_interval": {
                key: nan_to_none(value) for key, value in asdict(self.interval).items()
            },
            "error_shares": {kind: nan_to_none(value) for kind, value in self.error_shares.items()},
            "confused": [
                {"target": names[pair.target], "pred": names[pair.pred], "pixels": pair.pixels}
                for pair in self.confused
            ],
            "reliability": self.reliability
            and {
                name: [nan_to_none(value) for value in values.tolist()]
                for name, values in vars(self.reliability).items()
            },
            "conventions": {
                convention.id: nan_to_none(value) for convention, value in self.conventions
            },
        }


def assess(
    total: Tally, *, confmats: Sequence[np.ndarray], class_names: Sequence[str]
) -> Assessment:
    """Judge one image, or many together.

    Args:
        total: Counts of all images.
        confmats: Confusion matrix of each image, at least one, shape (C, C), integer.
        class_names: One name per class, all different.

    Returns:
        The judgement. The interval is deterministic: 1000 resamples from one seed.

    Raises:
        ValueError: If there is no image, or counts and names do not fit together.
    """
    shares = error_shares(total.details.errors) if total.details else None
    return Assessment(
        scores=score(total, class_names=class_names),
        error_shares=(
            {}
            if shares is None
            else {name: float(shares[kind]) for kind, name in ERROR_KINDS.items()}
        ),
        confused=confused_pairs(total.confmat),
        reliability=reliability_bins(total.reliability) if total.reliability else None,
        conventions=score_as_all(confmats),
        per_image=mean_iou_per_image(confmats),
        interval=bootstrap_interval(confmats, mean_iou),
    )
