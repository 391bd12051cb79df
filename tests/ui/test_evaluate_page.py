"""A visitor evaluates, in a real browser, on the real weights."""

import csv
import io
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from segdemo.cli import main
from segdemo.evaluation import evaluate_all, pair_up
from segdemo.images import load_photo
from segdemo.labels import PEOPLE_ANIMALS
from segdemo.predictor import load_predictor
from segdemo.reporting import Run, describe_run, leaderboard, results_json, shown_number
from segdemo.ui.evaluating.dataset import LIMITS
from segdemo.ui.evaluating.finished import short_names
from segdemo.ui.examples import EXAMPLES
from segdemo.ui.texts import DOWNLOAD_TITLES
from segdemo.views.charts import draw_bars_per_class
from segdemo.zoo import ZooEntry
from tests.ui.conftest import Screen, visit_of
from tests.ui.evaluating import (
    cells,
    choose_label_set,
    choose_model,
    largest_label_set,
    pack,
    run,
    serial,
    toast,
    upload,
    wait_for_results,
    write_data,
)
from tests.ui.visit import ROOT, Visit

MANY = 300
"""Pairs of a run that is stopped before its end, on any machine."""


@pytest.fixture(scope="module")
def entries() -> list[ZooEntry]:
    return largest_label_set()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, entries: list[ZooEntry]) -> Path:
    return write_data(tmp_path_factory.mktemp("data"), entries[-1])


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    return pack(data, tmp_path_factory.mktemp("zip") / "my-data.zip")


@pytest.fixture(scope="module")
def expected(data: Path, entries: list[ZooEntry]) -> Run:
    """The library's judgement of the same pairs."""
    pairing = pair_up(data / "images", data / "masks")
    predictors = [load_predictor(entry.model_id) for entry in entries]
    return describe_run(evaluate_all(predictors, pairing.pairs), pairing, data="", device="cpu")


@pytest.fixture
def visit(contexts: dict[Screen, BrowserContext], app_url: str) -> Any:
    yield from visit_of(contexts[Screen()], app_url, "/evaluate")


def evaluate(visit: Visit, archive: Path, entries: list[ZooEntry]) -> None:
    upload(visit, "#archive", archive)
    choose_label_set(visit, entries)
    run(visit)


def evaluate_one(visit: Visit, archive: Path, entries: list[ZooEntry]) -> None:
    """Evaluate the first model alone."""
    upload(visit, "#archive", archive)
    choose_model(visit, entries, entries[0])
    run(visit)


def download(visit: Visit, name: str) -> str:
    """Text of a file of the results."""
    with visit.page.expect_download() as found:
        visit.page.locator(f"#{name.replace('.', '-')}").click()
    assert found.value.suggested_filename == name
    return Path(found.value.path()).read_text("utf-8")


def without_times(results: Any) -> Any:
    return [{key: value for key, value in one.items() if "second" not in key} for one in results]


def test_before_anything_the_page_says_what_to_upload(visit: Visit) -> None:
    said = visit.page.locator("#empty").inner_text()
    assert "images/" in said
    assert "masks/" in said
    limits = visit.page.locator(".hint").first.inner_text()
    assert "at most 200 MB, 4,000 files and 1 GB when unpacked" in limits
    assert not visit.page.locator("#results").is_visible()


def test_a_zip_gives_the_library_s_numbers(
    visit: Visit, archive: Path, entries: list[ZooEntry], expected: Run
) -> None:
    evaluate(visit, archive, entries)

    assert cells(visit, "#leaderboard") == [list(row) for row in leaderboard(expected)]
    notes = visit.page.locator("#notes").inner_text()
    assert "1 of 4 images could not be scored" in notes
    assert "1 photo has no mask: alone.jpg." in notes
    assert "1 mask has no photo: lost.png." in notes
    best = expected.evaluations[[e.model_id for e in entries].index(leaderboard(expected)[0][0])]
    for name, *values in cells(visit, "#classes"):
        index = best.scores.class_names.index(name)
        assert values[0] == shown_number(best.scores.iou_per_class[index])
    shown = {row[0]: row for row in cells(visit, "#images")}
    assert set(shown) == {row.stem for row in best.rows}
    for row in best.judged:
        assert shown[row.stem][1:3] == [
            shown_number(row.mean_iou),
            shown_number(row.pixel_accuracy),
        ]
    assert "not a photo" in shown["broken"][5]
    for chart in ("#class-chart", "#confusion", "#calibration"):
        image = visit.page.locator(f"{chart} img")
        assert image.evaluate("image => image.complete && image.naturalWidth") > 400
        assert image.get_attribute("alt")
    assert "calibration error, ECE" in visit.page.locator("#calibration").inner_text()
    visit.screenshot("evaluate-light")


def test_a_model_is_shown_closely_when_it_is_chosen(
    visit: Visit, archive: Path, entries: list[ZooEntry], expected: Run
) -> None:
    evaluate(visit, archive, entries)
    names = short_names({entry.model_id: entry for entry in entries})
    worst = leaderboard(expected)[-1][0]
    before = serial(visit)

    visit.page.locator("#shown-model").get_by_label(names[worst], exact=True).check()

    if len(entries) > 1:
        wait_for_results(visit, before)
    (wanted,) = (one for one in expected.evaluations if one.model_id == worst)
    first = visit.page.locator("#model-overview dd").first
    expect(first).to_have_text(shown_number(wanted.scores.mean_iou))
    assert [row[1] for row in cells(visit, "#images")][:3] == [
        shown_number(row.mean_iou) for row in sorted(wanted.judged, key=lambda row: row.mean_iou)
    ]


def test_page_shell_python_and_torchrun_give_the_same(
    visit: Visit,
    archive: Path,
    entries: list[ZooEntry],
    expected: Run,
    capsys: pytest.CaptureFixture[str],
) -> None:
    evaluate(visit, archive, entries)
    from_page = json.loads(download(visit, "scores.json"))

    models = [part for entry in entries for part in ("--model", entry.model_id)]
    arguments = ["evaluate", "--zip", str(archive), *models, "--json"]
    assert main(arguments) == 0
    from_shell = json.loads(capsys.readouterr().out)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    answer = subprocess.run(
        [*torchrun, "--nproc-per-node", "2", "-m", "segdemo", *arguments],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    from_python = json.loads(json.dumps(results_json(expected)))

    wanted = without_times(from_python)
    assert without_times(from_shell) == wanted
    assert without_times(from_page) == wanted
    assert without_times(json.loads(answer.stdout)) == wanted


def test_the_downloads_hold_what_the_page_shows(
    visit: Visit, archive: Path, entries: list[ZooEntry], expected: Run
) -> None:
    evaluate_one(visit, archive, entries)
    (row,) = cells(visit, "#leaderboard")

    texts = {name: download(visit, name) for name in DOWNLOAD_TITLES}

    images = {line["image"]: line for line in csv.DictReader(io.StringIO(texts["per_image.csv"]))}
    first = expected.evaluations[0]
    assert list(images) == [one.stem for one in first.rows]
    assert "not a photo" in images["broken"]["reason"]
    assert [float(images[one.stem]["mean_iou"]) for one in first.judged] == [
        one.mean_iou for one in first.judged
    ]
    pixels = [int(line["pixels"]) for line in csv.DictReader(io.StringIO(texts["confusion.csv"]))]
    assert pixels == first.scores.confmat.flatten().tolist()
    assert json.loads(texts["scores.json"])["mean_iou"] == first.scores.mean_iou
    report = texts["report.html"]
    assert "Content-Security-Policy" in report
    for text in ("my-data.zip", f"<td>{row[0]}</td>", row[1]):
        assert text in report


def test_tables_are_sorted_by_any_column(visit: Visit) -> None:
    run(visit, "#example")
    names = sorted(example.name for example in EXAMPLES if example.mask)
    header = visit.page.locator("#images thead th").first

    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert [row[0] for row in cells(visit, "#images")] == names
    header.get_by_role("button").press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    assert [row[0] for row in cells(visit, "#images")] == names[::-1]

    visit.page.locator("#images thead button", has_text="mean IoU").click()
    scores = [float(row[1]) for row in cells(visit, "#images")]
    assert scores == sorted(scores, reverse=True)


def test_a_click_opens_the_image_in_the_viewer(visit: Visit) -> None:
    run(visit, "#example")
    best = cells(visit, "#leaderboard")[0][0]

    visit.page.locator("#images tbody tr", has_text="chelsea").click()
    result = visit.wait_for_result()

    assert visit.page.locator("#opened-title").inner_text().startswith("chelsea by ")
    prediction = load_predictor(best).predict(load_photo(EXAMPLES[0].photo))
    wanted = prediction.labels.palette[prediction.label_map]
    assert np.array_equal(visit.pixels()[..., :3], wanted)
    visit.show("Errors")
    assert visit.page.locator("#viewer .kinds li", has_text="missed").is_visible()
    with visit.page.expect_download() as found:
        visit.page.locator("#viewer [data-kind=json]").click()
    assert json.loads(Path(found.value.path()).read_text("utf-8"))["model"] == best

    visit.page.locator("#worst button", has_text="astronaut").click()
    visit.wait_for_result(result)
    assert visit.page.locator("#opened-title").inner_text().startswith("astronaut by ")


def test_a_broken_image_says_why_when_it_is_opened(
    visit: Visit, archive: Path, entries: list[ZooEntry]
) -> None:
    evaluate_one(visit, archive, entries)
    visit.page.locator("#images tbody tr", has_text="broken").click()
    assert "not a photo" in toast(visit)
    assert cells(visit, "#leaderboard")


def test_loose_photos_and_masks_are_paired_by_name(
    visit: Visit, data: Path, entries: list[ZooEntry], expected: Run
) -> None:
    upload(visit, "#photos", sorted((data / "images").iterdir()))
    upload(visit, "#masks", sorted((data / "masks").iterdir()))
    choose_model(visit, entries, entries[0])
    run(visit)
    (wanted,) = (row for row in leaderboard(expected) if row[0] == entries[0].model_id)
    assert cells(visit, "#leaderboard") == [list(wanted)]
    assert "1 photo has no mask: alone.jpg." in visit.page.locator("#notes").inner_text()


@pytest.fixture(scope="module")
def long_archive(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    """Many pairs, each of them sound."""
    archive = tmp_path_factory.mktemp("long") / "long.zip"
    name = EXAMPLES[0].name
    photo = (data / "images" / f"{name}.jpg").read_bytes()
    mask = (data / "masks" / f"{name}.png").read_bytes()
    with zipfile.ZipFile(archive, "w") as file:
        for index in range(MANY):
            file.writestr(f"images/{index:04}.jpg", photo)
            file.writestr(f"masks/{index:04}.png", mask)
    return archive


def start(visit: Visit, archive: Path, entries: list[ZooEntry]) -> None:
    """Evaluate, and wait for the first image."""
    upload(visit, "#archive", archive)
    choose_model(visit, entries, entries[0])
    visit.page.locator("#run").click()
    visit.page.locator("#progress p", has_text="left").wait_for()


def test_stop_keeps_and_shows_what_is_done(
    visit: Visit, long_archive: Path, entries: list[ZooEntry]
) -> None:
    start(visit, long_archive, entries)
    line = visit.page.locator("#progress p").inner_text()
    assert f"of {MANY} images" in line
    assert "a second" in line
    visit.page.locator("#stop").click()
    wait_for_results(visit)

    done = len(cells(visit, "#images"))
    assert 0 < done < MANY
    assert f"Stopped after {done} of {MANY} images" in visit.page.locator("#notes").inner_text()
    assert cells(visit, "#leaderboard")[0][5] == str(done)
    found = json.loads(download(visit, "scores.json"))
    assert found["images"] == done
    assert not found["complete"]
    expect(visit.page.locator("#stop")).to_be_hidden()
    expect(visit.page.locator("#run")).to_be_enabled()


def test_a_visitor_who_leaves_frees_the_machine(
    visit: Visit, long_archive: Path, entries: list[ZooEntry]
) -> None:
    start(visit, long_archive, entries)
    (evaluation,) = (one for one in threading.enumerate() if one.name == "evaluation")
    visit.page.close()
    evaluation.join(timeout=20)
    assert not evaluation.is_alive()


def escaping(file: zipfile.ZipFile) -> None:
    file.writestr("../../outside.png", b"x")


def crowded(file: zipfile.ZipFile) -> None:
    for index in range(LIMITS.entries + 1):
        file.writestr(f"images/{index}.png", b"")


def nested(file: zipfile.ZipFile) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as more:
        more.writestr("images/0.png", b"x")
        more.writestr("masks/0.png", b"x")
    file.writestr("more.zip", inner.getvalue())


def swelling(file: zipfile.ZipFile) -> None:
    for index in range(3):
        file.writestr(f"images/{index}.png", bytes(40_000_000), zipfile.ZIP_DEFLATED)


@pytest.mark.parametrize(
    ("fill", "said"),
    [
        (escaping, "leads out of its folder"),
        (crowded, f"more than {LIMITS.entries:,} entries"),
        (nested, "no folders 'images' and 'masks'"),
        (swelling, "more than 50 times its size"),
    ],
)
def test_a_hostile_zip_is_a_toast_in_plain_words(
    visit: Visit, tmp_path: Path, fill: Callable[[zipfile.ZipFile], None], said: str
) -> None:
    with zipfile.ZipFile(tmp_path / "hostile.zip", "w") as file:
        fill(file)
    upload(visit, "#archive", tmp_path / "hostile.zip")
    visit.page.locator("#run").click()
    text = toast(visit)
    assert said in text
    assert str(tmp_path.parent) not in text
    expect(visit.page.locator("#run")).to_be_enabled()


def test_a_failure_leaves_the_previous_result(visit: Visit, tmp_path: Path) -> None:
    run(visit, "#example")
    before = cells(visit, "#leaderboard")
    (tmp_path / "no.zip").write_bytes(b"this is no zip")
    visit.page.locator("#archive").get_by_label("Clear").click()
    upload(visit, "#archive", tmp_path / "no.zip")
    visit.page.locator("#run").click()
    assert "no zip archive" in toast(visit)
    assert cells(visit, "#leaderboard") == before


def test_what_is_missing_is_said(visit: Visit, data: Path) -> None:
    visit.page.locator("#run").click()
    assert "Choose what to evaluate first" in toast(visit)

    visit.open("/evaluate")
    upload(visit, "#photos", data / "images" / "alone.jpg")
    visit.page.locator("#run").click()
    assert "Add the masks" in toast(visit)

    visit.open("/evaluate")
    choose_label_set(visit, largest_label_set())
    for box in visit.page.locator("#models input[type=checkbox]").all():
        box.uncheck()
    expect(visit.page.locator("#models input:checked")).to_have_count(0)
    visit.page.locator("#run").click()
    assert "Choose at least one model" in toast(visit)


def test_masks_can_be_read_another_way(visit: Visit, tmp_path: Path) -> None:
    cat = PEOPLE_ANIMALS.class_names.index("cat")
    for kind in ("images", "masks"):
        (tmp_path / "data" / kind).mkdir(parents=True)
    with Image.open(EXAMPLES[0].mask or "") as mask:
        binary = Image.fromarray(np.uint8(255) * (np.asarray(mask) == cat))
    for name in "ab":
        binary.save(tmp_path / "data" / "masks" / f"{name}.png")
        photo = tmp_path / "data" / "images" / f"{name}.jpg"
        photo.write_bytes(EXAMPLES[0].photo.read_bytes())
    upload(visit, "#archive", pack(tmp_path / "data", tmp_path / "binary.zip"))
    visit.page.locator("#label-set").get_by_label("People and animals", exact=True).check()
    run(visit)
    as_person = float(cells(visit, "#leaderboard")[0][1])

    visit.page.locator("#reading").get_by_label("binary mask, 255 = 'cat'").check()
    run(visit)

    as_cat = float(cells(visit, "#leaderboard")[0][1])
    assert as_cat > as_person
    assert "255 = 'cat'" in visit.page.locator("#notes").inner_text()


def test_long_names_fit_the_class_chart(entries: list[ZooEntry]) -> None:
    names = short_names({entry.model_id: entry for entry in entries})
    bars = dict.fromkeys(names.values(), [0.5] * 12)
    figure = draw_bars_per_class([f"class {i}" for i in range(12)], bars, score_title="IoU")
    figure.canvas.draw()
    (legend,) = figure.legends
    assert legend.get_window_extent().width < figure.bbox.width
