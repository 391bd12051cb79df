"""What a network on a person's own data starts from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from segdemo.errors import DataError, UnknownNameError
from segdemo.labels import LabelSet
from segdemo.models import build_model
from segdemo.models.backbone import Backbone
from segdemo.models.weights import load_network
from segdemo.training.pretrained import load_imagenet_weights
from segdemo.zoo import ZooEntry, check_digest, find_model

IMAGENET = "imagenet"
NOTHING = "none"

_BACKBONE = "backbone."
"""How the names of a backbone's tensors begin."""


@dataclass(frozen=True)
class Taken:
    """What a network took from another one.

    Args:
        names: Tensors that were copied.
        left: Tensors that stayed as they were.
    """

    names: tuple[str, ...]
    left: tuple[str, ...]


def has_backbone(architecture: str) -> bool:
    """Whether an architecture has the backbone that ImageNet's weights are for."""
    return isinstance(getattr(build_model(architecture, num_classes=2), "backbone", None), Backbone)


def resolve_init(init: str | None, architecture: str) -> str:
    """Say what a network starts from where nobody did, and refuse what cannot be.

    Args:
        init: ``imagenet``, ``none``, a model's id, or None.
        architecture: What is trained.

    Returns:
        ``init``, or for None ``imagenet`` where the architecture has the backbone, else ``none``.

    Raises:
        DataError: If ``imagenet`` is asked for without that backbone.
    """
    if init is None:
        return IMAGENET if has_backbone(architecture) else NOTHING
    if init == IMAGENET and not has_backbone(architecture):
        raise DataError(
            f"'{architecture}' has no backbone from ImageNet. Use --init none, or another "
            f"architecture."
        )
    return init


def find_start(init: str, folders: tuple[Path, ...]) -> ZooEntry | None:
    """The model that a network starts from; None for ``imagenet`` and ``none``.

    Args:
        init: See ``resolve_init``.
        folders: Folders of weights, looked through in turn.

    Raises:
        UnknownNameError: If none of them holds that model.
        WeightsError: If its file is not the one that the table beside it names.
    """
    if init in (IMAGENET, NOTHING):
        return None
    for folder in folders:
        try:
            entry = find_model(init, folder)
        except UnknownNameError:
            if folder == folders[-1]:
                raise
            continue
        check_digest(entry.safetensors_path)
        return entry
    return None


def start_network(
    network: nn.Module,
    *,
    architecture: str,
    labels: LabelSet,
    init: str,
    entry: ZooEntry | None,
    report: Callable[[str], None],
) -> None:
    """Give a network the weights that it starts from, in place, and say which.

    Args:
        network: Network with random weights.
        architecture: What it is.
        labels: What its outputs are.
        init: See ``resolve_init``.
        entry: What ``find_start`` found.
        report: Takes a line.

    Raises:
        DataError: If nothing of the model fits.
        WeightsError: If its file is damaged.
    """
    if init == NOTHING:
        report("Starting from random weights.")
    elif entry is None:
        load_imagenet_weights(_backbone_of(network))
        report("Starting with a backbone from ImageNet; the rest is random.")
    else:
        given = load_network(entry.card, entry.safetensors_path).state_dict()
        if entry.card.architecture != architecture:
            # Layers of one name do other work in another architecture; the backbone does not.
            given = {name: value for name, value in given.items() if name.startswith(_BACKBONE)}
        elif entry.card.class_names != labels.class_names:
            anew = class_layers(architecture)
            given = {name: value for name, value in given.items() if name not in anew}
        taken = take_weights(network, given)
        if not taken.names:
            raise DataError(f"Nothing of '{init}' fits '{architecture}'. Choose another --init.")
        report(_sentence(taken, init))


def class_layers(architecture: str) -> frozenset[str]:
    """Names of the tensors that turn features into classes: those that grow with the classes."""
    two, three = (build_model(architecture, num_classes=count).state_dict() for count in (2, 3))
    return frozenset(name for name, value in two.items() if value.shape != three[name].shape)


def take_weights(network: nn.Module, given: Mapping[str, Tensor]) -> Taken:
    """Copy the tensors that have the name and shape of the network's own, in place.

    Args:
        network: What takes them.
        given: Tensors by name.

    Returns:
        What was copied and what was not.
    """
    own = network.state_dict()
    fitting = {
        name: value
        for name, value in given.items()
        if name in own and own[name].shape == value.shape
    }
    network.load_state_dict(fitting, strict=False)
    return Taken(tuple(fitting), tuple(name for name in own if name not in fitting))


def _backbone_of(network: nn.Module) -> Backbone:
    backbone = network.get_submodule("backbone")
    if not isinstance(backbone, Backbone):
        raise TypeError(f"the network's backbone must be a Backbone, got {type(backbone)}")
    return backbone


def _sentence(taken: Taken, init: str) -> str:
    """What was taken, by the parts that people know."""
    total = len(taken.names) + len(taken.left)
    layers = list(dict.fromkeys(name.rpartition(".")[0] for name in taken.left))
    rest = f"; at random: {', '.join(layers[:4])}" if layers else ""
    more = f" and {len(layers) - 4} more" if len(layers) > 4 else ""
    return f"Starting from '{init}': {len(taken.names)} of {total} tensors taken{rest}{more}."
