"""Weights files for PyTorch: what comes back from them, and what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from segdemo.card import CARD_KEY, Card, MeasuredScore, Preprocessing, card_to_text
from segdemo.errors import WeightsError
from segdemo.labels import PEOPLE_ANIMALS, STREET
from segdemo.models import build_model, list_architectures
from segdemo.models.weights import load_network, round_network, save_network
from segdemo.zoo import read_card

CARD = Card(
    model_id="unet-people_animals",
    architecture="unet",
    label_set=PEOPLE_ANIMALS.id,
    class_names=PEOPLE_ANIMALS.class_names,
    preprocessing=Preprocessing(mean=(0.5, 0.4, 0.3), std=(0.2, 0.3, 0.5), longest_side_px=320),
    licence="None.",
    data="Nothing; “made up” für tests.",
    recipe={"epochs": 3, "crop_shape": [64, 64]},
    limits="Knows nothing.",
    parameters=1234,
    multiply_adds=5678,
    cost_shape=(360, 480),
    scores=(MeasuredScore("Made-up val", 2, 0.5, 0.75, {"cat": 0.5, "cow": None}),),
)


def lived_in_network(architecture: str) -> nn.Module:
    """A network whose weights, biases, norms and counters are all off their initial values."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = build_model(architecture, num_classes=len(CARD.class_names))
        network.train()
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(0.01 * torch.randn_like(parameter))
            network(torch.randn(2, 3, 64, 64))
    return network.eval()


def assert_same_network(actual: nn.Module, expected: nn.Module) -> None:
    torch.testing.assert_close(actual.state_dict(), expected.state_dict(), rtol=0, atol=0)


@pytest.fixture
def network() -> nn.Module:
    return lived_in_network(CARD.architecture)


@pytest.fixture
def path(network: nn.Module, tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    save_network(network, CARD, path)
    return path


# --- there and back --------------------------------------------------------------------------


@pytest.mark.parametrize("architecture", list_architectures())
def test_a_saved_network_comes_back_rounded(architecture: str, tmp_path: Path) -> None:
    network = lived_in_network(architecture)
    card = replace(CARD, architecture=architecture)
    path = tmp_path / "model.safetensors"

    save_network(network, card, path)
    loaded = load_network(card, path)

    assert_same_network(loaded, round_network(network))
    assert not any(module.training for module in loaded.modules())
    assert {parameter.dtype for parameter in loaded.parameters()} == {torch.float32}


def test_rounding_changes_convolution_weights_by_half_a_unit_in_the_11th_bit_at_most(
    network: nn.Module,
) -> None:
    rounded = round_network(network).state_dict()
    changed = 0

    for name, value in network.state_dict().items():
        if value.ndim > 1:
            # Below 2 ** -14 half precision has a fixed step of 2 ** -24.
            torch.testing.assert_close(rounded[name], value, rtol=2**-11, atol=2**-25)
            changed += int((rounded[name] != value).sum())
        else:
            assert torch.equal(rounded[name], value), name

    assert changed > 0


def test_rounding_twice_changes_nothing_more(network: nn.Module) -> None:
    rounded = round_network(network)

    assert_same_network(round_network(rounded), rounded)


def test_rounding_and_saving_leave_the_network_as_it_was(
    network: nn.Module, tmp_path: Path
) -> None:
    before = {name: value.clone() for name, value in network.state_dict().items()}

    round_network(network)
    save_network(network, CARD, tmp_path / "model.safetensors")

    torch.testing.assert_close(dict(network.state_dict()), before, rtol=0, atol=0)


def test_the_rounded_network_answers_nearly_as_the_original(network: nn.Module) -> None:
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))

    with torch.no_grad():
        logits, rounded = network(x), round_network(network)(x)

    spread = float(logits.max() - logits.min())
    assert 0 < float((logits - rounded).abs().max()) < 5e-3 * spread


def test_variances_too_small_for_half_precision_survive(tmp_path: Path) -> None:
    network = lived_in_network(CARD.architecture)
    norm = next(layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d))
    norm.running_var.fill_(1e-12)
    path = tmp_path / "model.safetensors"

    save_network(network, CARD, path)

    assert_same_network(load_network(CARD, path), round_network(network))
    assert float(round_network(network).state_dict()[name_of(network, norm)].max()) > 0


def name_of(network: nn.Module, norm: nn.Module) -> str:
    names = {module: name for name, module in network.named_modules()}
    return f"{names[norm]}.running_var"


def test_a_network_in_channels_last_order_is_saved_too(network: nn.Module, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"

    save_network(network.to(memory_format=torch.channels_last), CARD, path)

    assert_same_network(load_network(CARD, path), round_network(network))


# --- the file --------------------------------------------------------------------------------


def test_the_card_is_in_the_header(path: Path) -> None:
    assert read_card(path) == CARD


def test_the_file_holds_convolutions_in_half_and_the_rest_in_single_precision(path: Path) -> None:
    for name, tensor in load_file(path).items():
        if tensor.is_floating_point():
            expected = torch.float16 if tensor.ndim > 1 else torch.float32
            assert tensor.dtype == expected, name


def test_the_file_is_below_10_mb(path: Path) -> None:
    assert path.stat().st_size < 10_000_000


# --- what is refused -------------------------------------------------------------------------


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"'gone\.safetensors' is missing or damaged"):
        load_network(CARD, tmp_path / "gone.safetensors")


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").mkdir()

    with pytest.raises(WeightsError, match="missing or damaged"):
        load_network(CARD, tmp_path / "model.safetensors")


@pytest.mark.parametrize("kept", [0, 4, 1000, -1])
def test_a_truncated_file_is_refused(path: Path, kept: int) -> None:
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(WeightsError, match=r"'model\.safetensors' is missing or damaged"):
        load_network(CARD, path)


@pytest.mark.parametrize("data", [b"hello", bytes(5000), b"\xff" * 5000], ids=["text", "0", "255"])
def test_a_file_of_another_kind_is_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)

    with pytest.raises(WeightsError, match="missing or damaged"):
        load_network(CARD, path)


@pytest.mark.parametrize("architecture", sorted({*list_architectures()} - {CARD.architecture}))
def test_the_weights_of_another_architecture_are_refused(path: Path, architecture: str) -> None:
    card = replace(CARD, architecture=architecture)

    with pytest.raises(WeightsError, match=f"do not fit the architecture '{architecture}'"):
        load_network(card, path)


def test_the_weights_for_another_number_of_classes_are_refused(path: Path) -> None:
    card = replace(CARD, label_set=STREET.id, class_names=STREET.class_names)

    with pytest.raises(WeightsError, match="do not fit the architecture 'unet'"):
        load_network(card, path)


@pytest.mark.parametrize("change", ["missing", "extra"])
def test_every_tensor_must_have_its_place(path: Path, change: str) -> None:
    tensors = load_file(path)
    if change == "missing":
        tensors.popitem()
    else:
        tensors["surplus"] = torch.zeros(2)
    save_file(tensors, path, metadata={CARD_KEY: card_to_text(CARD)})

    with pytest.raises(WeightsError, match="do not fit the architecture 'unet'"):
        load_network(CARD, path)


def test_an_architecture_of_a_later_version_is_refused_as_a_matter_of_weights(path: Path) -> None:
    with pytest.raises(WeightsError):
        load_network(replace(CARD, architecture="segformer"), path)
