"""Two images of ten pixels, small enough to check by hand, on which libraries disagree."""

import numpy as np

from segdemo.metrics.confusion import confusion_matrix

CLASS_NAMES = ("road", "car", "sky", "bus", "tram")

VOID = 255

PAIRS: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    # Half of the car is missed; what is called tram is void in the ground truth.
    ((0, 0, 0, 0, 0, 0, 1, 0, 4, 4), (0, 0, 0, 0, 0, 0, 1, 1, VOID, VOID)),
    # A bus is seen on the road; the sky is found.
    ((0, 0, 0, 0, 0, 0, 0, 3, 2, 2), (0, 0, 0, 0, 0, 0, 0, 0, 2, 2)),
)
"""Prediction and ground truth of each image, class index per pixel."""


def worked_example() -> list[np.ndarray]:
    """Confusion matrix of each image of the example, shape (5, 5), int64.

    Over both images IoU is road 13/15, car 1/2, sky 2/2, bus 0/1; no tram occurs.

    Example:
        >>> from segdemo.metrics.conventions import score_as
        >>> round(score_as(worked_example(), "mmsegmentation"), 3)  # (13/15 + 1/2 + 1 + 0) / 4
        0.592
    """
    return [
        confusion_matrix(np.array(pred), np.array(target), num_classes=len(CLASS_NAMES))
        for pred, target in PAIRS
    ]
