"""Timing what has to be fast beside a known reference, in one run.

Ratios within a run hold on a busy machine too; milliseconds do not compare between machines.
The parts are imported when they run: the page times a model without PyTorch, by
:mod:`segdemo.bench.single`.
"""

from collections.abc import Iterator

_MOST_EVALUATIONS = 5
"""Rounds of evaluations, each of which is over many photos."""


def bench(*, rounds: int, only: str | None = None, write: bool = False) -> Iterator[str]:
    """Time the models, the counting that every metric starts with, and evaluations.

    Args:
        rounds: Timed turns of each candidate.
        only: The one part to run, ``models``, ``metrics`` or ``evaluation``; None runs all.
        write: Whether the models' times are kept beside the weights.

    Yields:
        Lines of the report.
    """
    from segdemo.bench.counting import bench_counting
    from segdemo.bench.evaluating import bench_evaluating
    from segdemo.bench.models import bench_models

    if only in (None, "models"):
        yield from bench_models(rounds=rounds, write=write)
    if only in (None, "metrics"):
        yield from bench_counting(rounds=rounds)
    if only in (None, "evaluation"):
        yield from bench_evaluating(rounds=min(rounds, _MOST_EVALUATIONS))
