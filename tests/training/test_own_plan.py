"""What is trained on own data: the settings that suit it, and what is refused at once."""

from pathlib import Path
from typing import Any

import pytest

from segdemo.errors import DataError, UnknownNameError
from segdemo.labels import STREET
from segdemo.training.own_plan import OwnFolders, OwnPlan, check_plan, own_recipe
from segdemo.zoo import DIGESTS_FILE

FOLDERS = OwnFolders(Path("a"), Path("b"), Path("c"), Path("d"))


def plan(out: Path, architecture: str = "unet", **changes: Any) -> OwnPlan:
    return OwnPlan(FOLDERS, architecture, STREET, out, None, changes)


@pytest.mark.parametrize(
    ("init", "frozen_stages", "backbone_rate"),
    [("imagenet", 2, 3e-4), ("unet-street", 2, 1e-4), ("none", 0, 1.5e-3)],
)
def test_what_the_network_knows_decides_what_is_kept(
    init: str, frozen_stages: int, backbone_rate: float
) -> None:
    recipe = own_recipe(100, init=init, changes={})

    assert recipe.frozen_stages == frozen_stages
    assert recipe.backbone_learning_rate == backbone_rate
    assert recipe.resize_first


@pytest.mark.parametrize(
    ("pairs", "changes", "batch_size", "warmup_steps"),
    [
        (5, {}, 5, 4),  # 40 epochs of one step
        (100, {}, 8, 48),
        (1000, {}, 8, 100),
        (100, {"epochs": 1}, 8, 1),
        (100, {"batch_size": 50}, 50, 8),
    ],
)
def test_few_photos_make_small_batches_and_a_short_rise(
    pairs: int, changes: dict[str, Any], batch_size: int, warmup_steps: int
) -> None:
    recipe = own_recipe(pairs, init="imagenet", changes=changes)

    assert (recipe.batch_size, recipe.warmup_steps) == (batch_size, warmup_steps)


@pytest.mark.parametrize(("size_px", "side_px"), [(384, 320), (480, 384), (64, 64), (96, 64)])
def test_crops_are_about_five_sixths_of_the_size(size_px: int, side_px: int) -> None:
    recipe = own_recipe(9, init="imagenet", changes={"longest_side_px": size_px})

    assert recipe.crop_shape == (side_px, side_px)
    assert recipe.longest_side_px == size_px


def test_what_a_person_chose_stands() -> None:
    changes = {"crop_shape": (64, 96), "flip": False, "region_kind": "dice", "frozen_stages": 1}

    recipe = own_recipe(9, init="none", changes=changes)

    assert {name: getattr(recipe, name) for name in changes} == changes


def test_a_crop_below_what_networks_take_is_refused() -> None:
    with pytest.raises(DataError, match="at least 32 pixels"):
        own_recipe(9, init="none", changes={"crop_shape": (64, 31)})


def test_a_plan_that_can_be_published_passes(tmp_path: Path) -> None:
    check_plan(plan(tmp_path / "Pets-2.1.safetensors", dropout=0.2, frozen_stages=1))


@pytest.mark.parametrize(
    "name", ["pets", "pets.onnx", ".safetensors", "-a.safetensors", "a b.safetensors"]
)
def test_a_name_that_is_no_model_s_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be a model's file"):
        check_plan(plan(tmp_path / name))


def test_a_model_of_the_table_is_not_replaced(tmp_path: Path) -> None:
    row = f"| `pets.safetensors` | 1 | `{'0' * 64}` |\n"
    (tmp_path / DIGESTS_FILE).write_text(row, "utf-8")

    with pytest.raises(DataError, match="'pets' is a model in the table"):
        check_plan(plan(tmp_path / "pets.safetensors"))


def test_an_unknown_architecture_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"no architecture 'resnet'.*deeplabv3plus, fcn"):
        check_plan(plan(tmp_path / "a.safetensors", "resnet"))


@pytest.mark.parametrize("setting", ["dropout", "frozen_stages", "backbone_learning_rate"])
def test_a_setting_without_effect_is_refused(setting: str, tmp_path: Path) -> None:
    out = tmp_path / "a.safetensors"
    check_plan(plan(out, "fcn", **{setting: 0}))

    with pytest.raises(DataError, match=f"no use for: {setting.replace('_', ' ')}"):
        check_plan(plan(out, "segnet", **{setting: 0}))
