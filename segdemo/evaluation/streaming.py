"""Judging pairs one after another, with decoding, predicting and counting side by side."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from PIL import Image

from segdemo.engines.cores import usable_cores
from segdemo.errors import SegdemoError
from segdemo.evaluation.pairs import Pair
from segdemo.evaluation.row import Row
from segdemo.evaluation.scoring import count, read_truth
from segdemo.images import load_photo
from segdemo.labels import LabelSet
from segdemo.masks import GroundTruth, common_reading
from segdemo.prediction import Prediction
from segdemo.predictor import Predictor

SAMPLED_MASKS = 64
"""Masks that are looked at to find the reading of all: reading 10,000 twice would take minutes."""

_MOST_WORKERS = 8
"""Bounds the photos in memory, whatever the number of cores."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def agree_on_reading(pairs: Sequence[Pair], labels: LabelSet) -> str | None:
    """Find the one reading by which the masks of all pairs are read.

    Args:
        pairs: Pairs of one origin.
        labels: Label set in which their masks are wanted.

    Returns:
        What :func:`segdemo.masks.common_reading` gives for up to ``SAMPLED_MASKS`` of the masks,
        spread evenly over the list; None for a single pair, whose mask has nothing in common.
    """
    if len(pairs) < 2:
        return None
    step = -(-len(pairs) // SAMPLED_MASKS) or 1
    return common_reading((pair.mask_path for pair in pairs[::step]), labels)


def stream_rows(
    predictors: Sequence[Predictor],
    pairs: Sequence[Pair],
    *,
    details: bool = False,
    reading: str | None = None,
    indices: Iterable[int] | None = None,
    on_prediction: Callable[[Pair, Prediction], None] | None = None,
    workers: int | None = None,
) -> Generator[Row, None, None]:
    """Judge pairs, and give each row as soon as it and those before it are done.

    Each worker takes one pair at a time from its files to its counts; ONNX Runtime, Pillow and
    NumPy let go of Python's lock, so that one decodes while others predict and count. A photo is
    decoded once for all models, a mask read once for all models of a label set. At most
    ``workers`` photos are in memory. Closing the iterator stops the work.

    Args:
        predictors: Models, each with an id of its own.
        pairs: Photos and masks.
        details: Whether boundaries and kinds of errors are counted too, which takes several times
            as long as predicting.
        reading: Id of the reading by which all masks are read; None to find the likeliest that
            they have in common, per label set: see :func:`agree_on_reading`.
        indices: Positions of the pairs to judge, in this order; None for all of them.
        on_prediction: Called with every prediction, by several threads at once.
        workers: Pairs in work at once; None for two more than there are cores, at most 8.

    Yields:
        One row for each pair and model: pairs in order, for each pair the models in theirs. A
        pair that cannot be judged has an error in place of counts.

    Raises:
        ValueError: If two predictors have one id.
    """
    if len({predictor.model_id for predictor in predictors}) != len(predictors):
        raise ValueError("predictors must all have different ids")
    label_sets = {predictor.labels.id: predictor.labels for predictor in predictors}
    judge = _Judge(
        tuple(predictors),
        {key: reading or agree_on_reading(pairs, labels) for key, labels in label_sets.items()},
        details,
        on_prediction,
    )
    items = ((index, pairs[index]) for index in (range(len(pairs)) if indices is None else indices))
    for rows in _map_in_order(judge, items, workers=workers or _default_workers()):
        yield from rows


@dataclass(frozen=True)
class _Judge:
    """What is done with each pair."""

    predictors: tuple[Predictor, ...]
    readings: dict[str, str | None]
    details: bool
    on_prediction: Callable[[Pair, Prediction], None] | None

    def __call__(self, item: tuple[int, Pair]) -> list[Row]:
        index, pair = item
        try:
            photo = load_photo(pair.image_path)
        except SegdemoError as error:
            reason = _plain(error)
            return [Row(index, one.model_id, pair.stem, error=reason) for one in self.predictors]
        truths: dict[str, GroundTruth | SegdemoError] = {}
        rows = []
        for predictor in self.predictors:
            key = predictor.labels.id
            if key not in truths:
                truths[key] = self._truth(pair, photo, predictor.labels)
            rows.append(self._row(index, pair, predictor, photo, truths[key]))
        return rows

    def _truth(
        self, pair: Pair, photo: Image.Image, labels: LabelSet
    ) -> GroundTruth | SegdemoError:
        try:
            return read_truth(
                pair.mask_path,
                labels,
                photo=photo,
                photo_source=pair.image_path,
                reading=self.readings[labels.id],
            )
        except SegdemoError as error:
            return _plain(error)

    def _row(
        self,
        index: int,
        pair: Pair,
        predictor: Predictor,
        photo: Image.Image,
        truth: GroundTruth | SegdemoError,
    ) -> Row:
        if isinstance(truth, SegdemoError):
            return Row(index, predictor.model_id, pair.stem, error=truth)
        prediction = predictor.predict(photo)
        if self.on_prediction:
            self.on_prediction(pair, prediction)
        return Row(
            index,
            predictor.model_id,
            pair.stem,
            counts=count(prediction, truth, details=self.details),
            seconds=prediction.timing.total_s,
            encoding=truth.encoding,
            summary=truth.summary,
            pixels=truth.label_map.size,
            unknown_pixels=round(truth.unknown * truth.label_map.size),
        )


def _plain(error: SegdemoError) -> SegdemoError:
    """The error without its traceback, whose frames hold the photo."""
    return type(error)(str(error))


def _default_workers() -> int:
    return min(usable_cores() + 2, _MOST_WORKERS)


def _map_in_order(
    function: Callable[[Item], Result], items: Iterable[Item], *, workers: int
) -> Iterator[Result]:
    """Apply a function in threads; results come in the order of the items.

    No more than twice as many items as there are workers are begun before the first of them is
    done, so that neither they nor their results pile up.
    """
    begun: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="evaluate")
    try:
        for item in items:
            begun.append(pool.submit(function, item))
            if len(begun) >= 2 * workers:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
