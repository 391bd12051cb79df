"""A run that has ended, as tables, sentences and pictures."""

from collections.abc import Mapping
from dataclasses import dataclass

from segdemo.errors import SegdemoError
from segdemo.evaluation import Evaluation
from segdemo.masks import read_mask
from segdemo.reporting import (
    LEADERBOARD_HEAD,
    Run,
    class_table,
    draw_iou_per_class,
    leaderboard,
    shown_number,
    without_partner,
)
from segdemo.ui import texts
from segdemo.ui.evaluating.dataset import Dataset
from segdemo.ui.evaluating.job import Job
from segdemo.ui.handlers import titles_of
from segdemo.ui.html import figure, paragraph
from segdemo.ui.sortable import Sheet
from segdemo.zoo import ZooEntry

_NAMES_LISTED = 5


@dataclass(frozen=True, eq=False)
class Finished:
    """The results of one visitor's run, complete or not.

    Args:
        run: The judgements.
        dataset: The pairs; their files last as long as this.
        reading: Id of the reading by which all masks were read; None if each was by its own.
        entries: The models by id.
        broke_off: Whether it ended by a mistake in the program.
    """

    run: Run
    dataset: Dataset
    reading: str | None
    entries: Mapping[str, ZooEntry]
    broke_off: bool = False

    def evaluation(self, model_id: str) -> Evaluation:
        """The judgement of a model; that of the best for an id that has none."""
        by_id = {one.model_id: one for one in self.run.evaluations}
        return by_id.get(model_id) or by_id[self.ranked_ids[0]]

    @property
    def ranked_ids(self) -> list[str]:
        """Ids of the models, the best first."""
        return [row[0] for row in leaderboard(self.run)]


def finish(job: Job, run: Run, entries: Mapping[str, ZooEntry]) -> Finished:
    """Put together what a job that has ended leaves."""
    return Finished(run, job.dataset, job.reading, entries, job.failure is not None)


def short_names(entries: Mapping[str, ZooEntry]) -> dict[str, str]:
    """Names for models of one label set: their architectures', or ids where two share one."""
    return dict(zip(entries, titles_of(list(entries.values())), strict=True))


def leaderboard_sheet(finished: Finished) -> Sheet:
    """The models with their scores, best first."""
    return Sheet(
        texts.LEADERBOARD,
        LEADERBOARD_HEAD,
        leaderboard(finished.run),
        numbers=range(1, len(LEADERBOARD_HEAD)),
        sorted_by=1,
        descending=True,
    )


def classes_sheet(evaluation: Evaluation) -> Sheet:
    """The classes with their scores by one model."""
    head, rows = class_table(evaluation)
    return Sheet(texts.CLASSES, head, rows, numbers=range(1, len(head)))


def images_sheet(evaluation: Evaluation) -> Sheet:
    """The images with their scores by one model, the worst first; a row per row of it."""
    rows = [
        (
            row.stem,
            shown_number(row.mean_iou),
            shown_number(row.pixel_accuracy),
            f"{row.valid_pixels:,}" if row.counts else texts.NO_VALUE,
            f"{1000 * row.seconds:.0f}" if row.counts else texts.NO_VALUE,
            row.reason,
        )
        for row in evaluation.rows
    ]
    return Sheet(
        texts.IMAGES, texts.IMAGES_HEAD, rows, numbers=range(1, 5), sorted_by=1, opens=True
    )


def notes(finished: Finished) -> str:
    """What a reader must know before the numbers, HTML; empty if nothing."""
    run, first = finished.run, finished.run.evaluations[0]
    pairs = len(run.pairing.pairs)
    said = []
    if finished.broke_off:
        said.append(texts.BROKE_OFF.format(done=len(first.rows), pairs=pairs))
    elif not run.is_complete:
        said.append(texts.STOPPED.format(done=len(first.rows), pairs=pairs))
    if first.failed:
        said.append(texts.NOT_JUDGED.format(failed=len(first.failed), pairs=len(first.rows)))
    said += [f"{text}." for text in without_partner(run.pairing, most=_NAMES_LISTED)]
    if first.judged:
        said.append(f"Masks: {first.masks_statement}")
    return "".join(map(paragraph, said))


def class_chart(finished: Finished) -> str:
    """IoU of each class, a bar for each model, HTML."""
    names = short_names(finished.entries)
    bars = {names[one]: finished.evaluation(one) for one in finished.ranked_ids}
    return figure(draw_iou_per_class(bars), texts.CLASS_CHART)


def readings(finished: Finished) -> list[tuple[str, str]]:
    """Phrase and id of the reading of the first mask that can be read, and of other possible ones.

    Returns:
        The one taken first; nothing if no mask can be read.
    """
    pairs, labels = finished.run.pairing.pairs, finished.run.evaluations[0].labels
    for row in finished.run.evaluations[0].judged:
        try:
            truth = read_mask(pairs[row.index].mask_path, labels, reading=finished.reading)
        except SegdemoError:
            continue
        return [
            (truth.encoding, truth.reading),
            *((phrase, key) for key, phrase in truth.alternatives),
        ]
    return []
