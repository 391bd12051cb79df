import numpy as np
import pytest
import torch
from torch import nn

from segdemo.models import build_model, list_architectures
from segdemo.training.priors import restore_priors

WEIGHTS = torch.tensor([0.25, 1.0, 4.0])


def classifier() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, 5, 1), nn.ReLU(), nn.Conv2d(5, 3, 1))


@pytest.mark.parametrize("architecture", list_architectures())
def test_every_architecture_s_logits_shift_by_the_log_weights(architecture: str) -> None:
    network = build_model(architecture, num_classes=3)
    x = torch.randn(1, 3, 48, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        shift = restore_priors(network, weights=WEIGHTS, strength=1.0)(x) - network(x)
    expected = -WEIGHTS.log()[None, :, None, None].expand_as(shift)
    torch.testing.assert_close(shift, expected, atol=1e-4, rtol=1e-4)


def test_probabilities_are_divided_by_the_weights() -> None:
    network = classifier()
    x = torch.rand(1, 3, 2, 2)
    with torch.no_grad():
        balanced = network(x).softmax(dim=1)
        restored = restore_priors(network, weights=WEIGHTS, strength=1.0)(x).softmax(dim=1)
    expected = balanced / WEIGHTS[None, :, None, None]
    torch.testing.assert_close(restored, expected / expected.sum(dim=1, keepdim=True))


def test_half_the_strength_is_half_the_shift() -> None:
    network = classifier()
    half = restore_priors(network, weights=WEIGHTS, strength=0.5)
    shift = network[2].bias - half[2].bias  # type: ignore[index]
    np.testing.assert_allclose(shift.detach(), 0.5 * WEIGHTS.log(), atol=1e-6)


def test_no_strength_and_absent_classes_change_nothing() -> None:
    network = classifier()
    before = network[2].bias.detach().clone()
    unchanged = restore_priors(network, weights=WEIGHTS, strength=0.0)
    absent = restore_priors(network, weights=torch.tensor([0.0, 1.0, 1.0]), strength=1.0)
    for restored in (unchanged, absent):
        torch.testing.assert_close(restored[2].bias.detach(), before)  # type: ignore[index]


def test_the_network_itself_is_not_changed() -> None:
    network = classifier()
    before = network[2].bias.detach().clone()
    restored = restore_priors(network, weights=WEIGHTS, strength=1.0)
    assert torch.equal(network[2].bias, before)
    assert not restored.training
