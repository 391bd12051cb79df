"""What is written of a run: JSON, tables, the report and the folder of all of them."""

import csv
import io
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from segdemo import __version__
from segdemo.errors import DataError
from segdemo.evaluation import Pairing, evaluate_all
from segdemo.metrics import CONVENTIONS, METRICS_PER_CLASS, POLICY
from segdemo.reporting import (
    Run,
    class_table,
    confusion_csv,
    leaderboard,
    per_image_csv,
    report_html,
    results_json,
    shown_number,
    write_results,
)
from tests.pairs import COLOUR_PREDICTOR, RGB, write_pair

DIGEST = "ab" * 32
OTHER = replace(COLOUR_PREDICTOR, model_id="other-rgb")
PREDICTORS = {"colour-rgb": COLOUR_PREDICTOR, "other-rgb": OTHER}

STABLE_KEYS = {
    "model",
    "labels",
    "images",
    "failed",
    "pixel_accuracy",
    "mean_iou",
    "mean_iou_per_image",
    "iou_per_class",
    "f1_per_class",
    "precision_per_class",
    "recall_per_class",
    "seconds",
    "images_per_second",
    "policy",
    "weights_sha256",
}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """One model on six pairs, of which one is broken."""
    return make_run(tmp_path, "colour-rgb")


def make_run(folder: Path, *model_ids: str) -> Run:
    pairs = [write_pair(folder, f"p{i}", width=40, height=30 + i, seed=i) for i in range(6)]
    pairs[4].mask_path.write_bytes(b"junk")
    pairing = Pairing(tuple(pairs), photos_alone=("x/alone.jpg",), masks_alone=("lost.png",))
    found = evaluate_all([PREDICTORS[model_id] for model_id in model_ids], pairs)
    return Run(pairing, tuple(found), dict.fromkeys(model_ids, DIGEST), {"data": "<made up>"})


def test_the_stable_keys_are_there_with_their_meaning(run: Run) -> None:
    found = results_json(run)

    assert isinstance(found, dict)
    assert set(found) >= STABLE_KEYS
    scores = run.evaluations[0].scores
    assert (found["model"], found["labels"]) == ("colour-rgb", "rgb")
    assert (found["images"], found["failed"]) == (5, 1)
    assert found["mean_iou"] == scores.mean_iou
    assert found["iou_per_class"] == dict(zip(RGB.class_names, scores.iou_per_class, strict=True))
    assert found["policy"] == POLICY
    assert found["weights_sha256"] == DIGEST
    assert found["images_per_second"] == pytest.approx(5 / found["seconds"])
    assert found["failures"] == [
        {"image": "p4", "reason": run.evaluations[0].failed[0].reason},
    ]
    assert found["photos_without_mask"] == ["x/alone.jpg"]
    assert found["masks_without_photo"] == ["lost.png"]
    assert found["complete"]
    json.dumps(found, allow_nan=False)


def test_several_models_are_a_list(tmp_path: Path) -> None:
    found = results_json(make_run(tmp_path, "colour-rgb", "other-rgb"))

    assert isinstance(found, list)
    assert [one["model"] for one in found] == ["colour-rgb", "other-rgb"]


def test_a_run_that_was_stopped_says_so(run: Run) -> None:
    (whole,) = run.evaluations
    stopped = replace(run, evaluations=(replace(whole, rows=whole.rows[:3]),))

    found = results_json(stopped)

    assert isinstance(found, dict)
    assert not found["complete"]
    assert "of 6 pairs 3 were taken up" in report_html(stopped, PREDICTORS)


def test_the_table_of_images_has_a_line_for_each_the_broken_one_too(run: Run) -> None:
    lines = list(csv.DictReader(io.StringIO(per_image_csv(run))))

    assert [line["image"] for line in lines] == ["p0", "p1", "p2", "p3", "p4", "p5"]
    for line, row in zip(lines, run.evaluations[0].rows, strict=True):
        assert line["model"] == "colour-rgb"
        if row.error:
            assert line["reason"] == row.reason
            assert line["mean_iou"] == line["iou_red"] == line["valid_pixels"] == ""
        else:
            assert float(line["mean_iou"]) == row.mean_iou
            assert float(line["iou_green"]) == row.iou_per_class[1]
            assert int(line["valid_pixels"]) == row.valid_pixels
            assert line["reason"] == ""


def test_the_table_of_confusions_adds_up_to_the_matrix(run: Run) -> None:
    lines = list(csv.DictReader(io.StringIO(confusion_csv(run))))

    found = np.zeros((3, 3), np.int64)
    for line in lines:
        place = (RGB.class_names.index(line["true"]), RGB.class_names.index(line["predicted"]))
        found[place] += int(line["pixels"])
    np.testing.assert_array_equal(found, run.evaluations[0].scores.confmat)
    assert len(lines) == 9


def test_the_leaderboard_has_the_best_model_first(tmp_path: Path) -> None:
    run = make_run(tmp_path, "colour-rgb", "other-rgb")
    first, second = run.evaluations
    worse = replace(
        first,
        assessment=replace(
            first.assessment, scores=replace(first.scores, mean_iou=first.scores.mean_iou / 2)
        ),
    )

    rows = leaderboard(replace(run, evaluations=(worse, second)))

    assert [row[0] for row in rows] == ["other-rgb", "colour-rgb"]
    assert rows[0][1] == f"{second.scores.mean_iou:.4f}"
    assert rows[0][-2:] == ("5", "1")


def test_scores_have_four_decimals_or_a_dash() -> None:
    assert shown_number(0.5) == "0.5000"
    assert shown_number(math.nan) == "-"


def test_scores_that_nothing_has_are_left_out_of_the_table_of_classes(run: Run) -> None:
    evaluation = run.evaluations[0]

    head, rows = class_table(evaluation)

    by_title = {metric.title: metric.name for metric in METRICS_PER_CLASS}
    assert head[0] == "Class"
    assert [row[0] for row in rows] == list(evaluation.labels.class_names)
    for column, title in enumerate(head[1:], start=1):
        values = getattr(evaluation.scores, by_title.pop(title))
        assert [row[column] for row in rows] == [shown_number(value) for value in values]
    for name in by_title.values():
        assert all(math.isnan(value) for value in getattr(evaluation.scores, name))


def test_a_model_without_a_score_is_last(tmp_path: Path) -> None:
    run = make_run(tmp_path, "colour-rgb", "other-rgb")
    first, second = run.evaluations
    nothing = replace(
        first,
        assessment=replace(first.assessment, scores=replace(first.scores, mean_iou=math.nan)),
    )

    rows = leaderboard(replace(run, evaluations=(nothing, second)))

    assert [(row[0], row[1]) for row in rows][1] == ("colour-rgb", "-")


def test_the_report_names_everything_needed_to_make_it_again(run: Run) -> None:
    page = report_html(run, PREDICTORS)

    scores = run.evaluations[0].scores
    for text in (
        f"{scores.mean_iou:.4f}",
        DIGEST,
        "&lt;made up&gt;",
        f"segdemo {__version__}",
        "numpy",
        "All pixels are counted together",
        "Worst images",
        "Calibration",
        "Confusion matrix",
        "x/alone.jpg",
        "lost.png",
        "p4",
        "bootstrap",
        *(convention.title for convention in CONVENTIONS),
    ):
        assert text in page
    assert "http" not in page.replace("http-equiv", "")
    # three charts, and the five images that were judged: four worst, one best
    assert page.count('src="data:image/') == 8
    assert page.count("src=") == 8


def test_a_photo_that_has_gone_is_said_to_be(run: Run) -> None:
    run.pairing.pairs[0].image_path.unlink()

    assert "p0 can no longer be read." in report_html(run, PREDICTORS)


def test_a_very_long_photo_does_not_stretch_the_report(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, "long", width=3, height=4000, seed=0)
    found = evaluate_all([COLOUR_PREDICTOR], [pair])
    run = Run(Pairing((pair,)), tuple(found), {"colour-rgb": DIGEST})

    assert len(report_html(run, PREDICTORS)) < 1_000_000


def test_all_files_are_written(run: Run, tmp_path: Path) -> None:
    files = write_results(run, tmp_path / "new" / "folder", predictors=PREDICTORS)

    assert [path.name for path in files] == [
        "scores.json",
        "per_image.csv",
        "confusion.csv",
        "report.html",
    ]
    assert json.loads(files[0].read_text("utf-8")) == results_json(run)
    assert files[1].read_text("utf-8") == per_image_csv(run)
    assert files[2].read_text("utf-8") == confusion_csv(run)


def test_a_place_that_is_no_folder_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(DataError, match="cannot be written"):
        write_results(run, tmp_path / "file", predictors=PREDICTORS)


def test_a_run_without_a_model_or_a_digest_is_refused(run: Run) -> None:
    with pytest.raises(ValueError, match="at least one"):
        replace(run, evaluations=())
    with pytest.raises(ValueError, match="must name 'colour-rgb'"):
        replace(run, weights_sha256={})
