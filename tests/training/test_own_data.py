"""Training on own data from the command line: to the published files, after a kill, in a team."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from segdemo.card import Card
from segdemo.cli import main
from segdemo.evaluation import evaluate, find_pairs
from segdemo.labels import voc_colour
from segdemo.masks import read_mask
from segdemo.models.weights import load_network
from segdemo.predictor import load_predictor, predictor_of
from segdemo.training import own_data
from segdemo.zoo import find_model, list_models
from tests.training.own_pets import CLASSES, write_pets

ROOT = Path(__file__).parents[2]
QUICK = (
    *("--arch", "unet", "--size", "64", "--crop", "whole", "--scale", "0.9", "1.1"),
    *("--batch-size", "4", "--lr", "0.005", "--backbone-lr", "0.001", "--ema", "0.8"),
    *("--threads", "1", "--nice", "0", "--loader-workers", "0"),
)
"""Settings with which the made-up photos are learnt in seconds."""


@dataclass(frozen=True)
class Trained:
    """A finished training: the command, and the folders of data, run and weights."""

    command: list[str]
    data: Path
    run_dir: Path
    weights_dir: Path


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The whole way, as a person goes it: photos in, weights out."""
    folder = tmp_path_factory.mktemp("pets")
    run_dir, weights_dir = folder / "run", folder / "weights"
    arguments = [*write_pets(folder), *QUICK, "--epochs", "8", "--validate-every", "5"]
    out = ["--out", str(weights_dir / "mine.safetensors"), "--run-dir", str(run_dir)]
    command = ["train", *arguments, *out, "--licence", "CC0-1.0", "--limits", "Knows squares."]

    assert main(command) == 0
    return Trained(command, folder, run_dir, weights_dir)


@pytest.fixture
def no_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out the export, which takes longer than the training here."""

    def skip(_: nn.Module, card: Card, *__: Any, **___: Any) -> Card:
        return card

    monkeypatch.setattr(own_data, "publish", skip)


def checkpoint(run_dir: Path) -> dict[str, Tensor]:
    return torch.load(run_dir / "checkpoint.pt", weights_only=True)["average"]


# --- the whole way ---------------------------------------------------------------------------


def test_the_published_graph_finds_the_animals(trained: Trained) -> None:
    predictor = load_predictor("mine", weights_dir=trained.weights_dir)
    pairs = find_pairs(trained.data / "val" / "images", trained.data / "val" / "masks")

    scores = evaluate(predictor, pairs).scores

    assert scores.mean_iou >= 0.9
    card = find_model("mine", trained.weights_dir).card
    (score,) = card.scores
    assert (score.data, score.images) == ("mine val", 4)
    assert score.mean_iou == pytest.approx(scores.mean_iou, abs=1e-4)


def test_the_model_is_listed_as_a_person_s_own_with_its_card(trained: Trained) -> None:
    (entry,) = list_models(trained.weights_dir)

    assert entry.model_id == "mine"
    assert entry.status == "own, not in the table"
    assert [path.name for path in entry.paths] == ["mine.safetensors", "mine.onnx"]
    card = entry.card
    assert (card.architecture, card.label_set, card.labels.title) == ("unet", "pets", "Pets")
    assert card.class_names == tuple(CLASSES)
    assert card.labels.colours == tuple(voc_colour(index) for index in range(3))
    assert (card.licence, card.limits) == ("CC0-1.0", "Knows squares.")
    assert card.data == "16 photos of its trainer; started from: imagenet."
    assert (card.recipe["epochs"], card.recipe["init"]) == (8, "imagenet")


def test_masks_are_read_in_the_model_s_own_label_set(trained: Trained) -> None:
    labels = predictor_of(find_model("mine", trained.weights_dir)).labels
    path = trained.data / "val" / "masks" / "0.png"

    truth = read_mask(path, labels)

    assert np.array_equal(truth.label_map, np.asarray(Image.open(path)))
    assert truth.encoding.startswith("class ids of 'Pets'")


def test_the_weights_for_pytorch_hold_the_same_network(trained: Trained) -> None:
    entry = find_model("mine", trained.weights_dir)
    predictor = predictor_of(entry)
    x = np.random.default_rng(0).standard_normal((1, 3, 64, 64), dtype=np.float32)

    with torch.no_grad():
        logits = load_network(entry.card, entry.safetensors_path)(torch.from_numpy(x)).numpy()

    same = logits.argmax(axis=1) == predictor.engine.run(x).argmax(axis=1)
    assert same.mean() > 0.99


def segdemo(*arguments: str, weights_dir: Path) -> str:
    """What the command line prints with another folder of weights."""
    answer = subprocess.run(
        [sys.executable, "-m", "segdemo", *arguments],
        cwd=ROOT,
        env=os.environ | {"SEGDEMO_WEIGHTS": str(weights_dir)},
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stdout


def test_the_command_line_works_with_the_model(trained: Trained, tmp_path: Path) -> None:
    val = trained.data / "val"
    photo = val / "images" / "0.png"
    folders = ("--images", str(val / "images"), "--masks", str(val / "masks"))

    listed = segdemo("models", weights_dir=trained.weights_dir)
    scored = segdemo(
        "evaluate", *folders, "--model", "mine", "--json", weights_dir=trained.weights_dir
    )
    segdemo(
        *("segment", str(photo), "--model", "mine", "--out", str(tmp_path)),
        weights_dir=trained.weights_dir,
    )

    assert listed.startswith("mine ")
    assert json.loads(scored)["mean_iou"] >= 0.9
    assert set(json.loads(scored)["iou_per_class"]) == set(CLASSES)
    (mask,) = tmp_path.glob("*.png")
    predictor = load_predictor("mine", weights_dir=trained.weights_dir)
    expected = predictor.predict(Image.open(photo).convert("RGB")).label_map
    assert np.array_equal(np.asarray(Image.open(mask)), expected)


def test_the_page_offers_the_model(trained: Trained) -> None:
    statement = "import app, json; print(json.dumps(app.demo.config, default=str))"
    answer = subprocess.run(
        [sys.executable, "-c", statement],
        cwd=ROOT,
        env=os.environ | {"SEGDEMO_WEIGHTS": str(trained.weights_dir)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert '["Pets", "pets"]' in answer.stdout
    assert '["U-Net", "mine"]' in answer.stdout


def test_every_validation_leaves_a_look_and_every_epoch_a_line(trained: Trained) -> None:
    with (trained.run_dir / "curve.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))

    assert [line["epoch"] for line in lines] == [str(epoch) for epoch in range(1, 9)]
    assert [bool(line["val_mean_iou"]) for line in lines] == [i in (5, 8) for i in range(1, 9)]
    assert sorted(path.name for path in trained.run_dir.glob("*.png")) == [
        "curve.png",
        "samples_0005.png",
        "samples_0008.png",
    ]


def test_files_of_another_run_are_not_written_over(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = trained.weights_dir / "mine.safetensors"
    before = path.read_bytes()
    data = write_pets(tmp_path)

    code = main(["train", *data, *QUICK, "--out", str(path), "--run-dir", str(tmp_path / "run")])

    assert code == 2
    assert "exists already" in capsys.readouterr().err
    assert path.read_bytes() == before


# --- after a kill ----------------------------------------------------------------------------


@pytest.mark.usefixtures("no_graph")
def test_a_killed_run_resumes_to_the_same_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_pets(tmp_path, train=8, val=1)
    command = ["train", *data, *QUICK, "--epochs", "4", "--out", str(tmp_path / "w.safetensors")]
    killed, whole = tmp_path / "killed", tmp_path / "whole"

    process = subprocess.Popen(
        [sys.executable, "-m", "segdemo", *command, "--run-dir", str(killed)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    while not (killed / "checkpoint.pt").exists():
        assert process.poll() is None, "it ended before its first checkpoint"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL

    assert main([*command, "--run-dir", str(killed)]) == 0
    assert "Resuming after epoch" in capsys.readouterr().out
    assert main([*command, "--run-dir", str(whole)]) == 0
    resumed, expected = checkpoint(killed), checkpoint(whole)
    assert resumed.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(resumed[name], value, rtol=1e-4, atol=1e-5, msg=name)


@pytest.mark.parametrize(
    "other",
    [("--init", "none"), ("--lr", "0.1"), ("--region-kind", "dice"), ("--labels", "street")],
    ids=lambda other: other[0],
)
def test_a_run_is_not_resumed_with_other_settings(
    other: tuple[str, str], trained: Trained, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (trained.run_dir / "checkpoint.pt").stat().st_mtime_ns

    assert main([*trained.command, *other]) == 2

    assert "holds a run with other settings" in capsys.readouterr().err
    assert (trained.run_dir / "checkpoint.pt").stat().st_mtime_ns == before


# --- in a team -------------------------------------------------------------------------------


def test_two_processes_train_one_network(tmp_path: Path) -> None:
    data = write_pets(tmp_path, train=8, val=1)
    run_dir = tmp_path / "run"
    out = ["--out", str(tmp_path / "team.safetensors"), "--run-dir", str(run_dir)]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    script = ["-m", "tests.training.train_in_team", str(tmp_path)]

    answer = subprocess.run(
        [
            *torchrun,
            "--nproc-per-node",
            "2",
            *script,
            "train",
            *data,
            *QUICK,
            "--epochs",
            "6",
            *out,
        ],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )

    assert answer.returncode == 0, answer.stderr
    first, second = (torch.load(tmp_path / f"rank{rank}.pt") for rank in range(2))
    for name, value in first["parameters"].items():
        assert torch.equal(value, second["parameters"][name]), name
    assert len(first["seen"]) == len(second["seen"]) == 6 * 4
    everything = {(epoch, index) for epoch in range(6) for index in range(8)}
    assert {*first["seen"], *second["seen"]} == everything
    lines = [line for line in answer.stdout.splitlines() if line.startswith("epoch ")]
    assert len(lines) == 6  # the first process alone reports
    assert float(lines[-1].split("val_mean_iou ")[1]) > 0.5
    assert json.loads((run_dir / "run.json").read_text())["made_with"]["processes"] == 2
