"""Metrics of semantic segmentation, from arrays to scores, on NumPy alone.

Count with :func:`tally` (or :func:`confusion_matrix` alone), add the counts of several images up,
then divide: :func:`score` gives every metric at once, the functions one each. :func:`assess` adds
what explains the numbers: kinds of errors, what other libraries would print, how sure the score is.
"""

from segdemo.metrics.agreement import cohens_kappa, frequency_weighted_iou
from segdemo.metrics.anatomy import (
    ErrorCounts,
    ErrorKind,
    count_errors,
    default_error_width_px,
    error_map,
    error_over_union_per_class,
    error_shares,
)
from segdemo.metrics.assessment import ERROR_KINDS, Assessment, assess
from segdemo.metrics.boundary import (
    BoundaryCounts,
    boundary_iou_per_class,
    count_boundary,
    default_boundary_distance_px,
    mean_boundary_iou,
)
from segdemo.metrics.brier import brier_score
from segdemo.metrics.calibration import (
    ReliabilityBins,
    ReliabilityCounts,
    count_reliability,
    expected_calibration_error,
    maximum_calibration_error,
    reliability_bins,
    top_label_brier,
)
from segdemo.metrics.catalogue import METRICS, METRICS_PER_CLASS, Metric
from segdemo.metrics.confused_pairs import ConfusedPair, confused_pairs
from segdemo.metrics.confusion import confusion_matrix
from segdemo.metrics.contour import (
    ContourCounts,
    bf_score_per_class,
    contour_precision_per_class,
    contour_recall_per_class,
    count_contours,
    default_contour_tolerance_px,
    imagewise_bf_score_per_class,
    imagewise_mean_bf_score,
    mean_bf_score,
)
from segdemo.metrics.conventions import CONVENTIONS, Convention, score_as, score_as_all
from segdemo.metrics.disagreement import (
    PairAgreement,
    count_votes,
    disagreement_share,
    pairwise_agreement,
    vote_shares,
)
from segdemo.metrics.interval import (
    Interval,
    MeanOverImages,
    bootstrap_interval,
    mean_iou_per_image,
)
from segdemo.metrics.region import (
    f1_per_class,
    iou_per_class,
    mean_accuracy,
    mean_f1,
    mean_iou,
    mean_precision,
    mean_recall,
    pixel_accuracy,
    precision_per_class,
    recall_per_class,
)
from segdemo.metrics.scores import DETAILS_POLICY, POLICY, Scores, score
from segdemo.metrics.tally import BAND_PX, Details, Tally, tally
from segdemo.metrics.trimap import trimap_confusion_matrix

__all__ = [
    "BAND_PX",
    "CONVENTIONS",
    "DETAILS_POLICY",
    "ERROR_KINDS",
    "METRICS",
    "METRICS_PER_CLASS",
    "POLICY",
    "Assessment",
    "BoundaryCounts",
    "ConfusedPair",
    "ContourCounts",
    "Convention",
    "Details",
    "ErrorCounts",
    "ErrorKind",
    "Interval",
    "MeanOverImages",
    "Metric",
    "PairAgreement",
    "ReliabilityBins",
    "ReliabilityCounts",
    "Scores",
    "Tally",
    "assess",
    "bf_score_per_class",
    "bootstrap_interval",
    "boundary_iou_per_class",
    "brier_score",
    "cohens_kappa",
    "confused_pairs",
    "confusion_matrix",
    "contour_precision_per_class",
    "contour_recall_per_class",
    "count_boundary",
    "count_contours",
    "count_errors",
    "count_reliability",
    "count_votes",
    "default_boundary_distance_px",
    "default_contour_tolerance_px",
    "default_error_width_px",
    "disagreement_share",
    "error_map",
    "error_over_union_per_class",
    "error_shares",
    "expected_calibration_error",
    "f1_per_class",
    "frequency_weighted_iou",
    "imagewise_bf_score_per_class",
    "imagewise_mean_bf_score",
    "iou_per_class",
    "maximum_calibration_error",
    "mean_accuracy",
    "mean_bf_score",
    "mean_boundary_iou",
    "mean_f1",
    "mean_iou",
    "mean_iou_per_image",
    "mean_precision",
    "mean_recall",
    "pairwise_agreement",
    "pixel_accuracy",
    "precision_per_class",
    "recall_per_class",
    "reliability_bins",
    "score",
    "score_as",
    "score_as_all",
    "tally",
    "top_label_brier",
    "trimap_confusion_matrix",
    "vote_shares",
]
