"""The one place where architectures enter: a builder per name."""

from collections.abc import Callable

from torch import nn

from segdemo.errors import UnknownNameError

Builder = Callable[..., nn.Module]

_BUILDERS: dict[str, Builder] = {}


def register_model(builder: Builder) -> Builder:
    """Enter a builder under its function's name.

    Args:
        builder: Function of the keyword-only argument ``num_classes`` (at least 1) that returns
            a network with random weights. The network maps x of shape (N, 3, H, W),
            float32, H, W >= 32, to logits of shape (N, num_classes, ceil(H/4), ceil(W/4)).

    Returns:
        The same builder.

    Raises:
        ValueError: If the name is already taken.
    """
    name = builder.__name__
    if name in _BUILDERS:
        raise ValueError(f"an architecture named '{name}' is already registered")
    _BUILDERS[name] = builder
    return builder


def list_architectures() -> list[str]:
    """Names of all registered architectures, sorted."""
    return sorted(_BUILDERS)


def build_model(architecture: str, *, num_classes: int) -> nn.Module:
    """Build a network with random weights.

    Args:
        architecture: A name from ``list_architectures``.
        num_classes: Number of output classes, background included, at least 1.

    Returns:
        The network, in eval mode. See ``register_model`` for what it maps to what.

    Raises:
        UnknownNameError: If there is no such architecture.
        ValueError: If ``num_classes`` is below 1.
    """
    if architecture not in _BUILDERS:
        known = ", ".join(list_architectures())
        raise UnknownNameError(
            f"There is no architecture '{architecture}'. Choose one of: {known}."
        )
    if num_classes < 1:
        raise ValueError(f"num_classes must be at least 1, got {num_classes}")
    return _BUILDERS[architecture](num_classes=num_classes).eval()
