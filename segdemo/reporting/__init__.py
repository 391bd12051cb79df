"""What is written of an evaluation, and of one photo: JSON, tables and a report.

A :class:`Run` holds one or several models' judgements of the same pairs and what is needed to make
them again; :func:`results_json`, :func:`per_image_csv`, :func:`confusion_csv` and
:func:`report_html` write it down, :func:`write_results` puts all of them into a folder.
:func:`evaluate_pair` judges one pair and :func:`segmentation_json` writes one prediction down.
"""

from segdemo.reporting.folder import write_results
from segdemo.reporting.page import report_html
from segdemo.reporting.pair import evaluate_pair
from segdemo.reporting.results import results_json
from segdemo.reporting.run import Run
from segdemo.reporting.segmentation import areas, segmentation_json
from segdemo.reporting.sheets import confusion_csv, leaderboard, per_image_csv

__all__ = [
    "Run",
    "areas",
    "confusion_csv",
    "evaluate_pair",
    "leaderboard",
    "per_image_csv",
    "report_html",
    "results_json",
    "segmentation_json",
    "write_results",
]
