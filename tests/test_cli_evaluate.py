"""``evaluate``, ``segment --probs`` and ``models`` from the shell's side."""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdemo.cli import main
from segdemo.evaluation import Row, evaluate_all, find_pairs, stream_rows
from segdemo.images import load_photo
from segdemo.predictor import load_predictor
from segdemo.uncertainty import probabilities
from segdemo.zoo import WEIGHTS_DIR, find_model, list_models, sha256
from tests.cards import make_card, write_model
from tests.pairs import write_pair

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "segdemo" / "ui" / "examples"
MODEL = "deeplabv3plus-people_animals"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two pairs in nested folders, and a photo and a mask that are alone."""
    for kind, suffix in (("images", ".jpg"), ("masks", "_mask.png")):
        for name in ("astronaut", "chelsea"):
            path = tmp_path / kind / "nested" / f"{name}{suffix[-4:]}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((EXAMPLES / f"{name}{suffix}").read_bytes())
    (tmp_path / "images" / "alone.jpg").write_bytes(b"")
    (tmp_path / "masks" / "lost.png").write_bytes(b"")
    return tmp_path


def folders(data: Path) -> list[str]:
    return ["--images", str(data / "images"), "--masks", str(data / "masks")]


def without_times(result: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in result.items() if "second" not in key}


def test_folders_a_zip_and_python_give_the_same(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = data / "data.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(data.rglob("*.*g")):
            file.write(path, f"top/{path.relative_to(data).as_posix()}")

    assert main(["evaluate", *folders(data), "--json"]) == 0
    from_folders = json.loads(capsys.readouterr().out)
    assert main(["evaluate", "--zip", str(archive), "--json"]) == 0
    from_zip = json.loads(capsys.readouterr().out)
    (evaluation,) = evaluate_all(
        [load_predictor(MODEL)], find_pairs(data / "images", data / "masks")
    )

    assert without_times(from_folders) == without_times(from_zip)
    assert from_folders["confmat"] == evaluation.scores.confmat.tolist()
    assert without_times(from_folders).items() >= evaluation.assessment.to_json().items()
    assert from_folders["weights_sha256"] == sha256(WEIGHTS_DIR / f"{MODEL}.onnx")


def test_what_has_no_partner_is_said_on_stderr(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", *folders(data)]) == 0

    said = capsys.readouterr()
    assert "segdemo: 1 photo has no mask: alone.jpg" in said.err
    assert "segdemo: 1 mask has no photo: lost.png" in said.err
    assert "2 photos" in said.out.splitlines()[0]


def test_a_broken_file_is_a_warning_and_the_rest_is_scored(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "images" / "nested" / "astronaut.jpg").write_bytes(b"junk")

    assert main(["evaluate", *folders(data), "--json"]) == 0

    said = capsys.readouterr()
    assert "segdemo: 1 of 2 pairs could not be scored:" in said.err
    assert "nested/astronaut: This file is not a photo" in said.err
    found = json.loads(said.out)
    assert (found["images"], found["failed"]) == (1, 1)
    assert found["failures"][0]["image"] == "nested/astronaut"


def test_nothing_to_score_is_exit_code_2(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (data / "images" / "nested").iterdir():
        path.write_bytes(b"junk")

    assert main(["evaluate", *folders(data)]) == 2

    message = capsys.readouterr().err
    assert message.startswith("segdemo: None of the 2 pairs could be scored. The first, nested/a")
    assert message.count("\n") == 1


def test_masks_of_void_alone_are_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(np.full((300, 451), 255, np.uint8)).save(tmp_path / "void.png")
    pair = ["--image", str(EXAMPLES / "chelsea.jpg"), "--mask", str(tmp_path / "void.png")]

    assert main(["evaluate", *pair, "--reading", "people_animals-ids"]) == 2
    assert "nothing to score" in capsys.readouterr().err


def test_several_models_give_a_leaderboard_a_list_and_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = write_pair(tmp_path, "p", width=90, height=60, seed=0)
    place = ["--image", str(pair.image_path), "--mask", str(pair.mask_path)]
    models = ["--model", "fcn-street", "--model", "pspnet-street"]
    json_file = tmp_path / "scores.json"
    out = ["--out", str(tmp_path / "out"), "--json", str(json_file)]

    assert main(["evaluate", *place, *models, *out]) == 0

    head, *lines = capsys.readouterr().out.splitlines()
    assert re.match(r"model +mean IoU", head)
    found = json.loads(json_file.read_text("utf-8"))
    assert [one["model"] for one in found] == ["fcn-street", "pspnet-street"]
    for one in found:
        assert any(
            line.startswith(one["model"]) and f"{one['mean_iou']:.4f}" in line for line in lines
        )
    assert json.loads((tmp_path / "out" / "scores.json").read_text("utf-8")) == found
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "scores.json",
        "per_image.csv",
        "confusion.csv",
        "report.html",
    }


def test_predicted_masks_are_written_as_segment_writes_them(data: Path) -> None:
    assert main(["evaluate", *folders(data), "--masks-out", str(data / "found")]) == 0

    for name in ("astronaut", "chelsea"):
        photo = load_photo(EXAMPLES / f"{name}.jpg")
        with Image.open(data / "found" / MODEL / "nested" / f"{name}.png") as mask:
            expected = load_predictor(MODEL).predict(photo).label_map
            np.testing.assert_array_equal(np.asarray(mask), expected)


def test_ctrl_c_prints_what_is_done_so_far(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*arguments: object, **options: object) -> "Iterator[Row]":
        rows = stream_rows(*arguments, **options)  # type: ignore[arg-type]
        yield next(rows)
        raise KeyboardInterrupt

    monkeypatch.setattr("segdemo.evaluation.stream_rows", interrupted)

    with pytest.raises(SystemExit) as end:
        main(["evaluate", *folders(data), "--json"])

    assert end.value.code == 130
    said = capsys.readouterr()
    assert "segdemo: stopped after 1 of 2 pairs" in said.err
    found = json.loads(said.out)
    assert found["images"] == 1
    assert not found["complete"]
    assert found["mean_iou"] > 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "--zip"),
        (["--zip", "a.zip", "--images", "x", "--masks", "y"], "one of the three"),
        (["--zip", "none.zip"], "cannot be unpacked"),
        (["--zip", str(EXAMPLES / "README.md")], "no zip archive"),
        (["--images", str(EXAMPLES), "--masks", str(ROOT / "weights")], "has a mask of the same"),
        (["--image", "a", "--mask", "b", "--model", "x", "--model", "x"], "named twice"),
        (
            [
                *["--image", str(EXAMPLES / "chelsea.jpg")],
                *["--mask", str(EXAMPLES / "chelsea_mask.png"), "--masks-out", __file__],
            ],
            "cannot be written",
        ),
        (
            [
                *["--image", str(EXAMPLES / "chelsea.jpg")],
                *["--mask", str(EXAMPLES / "chelsea_mask.png"), "--json", "/none/here.json"],
            ],
            "cannot be written",
        ),
    ],
    ids=lambda value: " ".join(value)[-40:] if isinstance(value, list) else "",
)
def test_a_mistake_is_one_line_and_exit_code_2(
    arguments: list[str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["evaluate", *arguments]) == 2

    message = capsys.readouterr().err
    assert message.startswith("segdemo: ")
    assert reason in message
    assert message.count("\n") == 1


def test_segment_writes_probabilities_on_request(tmp_path: Path) -> None:
    photo = EXAMPLES / "chelsea.jpg"
    assert main(["segment", str(photo), "--model", MODEL, "--out", str(tmp_path), "--probs"]) == 0

    predictor = load_predictor(MODEL)
    with np.load(tmp_path / "chelsea_probs.npz") as file:
        probs, names = file["probs"], file["class_names"]
    assert names.tolist() == list(predictor.labels.class_names)
    assert probs.dtype == np.float16
    prediction = predictor.predict(load_photo(photo))
    expected = probabilities(prediction.require_logits(), shape=prediction.label_map.shape)
    np.testing.assert_array_equal(probs, expected)


def test_models_say_what_they_are_and_whether_they_can_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["models", "--json"]) == 0
    found = {one["id"]: one for one in json.loads(capsys.readouterr().out)}

    one, entry = found[MODEL], find_model(MODEL)
    assert one["architecture"] == "deeplabv3plus"
    assert one["labels"] == "people_animals"
    assert one["parameters"] == entry.card.parameters
    assert one["gmacs"] == entry.card.multiply_adds / 1e9
    assert one["bytes"] == {path.name: path.stat().st_size for path in entry.paths}
    assert one["status"] == "ready"
    assert one["origin"] == entry.status == "in the table"
    assert one["scores"][0]["mean_iou"] == entry.card.scores[0].mean_iou

    assert main(["models"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith(MODEL))
    for text in ("deeplabv3plus ", "people_animals ", "M parameters", "GMAC", "MB", "ready"):
        assert text in line
    assert "in the table" in line


def test_models_tell_a_person_s_own_from_those_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_model(tmp_path, make_card("fcn", model_id="mine"))
    monkeypatch.setattr("segdemo.cli.models.list_models", lambda: list_models(tmp_path))

    assert main(["models"]) == 0

    line = capsys.readouterr().out
    assert line.startswith("mine ")
    assert "own, not in the table" in line
