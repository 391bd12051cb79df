"""Charts of evaluations."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from segdemo.evaluation import Evaluation
from segdemo.views.charts import draw_bars_per_class, draw_confusion, draw_reliability


def draw_iou_per_class(evaluations: Mapping[str, Evaluation]) -> Figure:
    """Draw the IoU of each class, a bar for each model.

    Args:
        evaluations: What the bars of a model are called, to its judgement; at least one, all of
            one label set.

    Returns:
        New figure.
    """
    first = next(iter(evaluations.values()))
    bars = {title: one.scores.iou_per_class for title, one in evaluations.items()}
    return draw_bars_per_class(first.labels.class_names, bars, score_title="IoU")


def draw_confusion_of(evaluation: Evaluation) -> Figure:
    """Draw what is taken for what, as shares of each true class's pixels.

    Args:
        evaluation: A model's judgement.

    Returns:
        New figure.
    """
    scores = evaluation.scores
    return draw_confusion(_row_shares(scores.confmat), scores.class_names)


def draw_reliability_of(evaluation: Evaluation) -> Figure | None:
    """Draw how right a model is where it is how sure.

    Args:
        evaluation: A model's judgement.

    Returns:
        New figure; None if no confidences were counted.
    """
    bins = evaluation.assessment.reliability
    if not bins:
        return None
    return draw_reliability(
        bins.edges.tolist(),
        accuracy=bins.accuracy.tolist(),
        confidence=bins.mean_confidence.tolist(),
        share=bins.share.tolist(),
    )


def _row_shares(confmat: np.ndarray) -> np.ndarray:
    """Share of each row's sum; NaN in a row without pixels."""
    shares = np.full(confmat.shape, np.nan)
    sums = confmat.sum(axis=1, keepdims=True)
    np.divide(confmat, sums, out=shares, where=sums > 0)
    return shares
