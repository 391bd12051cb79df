"""The two files of a model: that they hold the same network, the same card, and little else."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, numpy_helper
from torch import nn

import segdemo
from segdemo.card import CARD_KEY, Card, MeasuredScore, Preprocessing, card_from_text
from segdemo.engines.engine import Engine
from segdemo.engines.onnx import OnnxEngine, load_onnx_engine
from segdemo.errors import MaskError
from segdemo.labels import PEOPLE_ANIMALS
from segdemo.models import build_model
from segdemo.models.weights import load_network, round_network
from segdemo.training import publish as publish_module
from segdemo.training.publish import (
    COST_SHAPE,
    count_multiply_adds,
    count_parameters,
    export_graph,
    publish,
)
from segdemo.zoo import read_card

PUBLISHED = "segnet"  # the quickest to export
EXPORTED = [PUBLISHED, "fcn", "pspnet"]
LARGEST_FILE_BYTES = 10_000_000
SCORES = (
    MeasuredScore("Made-up val", 2, 0.5, 0.75, {"cat": 0.5, "cow": None}),
    MeasuredScore("Made-up test", 3, 0.25, 0.125, {"cat": 0.25, "cow": 0.0}),
)
CARD = Card(
    model_id=f"{PUBLISHED}-people_animals",
    architecture=PUBLISHED,
    label_set=PEOPLE_ANIMALS.id,
    class_names=PEOPLE_ANIMALS.class_names,
    preprocessing=Preprocessing(mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5), longest_side_px=320),
    licence="None.",
    data="Nothing.",
    recipe={"epochs": 3},
    limits="Knows nothing.",
    parameters=1,
    multiply_adds=2,
    cost_shape=COST_SHAPE,
    scores=(),
)


@dataclass(frozen=True)
class Made:
    """A network, its values before, and the bytes of the graph made from it."""

    network: nn.Module
    before: dict[str, torch.Tensor]
    onnx_bytes: bytes

    @property
    def graph(self) -> onnx.ModelProto:
        return onnx.load_from_string(self.onnx_bytes)


@dataclass(frozen=True)
class Published(Made):
    """What `publish` was given, wrote, returned, and showed to `measure`."""

    card: Card
    onnx_path: Path
    measured_logits: np.ndarray

    @property
    def safetensors_path(self) -> Path:
        return self.onnx_path.with_suffix(".safetensors")


def lively_network(architecture: str) -> nn.Module:
    """A network with lively scores and batch norms that differ from the identity.

    The norms scale by powers of two: fused into weights that are rounded to half precision
    already, they need no second rounding, and both files can be compared closely.
    """
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = build_model(architecture, num_classes=PEOPLE_ANIMALS.num_classes).train()
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(0.01 * torch.randn_like(parameter))
            for _ in range(8):
                network(torch.randn(4, 3, 64, 64))
            for norm in network.modules():
                if isinstance(norm, nn.BatchNorm2d):
                    norm.running_var.copy_(4 ** norm.running_var.log2().div(2).round() - norm.eps)
                    norm.weight.copy_(2 ** torch.randint(-1, 2, norm.weight.shape).float())
                    norm.bias.normal_(0, 0.2)
    return network.eval()


def values_of(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape, dtype=np.float32)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    weights_dir = tmp_path_factory.mktemp("made") / "weights"
    network = lively_network(PUBLISHED)
    before = values_of(network)
    seen: list[np.ndarray] = []

    def measure(engine: Engine) -> tuple[MeasuredScore, ...]:
        seen.append(engine.run(noise(1, 3, 40, 56)))
        return SCORES

    card = publish(network, CARD, weights_dir, measure=measure)
    (logits,) = seen
    path = weights_dir / f"{CARD.model_id}.onnx"
    return Published(network, before, path.read_bytes(), card, path, logits)


@pytest.fixture(scope="module", params=EXPORTED)
def made(request: pytest.FixtureRequest) -> Made:
    if request.param == PUBLISHED:
        return request.getfixturevalue("published")
    network = lively_network(request.param)
    before = values_of(network)
    return Made(network, before, export_graph(round_network(network)).SerializeToString())


# --- the graph -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape", [(1, 3, 96, 128), (1, 3, 33, 50), (2, 3, 65, 97), (1, 3, 32, 32)], ids=str
)
def test_onnx_runtime_answers_as_pytorch_at_any_size(made: Made, shape: tuple[int, ...]) -> None:
    x = noise(*shape)

    logits = load_onnx_engine(made.onnx_bytes).run(x)

    with torch.no_grad():
        expected = round_network(made.network)(torch.from_numpy(x)).numpy()
    assert logits.dtype == np.float32
    assert logits.shape == expected.shape
    np.testing.assert_allclose(logits, expected, rtol=0, atol=1e-3 * np.ptp(expected))


def test_large_weights_are_stored_in_half_precision(made: Made) -> None:
    weights = [tensor for tensor in made.graph.graph.initializer if len(tensor.dims) > 1]
    halved = [tensor for tensor in weights if tensor.data_type == TensorProto.FLOAT16]

    assert len(halved) > 10
    for tensor in weights:
        if tensor.data_type == TensorProto.FLOAT:
            values = numpy_helper.to_array(tensor)
            per_channel = values.size == values.shape[0]
            assert per_channel or values.size < 256, tensor.name
    stored = sum(numpy_helper.to_array(tensor).size for tensor in halved)
    assert stored > 0.97 * count_parameters(made.network)


def test_the_stored_weights_are_the_network_s_own(made: Made) -> None:
    own = made.network.state_dict()
    halved = [each for each in made.graph.graph.initializer if each.name.endswith(".half")]
    for tensor in halved:
        expected = own[tensor.name.removesuffix(".half")].half().numpy()
        np.testing.assert_array_equal(numpy_helper.to_array(tensor), expected)


def test_batch_norms_are_fused_into_the_convolutions(made: Made) -> None:
    kinds = {node.op_type for node in made.graph.graph.node}

    assert "Conv" in kinds
    assert "BatchNormalization" not in kinds


def test_the_graph_takes_x_and_gives_logits_of_free_batch_height_and_width(made: Made) -> None:
    (given,), (answer,) = made.graph.graph.input, made.graph.graph.output
    dimensions = given.type.tensor_type.shape.dim

    assert (given.name, answer.name) == ("x", "logits")
    assert [bool(each.dim_param) for each in dimensions] == [True, False, True, True]
    assert dimensions[1].dim_value == 3
    onnx.checker.check_model(made.graph, full_check=True)


def test_the_file_tells_nothing_of_the_machine_that_made_it(made: Made) -> None:
    folder = str(Path(segdemo.__file__).parent).encode()

    for trace in (b"site-packages", b"/work", b"Traceback", b'File "', folder):
        assert trace not in made.onnx_bytes


def test_nodes_and_values_carry_no_notes(made: Made) -> None:
    graph = made.graph.graph
    noted: Iterable[list[onnx.StringStringEntryProto]] = (
        part.metadata_props
        for parts in (graph.node, graph.value_info, graph.input, graph.output, graph.initializer)
        for part in parts
    )

    assert not any(noted)
    assert not any(node.doc_string for node in graph.node)
    assert not graph.metadata_props
    assert not made.graph.functions


def test_the_graph_is_below_10_mb(made: Made) -> None:
    assert len(made.onnx_bytes) < LARGEST_FILE_BYTES


def test_exporting_leaves_the_network_as_it_was(made: Made) -> None:
    torch.testing.assert_close(dict(made.network.state_dict()), made.before, rtol=0, atol=0)
    assert not any(module.training for module in made.network.modules())


# --- the two files ---------------------------------------------------------------------------


def test_publishing_writes_two_files_named_after_the_model(published: Published) -> None:
    names = sorted(path.name for path in published.onnx_path.parent.iterdir())

    assert names == [f"{CARD.model_id}.onnx", f"{CARD.model_id}.safetensors"]


def test_both_headers_hold_the_same_card_with_the_measured_scores(published: Published) -> None:
    expected = replace(CARD, scores=SCORES)

    assert published.card == expected
    assert read_card(published.safetensors_path) == expected
    engine = load_onnx_engine(published.onnx_path)
    assert isinstance(engine, OnnxEngine)
    assert engine.card == expected


def test_the_card_is_the_only_note_in_the_onnx_file(published: Published) -> None:
    (entry,) = published.graph.metadata_props

    assert entry.key == CARD_KEY
    assert card_from_text(entry.value) == published.card


def test_both_files_are_below_10_mb(published: Published) -> None:
    for path in (published.onnx_path, published.safetensors_path):
        assert 1_000_000 < path.stat().st_size < LARGEST_FILE_BYTES


def test_the_scores_are_of_the_graph_that_is_served(published: Published) -> None:
    served = load_onnx_engine(published.onnx_path).run(noise(1, 3, 40, 56))

    assert np.array_equal(published.measured_logits, served)


def test_both_files_hold_the_same_network(published: Published) -> None:
    x = noise(1, 3, 96, 128)
    network = load_network(published.card, published.safetensors_path)

    logits = load_onnx_engine(published.onnx_path).run(x)

    with torch.no_grad():
        expected = network(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(logits, expected, rtol=0, atol=1e-3 * np.ptp(expected))
    assert (logits.argmax(axis=1) == expected.argmax(axis=1)).mean() > 0.99


def test_the_graph_is_made_from_the_rounded_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = lively_network(PUBLISHED)
    exported: list[nn.Module] = []
    monkeypatch.setattr(publish_module, "export_graph", exported.append)

    with pytest.raises(AttributeError):  # there is no graph to go on with
        publish(network, CARD, tmp_path, measure=lambda _: SCORES)

    expected = round_network(network).state_dict()
    torch.testing.assert_close(exported[0].state_dict(), expected, rtol=0, atol=0)


def test_where_measuring_fails_nothing_is_written(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish_module, "export_graph", lambda _: published.graph)

    def measure(_: Engine) -> tuple[MeasuredScore, ...]:
        raise MaskError("This mask does not fit.")

    with pytest.raises(MaskError):
        publish(published.network, CARD, tmp_path / "weights", measure=measure)

    assert not (tmp_path / "weights").exists()


# --- counts ----------------------------------------------------------------------------------


def test_parameters_are_counted_by_hand() -> None:
    network = nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5))

    assert count_parameters(network) == 5 * 3 * 9 + 5 + 5 + 5  # running statistics do not count


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        pytest.param(nn.Conv2d(3, 5, 3, padding=1), 8 * 10 * 5 * 3 * 9, id="same-size"),
        pytest.param(nn.Conv2d(3, 5, 3), 6 * 8 * 5 * 3 * 9, id="no-padding"),
        pytest.param(nn.Conv2d(3, 5, 1, stride=2), 4 * 5 * 5 * 3, id="stride"),
        pytest.param(nn.Conv2d(3, 6, 3, padding=1, groups=3), 8 * 10 * 6 * 9, id="depthwise"),
        pytest.param(
            nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.Conv2d(4, 2, 1)),
            8 * 10 * (3 * 4 + 4 * 2),
            id="two",
        ),
    ],
)
def test_multiply_adds_are_counted_by_hand(network: nn.Module, expected: int) -> None:
    assert count_multiply_adds(network.eval(), shape=(8, 10)) == expected


def test_multiply_adds_are_counted_at_a_photo_of_camvid() -> None:
    network = nn.Conv2d(3, 1, 1).eval()

    assert COST_SHAPE == (360, 480)
    assert count_multiply_adds(network) == 360 * 480 * 3
