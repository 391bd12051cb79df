"""Two more readings of a confusion matrix that weigh classes by how frequent they are."""

import numpy as np

from segdemo.metrics.division import marginals
from segdemo.metrics.region import iou_per_class


def frequency_weighted_iou(confmat: np.ndarray) -> float:
    r"""Mean of the per-class intersection over union, weighted by pixels in the target.

    .. math:: \frac{1}{\sum_{ij} M_{ij}}\sum_c (TP_c + FN_c)\,
        \frac{TP_c}{TP_c + FP_c + FN_c}

    Frequent classes decide it, as they do pixel accuracy. A class that is only predicted has
    no weight: its pixels still lower the values of the classes that they should have been.

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.

    Returns:
        Fraction in [0, 1], higher is better; NaN if the matrix counts no pixel.

    Raises:
        ValueError: If ``confmat`` is no square integer matrix of counts.

    Example:
        >>> round(frequency_weighted_iou(np.array([[2, 1], [0, 1]])), 4)  # 3/4 2/3 + 1/4 1/2
        0.625

    References:
        Long et al., Fully Convolutional Networks for Semantic Segmentation,
        https://arxiv.org/abs/1411.4038, section 5: frequency weighted IU.
    """
    _, _, actual = marginals(confmat)
    pixels = actual.sum()
    if not pixels:
        return float("nan")
    return float((actual * np.nan_to_num(iou_per_class(confmat))).sum() / pixels)


def cohens_kappa(confmat: np.ndarray) -> float:
    r"""Cohen's kappa: how far the agreement of prediction and target is above chance.

    .. math:: \kappa = \frac{p_o - p_e}{1 - p_e}, \quad
        p_e = \sum_c \frac{(TP_c + FP_c)(TP_c + FN_c)}{n^2}

    p_o is the pixel accuracy, n the number of valid pixels, and p_e the accuracy to expect of
    a prediction that deals its classes out at random, as often as it does now.

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.

    Returns:
        Number in [-1, 1], higher is better: 1 if all pixels are right, 0 for chance, negative
        below it. NaN if the matrix counts no pixel, and where chance alone is always right
        (p_e = 1): all pixels of prediction and target are of one and the same class.

    Raises:
        ValueError: If ``confmat`` is no square integer matrix of counts.

    Example:
        >>> cohens_kappa(np.array([[2, 1], [0, 1]]))  # p_o = 3/4, p_e = (2 3 + 2 1) / 16
        0.5

    References:
        Cohen, A coefficient of agreement for nominal scales, Educational and Psychological
        Measurement 20, 1960.
    """
    # Plain integers: the squares of the pixels of a large dataset do not fit into 64 bits, and
    # the difference of two near equal quotients would lose digits.
    hits, predicted, actual = (counts.tolist() for counts in marginals(confmat))
    pixels = sum(actual)
    by_chance = sum(column * row for column, row in zip(predicted, actual, strict=True))
    possible = pixels**2 - by_chance
    return (pixels * sum(hits) - by_chance) / possible if possible else float("nan")
