"""The command line, run as a person would."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdemo.cli import main
from segdemo.evaluation import assess_pair
from segdemo.images import load_photo
from segdemo.labels import PEOPLE_ANIMALS
from segdemo.masks import read_mask
from segdemo.metrics import CONVENTIONS
from segdemo.predictor import load_predictor
from segdemo.zoo import list_models

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "segdemo" / "ui" / "examples"
MODEL = "deeplabv3plus-people_animals"


def test_segment_writes_the_ids_and_on_request_the_overlay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = EXAMPLES / "chelsea.jpg"
    code = main(["segment", str(photo), "--model", MODEL, "--out", str(tmp_path), "--overlay"])
    assert code == 0
    prediction = load_predictor(MODEL).predict(load_photo(photo))
    with Image.open(tmp_path / "chelsea_mask.png") as mask:
        assert np.array_equal(np.asarray(mask), prediction.label_map)
    with Image.open(tmp_path / "chelsea_overlay.jpg") as overlay:
        assert overlay.size == (451, 300)
    assert "cat" in capsys.readouterr().out


@pytest.mark.parametrize("by_folder", [False, True], ids=["one pair", "folders"])
def test_evaluate_prints_what_the_library_computes(
    by_folder: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, mask = EXAMPLES / "astronaut.jpg", EXAMPLES / "astronaut_mask.png"
    arguments = ["--image", str(photo), "--mask", str(mask)]
    if by_folder:
        for kind, path in (("images", photo), ("masks", mask)):
            (tmp_path / kind).mkdir()
            (tmp_path / kind / f"a{path.suffix}").write_bytes(path.read_bytes())
        arguments = ["--images", str(tmp_path / "images"), "--masks", str(tmp_path / "masks")]
    predictor = load_predictor(MODEL)
    truth = read_mask(mask, predictor.labels)
    scores = assess_pair(predictor.predict(load_photo(photo)), truth).scores

    assert main(["evaluate", *arguments, "--model", MODEL, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["mean_iou"] == scores.mean_iou
    assert printed["iou_per_class"] == scores.to_json()["iou_per_class"]
    assert (printed["model"], printed["images"]) == (MODEL, 1)
    assert printed["encodings"] == {truth.encoding: 1}
    assert printed["unknown"] == 0

    assert main(["evaluate", *arguments, "--model", MODEL]) == 0
    text = capsys.readouterr().out
    assert f"{scores.mean_iou:.4f}" in text
    assert scores.policy in text
    assert truth.encoding in text
    assert ("Boundary IoU" in text) == (not by_folder)  # of folders only on demand


def test_evaluate_prints_what_other_libraries_would_print(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pair = ["--image", str(EXAMPLES / "chelsea.jpg"), "--mask", str(EXAMPLES / "chelsea_mask.png")]

    assert main(["evaluate", *pair, "--model", MODEL, "--json"]) == 0
    values = json.loads(capsys.readouterr().out)["conventions"]
    assert main(["evaluate", *pair, "--model", MODEL, "--conventions"]) == 0
    text = capsys.readouterr().out

    assert values.keys() == {convention.id for convention in CONVENTIONS}
    for convention in CONVENTIONS:
        line = next(line for line in text.splitlines() if line.startswith(convention.title))
        value = values[convention.id]
        assert ("no number" if value is None else f"{value:.4f}") in line


def test_a_mask_can_be_read_another_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Image.open(EXAMPLES / "chelsea_mask.png") as mask:
        is_cat = np.asarray(mask) == PEOPLE_ANIMALS.class_names.index("cat")
    Image.fromarray(np.uint8(255) * is_cat).save(tmp_path / "binary.png")
    pair = ["--image", str(EXAMPLES / "chelsea.jpg"), "--mask", str(tmp_path / "binary.png")]

    assert main(["evaluate", *pair, "--model", MODEL, "--reading", "binary-255-cat", "--json"]) == 0
    as_cat = json.loads(capsys.readouterr().out)
    assert main(["evaluate", *pair, "--model", MODEL, "--reading", "binary-255-dog", "--json"]) == 0
    as_dog = json.loads(capsys.readouterr().out)

    assert as_cat["iou_per_class"]["cat"] > 0.5
    assert as_dog["iou_per_class"]["dog"] < as_cat["iou_per_class"]["cat"]


def test_compare_draws_every_photo_through_every_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = [str(EXAMPLES / name) for name in ("chelsea.jpg", "astronaut.jpg")]
    out = tmp_path / "strip.png"

    assert main(["compare", *photos, "--out", str(out)]) == 0

    models = [entry for entry in list_models() if entry.card.label_set == "people_animals"]
    assert f"2 photos through {len(models)} models" in capsys.readouterr().out
    with Image.open(out) as strip:
        assert strip.width > 320 * (1 + len(models))


def test_models_draws_accuracy_against_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "--figure", str(tmp_path / "figure.png")]) == 0
    assert f"{len(list_models())} models" in capsys.readouterr().out
    with Image.open(tmp_path / "figure.png") as figure:
        assert figure.format == "PNG"


def test_models_lists_every_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [entry.model_id for entry in list_models()]
    assert main(["models", "--json"]) == 0
    cards = json.loads(capsys.readouterr().out)
    assert [card["model_id"] for card in cards] == [entry.model_id for entry in list_models()]
    assert all(card["scores"] for card in cards)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["segment", "missing.jpg"], "cannot be opened"),
        (["segment", str(EXAMPLES / "README.md")], "not a photo"),
        (["segment", str(EXAMPLES / "chelsea.jpg"), "--model", "x"], "There is no model 'x'"),
        (["evaluate", "--image", "a.jpg"], "--mask"),
        (["evaluate", "--images", "nowhere", "--masks", "nowhere"], "no folder"),
        (
            [
                "evaluate",
                "--image",
                str(EXAMPLES / "chelsea.jpg"),
                "--mask",
                str(EXAMPLES / "astronaut_mask.png"),
            ],
            "512 x 512",
        ),
        (["evaluate", "--image", str(EXAMPLES / "chelsea.jpg"), "--mask", "none.png"], "opened"),
        (["segment", "a/x.jpg", "b/x.png"], "named 'x'"),
        (["segment", str(EXAMPLES / "chelsea.jpg"), "--out", __file__], "cannot be made"),
        (["segment", str(EXAMPLES / "chelsea.jpg"), "--device", "nothing"], "no device 'nothing'"),
        (["train", "x-street", "--data", "nowhere"], "names no architecture"),
        (["train", "fcn-street", "--data", ".", "--device", "nothing"], "no device 'nothing'"),
        (["train", "fcn-nothing", "--data", "nowhere"], "no label set"),
        (["train", "fcn-street", "--data", "nowhere"], "no folder"),
        (["publish", "fcn-street", "--data", "nowhere", "--run-dir", "nowhere"], "no training run"),
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
    monkeypatch.setattr("os.nice", lambda _: 0)  # the tests themselves do not stand back
    assert main(arguments) == 2
    message = capsys.readouterr().err
    assert reason in message
    assert message.count("\n") == 1
    assert message.startswith("segdemo: ")


@pytest.mark.parametrize(
    "verb", ["segment", "compare", "evaluate", "models", "train", "publish", "bench"]
)
def test_help_of_each_verb_shows_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([verb, "--help"])
    assert end.value.code == 0
    assert f"example: python -m segdemo {verb}" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["bench", "--rounds", "0"], ["nothing"], []])
def test_a_command_line_that_makes_no_sense_is_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "usage: python -m segdemo" in capsys.readouterr().err
