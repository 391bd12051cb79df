"""The contract that all architectures share, and what makes each of them what it is."""

import inspect
import math
import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import segdemo.models
from segdemo.models import build_model, list_architectures
from segdemo.models.backbone import CHANNELS, Backbone
from segdemo.models.deeplab import AtrousSpatialPyramidPooling, DeepLabV3Plus
from segdemo.models.fcn import FCN
from segdemo.models.layers import resize_as
from segdemo.models.pspnet import PyramidPooling, pooling_weights
from segdemo.models.segnet import SegNet

SHAPES = [(64, 64), (65, 97), (32, 32)]  # usual, odd, the smallest allowed
NUM_CLASSES = 7
LARGEST_FILE_BYTES = 10_000_000

architectures = pytest.mark.parametrize("architecture", list_architectures())


@pytest.fixture(autouse=True)
def seed() -> Iterator[None]:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def quarter(shape: tuple[int, int]) -> tuple[int, int]:
    return math.ceil(shape[0] / 4), math.ceil(shape[1] / 4)


def with_lived_in_norms(network: nn.Module) -> nn.Module:
    """The network after two training passes: batch norms that differ from the identity."""
    network.train()
    with torch.no_grad():
        for _ in range(2):
            network(torch.randn(2, 3, 64, 64))
    return network.eval()


# --- the contract ----------------------------------------------------------------------------


@architectures
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_logits_are_finite_and_a_quarter_of_the_input_rounded_up(
    architecture: str, shape: tuple[int, int]
) -> None:
    network = build_model(architecture, num_classes=NUM_CLASSES)

    with torch.no_grad():
        logits = network(torch.randn(1, 3, *shape))

    assert logits.shape == (1, NUM_CLASSES, *quarter(shape))
    assert logits.dtype == torch.float32
    assert logits.isfinite().all()
    assert logits.std() > 0


@architectures
@pytest.mark.parametrize("num_classes", [1, 7, 21])
def test_there_is_one_logit_plane_per_class(architecture: str, num_classes: int) -> None:
    network = build_model(architecture, num_classes=num_classes)

    with torch.no_grad():
        logits = network(torch.randn(1, 3, 32, 32))

    assert logits.shape[1] == num_classes


@architectures
def test_a_network_is_built_in_eval_mode_and_repeats_itself(architecture: str) -> None:
    network = build_model(architecture, num_classes=NUM_CLASSES)
    x = torch.randn(1, 3, 65, 97)
    before = {name: value.clone() for name, value in network.state_dict().items()}

    with torch.no_grad():
        first, second = network(x), network(x)

    assert not any(module.training for module in network.modules())
    assert torch.equal(first, second)
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name]), name


@architectures
def test_a_network_leaves_its_input_as_it_was(architecture: str) -> None:
    x = torch.randn(1, 3, 64, 64)
    before = x.clone()

    with torch.no_grad():
        build_model(architecture, num_classes=NUM_CLASSES)(x)

    assert torch.equal(x, before)


@architectures
def test_photos_of_a_batch_do_not_see_each_other(architecture: str) -> None:
    network = with_lived_in_norms(build_model(architecture, num_classes=NUM_CLASSES))
    x = torch.randn(2, 3, 65, 97)

    with torch.no_grad():
        together = network(x)
        alone = torch.cat([network(x[:1]), network(x[1:])])

    tolerance = 1e-4 * float(alone.abs().max())
    torch.testing.assert_close(together, alone, rtol=0, atol=tolerance)
    assert not torch.allclose(alone[0], alone[1], rtol=0, atol=tolerance)


@architectures
def test_the_gradient_reaches_every_parameter(architecture: str) -> None:
    network = build_model(architecture, num_classes=NUM_CLASSES).train()

    logits = network(torch.randn(2, 3, 64, 64))
    (logits * torch.randn_like(logits)).sum().backward()

    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name


@architectures
def test_the_weights_in_half_precision_fit_a_file_of_10_mb(architecture: str) -> None:
    network = build_model(architecture, num_classes=21)

    assert 2 * sum(parameter.numel() for parameter in network.parameters()) < LARGEST_FILE_BYTES


@architectures
def test_the_same_seed_gives_the_same_network(architecture: str) -> None:
    torch.manual_seed(5)
    first = build_model(architecture, num_classes=NUM_CLASSES).state_dict()
    torch.manual_seed(5)
    second = build_model(architecture, num_classes=NUM_CLASSES).state_dict()

    assert first.keys() == second.keys()
    assert all(torch.equal(value, second[name]) for name, value in first.items())


# --- which there are -------------------------------------------------------------------------


def builders() -> dict[str, str]:
    """Function name to module name of everything in the package that looks like a builder."""
    found = {}
    for info in pkgutil.iter_modules(segdemo.models.__path__, "segdemo.models."):
        for name, function in inspect.getmembers(import_module(info.name), inspect.isfunction):
            is_own = function.__module__ == info.name and not name.startswith("_")
            if is_own and list(inspect.signature(function).parameters) == ["num_classes"]:
                found[name] = info.name
    return found


READY_MADE = "segdemo.models.torchvision_voc"


def test_the_architectures_are_the_builders_that_the_family_files_define() -> None:
    own = [name for name, module in builders().items() if module != READY_MADE]
    assert sorted(own) == list_architectures()


@pytest.mark.parametrize(("name", "module"), builders().items())
def test_a_name_builds_the_network_of_its_own_file(name: str, module: str) -> None:
    assert type(build_model(name, num_classes=2)).__module__ == module


# --- the backbone ----------------------------------------------------------------------------


@pytest.mark.parametrize("output_stride", [8, 16, 32])
def test_the_backbone_gives_five_maps_none_coarser_than_the_output_stride(
    output_stride: int,
) -> None:
    with torch.no_grad():
        maps = Backbone(output_stride=output_stride).eval()(torch.zeros(1, 3, 65, 97))

    strides = [min(stride, output_stride) for stride in (2, 4, 8, 16, 32)]
    assert [feature.shape[1] for feature in maps] == list(CHANNELS)
    assert [tuple(feature.shape[2:]) for feature in maps] == [
        (math.ceil(65 / stride), math.ceil(97 / stride)) for stride in strides
    ]


# --- FCN -------------------------------------------------------------------------------------


def test_fcn_begins_as_fcn_32s_with_finer_scores_of_zero() -> None:
    network = FCN(num_classes=NUM_CLASSES).eval()
    x = torch.randn(1, 3, 96, 64)

    with torch.no_grad():
        _, finest, eighth, sixteenth, coarsest = network.backbone(x)
        coarse_only = network.head(coarsest)
        for reference in (sixteenth, eighth, finest):
            coarse_only = resize_as(coarse_only, reference)
        logits = network(x)

    for score in (network.score_sixteenth, network.score_eighth):
        assert not any(parameter.any() for parameter in score.parameters())
    torch.testing.assert_close(logits, coarse_only)


@pytest.mark.parametrize("name", ["score_sixteenth", "score_eighth"])
def test_fcn_adds_the_finer_scores_once_they_are_learnt(name: str) -> None:
    network = FCN(num_classes=NUM_CLASSES).eval()
    x = torch.randn(1, 3, 64, 64)

    with torch.no_grad():
        before = network(x)
        network.get_submodule(name).bias.add_(torch.arange(NUM_CLASSES))
        after = network(x)

    expected = torch.arange(NUM_CLASSES).float().view(1, -1, 1, 1).expand_as(before)
    torch.testing.assert_close(after - before, expected, rtol=0, atol=1e-4)


# --- DeepLabV3+ ------------------------------------------------------------------------------


def taps(branch: nn.Module, *, channels: int, size: int) -> set[tuple[int, int]]:
    """Offsets in pixels from which a branch reads, found by the gradient of its middle pixel."""
    for layer in branch.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.ones_(layer.weight)  # keeps every ReLU open
    x = torch.ones(1, channels, size, size, requires_grad=True)
    middle = size // 2
    branch(x)[0, :, middle, middle].sum().backward()
    assert x.grad is not None
    places = x.grad[0].sum(dim=0).nonzero().tolist()
    return {(row - middle, column - middle) for row, column in places}


def test_deeplabs_pyramid_reads_at_distances_1_6_12_and_18() -> None:
    network = DeepLabV3Plus(num_classes=2).eval()
    pyramid = network.pyramid

    assert taps(pyramid.pointwise, channels=CHANNELS[-1], size=41) == {(0, 0)}
    for branch, distance in zip(pyramid.atrous, (6, 12, 18), strict=True):
        steps = (-distance, 0, distance)
        expected = {(row, column) for row in steps for column in steps}
        assert taps(branch, channels=CHANNELS[-1], size=41) == expected


def test_deeplabs_pyramid_sees_the_whole_image_from_every_pixel() -> None:
    pyramid = AtrousSpatialPyramidPooling(4, 8).eval()
    x = torch.rand(1, 4, 60, 60)
    changed = x.clone()
    changed[..., 0, 0] += 1000

    with torch.no_grad():
        difference = (pyramid(changed) - pyramid(x)).abs().sum(dim=1)

    assert difference[0, 59, 59] > 0  # 59 pixels away, beyond every dilation


# --- PSPNet ----------------------------------------------------------------------------------


@pytest.mark.parametrize("bins", [1, 2, 3, 6])
@pytest.mark.parametrize("size", [*range(4, 14), 31, 45, 60, 97])
def test_pspnets_matrices_average_as_adaptive_pooling_does(size: int, bins: int) -> None:
    values = torch.randn(1, 3, size, dtype=torch.float32)
    matrix = pooling_weights(torch.arange(size, dtype=torch.float32), bins)

    torch.testing.assert_close(values @ matrix.T, F.adaptive_avg_pool1d(values, bins))
    torch.testing.assert_close(matrix.sum(dim=1), torch.ones(bins))


@pytest.mark.parametrize("shape", [(4, 4), (7, 13), (9, 5), (31, 45)], ids=str)
def test_pspnets_pyramid_is_adaptive_pooling_projected_and_enlarged(
    shape: tuple[int, int],
) -> None:
    pyramid = PyramidPooling(5, 4).eval()
    x = torch.randn(2, 5, *shape)

    def view(bins: int, branch: nn.Module) -> Tensor:
        return resize_as(branch(F.adaptive_avg_pool2d(x, bins)), x)

    with torch.no_grad():
        views = [view(*pair) for pair in zip((1, 2, 3, 6), pyramid.branches, strict=True)]

        torch.testing.assert_close(pyramid(x), torch.cat([x, *views], dim=1))


# --- SegNet ----------------------------------------------------------------------------------


def bare_segnet() -> SegNet:
    """A SegNet that only pools and unpools: its convolutions are taken out."""
    network = SegNet(num_classes=1).eval()
    network.encoder = nn.ModuleList(nn.Identity() for _ in network.encoder)
    network.decoder = nn.ModuleList(nn.Identity() for _ in network.decoder)
    network.classifier = nn.Identity()
    return network


@pytest.mark.parametrize("shape", [(32, 32), (64, 96), (65, 97)], ids=str)
@pytest.mark.parametrize("place", [(0, 0), (13, 22), (31, 31), (7, 8)], ids=str)
def test_segnet_puts_a_maximum_back_where_pooling_took_it_from(
    place: tuple[int, int], shape: tuple[int, int]
) -> None:
    row, column = place
    x = torch.zeros(1, 1, *shape)
    x[0, 0, row, column] = 7

    logits = bare_segnet()(x)

    expected = torch.zeros(quarter(shape))
    expected[row // 4, column // 4] = 7
    assert torch.equal(logits[0, 0], expected)


def test_segnet_keeps_one_value_of_each_32_pixel_square_and_channel() -> None:
    x = torch.rand(2, 3, 64, 96) + 1

    logits = bare_segnet()(x)

    assert torch.equal(F.max_pool2d(logits, 8), F.max_pool2d(x, 32))
    assert torch.equal(F.avg_pool2d(logits, 8) * 64, F.max_pool2d(x, 32))
    finer = F.max_pool2d(x, 4)
    assert torch.equal(logits[logits > 0], finer[logits > 0])


# --- frozen stages ---------------------------------------------------------------------------


def trained_values(module: nn.Module) -> set[str]:
    return {name for name, value in module.named_parameters() if value.requires_grad}


def test_frozen_stages_are_the_finest_ones() -> None:
    backbone = Backbone()
    everything = trained_values(backbone)
    frozen: list[set[str]] = []
    for stages in (0, 1, 2):
        backbone = Backbone()
        backbone.freeze(stages)
        frozen.append(everything - trained_values(backbone))

    assert frozen[0] == set()
    starts = [{".".join(name.split(".")[1:3]) for name in names} for names in frozen]
    assert {"conv_stem.weight", "bn1.weight", "blocks.0"} <= starts[1]
    assert "blocks.1" not in starts[1]
    assert starts[2] - starts[1] == {"blocks.1"}


def test_a_step_leaves_frozen_stages_as_they_are_statistics_included() -> None:
    backbone = Backbone()
    backbone.freeze(2)
    backbone.train()
    before = {name: value.clone() for name, value in backbone.state_dict().items()}
    optimizer = torch.optim.SGD((p for p in backbone.parameters() if p.requires_grad), lr=0.1)

    backbone(torch.randn(2, 3, 64, 64))[-1].mean().backward()
    optimizer.step()

    changed = {
        name
        for name, value in backbone.state_dict().items()
        if not torch.equal(value, before[name])
    }
    assert any(name.startswith("features.blocks.6") for name in changed)
    assert any("running_mean" in name for name in changed)
    still = ("features.conv_stem", "features.bn1", "features.blocks.0", "features.blocks.1")
    assert not any(name.startswith(still) for name in changed)


def test_frozen_stages_stay_in_eval_mode_whatever_the_rest_does() -> None:
    backbone = Backbone()
    backbone.freeze(1)

    backbone.train()
    assert backbone.training
    assert not any(module.training for module in backbone.frozen)
    backbone.eval()
    assert not any(module.training for module in backbone.modules())
