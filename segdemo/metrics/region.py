"""Dividing: the region metrics, each from one confusion matrix.

All of them share one policy about classes that are missing. A class occurs if it has a pixel
in the target or in the prediction (TP + FP + FN > 0). A class that does not occur has no
value (NaN) and is left out of every mean. A class that occurs on one side only has no true
positive and scores 0 in every metric, also where the quotient alone would be 0 / 0. So all
means are over the same classes, but for ``mean_accuracy``, which papers define otherwise.

One matrix may sum many images: every result is then over all their pixels (the VOC and
Cityscapes convention), not a mean of per-image scores.
"""

import numpy as np

from segdemo.metrics.division import divide, marginals, mean_of_occurring


def pixel_accuracy(confmat: np.ndarray) -> float:
    r"""Share of the valid pixels whose predicted class is right.

    .. math:: \mathrm{PA} = \frac{\sum_c TP_c}{\sum_{ij} M_{ij}}

    Frequent classes decide it: it can be near 1 while small classes are all missed.

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.

    Returns:
        Fraction in [0, 1], higher is better; NaN if the matrix counts no pixel.

    Raises:
        ValueError: If ``confmat`` is no square integer matrix of counts.

    Example:
        >>> pixel_accuracy(np.array([[2, 1], [0, 1]]))  # 3 of 4 pixels
        0.75

    References:
        Long et al., Fully Convolutional Networks for Semantic Segmentation,
        https://arxiv.org/abs/1411.4038, section 5.
    """
    hits, predicted, _ = marginals(confmat)
    pixels = predicted.sum()
    return float(hits.sum() / pixels) if pixels else float("nan")


def iou_per_class(confmat: np.ndarray) -> np.ndarray:
    r"""Intersection over union of each class (Jaccard index), over all pixels.

    .. math:: \mathrm{IoU}_c = \frac{TP_c}{TP_c + FP_c + FN_c}

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.

    Returns:
        Array of shape (C,), float64, fractions in [0, 1], higher is better. 0 for a class
        in the prediction only or in the target only, NaN for a class in neither.

    Raises:
        ValueError: If ``confmat`` is no square integer matrix of counts.

    Example:
        >>> iou_per_class(np.array([[1, 1, 0], [0, 2, 0], [0, 0, 0]]))  # class 2 is absent
        array([0.5       , 0.66666667,        nan])

    References:
        Everingham et al., The PASCAL Visual Object Classes Challenge, IJCV 2010.
    """
    hits, predicted, actual = marginals(confmat)
    return divide(hits, predicted + actual - hits, predicted + actual > 0)


def mean_iou(confmat: np.ndarray) -> float:
    r"""Mean of the per-class intersection over union, over the classes that occur.

    .. math:: \mathrm{mIoU} = \frac{1}{|P|}\sum_{c \in P} \frac{TP_c}{TP_c + FP_c + FN_c}

    P is the set of classes with TP + FP + FN > 0.

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.

    Returns:
        Fraction in [0, 1], higher is better. A class absent from both prediction and target
        is left out, a class only predicted counts as 0; NaN if no class occurs.

    Raises:
        ValueError: If ``confmat`` is no square integer matrix of counts.

    Example:
        >>> confmat = np.array([[2, 1, 0], [0, 1, 0], [0, 0, 0]])  # class 2 is absent
        >>> round(mean_iou(confmat), 4)  # (2/3 + 1/2) / 2
        0.5833

    References:
        Everingham et al., The PASCAL Visual Object Classes Challenge, IJCV 2010.
        Cordts et al., The Cityscapes Dataset, https://arxiv.org/abs/1604.01685, section 3.
    """
    return mean_of_occurring(iou_per_class(confmat))


def precision_per_class(confmat: np.ndarray) -> np.ndarray:
    r"""Share of the pixels predicted as a class that are of that class, over all pixels.

    .. math:: \mathrm{precision}_c = \frac{TP_c}{TP_c + FP_c}

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.

    Returns:
        Array of shape (C,), float64, fractions in [0, 1], higher is better. 0 for a class
        that is in the target but never predicted (0 / 0 by the formula), so that all means
        are over the same classes; NaN for a class in neither.

    Raises:
        ValueError: If ``confmat`` is no square integer matrix of counts.

    Example:
        >>> precision_per_class(np.array([[1, 1], [0, 2]]))  # 1 of 1, 2 of 3
        array([1.        , 0.66666667])

    References:
        Sokolova and Lapalme, A systematic analysis of performance measures for
        classification tasks, Information Processing & Management 45, 2009.
    """
    hits, predicted, actual = marginals(confmat)
    return divide(hits, predicted, predicted + actual > 0)


def mean_precision(confmat: np.ndarray) -> float:
    r"""Mean of the per-class precision, over the classes that occur.

    .. math:: \frac{1}{|P|}\sum_{c \in P} \frac{TP_c}{TP_c + FP_c}

    P is the set of classes with TP + FP + FN > 0.

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.

    Returns:
        Fraction in [0, 1], higher is better. A class in the target that is never predicted
        counts as 0, a class in neither is left out; NaN if no class occurs.

    Raises:
        ValueError: If ``confmat`` is no square integer matrix of counts.

    Example:
        >>> round(mean_precision(np.array([[1, 1], [0, 2]])), 4)  # (1 + 2/3) / 2
        0.8333
    """
    return mean_of_occurring(precision_per_class(confmat))


def recall_per_class(confmat: np.ndarray) -> np.ndarray:
    r"""Share of the pixels of a class that are predicted as it (class accuracy).

    .. math:: \mathrm{recall}_c = \frac{TP_c}{TP_c + FN_c}

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.

    Returns:
        Array of shape (C,), float64, fractions in [0, 1], higher is better. 0 for a class
        that is predicted but not in the target (0 / 0 by the formula), so that all means
        are over the same classes; NaN for a class in neither.

    Raises:
        ValueError: If ``confmat`` is no square integer matrix of counts.

    Example:
        >>> recall_per_class(np.array([[1, 1], [0, 2]]))  # 1 of 2, 2 of 2
        array([0.5, 1. ])

    References:
        Sokolova and Lapalme, A systematic analysis of performance measures for
        classification tasks, Information Processing & Management 45, 2009.
    """
    hits, predicted, actual = marginals(confmat)
    return divide(hits, actual, predicted + actual > 0)


def mean_recall(confmat: np.ndarray) -> float:
    r"""Mean of the per-class recall, over the classes that occur.

    .. math:: \frac{1}{|P|}\sum_{c \in P} \frac{TP_c}{TP_c + FN_c}

    P is the set of classes with TP + FP + FN > 0. Papers' mean accuracy, :func:`mean_accuracy`,
    is the same where every predicted class is also in the target; otherwise it is higher, as it
    leaves out a class that is only predicted, which counts as 0 here.

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.

    Returns:
        Fraction in [0, 1], higher is better. A class that is only predicted counts as 0, a
        class in neither prediction nor target is left out; NaN if no class occurs.

    Raises:
        ValueError: If ``confmat`` is no square integer matrix of counts.

    Example:
        >>> mean_recall(np.array([[1, 1], [0, 2]]))  # (1/2 + 1) / 2
        0.75

    References:
        Long et al., Fully Convolutional Networks for Semantic Segmentation,
        https://arxiv.org/abs/1411.4038, section 5: mean accuracy.
    """
    return mean_of_occurring(recall_per_class(confmat))


def mean_accuracy(confmat: np.ndarray) -> float:
    r"""Papers' mean accuracy: the mean recall over the classes that are in the target.

    .. math:: \frac{1}{|T|}\sum_{c \in T} \frac{TP_c}{TP_c + FN_c}

    T is the set of classes with TP + FN > 0. This is the one mean here that is not over all
    the classes that occur: it leaves out a class that is only predicted, which
    :func:`mean_recall` counts as 0. It can so never be lower than ``mean_recall``, and is the
    same where every predicted class is also in the target.

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.

    Returns:
        Fraction in [0, 1], higher is better. A class in the target that is never predicted
        counts as 0; NaN if no class is in the target.

    Raises:
        ValueError: If ``confmat`` is no square integer matrix of counts.

    Example:
        >>> confmat = np.array([[1, 0, 1], [0, 2, 0], [0, 0, 0]])  # class 2 is only predicted
        >>> mean_accuracy(confmat), mean_recall(confmat)  # (1/2 + 1) / 2, (1/2 + 1 + 0) / 3
        (0.75, 0.5)

    References:
        Long et al., Fully Convolutional Networks for Semantic Segmentation,
        https://arxiv.org/abs/1411.4038, section 5.
    """
    hits, _, actual = marginals(confmat)
    return mean_of_occurring(divide(hits, actual, actual > 0))


def f1_per_class(confmat: np.ndarray) -> np.ndarray:
    r"""F1 score of each class, the Dice coefficient of its pixels, over all pixels.

    .. math:: \mathrm{F1}_c = \frac{2\,TP_c}{2\,TP_c + FP_c + FN_c}

    It is the harmonic mean of precision and recall, and 2 IoU / (1 + IoU).

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.

    Returns:
        Array of shape (C,), float64, fractions in [0, 1], higher is better. 0 for a class
        in the prediction only or in the target only, NaN for a class in neither.

    Raises:
        ValueError: If ``confmat`` is no square integer matrix of counts.

    Example:
        >>> f1_per_class(np.array([[1, 1], [0, 2]]))  # 2 of 3, 4 of 5
        array([0.66666667, 0.8       ])

    References:
        Dice, Measures of the amount of ecologic association between species, Ecology 26, 1945.
    """
    hits, predicted, actual = marginals(confmat)
    return divide(2 * hits, predicted + actual, predicted + actual > 0)


def mean_f1(confmat: np.ndarray) -> float:
    r"""Mean of the per-class F1 score, over the classes that occur.

    .. math:: \frac{1}{|P|}\sum_{c \in P} \frac{2\,TP_c}{2\,TP_c + FP_c + FN_c}

    P is the set of classes with TP + FP + FN > 0. This is the mean of the F1 scores, not the
    F1 score of the mean precision and the mean recall, which is never lower.

    Args:
        confmat: Pixel counts of shape (C, C), integer; rows are the target class, columns
            the predicted class, as from :func:`confusion_matrix`.

    Returns:
        Fraction in [0, 1], higher is better. A class on one side only counts as 0, a class
        in neither prediction nor target is left out; NaN if no class occurs.

    Raises:
        ValueError: If ``confmat`` is no square integer matrix of counts.

    Example:
        >>> round(mean_f1(np.array([[1, 1], [0, 2]])), 4)  # (2/3 + 4/5) / 2
        0.7333

    References:
        Opitz and Burst, Macro F1 and Macro F1, https://arxiv.org/abs/1911.03347.
    """
    return mean_of_occurring(f1_per_class(confmat))
