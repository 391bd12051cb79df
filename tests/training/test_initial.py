"""What a network starts from: which tensors are taken, and what is said of it."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from segdemo.errors import DataError, UnknownNameError, WeightsError
from segdemo.label_file import label_set_from_fields
from segdemo.labels import STREET, LabelSet
from segdemo.models import build_model, list_architectures
from segdemo.models.weights import save_network
from segdemo.training.initial import (
    class_layers,
    find_start,
    has_backbone,
    resolve_init,
    start_network,
    take_weights,
)
from segdemo.training.pretrained import load_imagenet_weights
from segdemo.zoo import DIGESTS_FILE
from tests.cards import make_card

# As many classes as STREET, with other names: the shapes fit, the meaning does not.
RENAMED = label_set_from_fields(
    {"id": "renamed", "classes": [{"name": f"new {name}"} for name in STREET.class_names]}
)


@pytest.fixture(scope="module")
def weights_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one model, an FCN on STREET."""
    folder = tmp_path_factory.mktemp("weights")
    network = build_model("fcn", num_classes=STREET.num_classes)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.5)
    save_network(network, make_card("fcn"), folder / "fcn-street.safetensors")
    return folder


def started(
    weights_dir: Path, *, architecture: str = "fcn", labels: LabelSet = STREET
) -> tuple[dict[str, Tensor], dict[str, Tensor], str]:
    """A network's tensors before and after it started from the model, and what was said."""
    network = build_model(architecture, num_classes=labels.num_classes)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    lines: list[str] = []
    start_network(
        network,
        architecture=architecture,
        labels=labels,
        init="fcn-street",
        entry=find_start("fcn-street", (weights_dir,)),
        report=lines.append,
    )
    (line,) = lines
    return before, dict(network.state_dict()), line


def floats_taken(before: dict[str, Tensor], after: dict[str, Tensor]) -> set[str]:
    return {name for name in before if not torch.equal(before[name], after[name])}


def test_of_the_same_classes_every_layer_is_taken(weights_dir: Path) -> None:
    before, after, line = started(weights_dir)

    parameters = dict(build_model("fcn", num_classes=STREET.num_classes).named_parameters())
    assert parameters.keys() <= floats_taken(before, after)
    assert line == f"Starting from 'fcn-street': {len(after)} of {len(after)} tensors taken."


def test_of_other_classes_the_classifiers_are_anew_even_where_their_shapes_fit(
    weights_dir: Path,
) -> None:
    before, after, line = started(weights_dir, labels=RENAMED)

    parameters = dict(build_model("fcn", num_classes=STREET.num_classes).named_parameters())
    assert parameters.keys() - floats_taken(before, after) == class_layers("fcn")
    assert f"{len(after) - 6} of {len(after)} tensors taken; at random: " in line
    assert "score_eighth" in line


def test_another_architecture_takes_the_backbone_alone(weights_dir: Path) -> None:
    before, after, line = started(weights_dir, architecture="unet")

    taken = floats_taken(before, after)
    assert taken
    assert all(name.startswith("backbone.") for name in taken)
    assert "more." in line


def test_a_model_of_which_nothing_fits_is_refused(weights_dir: Path) -> None:
    with pytest.raises(DataError, match="Nothing of 'fcn-street' fits 'segnet'"):
        started(weights_dir, architecture="segnet")


@pytest.mark.parametrize("architecture", list_architectures())
def test_the_layers_of_classes_are_few_and_end_in_the_classes(architecture: str) -> None:
    layers = class_layers(architecture)
    state = build_model(architecture, num_classes=7).state_dict()

    assert 2 <= len(layers) <= 6
    assert all(state[name].shape[0] == 7 for name in layers)


def test_tensors_of_another_shape_or_name_stay_behind() -> None:
    network = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 4))
    given = {"0.weight": torch.ones(3, 2), "0.bias": torch.ones(9), "gone": torch.ones(1)}

    taken = take_weights(network, given)

    assert taken.names == ("0.weight",)
    assert taken.left == ("0.bias", "1.weight", "1.bias")
    assert torch.equal(network[0].weight, torch.ones(3, 2))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("init", "words"), [("none", "random weights"), ("imagenet", "a backbone from ImageNet")]
)
def test_what_is_no_model_is_said_too(init: str, words: str) -> None:
    network, lines = build_model("unet", num_classes=3), list[str]()
    stem = network.get_parameter("backbone.features.conv_stem.weight").clone()
    assert find_start(init, ()) is None

    start_network(
        network, architecture="unet", labels=STREET, init=init, entry=None, report=lines.append
    )

    assert words in lines[0]
    reference = build_model("unet", num_classes=3)
    load_imagenet_weights(reference.get_submodule("backbone"))  # type: ignore[arg-type]
    expected = reference.get_parameter("backbone.features.conv_stem.weight")
    now = network.get_parameter("backbone.features.conv_stem.weight")
    assert torch.equal(now, expected if init == "imagenet" else stem)


@pytest.mark.parametrize("architecture", list_architectures())
def test_without_a_word_the_backbone_decides(architecture: str) -> None:
    expected = "imagenet" if has_backbone(architecture) else "none"

    assert resolve_init(None, architecture) == expected
    assert resolve_init("none", architecture) == "none"
    assert has_backbone(architecture) == (architecture != "segnet")


def test_imagenet_needs_the_backbone() -> None:
    with pytest.raises(DataError, match="'segnet' has no backbone from ImageNet"):
        resolve_init("imagenet", "segnet")


def test_folders_are_looked_through_in_turn(weights_dir: Path, tmp_path: Path) -> None:
    entry = find_start("fcn-street", (tmp_path, weights_dir))

    assert entry is not None
    assert entry.safetensors_path.parent == weights_dir
    with pytest.raises(UnknownNameError, match="no model 'gone'"):
        find_start("gone", (tmp_path, weights_dir))


def test_weights_that_the_table_does_not_vouch_for_are_refused(tmp_path: Path) -> None:
    card = replace(make_card("segnet"), scores=())
    network = build_model("segnet", num_classes=STREET.num_classes)
    save_network(network, card, tmp_path / "segnet-street.safetensors")
    row = f"| `segnet-street.safetensors` | 1 | `{'0' * 64}` |\n"
    (tmp_path / DIGESTS_FILE).write_text(row, "utf-8")

    with pytest.raises(WeightsError, match="SHA-256 differs"):
        find_start("segnet-street", (tmp_path,))
