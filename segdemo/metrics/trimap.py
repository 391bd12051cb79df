"""Trimap scores: every region metric, over the pixels near the boundaries of the target alone."""

import numpy as np

from segdemo.metrics.confusion import confusion_matrix
from segdemo.metrics.label_maps import check_and_shrink
from segdemo.metrics.neighbourhood import check_distance_px, differs_within


def trimap_confusion_matrix(
    pred: np.ndarray,
    target: np.ndarray,
    *,
    num_classes: int,
    band_px: int,
    ignore_index: int = 255,
) -> np.ndarray:
    r"""Pixel counts per pair of classes, in a band around the boundaries of the target.

    .. math:: M_{ij} = |\{x \in B : target(x) = i \wedge pred(x) = j\}|

    B is the set of valid pixels that have a pixel of another label within ``band_px`` rows and
    columns: the band takes ``band_px`` pixels on each side of a boundary. The image border is
    no boundary. What is predicted does not move the band, so two models are compared on the
    same pixels.

    Void is a label as the classes are: the edge of a void region is a boundary, void pixels
    themselves are not counted. In VOC, where void is drawn over all boundaries, the band so
    lies along both sides of that void (DeepLab's trimap is made from it too) and ``band_px``
    counts from its edge. Where void is something else, such as the car that carries the camera,
    its edge gets a band as well.

    Divide with the functions of ``region``: ``pixel_accuracy`` gives the accuracy in the band,
    ``mean_iou`` the mean IoU there. Matrices of several images add up. They grow with
    ``band_px`` to the matrix of all pixels, which is why papers draw a curve over widths.

    Args:
        pred: Predicted class per pixel, shape (H, W), integer or bool, 0..C-1.
        target: True class per pixel, shape (H, W), integer or bool, 0..C-1 or
            ``ignore_index``.
        num_classes: Number of classes C, background included.
        band_px: Width of the band on each side of a boundary, whole pixels, at least 1.
        ignore_index: Label of void pixels, outside 0..C-1.

    Returns:
        New array of shape (C, C), int64; rows are the target class, columns the predicted
        class. All zeros if no valid pixel is near a boundary, such as in an image of one class.

    Raises:
        ValueError: If ``band_px`` is below 1, the maps are not of shape (H, W), or
            :func:`confusion_matrix` refuses them.

    Example:
        >>> target = np.array([[0, 0, 0, 1, 1, 1]])
        >>> pred = np.array([[1, 0, 0, 0, 1, 1]])
        >>> trimap_confusion_matrix(pred, target, num_classes=2, band_px=1)
        array([[1, 0],
               [1, 0]])

    References:
        Kohli et al., Robust Higher Order Potentials for Enforcing Label Consistency, IJCV 82,
        2009.
        Csurka et al., What is a good evaluation measure for semantic segmentation?, BMVC 2013.
        Chen et al., DeepLab, https://arxiv.org/abs/1606.00915: trimap of void labels.
    """
    check_distance_px("band_px", band_px)
    pred, target = check_and_shrink(
        pred, target, num_classes=num_classes, ignore_index=ignore_index
    )
    band = differs_within(target, band_px)
    return confusion_matrix(
        pred[band], target[band], num_classes=num_classes, ignore_index=num_classes
    )
