"""A run in the background, which can be watched and stopped."""

import logging
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from segdemo.evaluation import Evaluation, Ledger, agree_on_reading, stream_rows
from segdemo.predictor import Predictor
from segdemo.ui.evaluating.dataset import Dataset

_LOGGER = logging.getLogger(__name__)

_WORKERS = 2
"""Pairs in work at once: one decodes while another's network runs, and other visitors' photos
still find room."""


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Args:
        done: Pairs that all models have judged.
        total: Pairs in all.
        seconds: Time since the start.
    """

    done: int
    total: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Pairs a second so far."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """What the rest takes at this rate; None before there is one."""
        return (self.total - self.done) / self.per_second if self.per_second else None


class Job:
    """The judging of a dataset by some models, in a thread of its own.

    Whatever ends it, what was judged until then stays.

    Args:
        predictors: Models of one label set, at least one.
        dataset: The pairs.
        details: Whether boundaries and kinds of errors are counted too.
        reading: Id of the reading of all masks; None for the likeliest in common.
    """

    def __init__(
        self,
        predictors: Sequence[Predictor],
        dataset: Dataset,
        *,
        details: bool = False,
        reading: str | None = None,
    ) -> None:
        self.predictors = tuple(predictors)
        self.dataset = dataset
        self.details = details
        self.asked_reading = reading
        self.reading = reading
        self.failure: Exception | None = None
        self._ledgers = {
            one.model_id: Ledger(one.model_id, one.labels, details) for one in predictors
        }
        self._done = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="evaluation", daemon=True)
        self._start = self._end = time.perf_counter()

    def start(self) -> None:
        """Begin."""
        self._start = time.perf_counter()
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end after the pair that it is at; returns at once."""
        self._stopped.set()

    def wait(self, seconds: float) -> bool:
        """Wait for the end, but no longer than this; returns whether it is there."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        end = time.perf_counter() if self._thread.is_alive() else self._end
        return Progress(self._done, len(self.dataset.pairing.pairs), end - self._start)

    def evaluations(self) -> list[Evaluation]:
        """The judgements of what was done, in the order of the models; once it has ended."""
        seconds = self._end - self._start
        return [ledger.evaluation(seconds=seconds) for ledger in self._ledgers.values()]

    def _run(self) -> None:
        try:
            self._judge()
        except Exception as error:  # it must not take what is done with it
            _LOGGER.exception("an evaluation broke off")
            self.failure = error
        finally:
            self._end = time.perf_counter()

    def _judge(self) -> None:
        pairs = self.dataset.pairing.pairs
        if self.reading is None:
            self.reading = agree_on_reading(pairs, self.predictors[0].labels)
        rows = stream_rows(
            self.predictors, pairs, details=self.details, reading=self.reading, workers=_WORKERS
        )
        with closing(rows):
            for judged, row in enumerate(rows, start=1):
                self._ledgers[row.model_id].add(row)
                if judged % len(self.predictors):
                    continue  # the same pairs for every model
                self._done = judged // len(self.predictors)
                if self._stopped.is_set():
                    return
