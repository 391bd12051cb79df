"""Pieces of the page that evaluates, without a server: data, runs, tables, sentences."""

import gc
import threading
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from segdemo.errors import DataError
from segdemo.evaluation import Pairing, ZipLimits, evaluate_all
from segdemo.reporting import calibration_sentence, without_partner
from segdemo.ui.evaluating.dataset import (
    MOST_FILES,
    Dataset,
    example_zip,
    open_files,
    open_zip,
)
from segdemo.ui.evaluating.job import Job, Progress
from segdemo.ui.evaluating.progress import progress_bar, progress_line
from segdemo.ui.examples import EXAMPLES
from segdemo.ui.sortable import Sheet, SortableTable
from tests.pairs import COLOUR_PREDICTOR, ColourEngine, write_pair


def make_dataset(folder: Path, pairs: int) -> Dataset:
    folder.mkdir()
    made = [write_pair(folder, f"p{i}", width=24, height=16, seed=i) for i in range(pairs)]
    return Dataset("pairs", Pairing(tuple(made)), folder)


@dataclass(frozen=True)
class FailingEngine:
    """A network with a mistake in it, which shows after some photos."""

    photos: int
    seen: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, x: np.ndarray) -> np.ndarray:
        with self.lock:
            self.seen.append(1)
            if len(self.seen) > self.photos:
                raise RuntimeError("a mistake")
        return ColourEngine().run(x)


def test_the_example_is_a_zip_as_a_visitor_would_pack_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    dataset = open_zip(example_zip())
    wanted = sorted(example.name for example in EXAMPLES if example.mask)
    assert [pair.stem for pair in dataset.pairing.pairs] == wanted
    assert not dataset.pairing.photos_alone
    assert not dataset.pairing.masks_alone


def test_two_visitors_files_lie_apart_and_go_with_them(tmp_path: Path) -> None:
    photo = write_pair(tmp_path, "p", width=24, height=16, seed=0).image_path
    mask = tmp_path / "masks" / photo.name
    mask.parent.mkdir()
    mask.write_bytes((tmp_path / "p_mask.png").read_bytes())
    first, second = (open_files([photo], [mask]) for _ in range(2))
    folders = first.folder, second.folder
    assert folders[0] != folders[1]
    assert all(folder.is_dir() for folder in folders)
    del first, second
    gc.collect()
    assert not any(folder.exists() for folder in folders)
    assert photo.is_file()


def test_data_that_cannot_be_taken_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    archive = tmp_path / "many.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for index in range(4):
            file.writestr(f"images/{index}.png", b"")
    with pytest.raises(DataError, match="more than 3 entries"):
        open_zip(archive, limits=ZipLimits(entries=3))
    assert list((tmp_path / "temporary").iterdir()) == []


def test_messages_name_folders_as_the_visitor_has_them(tmp_path: Path) -> None:
    archive = tmp_path / "data.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("images/a.png", b"")
        file.writestr("masks/b.png", b"")
    with pytest.raises(DataError, match="No photo in 'images' has a mask of the same name in 'mas"):
        open_zip(archive)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    paths = [tmp_path / part / "a.png" for part in "xy"]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(b"")
    with pytest.raises(DataError, match=r"Two files are called 'a\.png'"):
        open_files(paths, paths[:1])


def test_too_many_files_are_sent_to_a_zip(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Pack them as a zip"):
        open_files([tmp_path / "a.png"] * (MOST_FILES + 1), [])


def test_a_job_gives_what_the_library_gives(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "data", pairs=5)
    other = replace(COLOUR_PREDICTOR, model_id="other-rgb")
    job = Job([COLOUR_PREDICTOR, other], dataset, details=True)
    job.start()
    assert job.wait(60)

    wanted = evaluate_all([COLOUR_PREDICTOR, other], dataset.pairing.pairs, details=True)
    for one, expected in zip(job.evaluations(), wanted, strict=True):
        assert one.model_id == expected.model_id
        assert one.assessment.to_json() == expected.assessment.to_json()
    assert (job.progress.done, job.progress.total) == (5, 5)
    assert job.failure is None


def test_a_stopped_job_keeps_the_same_images_of_every_model(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "data", pairs=40)
    job = Job([COLOUR_PREDICTOR, replace(COLOUR_PREDICTOR, model_id="other-rgb")], dataset)
    job.stop()
    job.start()
    assert job.wait(60)
    assert job.progress.done == 1
    assert [len(one.rows) for one in job.evaluations()] == [1, 1]


def test_a_mistake_in_the_program_costs_nothing_that_was_done(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = make_dataset(tmp_path / "data", pairs=12)
    job = Job([replace(COLOUR_PREDICTOR, engine=FailingEngine(6))], dataset)
    job.start()
    assert job.wait(60)
    assert isinstance(job.failure, RuntimeError)
    assert "broke off" in caplog.text
    (evaluation,) = job.evaluations()
    assert len(evaluation.rows) == job.progress.done
    assert 0 < job.progress.done < 12
    assert evaluation.scores.mean_iou > 0


def test_before_the_first_image_no_time_is_foretold() -> None:
    assert progress_line(Progress(0, 9, 3.0)) == "0 of 9 images"
    assert 'max="9" value="0"' in progress_bar(Progress(0, 9, 3.0))


def test_a_sheet_has_a_cell_per_column() -> None:
    with pytest.raises(ValueError, match="must have 2 cells, got 1"):
        Sheet("Table", ("a", "b"), [("x",)])


def test_equal_sheets_are_drawn_anew() -> None:
    table = SortableTable(render=False)
    sheet = Sheet("Table", ("a",), [("x",)], sorted_by=0)
    first, second = table.postprocess(sheet), table.postprocess(sheet)
    assert first is not None
    assert second is not None
    assert first.serial != second.serial
    assert first.rows == [["x"]]
    assert table.postprocess(None) is None


def test_what_has_no_partner_is_said_in_one_or_many() -> None:
    pairing = Pairing((), photos_alone=("a.jpg",), masks_alone=("b.png", "c.png"))
    assert without_partner(pairing, most=5) == [
        "1 photo has no mask: a.jpg",
        "2 masks have no photo: b.png, c.png",
    ]


def test_the_calibration_sentence_names_the_error_of_the_scores(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "data", pairs=3)
    (evaluation,) = evaluate_all([COLOUR_PREDICTOR], dataset.pairing.pairs)
    sentence = calibration_sentence(evaluation)
    bins = evaluation.assessment.reliability
    assert bins is not None
    used = bins.share > 0
    confidence = (bins.share * bins.mean_confidence)[used].sum()
    accuracy = (bins.share * bins.accuracy)[used].sum()
    assert f"{confidence:.1%} on average" in sentence
    assert f"right on {accuracy:.1%}" in sentence
    assert ("too sure" in sentence) == (confidence - accuracy >= 0.01)
    assert f"ECE {evaluation.scores.expected_calibration_error:.4f}" in sentence
    for pair in dataset.pairing.pairs:
        pair.mask_path.write_bytes(b"junk")
    (nothing,) = evaluate_all([COLOUR_PREDICTOR], dataset.pairing.pairs)
    assert calibration_sentence(nothing) == ""
