"""Metrics of semantic segmentation, from arrays to scores, on NumPy alone.

Count with :func:`confusion_matrix`, add the matrices of several images up, then divide:
:func:`score` gives every metric at once, the functions of ``region`` one each.
"""

from segdemo.metrics.confusion import confusion_matrix
from segdemo.metrics.region import (
    f1_per_class,
    iou_per_class,
    mean_f1,
    mean_iou,
    mean_precision,
    mean_recall,
    pixel_accuracy,
    precision_per_class,
    recall_per_class,
)
from segdemo.metrics.scores import METRICS, METRICS_PER_CLASS, POLICY, Metric, Scores, score

__all__ = [
    "METRICS",
    "METRICS_PER_CLASS",
    "POLICY",
    "Metric",
    "Scores",
    "confusion_matrix",
    "f1_per_class",
    "iou_per_class",
    "mean_f1",
    "mean_iou",
    "mean_precision",
    "mean_recall",
    "pixel_accuracy",
    "precision_per_class",
    "recall_per_class",
    "score",
]
