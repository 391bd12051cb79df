"""The one place where architectures enter: a builder per name."""

from collections.abc import Callable

from torch import nn

from segdemo.errors import UnknownNameError

Builder = Callable[..., nn.Module]

_BUILDERS: dict[str, Builder] = {}
_READY_MADE: dict[str, Builder] = {}


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
    return _register(builder, _BUILDERS)


def register_ready_made(builder: Builder) -> Builder:
    """Enter a builder of networks that are run with weights made elsewhere, never trained here.

    Args:
        builder: As for ``register_model``.

    Returns:
        The same builder.

    Raises:
        ValueError: If the name is already taken.
    """
    return _register(builder, _READY_MADE)


def _register(builder: Builder, builders: dict[str, Builder]) -> Builder:
    name = builder.__name__
    if name in _BUILDERS or name in _READY_MADE:
        raise ValueError(f"an architecture named '{name}' is already registered")
    builders[name] = builder
    return builder


def list_architectures() -> list[str]:
    """Names of all architectures that can be trained, sorted."""
    return sorted(_BUILDERS)


def build_model(architecture: str, *, num_classes: int) -> nn.Module:
    """Build a network with random weights.

    Args:
        architecture: A name from ``list_architectures``, or of a ready-made one.
        num_classes: Number of output classes, background included, at least 1.

    Returns:
        The network, in eval mode. See ``register_model`` for what it maps to what.

    Raises:
        UnknownNameError: If there is no such architecture.
        ValueError: If ``num_classes`` is below 1.
    """
    builder = _BUILDERS.get(architecture) or _READY_MADE.get(architecture)
    if builder is None:
        known = ", ".join(list_architectures())
        raise UnknownNameError(
            f"There is no architecture '{architecture}'. Choose one of: {known}."
        )
    if num_classes < 1:
        raise ValueError(f"num_classes must be at least 1, got {num_classes}")
    return builder(num_classes=num_classes).eval()
