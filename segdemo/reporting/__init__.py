"""What is written of an evaluation, and of one photo: JSON, tables and a report.

A :class:`Run` holds one or several models' judgements of the same pairs and what is needed to make
them again; :func:`describe_run` puts it together. :func:`results_json`, :func:`per_image_csv`,
:func:`confusion_csv` and :func:`report_html` write it down, :func:`write_results` puts all of them
into a folder. Its charts and single images are here one by one too. :func:`evaluate_pair` judges
one pair and :func:`segmentation_json` writes one prediction down.
"""

from segdemo.reporting.examples import Example, draw_example, load_example, ranked_rows
from segdemo.reporting.figures import draw_confusion_of, draw_iou_per_class, draw_reliability_of
from segdemo.reporting.folder import RESULT_FILES, write_results
from segdemo.reporting.page import report_html
from segdemo.reporting.pair import evaluate_pair
from segdemo.reporting.results import results_json
from segdemo.reporting.run import Run, describe_run
from segdemo.reporting.segmentation import areas, segmentation_json
from segdemo.reporting.sentences import calibration_sentence, shortened, without_partner
from segdemo.reporting.sheets import (
    LEADERBOARD_HEAD,
    class_table,
    confusion_csv,
    leaderboard,
    overall_scores,
    per_image_csv,
    shown_number,
)

__all__ = [
    "LEADERBOARD_HEAD",
    "RESULT_FILES",
    "Example",
    "Run",
    "areas",
    "calibration_sentence",
    "class_table",
    "confusion_csv",
    "describe_run",
    "draw_confusion_of",
    "draw_example",
    "draw_iou_per_class",
    "draw_reliability_of",
    "evaluate_pair",
    "leaderboard",
    "load_example",
    "overall_scores",
    "per_image_csv",
    "ranked_rows",
    "report_html",
    "results_json",
    "segmentation_json",
    "shortened",
    "shown_number",
    "without_partner",
    "write_results",
]
