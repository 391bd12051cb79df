"""Timing candidates fairly: in turns, each after it has met the caches."""

import statistics
import time
from collections.abc import Callable, Mapping


def median_seconds(
    candidates: Mapping[str, Callable[[], object]], *, rounds: int
) -> dict[str, float]:
    """Time functions side by side.

    Candidates take turns within a round, so that a slow moment of the machine meets them all. Each
    turn runs once without and once with the clock: the first meets the caches, and the waiting
    threads, that the candidate before left behind.

    Args:
        candidates: Functions by name.
        rounds: Timed turns of each candidate.

    Returns:
        Median seconds by name, in the order of ``candidates``.
    """
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, candidate in candidates.items():
            candidate()
            start = time.perf_counter()
            candidate()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}
