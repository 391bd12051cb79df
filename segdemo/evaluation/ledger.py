"""Adding rows up to the judgement of a whole dataset."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np

from segdemo.evaluation.packing import empty_tally, pack, unpack
from segdemo.evaluation.row import Row
from segdemo.labels import LabelSet
from segdemo.metrics import Assessment, Scores, Tally, assess

Entry: TypeAlias = tuple[Row, np.ndarray]
"""A row and the floats of its counts, as kept until the sum is asked for."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The judgement of one model on many pairs, and how their masks were read.

    Args:
        model_id: The model.
        labels: Its label set.
        assessment: Judgement over all pixels of all pairs that could be judged.
        rows: One for each pair, judged or not, in the order of the pairs; their counts are
            confusion matrices only.
        seconds: What it took, from the first file to the last, all models of the run together.
    """

    model_id: str
    labels: LabelSet
    assessment: Assessment
    rows: tuple[Row, ...]
    seconds: float

    @property
    def scores(self) -> Scores:
        """The scores of the assessment."""
        return self.assessment.scores

    @cached_property
    def judged(self) -> tuple[Row, ...]:
        """The rows of pairs that could be judged."""
        return tuple(row for row in self.rows if row.counts)

    @cached_property
    def failed(self) -> tuple[Row, ...]:
        """The rows of pairs that could not be judged, each with its reason."""
        return tuple(row for row in self.rows if not row.counts)

    @property
    def encodings(self) -> dict[str, int]:
        """How masks were understood, and how many of them each way."""
        return dict(Counter(row.encoding for row in self.judged))

    @property
    def unknown(self) -> float:
        """Share of all pixels, 0 to 1, whose value had no meaning; they were left out."""
        return self._share(sum(row.unknown_pixels for row in self.judged))

    @property
    def void(self) -> float:
        """Share of all pixels, 0 to 1, that were left out, those of ``unknown`` among them."""
        return self._share(sum(row.pixels - row.valid_pixels for row in self.judged))

    @property
    def masks_statement(self) -> str:
        """How the masks were read, for people."""
        if len(self.judged) == 1:
            return self.judged[0].summary
        ways = [f"{number} masks read as {way}" for way, number in self.encodings.items()]
        shares = f"{self.void:.1%} of the pixels are void" + (
            f", {self.unknown:.1%} because their value has no meaning" if self.unknown else ""
        )
        return "; ".join([*ways, shares]) + "."

    def _share(self, part: int) -> float:
        pixels = sum(row.pixels for row in self.judged)
        return part / pixels if pixels else 0.0


@dataclass(eq=False)
class Ledger:
    """The sums of one model's rows, to which more can be added.

    Whole numbers are summed as they come. Floats, which only calibration and the BF score have,
    are kept per row and summed in the order of the pairs when asked for, so that the result has
    the same bits whoever judged which pair.

    Args:
        model_id: The model.
        labels: Its label set.
        details: Whether boundaries and kinds of errors are counted too.
    """

    model_id: str
    labels: LabelSet
    details: bool = False
    integers: np.ndarray = field(init=False)
    entries: list[Entry] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._nothing = empty_tally(self.labels.num_classes, details=self.details)
        self.integers, self._no_floats = pack(self._nothing)

    def add(self, row: Row) -> None:
        """Add a row of this model.

        Raises:
            ValueError: If it is of another model, or was not counted as this ledger is.
        """
        if row.model_id != self.model_id:
            raise ValueError(f"row must be of model '{self.model_id}', got '{row.model_id}'")
        floats = self._no_floats
        if row.counts:
            integers, floats = pack(row.counts)
            if integers.shape != self.integers.shape or floats.shape != self._no_floats.shape:
                raise ValueError("row must have the parts that the ledger counts, got others")
            self.integers += integers
        self.entries.append((row.without_details(), floats))

    def evaluation(self, *, seconds: float) -> Evaluation:
        """Judge what was added so far.

        Args:
            seconds: What it took.

        Returns:
            The judgement; its scores are NaN if no pair could be judged.
        """
        entries = sorted(self.entries, key=lambda entry: entry[0].index)
        floats = self._no_floats.copy()
        for _, values in entries:
            floats += values
        total = unpack(self._nothing, self.integers, floats)
        rows = tuple(row for row, _ in entries)
        confmats = [row.counts.confmat for row in rows if row.counts]
        return Evaluation(
            model_id=self.model_id,
            labels=self.labels,
            assessment=_assess(total, confmats, self.labels),
            rows=rows,
            seconds=seconds,
        )


def _assess(total: Tally, confmats: list[np.ndarray], labels: LabelSet) -> Assessment:
    return assess(total, confmats=confmats or [total.confmat], class_names=labels.class_names)
