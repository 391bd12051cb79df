"""Making the two files of a model: for PyTorch and, fused, for ONNX Runtime."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from segdemo.card import CARD_KEY, Card, MeasuredScore, card_to_text
from segdemo.engines.engine import Engine
from segdemo.engines.onnx import load_onnx_engine
from segdemo.models.weights import round_network, save_network

COST_SHAPE = (360, 480)
"""Height and width in pixels at which multiply-adds are counted: a photo of CamVid."""

_SMALLEST_HALVED = 256
"""Values of a tensor from which storing it in half precision is worth a cast."""


def count_parameters(network: nn.Module) -> int:
    """Number of trained values of a network."""
    return sum(parameter.numel() for parameter in network.parameters())


def count_multiply_adds(network: nn.Module, *, shape: tuple[int, int] = COST_SHAPE) -> int:
    """Multiply-adds of one forward pass on one photo.

    Args:
        network: Network in eval mode.
        shape: Height and width of the photo in pixels.

    Returns:
        Half the floating-point operations of its convolutions and matrix products.
    """
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        network(torch.zeros(1, 3, *shape))
    return counter.get_total_flops() // 2


def publish(
    network: nn.Module,
    card: Card,
    weights_dir: Path,
    *,
    measure: Callable[[Engine], tuple[MeasuredScore, ...]],
) -> Card:
    """Write both files of a model, each with its card in the header.

    Args:
        network: Trained network, eval mode, on the CPU.
        card: What the model says of itself, but for the scores.
        weights_dir: Folder to write ``<model id>.safetensors`` and ``<model id>.onnx`` to.
        measure: Scores the graph that will be served.

    Returns:
        The card, with its scores, as written.
    """
    # The graph is made from the rounded weights, so that both files hold the same network.
    graph = export_graph(round_network(network))
    card = replace(card, scores=measure(load_onnx_engine(graph.SerializeToString())))
    graph.metadata_props.add(key=CARD_KEY, value=card_to_text(card))
    weights_dir.mkdir(parents=True, exist_ok=True)
    path = weights_dir / f"{card.model_id}.safetensors"
    save_network(network, card, path)
    onnx.save(graph, str(path.with_suffix(".onnx")))
    return card


def export_graph(network: nn.Module) -> onnx.ModelProto:
    """Export a network for any batch, height and width, as small as it goes.

    Batch norms are fused into convolutions by the exporter; weights are stored in half
    precision, with casts that ONNX Runtime folds away while loading.

    Args:
        network: Network in eval mode, on the CPU.

    Returns:
        Graph with input ``x`` and output ``logits``.
    """
    free = {
        0: torch.export.Dim("batch"),
        2: torch.export.Dim("height", min=32),
        3: torch.export.Dim("width", min=32),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own deprecations
        program = torch.onnx.export(
            network,
            (torch.zeros(2, 3, 96, 128),),
            input_names=["x"],
            output_names=["logits"],
            dynamic_shapes={"x": free},
            dynamo=True,
            verbose=False,
        )
    if program is None:  # only the exporter that dynamo=True replaces returns nothing
        raise RuntimeError("torch.onnx.export gave no program")
    graph = program.model_proto
    _strip_notes(graph)
    _store_in_half_precision(graph, network)
    onnx.checker.check_model(graph)
    return graph


def _strip_notes(graph: onnx.ModelProto) -> None:
    """Drop the exporter's notes on where each node came from: half the size, and local paths."""
    for node in graph.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*graph.graph.value_info, *graph.graph.input, *graph.graph.output):
        del value.metadata_props[:]
    for tensor in graph.graph.initializer:
        del tensor.metadata_props[:]
        tensor.doc_string = ""
    del graph.graph.metadata_props[:]
    del graph.metadata_props[:]


def _store_in_half_precision(graph: onnx.ModelProto, network: nn.Module) -> None:
    """Replace large float32 weights by float16 ones that a cast brings back, in place.

    Where a norm was fused into a weight, the network's own weight is stored, with the norm's
    factor per channel beside it. Rounding their product would be a second rounding: enough to
    change 1 label in 400 where the network is unsure.
    """
    own = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    constants: list[onnx.NodeProto] = []
    for tensor in [*graph.graph.initializer]:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _SMALLEST_HALVED or values.ndim < 2:
            continue
        name, half, single = tensor.name, f"{tensor.name}.half", f"{tensor.name}.single"
        factor = _channel_factor(values, own.get(name))
        stored = values if factor is None else own[name]
        tensor.CopyFrom(numpy_helper.from_array(stored.astype(np.float16), half))
        if factor is None:
            constants.append(helper.make_node("Cast", [half], [name], to=TensorProto.FLOAT))
            continue
        graph.graph.initializer.append(numpy_helper.from_array(factor, f"{name}.factor"))
        constants.append(helper.make_node("Cast", [half], [single], to=TensorProto.FLOAT))
        constants.append(helper.make_node("Mul", [single, f"{name}.factor"], [name]))
    # They come first: a graph's nodes stand in the order in which they can run.
    nodes = [*constants, *graph.graph.node]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)


def _channel_factor(fused: np.ndarray, own: np.ndarray | None) -> np.ndarray | None:
    """The factor per output channel by which a fused weight differs from the network's own.

    Args:
        fused: Weight in the graph, shape (C, ...), float32.
        own: Weight of that name in the network; None if there is none.

    Returns:
        Shape (C, 1, ...), float32; None if the two do not differ by such a factor.
    """
    if own is None or own.shape != fused.shape:
        return None
    axes = tuple(range(1, fused.ndim))
    squares = np.square(own, dtype=np.float64).sum(axis=axes, keepdims=True)
    products = np.multiply(own, fused, dtype=np.float64).sum(axis=axes, keepdims=True)
    factor = (products / np.where(squares > 0, squares, 1)).astype(np.float32)
    return factor if np.allclose(factor * own, fused, rtol=1e-4, atol=1e-7) else None
