"""From a model's name to its published files, on a made-up data folder."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from torch import nn

from segdemo.card import Card
from segdemo.engines.onnx import load_onnx_engine
from segdemo.errors import DataError, UnknownNameError, WeightsError
from segdemo.labels import PEOPLE_ANIMALS, STREET, LabelSet
from segdemo.models import build_model, list_architectures
from segdemo.models.weights import load_network, round_network
from segdemo.training import publish as publish_module
from segdemo.training import recipes
from segdemo.training import runs as runs_module
from segdemo.training.pretrained import preprocessing
from segdemo.training.publish import COST_SHAPE, count_multiply_adds, count_parameters
from segdemo.training.recipes import Recipe, Source, load_source
from segdemo.training.run_folder import load_run
from segdemo.training.runs import (
    pairs_of_split,
    plan_of,
    publish_by_recipe,
    split_model_id,
    train_by_recipe,
)
from segdemo.training.settings import RunSettings
from segdemo.zoo import read_card

MODEL_ID = "segnet-people_animals"  # without a backbone: quick, and nothing to download
SIZE_PX = 64
BLACK, RED, BLUE = (0, 0, 0), (255, 0, 0), (0, 0, 255)
BACKGROUND, CAT, HORSE, PERSON = (
    PEOPLE_ANIMALS.class_names.index(name) for name in ("background", "cat", "horse", "person")
)
RECIPE = Recipe(
    epochs=1,
    batch_size=2,
    crop_shape=(SIZE_PX, SIZE_PX),
    scale_range=(1.0, 1.0),
    warmup_steps=0,
    longest_side_px=96,
)
SOURCE = Source(
    tuning_architecture="unet",
    tuning=RECIPE,
    recipe=RECIPE,
    scratch_epochs=1,
    train=Path("made_up/train"),
    val=Path("made_up/val"),
    test=Path("made_up/test"),
    name="Made-up",
    data="Squares of one colour.",
    licence="Do as you like.",
    limits="Knows three colours.",
    limits_beside={"segnet": "Sees no green."},
)
# Photos of one colour, and the one class that all their pixels are said to be.
SPLITS = {
    "train": [(BLACK, BACKGROUND), (RED, PERSON), (BLUE, HORSE), (RED, PERSON)],
    "val": [(BLACK, BACKGROUND), (RED, PERSON), (BLUE, HORSE)],
    "test": [(RED, PERSON), (BLUE, CAT)],  # blue is answered with horse: wrong
}


@pytest.fixture(scope="module", autouse=True)
def made_up_source() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(recipes.SOURCES, PEOPLE_ANIMALS.id, SOURCE)
        yield


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("data")
    for split, photos in SPLITS.items():
        for folder in ("images", "masks"):
            (data_dir / "made_up" / split / folder).mkdir(parents=True)
        for index, (colour, label) in enumerate(photos):
            photo = Image.new("RGB", (SIZE_PX, SIZE_PX), colour)
            photo.save(data_dir / "made_up" / split / "images" / f"{index}.png")
            mask = Image.new("L", (SIZE_PX, SIZE_PX), label)
            mask.save(data_dir / "made_up" / split / "masks" / f"{index}.png")
    return data_dir


def settings(run_dir: Path) -> RunSettings:
    return RunSettings(
        run_dir=run_dir, device=torch.device("cpu"), bfloat16=False, loader_workers=0
    )


def nothing(_: str) -> None: ...


@pytest.fixture(scope="module")
def run_dir(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a finished run; only to be read."""
    folder = tmp_path_factory.mktemp("run")
    train_by_recipe(MODEL_ID, data_dir=data_dir, settings=settings(folder), report=nothing)
    return folder


def colour_reader(_: nn.Module) -> onnx.ModelProto:
    """A graph that answers red with person, blue with horse and black with background."""
    weights = np.zeros((PEOPLE_ANIMALS.num_classes, 3, 1, 1), dtype=np.float32)
    weights[PERSON, 0] = weights[HORSE, 2] = 1
    bias = np.full(PEOPLE_ANIMALS.num_classes, -9, dtype=np.float32)
    bias[[BACKGROUND, PERSON, HORSE]] = 0
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "weights", "bias"], ["logits"], strides=[4, 4])],
        "colour reader",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", len(bias), "p", "q"])],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(bias, "bias")],
    )
    opset = helper.make_opsetid("", 17)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8)


@pytest.fixture
def quick_export(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish_module, "export_graph", colour_reader)


@dataclass(frozen=True)
class Published:
    """The card that was returned, and the folder of the files."""

    card: Card
    weights_dir: Path


@pytest.fixture(scope="module")
def published(run_dir: Path, data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Published:
    weights_dir = tmp_path_factory.mktemp("made") / "weights"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publish_module, "export_graph", colour_reader)
        card = publish_by_recipe(
            MODEL_ID, data_dir=data_dir, run_dir=run_dir, weights_dir=weights_dir
        )
    return Published(card, weights_dir)


# --- names -----------------------------------------------------------------------------------


@pytest.mark.parametrize("architecture", list_architectures())
@pytest.mark.parametrize("labels", [STREET, PEOPLE_ANIMALS], ids=lambda labels: labels.id)
def test_a_model_id_is_split_at_its_hyphen(architecture: str, labels: LabelSet) -> None:
    assert split_model_id(f"{architecture}-{labels.id}") == (architecture, labels)


@pytest.mark.parametrize(
    ("model_id", "message"),
    [
        ("resnet-street", "'resnet-street' names no architecture"),
        ("-street", "names no architecture"),
        ("", "names no architecture"),
        ("street", "names no architecture"),
        ("UNet-street", "names no architecture"),
        ("unet-mars", "no label set 'mars'"),
        ("unet-street-2", "no label set 'street-2'"),
        ("unet", "no architecture and label set"),
        ("unet_street", "names no architecture"),
    ],
)
def test_a_model_id_of_unknown_parts_is_refused(model_id: str, message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        split_model_id(model_id)


def test_a_label_set_without_training_data_is_refused_and_the_others_are_named() -> None:
    with pytest.raises(UnknownNameError, match=r"label set 'voc'.*street, people_animals"):
        load_source("voc")


# --- training --------------------------------------------------------------------------------


def test_training_by_recipe_leaves_a_finished_run_of_that_recipe(run_dir: Path) -> None:
    run = load_run(run_dir, architecture="segnet", labels=PEOPLE_ANIMALS)

    assert run.recipe["epochs"] == SOURCE.recipe.epochs
    assert run.recipe["crop_shape"] == [SIZE_PX, SIZE_PX]
    plain = build_model("segnet", num_classes=PEOPLE_ANIMALS.num_classes)
    assert run.network.state_dict().keys() == plain.state_dict().keys()


def test_training_validates_on_the_validation_split(data_dir: Path, tmp_path: Path) -> None:
    lines: list[str] = []

    network = train_by_recipe(
        MODEL_ID, data_dir=data_dir, settings=settings(tmp_path), report=lines.append
    )

    with torch.no_grad():
        x = np.array([colour for colour, _ in SPLITS["val"]], dtype=np.float32) / 127.5 - 1
        logits = network(torch.from_numpy(x)[..., None, None].expand(-1, 3, SIZE_PX, SIZE_PX))
    assert not network.training
    assert len(lines) == 1
    reported = float(lines[0].split("val_mean_iou ")[1])
    assert reported == pytest.approx(mean_iou_by_hand(logits), abs=0.02)


def mean_iou_by_hand(logits: torch.Tensor) -> float:
    truth = torch.tensor([label for _, label in SPLITS["val"]]).view(-1, 1, 1)
    pred = logits.argmax(dim=1)
    ious = []
    for label in range(PEOPLE_ANIMALS.num_classes):
        is_pred, is_true = pred == label, (truth == label).expand_as(pred)
        union = int((is_pred | is_true).sum())
        if union:
            ious.append(int((is_pred & is_true).sum()) / union)
    return float(np.mean(ious))


def test_the_number_of_epochs_can_be_given(data_dir: Path, tmp_path: Path) -> None:
    lines: list[str] = []

    train_by_recipe(
        MODEL_ID,
        data_dir=data_dir,
        settings=settings(tmp_path),
        report=lines.append,
        epochs=2,
    )

    assert [line.split()[1] for line in lines] == ["1", "2"]
    run = load_run(tmp_path, architecture="segnet", labels=PEOPLE_ANIMALS)
    assert run.recipe["epochs"] == 2
    assert SOURCE.scratch_epochs == 1


def test_pairs_lie_in_images_and_masks_below_the_split(data_dir: Path) -> None:
    pairs = pairs_of_split(data_dir / SOURCE.val)

    assert [pair.stem for pair in pairs] == ["0", "1", "2"]
    assert pairs[0].image_path == data_dir / "made_up" / "val" / "images" / "0.png"
    assert pairs[0].mask_path == data_dir / "made_up" / "val" / "masks" / "0.png"


def test_missing_data_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no folder"):
        train_by_recipe(
            MODEL_ID,
            data_dir=tmp_path / "gone",
            settings=settings(tmp_path / "run"),
            report=nothing,
        )

    assert not (tmp_path / "run").exists()


def test_an_architecture_without_the_backbone_is_trained_from_scratch_by_the_first_stage() -> None:
    plan = plan_of(MODEL_ID)

    assert (plan.architecture, plan.starts_tuned) == ("segnet", False)
    assert plan.recipe == replace(SOURCE.tuning, epochs=SOURCE.scratch_epochs)


def test_the_others_start_from_a_tuned_backbone() -> None:
    plan = plan_of("fcn-people_animals")

    assert (plan.architecture, plan.starts_tuned) == ("fcn", True)
    assert plan.recipe == SOURCE.recipe


def test_the_first_stage_has_a_name_of_its_own() -> None:
    plan = plan_of("backbone-people_animals")

    assert (plan.architecture, plan.starts_tuned) == (SOURCE.tuning_architecture, False)
    assert plan.recipe == SOURCE.tuning


def test_without_a_tuned_backbone_the_command_for_it_is_named(
    data_dir: Path, tmp_path: Path
) -> None:
    with pytest.raises(WeightsError, match="train backbone-people_animals"):
        train_by_recipe(
            "fcn-people_animals",
            data_dir=data_dir,
            settings=settings(tmp_path / "fcn-people_animals"),
            report=nothing,
        )


def test_the_second_stage_starts_from_the_first_one_s_backbone(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = replace(RECIPE, backbone_learning_rate=0.0, weight_decay=0.0, frozen_stages=2)
    monkeypatch.setitem(
        recipes.SOURCES, PEOPLE_ANIMALS.id, replace(SOURCE, tuning=RECIPE, recipe=still)
    )
    for name in ("backbone-people_animals", "fcn-people_animals"):
        train_by_recipe(name, data_dir=data_dir, settings=settings(tmp_path / name), report=nothing)

    tuned, second = (
        load_run(tmp_path / name, architecture=architecture, labels=PEOPLE_ANIMALS)
        .network.get_submodule("backbone")
        .state_dict()
        for name, architecture in (
            ("backbone-people_animals", SOURCE.tuning_architecture),
            ("fcn-people_animals", "fcn"),
        )
    )

    weights = [name for name in tuned if name.endswith("weight")]
    assert weights
    for name in weights:  # the rate is 0: where it started, it still is
        torch.testing.assert_close(second[name], tuned[name])


@pytest.fixture(scope="module")
def two_stages(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a backbone's run and of an FCN's that started from it."""
    runs = tmp_path_factory.mktemp("two_stages")
    for name in ("backbone-people_animals", "fcn-people_animals"):
        train_by_recipe(name, data_dir=data_dir, settings=settings(runs / name), report=nothing)
    return runs


def test_the_second_stage_notes_what_the_first_one_was(two_stages: Path) -> None:
    first = load_run(
        two_stages / "backbone-people_animals",
        architecture=SOURCE.tuning_architecture,
        labels=PEOPLE_ANIMALS,
    )
    second = load_run(two_stages / "fcn-people_animals", architecture="fcn", labels=PEOPLE_ANIMALS)
    assert first.about == {}
    assert second.about == {
        "tuning": {
            "architecture": SOURCE.tuning_architecture,
            "epochs": RECIPE.epochs,
            "training_seconds": round(first.seconds),
            "commit": first.made_with["commit"],
        }
    }


@pytest.mark.parametrize("with_partial", [False, True])
def test_partly_labelled_photos_are_trained_on_only_where_the_recipe_says_so(
    with_partial: bool, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(RECIPE, with_partial=with_partial)
    source = replace(SOURCE, tuning=recipe, partial=SOURCE.val)
    monkeypatch.setitem(recipes.SOURCES, PEOPLE_ANIMALS.id, source)
    seen: list[int] = []
    monkeypatch.setattr(
        runs_module, "train", lambda *_, pairs, **__: seen.append(len(pairs.partial))
    )

    train_by_recipe(MODEL_ID, data_dir=data_dir, settings=settings(tmp_path), report=nothing)

    assert seen == [len(SPLITS["val"]) if with_partial else 0]


def test_validation_photos_are_trained_on_only_where_the_recipe_says_so(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_val = replace(RECIPE, with_val=True)
    monkeypatch.setitem(recipes.SOURCES, PEOPLE_ANIMALS.id, replace(SOURCE, tuning=with_val))
    seen: list[int] = []
    monkeypatch.setattr(runs_module, "train", lambda *_, pairs, **__: seen.append(len(pairs.whole)))

    for hold_out in (False, True):
        train_by_recipe(
            MODEL_ID,
            data_dir=data_dir,
            settings=settings(tmp_path),
            report=nothing,
            hold_out_val=hold_out,
        )

    assert seen == [len(SPLITS["train"]) + len(SPLITS["val"]), len(SPLITS["train"])]


# --- publishing ------------------------------------------------------------------------------


def test_a_published_card_says_what_the_source_and_the_run_say(published: Published) -> None:
    card = published.card

    assert (card.model_id, card.architecture) == (MODEL_ID, "segnet")
    assert card.labels == PEOPLE_ANIMALS
    assert card.preprocessing == preprocessing(SOURCE.recipe.longest_side_px)
    assert (card.licence, card.data) == (SOURCE.licence, SOURCE.data)
    assert card.limits == "Knows three colours. Sees no green."
    network = build_model("segnet", num_classes=PEOPLE_ANIMALS.num_classes)
    assert card.parameters == count_parameters(network)
    assert card.multiply_adds == count_multiply_adds(network)
    assert card.cost_shape == COST_SHAPE
    for name in ("epochs", "batch_size", "seed", "schedule"):
        assert card.recipe[name] == getattr(SOURCE.recipe, name)
    assert card.recipe["versions"]["torch"] == version("torch")
    assert card.recipe["training_seconds"] >= 0
    assert {"commit", "processor"} <= card.recipe.keys()
    assert "tuning" not in card.recipe


@pytest.mark.usefixtures("quick_export")
def test_a_card_says_in_what_its_backbone_was_tuned(
    two_stages: Path, data_dir: Path, tmp_path: Path
) -> None:
    card = publish_by_recipe(
        "fcn-people_animals",
        data_dir=data_dir,
        run_dir=two_stages / "fcn-people_animals",
        weights_dir=tmp_path,
    )

    assert card.recipe["tuning"]["architecture"] == SOURCE.tuning_architecture
    assert card.limits == "Knows three colours."


def test_both_published_files_hold_the_returned_card(published: Published) -> None:
    path = published.weights_dir / f"{MODEL_ID}.safetensors"

    assert read_card(path) == published.card
    assert load_onnx_engine(path.with_suffix(".onnx")).card == published.card


def test_the_published_weights_are_those_of_the_run(published: Published, run_dir: Path) -> None:
    run = load_run(run_dir, architecture="segnet", labels=PEOPLE_ANIMALS)

    network = load_network(published.card, published.weights_dir / f"{MODEL_ID}.safetensors")

    expected = round_network(run.network).state_dict()
    torch.testing.assert_close(network.state_dict(), expected, rtol=0, atol=0)


def test_every_split_is_scored_by_hand(published: Published) -> None:
    val, test = published.card.scores
    absent = dict.fromkeys(PEOPLE_ANIMALS.class_names)
    assert (val.data, val.images) == ("Made-up val", 3)
    assert (val.mean_iou, val.pixel_accuracy) == (1, 1)
    assert val.iou_per_class == absent | {"background": 1, "horse": 1, "person": 1}
    assert (test.data, test.images) == ("Made-up test", 2)
    assert (test.mean_iou, test.pixel_accuracy) == (0.3333, 0.5)
    assert test.iou_per_class == absent | {"cat": 0, "horse": 0, "person": 1}


@pytest.mark.usefixtures("quick_export")
def test_without_a_test_split_only_validation_is_scored(
    run_dir: Path, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(recipes.SOURCES, PEOPLE_ANIMALS.id, replace(SOURCE, test=None))

    card = publish_by_recipe(MODEL_ID, data_dir=data_dir, run_dir=run_dir, weights_dir=tmp_path)

    assert [score.data for score in card.scores] == ["Made-up val"]


def test_an_unfinished_run_is_not_published(data_dir: Path, tmp_path: Path) -> None:
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_by_recipe(
            MODEL_ID,
            data_dir=data_dir,
            settings=settings(tmp_path / "run"),
            report=interrupt,
            epochs=2,
        )

    with pytest.raises(WeightsError, match="has done 1 of 2 epochs"):
        publish_by_recipe(
            MODEL_ID,
            data_dir=data_dir,
            run_dir=tmp_path / "run",
            weights_dir=tmp_path / "weights",
        )
    assert not (tmp_path / "weights").exists()


# --- the real recipes ------------------------------------------------------------------------


def test_every_source_belongs_to_a_label_set_and_says_what_must_be_said() -> None:
    for label_set_id, source in recipes.SOURCES.items():
        assert split_model_id(f"unet-{label_set_id}")[1].id == label_set_id
        for text in (source.name, source.data, source.licence, source.limits):
            assert text.strip()
        assert set(source.limits_beside) <= set(list_architectures())
        assert source.data.endswith(".")
        assert not any(path.is_absolute() for path in (source.train, source.val))
        assert len({source.train, source.val, source.test}) == 3
