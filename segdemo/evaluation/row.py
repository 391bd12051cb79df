"""What the judging of one pair by one model gives."""

from dataclasses import dataclass, replace

import numpy as np

from segdemo.errors import SegdemoError
from segdemo.metrics import Tally, iou_per_class, mean_iou, pixel_accuracy


@dataclass(frozen=True, eq=False)
class Row:
    """How one model did on one pair, or why it could not be judged.

    Args:
        index: Position of the pair among all pairs.
        model_id: The model.
        stem: The pair's name.
        counts: What was counted; None if the pair could not be judged.
        error: Why it could not be judged; None if it was.
        seconds: What predicting took.
        encoding: How the mask was understood.
        summary: The same with reason and reservations.
        pixels: Number of pixels, void ones included.
        unknown_pixels: How many of them have a value without a meaning; they are void.

    Raises:
        ValueError: If there are both counts and an error, or neither.
    """

    index: int
    model_id: str
    stem: str
    counts: Tally | None = None
    error: SegdemoError | None = None
    seconds: float = 0.0
    encoding: str = ""
    summary: str = ""
    pixels: int = 0
    unknown_pixels: int = 0

    def __post_init__(self) -> None:
        if (self.counts is None) == (self.error is None):
            raise ValueError("a row must have either counts or an error, got both or neither")

    @property
    def confmat(self) -> np.ndarray | None:
        """Confusion matrix of this image, shape (C, C), int64; None if it was not judged."""
        return self.counts.confmat if self.counts else None

    @property
    def mean_iou(self) -> float:
        """Mean IoU over the classes of this image; NaN if not judged or nothing is valid."""
        return mean_iou(self.counts.confmat) if self.counts else float("nan")

    @property
    def pixel_accuracy(self) -> float:
        """Share of this image's valid pixels that are right; NaN as for ``mean_iou``."""
        return pixel_accuracy(self.counts.confmat) if self.counts else float("nan")

    @property
    def iou_per_class(self) -> tuple[float, ...]:
        """IoU of each class on this image; empty if it was not judged."""
        return tuple(iou_per_class(self.counts.confmat).tolist()) if self.counts else ()

    @property
    def valid_pixels(self) -> int:
        """Pixels that were counted: all but the void ones."""
        return int(self.counts.confmat.sum()) if self.counts else 0

    @property
    def reason(self) -> str:
        """Why the pair could not be judged; empty if it was."""
        return str(self.error) if self.error else ""

    def without_details(self) -> "Row":
        """The row with its confusion matrix as its only counts, as it is kept."""
        return replace(self, counts=Tally(self.counts.confmat)) if self.counts else self
