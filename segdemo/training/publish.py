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
    # The graph is made from the rounded weights, so that both files hold nearly the same network:
    # fusing the norms rounds once more.
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
    assert program is not None  # None only comes from the exporter that dynamo=True replaces
    graph = program.model_proto
    _strip_notes(graph)
    _store_in_half_precision(graph)
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


def _store_in_half_precision(graph: onnx.ModelProto) -> None:
    """Replace large float32 weights by float16 ones followed by a cast to float32, in place."""
    casts = []
    for tensor in graph.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _SMALLEST_HALVED or values.ndim < 2:
            continue
        name = tensor.name
        half = f"{name}.half"
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [name], to=TensorProto.FLOAT))
    # Casts come first: a graph's nodes stand in the order in which they can run.
    nodes = [*casts, *graph.graph.node]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)
