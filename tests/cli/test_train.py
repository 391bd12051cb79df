"""The two forms of ``train``: what they ask for, what they refuse, and what options become."""

import argparse
import shlex
from pathlib import Path
from typing import Any

import pytest

from segdemo.cli import main, own_data
from segdemo.cli import train as train_verb
from segdemo.labels import CITYSCAPES
from tests.training.own_pets import write_pets

NEEDED = ("--images", "a", "--masks", "b", "--val-images", "c", "--val-masks", "d")
OWN = (*NEEDED, "--arch", "unet", "--labels", "street", "--out", "w.safetensors")


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    train_verb.add_verb(parser.add_subparsers(dest="verb"))
    return parser.parse_args(["train", *arguments])


def changes(*arguments: str) -> dict[str, Any]:
    return dict(own_data.plan(parsed(*OWN, *arguments)).changes)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "also needs --images, --masks, --val-images, --val-masks, --arch, --labels, --out"),
        (["--images", "a", "--masks", "b"], "also needs --val-images"),
        (["fcn-street"], "--data DATA"),
        (["fcn-street", "--data", "x", "--arch", "fcn"], "--arch is for own data"),
        (["fcn-street", "--data", "x", "--no-flip"], "--flip is for own data"),
        ([*OWN, "--data", "x"], "--data needs the MODEL"),
        ([*OWN, "--hold-out-val"], "--hold-out-val needs the MODEL"),
        ([*OWN, "--scale", "1.6", "0.6"], "the smaller size first"),
        ([*OWN], "no folder 'a'"),
        ([*OWN[:-3], "mars", *OWN[-2:]], "no label set 'mars'"),
        ([*OWN[:-3], "mars.json", *OWN[-2:]], "'mars.json' cannot be opened"),
        ([*OWN[:-1], "pets.onnx"], "cannot be a model's file"),
        ([*OWN, "--arch", "resnet"], "no architecture 'resnet'"),
        ([*OWN, "--arch", "segnet", "--dropout", "0.1"], "no use for: dropout"),
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
    monkeypatch.setattr("os.nice", lambda _: 0)

    assert main(["train", *arguments]) == 2

    message = capsys.readouterr().err
    assert reason in message
    assert message.count("\n") == 1


@pytest.mark.parametrize(
    ("init", "reason"),
    [
        (["--init", "gone"], "no model 'gone'"),
        (["--arch", "segnet", "--init", "imagenet"], "no backbone"),
        (["--crop", "16x64"], "at least 32 pixels"),
        (["--batch-size", "1"], "at least 2 photos in each process"),
    ],
)
def test_a_start_that_cannot_be_is_refused_before_training(
    init: list[str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("os.nice", lambda _: 0)
    run_dir = tmp_path / "run"
    out = ["--out", str(tmp_path / "w.safetensors"), "--run-dir", str(run_dir)]

    code = main(["train", *write_pets(tmp_path, train=2, val=1), "--arch", "unet", *out, *init])

    assert code == 2
    assert reason in capsys.readouterr().err
    assert not run_dir.exists()


@pytest.mark.parametrize(
    "option",
    [
        ("--scale", "0", "1"),
        ("--crop", "64"),
        ("--crop", "0x64"),
        ("--colour", "1.5"),
        ("--lr", "0"),
        ("--lr", "inf"),
        ("--weight-decay", "-1"),
        ("--ema", "nan"),
        ("--schedule", "flat"),
        ("--region-kind", "iou"),
        ("--frozen-stages", "3"),
        ("--epochs", "0"),
    ],
    ids=" ".join,
)
def test_a_value_that_makes_no_sense_is_refused(
    option: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["train", *OWN, *option])

    assert end.value.code == 2
    assert f"argument {option[0]}" in capsys.readouterr().err


def test_every_option_becomes_its_setting() -> None:
    options = shlex.split(
        "--epochs 7 --size 96 --crop 64x80 --scale 0.8 1.2 --no-flip --colour 0 "
        "--batch-size 3 --lr 0.1 --backbone-lr 0.2 --schedule cosine --warmup 5 "
        "--weight-decay 0.3 --dropout 0.4 --ema 0.5 --frozen-stages 1 --seed 8 "
        "--class-balance 0.6 --prior-restoration 0.7 --hard-share 0.25 "
        "--label-smoothing 0.15 --region-weight 2 --region-kind dice"
    )

    assert changes(*options) == {
        "epochs": 7,
        "longest_side_px": 96,
        "crop_shape": (64, 80),
        "scale_range": (0.8, 1.2),
        "flip": False,
        "colour_jitter": 0,
        "batch_size": 3,
        "head_learning_rate": 0.1,
        "backbone_learning_rate": 0.2,
        "schedule": "cosine",
        "warmup_steps": 5,
        "weight_decay": 0.3,
        "dropout": 0.4,
        "ema_decay": 0.5,
        "frozen_stages": 1,
        "seed": 8,
        "class_balance": 0.6,
        "prior_restoration": 0.7,
        "hard_share": 0.25,
        "label_smoothing": 0.15,
        "region_weight": 2,
        "region_kind": "dice",
    }


def test_what_is_not_asked_for_is_left_to_the_recipe() -> None:
    assert changes() == {}


@pytest.mark.parametrize(
    ("size", "expected"), [([], (384, 384)), (["--size", "96"], (96, 96))], ids=["default", "96"]
)
def test_whole_photos_fit_into_a_square_of_the_longer_side(
    size: list[str], expected: tuple[int, int]
) -> None:
    assert changes("--crop", "whole", *size)["crop_shape"] == expected


def test_the_card_says_what_the_trainer_says() -> None:
    texts = ("--licence", "CC0-1.0", "--limits", "Cats only.", "--data-text", "My cats.")

    said = own_data.plan(parsed(*OWN, *texts)).texts
    unsaid = own_data.plan(parsed(*OWN)).texts

    assert (said.licence, said.limits, said.data) == ("CC0-1.0", "Cats only.", "My cats.")
    assert unsaid.licence == "Unstated: ask the trainer."


@pytest.mark.parametrize(
    ("options", "validate_every"),
    [
        ([], 2),
        (["--epochs", "5"], 1),
        (["--epochs", "100"], 5),
        (["--epochs", "100", "--validate-every", "7"], 7),
    ],
)
def test_a_run_is_validated_about_twenty_times(options: list[str], validate_every: int) -> None:
    assert own_data.settings(parsed(*OWN, *options))["validate_every"] == validate_every


def test_a_recipe_keeps_its_own_settings() -> None:
    assert own_data.settings(parsed("fcn-street", "--data", "x", "--epochs", "100")) == {}


def test_bundled_label_sets_go_by_their_ids() -> None:
    assert own_data.label_set("cityscapes") is CITYSCAPES


def test_help_shows_both_forms(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "--help"])

    text = capsys.readouterr().out
    assert "example: python -m segdemo train --images" in text
    assert "python -m segdemo train MODEL --data DATA" in text
