"""Checking a pair of label maps once, and storing it small for the metrics that look around."""

import numpy as np

from segdemo.metrics.confusion import confusion_matrix


def check_and_shrink(
    pred: np.ndarray, target: np.ndarray, *, num_classes: int, ignore_index: int = 255
) -> tuple[np.ndarray, np.ndarray]:
    """Check a pair of label maps, and copy it into the smallest type that can hold it.

    Args:
        pred: Predicted class per pixel, shape (H, W), integer or bool, 0..C-1, also on void
            pixels.
        target: True class per pixel, shape (H, W), integer or bool, 0..C-1 or
            ``ignore_index``.
        num_classes: Number of classes C, background included.
        ignore_index: Label of void pixels in ``target``, outside 0..C-1.

    Returns:
        New arrays (pred, target) of shape (H, W) and one unsigned type; void pixels of the
        target are C, so that void is one more label next to the classes.

    Raises:
        ValueError: If the maps are not of shape (H, W), or :func:`confusion_matrix` refuses
            them.

    Example:
        >>> pred, target = np.array([[0, 1]]), np.array([[1, 255]])
        >>> check_and_shrink(pred, target, num_classes=2)
        (array([[0, 1]], dtype=uint8), array([[1, 2]], dtype=uint8))
    """
    # It checks every value and costs little beside what follows; its counts are not needed.
    confusion_matrix(pred, target, num_classes=num_classes, ignore_index=ignore_index)
    if pred.ndim != 2:
        raise ValueError(f"pred and target must have shape (H, W), got {pred.shape}")
    dtype = np.min_scalar_type(num_classes)
    labels = target.astype(dtype)
    labels[target == ignore_index] = num_classes
    return pred.astype(dtype), labels
