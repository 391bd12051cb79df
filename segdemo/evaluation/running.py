"""Whole evaluations in one call."""

import time
from collections.abc import Callable, Sequence

from segdemo.evaluation.ledger import Evaluation, Ledger
from segdemo.evaluation.pairs import Pair
from segdemo.evaluation.row import Row
from segdemo.evaluation.streaming import stream_rows
from segdemo.predictor import Predictor


def evaluate(
    predictor: Predictor,
    pairs: Sequence[Pair],
    *,
    details: bool = False,
    reading: str | None = None,
) -> Evaluation:
    """Judge a predictor over all pixels of all pairs, every one of which must be sound.

    Args:
        predictor: The model.
        pairs: Photos and masks, each pair of one size.
        details: Whether boundaries and kinds of errors are counted too, which takes several times
            as long as predicting.
        reading: Id of the reading by which all masks are read; None to find the likeliest that
            they have in common.

    Returns:
        The judgement of the summed counts, and how the masks were read.

    Raises:
        MaskError: If a mask does not fit its photo or the label set; the message names the pair.
        ImageError: If a file cannot be read; the message names the pair.
    """
    start = time.perf_counter()
    ledger = Ledger(predictor.model_id, predictor.labels, details)
    for row in stream_rows([predictor], pairs, details=details, reading=reading):
        if row.error:
            raise type(row.error)(f"{row.stem}: {row.error}") from row.error
        ledger.add(row)
    return ledger.evaluation(seconds=time.perf_counter() - start)


def evaluate_all(
    predictors: Sequence[Predictor],
    pairs: Sequence[Pair],
    *,
    details: bool = False,
    reading: str | None = None,
    on_row: Callable[[Row], None] | None = None,
) -> list[Evaluation]:
    """Judge several predictors; a pair that cannot be judged becomes a row with its reason.

    Args:
        predictors: Models, each with an id of its own.
        pairs: Photos and masks.
        details: As in :func:`evaluate`.
        reading: As in :func:`evaluate`.
        on_row: Called with every row as it comes.

    Returns:
        One judgement for each predictor, in their order.
    """
    start = time.perf_counter()
    ledgers = {one.model_id: Ledger(one.model_id, one.labels, details) for one in predictors}
    for row in stream_rows(predictors, pairs, details=details, reading=reading):
        ledgers[row.model_id].add(row)
        if on_row:
            on_row(row)
    seconds = time.perf_counter() - start
    return [ledger.evaluation(seconds=seconds) for ledger in ledgers.values()]
