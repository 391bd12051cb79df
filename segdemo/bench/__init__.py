"""Timing what has to be fast beside a known reference, in one run.

Ratios within a run hold on a busy machine too; milliseconds do not compare between machines.
"""

from collections.abc import Iterator

from segdemo.bench.counting import bench_counting
from segdemo.bench.models import bench_models


def bench(*, rounds: int, only: str | None = None, write: bool = False) -> Iterator[str]:
    """Time the models, and the counting that every metric starts with.

    Args:
        rounds: Timed turns of each candidate.
        only: The one part to run, ``models`` or ``metrics``; None runs both.
        write: Whether the models' times are kept beside the weights.

    Yields:
        Lines of the report.
    """
    if only in (None, "models"):
        yield from bench_models(rounds=rounds, write=write)
    if only in (None, "metrics"):
        yield from bench_counting(rounds=rounds)
