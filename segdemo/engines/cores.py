"""How many cores this process may use."""

import os
from pathlib import Path


def usable_cores() -> int:
    """Number of cores that this process may use, at least 1.

    Counts the cores it may be scheduled on, and, on Linux, a container's quota of time: a
    program that starts a thread per core of the host under a quota of two is slowed tenfold.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        limit = int(quota) / int(period)
    except (OSError, ValueError):  # no quota: the file is absent or says "max"
        return max(1, allowed or 1)
    return max(1, min(allowed or 1, round(limit)))
