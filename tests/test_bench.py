import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from segdemo.bench import bench, counting
from segdemo.bench.counting import OURS, bench_counting
from segdemo.bench.evaluating import bench_evaluating
from segdemo.bench.models import REFERENCE
from segdemo.bench.single import PHOTO_SIZE, time_model
from segdemo.bench.turns import median_seconds
from segdemo.cli import main
from segdemo.zoo import list_models

TIMED = re.compile(
    r"(regions|noise|) *(.+?) +(?:\d+x\d+)? +[\d.]+ ms +([\d.]+) times as (?:fast|long)"
)


def test_every_model_is_timed_beside_the_reference() -> None:
    heading, *lines = bench(rounds=1, only="models")
    assert heading.startswith("500x375 photo")
    found = {match[2]: float(match[3]) for line in lines if (match := TIMED.fullmatch(line))}
    assert list(found) == [REFERENCE, *(entry.model_id for entry in list_models())]
    assert found[REFERENCE] == pytest.approx(1)
    assert min(found.values()) > 0


def test_counting_is_timed_beside_other_libraries() -> None:
    heading, *lines = bench_counting(rounds=1, side_px=60)
    assert heading.startswith("Confusion matrix of 60x60 label maps, 21 classes")
    found = [(match[1], match[2]) for line in lines if (match := TIMED.fullmatch(line))]
    names = [
        OURS,
        "NumPy bincount, int64, nothing checked",
        "scikit-learn",
        "torchmetrics",
        "torchmetrics, nothing checked",
    ]
    assert found == [(kind, name) for kind in ("regions", "noise") for name in names]
    memory = [line for line in lines if "working memory" in line]
    assert len(memory) == 2
    assert re.search(r"[\d.]+ times the two label maps$", memory[0])


def test_a_library_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("sklearn.metrics", "torchmetrics.functional.classification"):
        monkeypatch.setitem(sys.modules, module, None)
    lines = list(bench_counting(rounds=1, side_px=60))
    for name in ("scikit-learn", "torchmetrics"):
        assert [line.split()[0] for line in lines if name in line] == ["regions", "noise"]
        assert all(line.endswith("not installed") for line in lines if name in line)


def test_times_of_different_counts_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*maps: np.ndarray, num_classes: int) -> np.ndarray:
        return np.zeros((num_classes, num_classes), dtype=np.int64)

    monkeypatch.setattr(counting, "confusion_matrix", wrong)
    with pytest.raises(RuntimeError, match=r"NumPy bincount.* and segdemo count differently"):
        list(bench_counting(rounds=1, side_px=60))


def test_the_timed_regions_look_like_masks() -> None:
    pred, target = counting._label_maps(1000)["regions"]
    assert pred.dtype == target.dtype == np.uint8
    assert 0.05 < (target == 255).mean() < 0.3
    assert (pred == target)[target != 255].mean() > 0.8
    assert len(np.unique(pred)) > 10
    assert (pred[:, 1:] == pred[:, :-1]).mean() > 0.9


def test_candidates_take_turns_and_run_once_untimed_before_each() -> None:
    calls: list[str] = []
    candidates = {"first": lambda: calls.append("first"), "second": lambda: calls.append("second")}
    medians = median_seconds(candidates, rounds=2)
    assert calls == ["first", "first", "second", "second"] * 2
    assert list(medians) == ["first", "second"]
    assert min(medians.values()) > 0


def test_evaluating_is_timed_beside_predicting_alone() -> None:
    heading, *lines = bench_evaluating(rounds=1, pairs=2)
    assert heading.startswith("Evaluation of 2 pairs of 500x375")
    form = re.compile(r"(\S+) +[\d.]+ /s +[\d.]+ /s +([\d.]+) times as many")
    found = {match[1]: float(match[2]) for line in lines if (match := form.fullmatch(line))}
    assert list(found) == [entry.model_id for entry in list_models()]
    assert min(found.values()) > 0


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ([], ["models 20", "metrics 20", "evaluation 5"]),
        (["--only", "models"], ["models 20"]),
        (["--only", "metrics", "--rounds", "3"], ["metrics 3"]),
        (["--only", "evaluation", "--rounds", "2"], ["evaluation 2"]),
    ],
)
def test_the_command_prints_all_parts_or_one(
    arguments: list[str],
    parts: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, part in (
        ("models.bench_models", "models"),
        ("counting.bench_counting", "metrics"),
        ("evaluating.bench_evaluating", "evaluation"),
    ):
        monkeypatch.setattr(
            f"segdemo.bench.{name}", lambda rounds, part=part, **_: iter([f"{part} {rounds}"])
        )
    assert main(["bench", *arguments]) == 0
    assert capsys.readouterr().out.splitlines() == parts


def test_one_model_is_timed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []
    predictor = SimpleNamespace(predict=lambda photo: seen.append(photo.size))
    monkeypatch.setattr("segdemo.bench.single.predictor_of", lambda entry, device: predictor)

    assert time_model(list_models()[0], rounds=3) > 0
    assert seen == [PHOTO_SIZE] * 6  # each turn runs once without and once with the clock
