"""The metrics there are: their names, bounds and directions, as data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """What a reader must know of one metric to show and compare its values.

    Args:
        name: Name of the field of ``Scores`` that holds it.
        title: Name for people.
        lowest: Lowest value it can take.
        highest: Highest value it can take.
        higher_is_better: Direction of improvement.
    """

    name: str
    title: str
    lowest: float = 0.0
    highest: float = 1.0
    higher_is_better: bool = True


METRICS = (
    Metric("mean_iou", "Mean IoU"),
    Metric("pixel_accuracy", "Pixel accuracy"),
    Metric("mean_accuracy", "Mean accuracy"),
    Metric("mean_precision", "Mean precision"),
    Metric("mean_recall", "Mean recall"),
    Metric("mean_f1", "Mean F1 (Dice)"),
    Metric("frequency_weighted_iou", "Frequency-weighted IoU"),
    Metric("cohens_kappa", "Cohen's kappa", lowest=-1.0),
    Metric("mean_boundary_iou", "Mean boundary IoU"),
    Metric("mean_bf_score", "Mean BF score"),
    Metric("band_accuracy", "Accuracy near boundaries"),
    Metric("expected_calibration_error", "Calibration error (ECE)", higher_is_better=False),
    Metric("top_label_brier", "Brier score of the confidence", higher_is_better=False),
)
"""The metrics with one number, in the order in which they are shown."""

REGION_METRICS_PER_CLASS = (
    Metric("iou_per_class", "IoU"),
    Metric("precision_per_class", "Precision"),
    Metric("recall_per_class", "Recall"),
    Metric("f1_per_class", "F1"),
)
"""The metrics per class that a confusion matrix gives, all over the same classes."""

METRICS_PER_CLASS = (
    *REGION_METRICS_PER_CLASS,
    Metric("boundary_iou_per_class", "Boundary IoU"),
    Metric("bf_score_per_class", "BF score"),
)
"""The metrics with one number per class, in the order in which they are shown."""
