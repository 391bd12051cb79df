"""Weights files for PyTorch: networks in half precision with a card in the header."""

import copy
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from segdemo.card import CARD_KEY, Card, card_to_text
from segdemo.errors import UnknownNameError, WeightsError
from segdemo.models.registry import build_model


def save_network(network: nn.Module, card: Card, path: Path) -> None:
    """Write a network and its card; convolution weights are rounded to half precision.

    Args:
        network: Network of the card's architecture.
        card: What the model says of itself.
        path: File to write, ``.safetensors``.
    """
    tensors = {name: _stored(tensor) for name, tensor in network.state_dict().items()}
    save_file(tensors, path, metadata={CARD_KEY: card_to_text(card)})


def round_network(network: nn.Module) -> nn.Module:
    """Copy a network, with its weights rounded as ``save_network`` and loading do."""
    rounded = copy.deepcopy(network)
    rounded.load_state_dict(
        {name: _stored(tensor).to(tensor.dtype) for name, tensor in network.state_dict().items()}
    )
    return rounded


def load_network(card: Card, path: Path) -> nn.Module:
    """Build a model's network and fill it with its weights.

    Args:
        card: The card in the file's header.
        path: A ``.safetensors`` file.

    Returns:
        Network in single precision, eval mode, on the CPU.

    Raises:
        WeightsError: If the file is missing, damaged, or does not fit the architecture.
    """
    try:
        network = build_model(card.architecture, num_classes=len(card.class_names))
        stored = load_file(path)
        network.load_state_dict(
            {
                name: tensor.float() if tensor.dtype == torch.float16 else tensor
                for name, tensor in stored.items()
            }
        )
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"The weights file '{path.name}' is missing or damaged. Fetch it again."
        ) from error
    except (RuntimeError, UnknownNameError) as error:
        raise WeightsError(
            f"The weights in '{path.name}' do not fit the architecture '{card.architecture}' of "
            f"this version of segdemo. Use the version that wrote them."
        ) from error
    return network


def _stored(tensor: Tensor) -> Tensor:
    """The form in which a file holds a tensor: convolution weights in half precision."""
    # Biases and norms are few, and running variances can be too small for half precision.
    halved = tensor.is_floating_point() and tensor.ndim > 1
    return (tensor.half() if halved else tensor).contiguous().cpu()
