"""A run's files in one folder."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from segdemo.errors import DataError
from segdemo.predictor import Predictor
from segdemo.reporting.page import report_html
from segdemo.reporting.results import results_json
from segdemo.reporting.run import Run
from segdemo.reporting.sheets import confusion_csv, per_image_csv

Writer: TypeAlias = Callable[[Run, Mapping[str, Predictor], str | None], str]

RESULT_FILES: dict[str, Writer] = {
    "scores.json": lambda run, *_: json.dumps(results_json(run), indent=1) + "\n",
    "per_image.csv": lambda run, *_: per_image_csv(run),
    "confusion.csv": lambda run, *_: confusion_csv(run),
    "report.html": lambda run, predictors, reading: report_html(run, predictors, reading=reading),
}
"""Names of the files that are written of a run, and what each holds."""


def write_results(
    run: Run,
    folder: Path,
    *,
    predictors: Mapping[str, Predictor],
    reading: str | None = None,
    names: tuple[str, ...] = tuple(RESULT_FILES),
) -> list[Path]:
    """Write ``scores.json``, ``per_image.csv``, ``confusion.csv`` and ``report.html``.

    Args:
        run: One or several models' judgements.
        folder: Where to; made if it is missing. Files of these names are replaced.
        predictors: The models by id, for the pictures of the report.
        reading: Id of the reading by which masks were to be read; None for the likeliest.
        names: Which of the files are wanted.

    Returns:
        The files.

    Raises:
        DataError: If the folder or a file cannot be written.
    """
    texts = {name: RESULT_FILES[name](run, predictors, reading) for name in names}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            # "replace": names of files may hold bytes that are no text.
            (folder / name).write_text(text, "utf-8", "replace", newline="")
    except OSError as error:
        raise DataError(f"The folder '{folder}' cannot be written. Name another one.") from error
    return [folder / name for name in texts]
