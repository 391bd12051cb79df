"""What happens when a visitor compares models: plain functions, values in, values out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segdemo.comparison import LEAST_MODELS, MOST_MODELS, choose_models, compare
from segdemo.errors import SegdemoError
from segdemo.ui.comparison_tables import draw_tables, summarise
from segdemo.ui.examples import LABEL_SET, example_of
from segdemo.ui.handlers import DEVICE, read_ground_truth, readings_of, titles_of
from segdemo.ui.inputs import UploadedPhoto
from segdemo.ui.offer import label_set_titles, models_of
from segdemo.ui.viewer import ComparedPhoto
from segdemo.zoo import ZooEntry


@dataclass(frozen=True)
class ComparedPage:
    """Everything that one comparison shows.

    Args:
        shown: Photo and results for the viewer; None where there is no photo.
        summary: The comparison in a sentence, HTML.
        tables: Disagreement, scores and costs, HTML.
        readings: Phrase and id of the readings of the mask; empty without one.
        reading: Id of the one taken.
        warning: Why there are no scores although a mask was given; None otherwise.
    """

    shown: ComparedPhoto | None = None
    summary: str = ""
    tables: str = ""
    readings: tuple[tuple[str, str], ...] = ()
    reading: str = ""
    warning: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the numbers as plain values that JSON can hold; empty without a photo."""
        if self.shown is None:
            return {}
        return {**self.shown.comparison.to_json(), "warning": self.warning}


def compare_photo(
    photo: UploadedPhoto,
    mask: bytes | None,
    entries: Sequence[ZooEntry],
    model_ids: Sequence[str],
    *,
    reading: str | None = None,
) -> ComparedPage:
    """Let models segment a photo and, with a mask, score each.

    A mask that does not fit costs the scores, not the comparison.

    Args:
        photo: The photo.
        mask: Contents of a mask file; None if there is none.
        entries: The models there are.
        model_ids: Ids of two to five of them, of one label set.
        reading: Id of the reading of the mask that is wanted; where the mask cannot be read so,
            the likeliest is taken.

    Returns:
        What the page shows.

    Raises:
        SegdemoError: If the models cannot be compared, or the files of one are damaged.
    """
    chosen = choose_models(entries, model_ids)
    truth, warning = None, None
    if mask is not None:
        try:
            truth = read_ground_truth(mask, photo, chosen[0].card.labels, reading)
        except SegdemoError as error:
            warning = f"No score: {error}"
    comparison = compare(photo.image, chosen, truth=truth, device=DEVICE)
    titles = titles_of(chosen)
    return ComparedPage(
        shown=ComparedPhoto(photo.image, comparison, titles, photo.key, example_of(photo)),
        summary=summarise(comparison),
        tables=draw_tables(comparison, titles),
        readings=tuple(readings_of(truth)) if truth else (),
        reading=truth.reading if truth else "",
        warning=warning,
    )


def comparable_label_sets(entries: Sequence[ZooEntry]) -> dict[str, str]:
    """Id and title of the label sets that have models enough; that of the examples first."""
    counts = Counter(entry.card.label_set for entry in entries)
    titles = label_set_titles(entries)
    found = [key for key, count in counts.items() if count >= LEAST_MODELS]
    return {key: titles[key] for key in sorted(found, key=lambda key: key != LABEL_SET)}


def first_choice(entries: Sequence[ZooEntry], label_set: str) -> list[str]:
    """Ids of the models that are chosen at first: all of a label set, up to the most possible."""
    return [entry.model_id for entry in models_of(entries, label_set)[:MOST_MODELS]]
