from pathlib import Path

import pytest

from segdemo.engines.cores import usable_cores


@pytest.mark.parametrize(
    ("quota", "cores"), [("100000 100000", 1), ("150000 100000", 2), ("10000 100000", 1)]
)
def test_a_container_s_quota_limits_the_threads(
    quota: str, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(64)))
    monkeypatch.setattr(Path, "read_text", lambda *_: quota)
    assert usable_cores() == cores


def test_without_a_quota_every_allowed_core_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 5})
    monkeypatch.setattr(Path, "read_text", lambda *_: "max 100000")
    assert usable_cores() == 3
