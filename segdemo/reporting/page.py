"""An evaluation as a report to read."""

import math
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from segdemo import __version__
from segdemo.errors import SegdemoError
from segdemo.evaluation import Evaluation, Row, agree_on_reading
from segdemo.predictor import Predictor
from segdemo.reporting.examples import draw_example, load_example, ranked_rows
from segdemo.reporting.figures import draw_confusion_of, draw_iou_per_class, draw_reliability_of
from segdemo.reporting.run import Run
from segdemo.reporting.sentences import calibration_sentence, shortened
from segdemo.reporting.sheets import (
    LEADERBOARD_HEAD,
    class_table,
    leaderboard,
    overall_scores,
    shown_number,
)
from segdemo.views.report import Block, Heading, Paragraph, Picture, Table, render_report

_EXAMPLES = 4
"""Images shown as the worst, and as the best."""

_NAMES_LISTED = 50
_PACKAGES = ("numpy", "pillow", "onnxruntime")


def report_html(
    run: Run, predictors: Mapping[str, Predictor], *, reading: str | None = None
) -> str:
    """Write the report of a run.

    The worst and the best images are predicted once more, to be shown.

    Args:
        run: One or several models' judgements.
        predictors: The models by id.
        reading: Id of the reading by which masks were to be read; None for the likeliest.

    Returns:
        The text of an HTML file that needs nothing beside itself.
    """
    blocks = [*_overview(run)]
    for evaluation in run.evaluations:
        blocks += _part(run, evaluation, predictors[evaluation.model_id], reading)
    blocks += _circumstances(run)
    return render_report("Evaluation by segdemo", blocks)


def _overview(run: Run) -> Iterator[Block]:
    numbers = range(1, len(LEADERBOARD_HEAD))
    yield Table(LEADERBOARD_HEAD, leaderboard(run), numbers)
    if len(run.evaluations) > 1 and len({one.labels.id for one in run.evaluations}) == 1:
        bars = {one.model_id: one for one in run.evaluations}
        yield Picture(draw_iou_per_class(bars), "IoU of each class, by model.")
    if not run.is_complete:
        yield Paragraph(
            f"The run was stopped: of {len(run.pairing.pairs)} pairs "
            f"{max(len(one.rows) for one in run.evaluations)} were taken up."
        )
    yield Paragraph(run.evaluations[0].scores.policy, is_note=True)


def _part(
    run: Run, evaluation: Evaluation, predictor: Predictor, reading: str | None
) -> Iterator[Block]:
    scores, assessment = evaluation.scores, evaluation.assessment
    yield Heading(evaluation.model_id)
    yield Paragraph(
        f"{len(evaluation.judged)} images judged, {len(evaluation.failed)} not; means over "
        f"{scores.num_classes_averaged} classes, {scores.num_valid_pixels:,} valid pixels."
    )
    yield Table((), overall_scores(evaluation), (1,))
    if not math.isnan(assessment.interval.low):
        yield Paragraph(
            f"Mean IoU is within {assessment.interval.low:.4f} to {assessment.interval.high:.4f} "
            f"at {assessment.interval.confidence:.0%}: bootstrap over the images, which holds if "
            f"they are independent, as frames of one video are not."
        )
    yield Heading("Classes", 3)
    head, rows = class_table(evaluation)
    yield Table(head, rows, range(1, len(head)))
    chart = draw_iou_per_class({"IoU": evaluation})
    yield Picture(chart, "IoU of each class over all pixels.")
    yield Heading("What is taken for what", 3)
    yield Picture(
        draw_confusion_of(evaluation),
        "Confusion matrix: share of each true class's pixels.",
    )
    if reliability := draw_reliability_of(evaluation):
        yield Heading("Calibration", 3)
        yield Paragraph(calibration_sentence(evaluation))
        yield Picture(
            reliability, "Accuracy over confidence: below the line the model is too sure."
        )
    yield from _examples(run, evaluation, predictor, reading)
    yield Heading("What other libraries would print", 3)
    yield Table(
        ("library", "mean IoU", "how it counts"),
        [
            (convention.title, shown_number(value), convention.statement)
            for convention, value in assessment.conventions
        ],
        (1,),
    )
    yield from _failures(evaluation)


def _examples(
    run: Run, evaluation: Evaluation, predictor: Predictor, reading: str | None
) -> Iterator[Block]:
    """The worst and the best images by their own mean IoU, no image in both."""
    ranked = ranked_rows(evaluation)
    worst = ranked[:_EXAMPLES]
    best = ranked[len(worst) :][-_EXAMPLES:][::-1]
    reading = reading or agree_on_reading(run.pairing.pairs, evaluation.labels)
    for title, rows in (("Worst images", worst), ("Best images", best)):
        if rows:
            yield Heading(title, 3)
        for row in rows:
            yield _example(run, row, predictor, reading)


def _example(run: Run, row: Row, predictor: Predictor, reading: str | None) -> Block:
    """Photo, ground truth over it and prediction over it, side by side."""
    try:
        example = load_example(run.pairing.pairs[row.index], predictor, reading=reading)
    except SegdemoError:
        return Paragraph(f"{row.stem} can no longer be read.", is_note=True)
    return Picture(draw_example(example), f"{row.stem}: mean IoU {row.mean_iou:.4f}")


def _failures(evaluation: Evaluation) -> Iterator[Block]:
    if evaluation.failed:
        yield Heading("Not judged", 3)
        listed = evaluation.failed[:_NAMES_LISTED]
        yield Table(("image", "reason"), [(row.stem, row.reason) for row in listed])
        if len(evaluation.failed) > _NAMES_LISTED:
            yield Paragraph(f"And {len(evaluation.failed) - _NAMES_LISTED} more.", is_note=True)


def _circumstances(run: Run) -> Iterator[Block]:
    yield Heading("How this came about")
    rows = [(name, value) for name, value in run.settings.items()]
    for evaluation in run.evaluations:
        rows.append((f"weights of {evaluation.model_id}", run.weights_sha256[evaluation.model_id]))
        rows.append((f"masks for {evaluation.model_id}", evaluation.masks_statement))
    seconds, first = run.evaluations[0].seconds, run.evaluations[0]
    rows.append(("time", f"{seconds:.1f} s, {_rate(len(first.judged), seconds)}"))
    rows.append(("versions", ", ".join(_versions())))
    yield Table((), rows)
    for title, names in (
        ("photos without a mask", run.pairing.photos_alone),
        ("masks without a photo", run.pairing.masks_alone),
    ):
        if names:
            yield Paragraph(f"{len(names)} {title}: {shortened(names, _NAMES_LISTED)}")


def _rate(images: int, seconds: float) -> str:
    return f"{images / seconds:.1f} images a second" if seconds else "-"


def _versions() -> Iterator[str]:
    yield f"segdemo {__version__}"
    yield f"Python {platform.python_version()}"
    for package in _PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:  # built into an environment without metadata
            continue
