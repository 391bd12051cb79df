"""Giving a classifier trained with class weights its sense of frequency back."""

import copy

import torch
from torch import Tensor, nn


def restore_priors(network: nn.Module, *, weights: Tensor, strength: float) -> nn.Module:
    """Copy a network trained with class weights, its bias set for the true frequencies.

    Cross-entropy weighted by w teaches probabilities proportional to w p: rare classes are
    predicted too often. Subtracting strength * log(w) from the logits undoes that, while the
    features that rare classes needed stay learnt. Logits are only ever summed and enlarged
    after the classifier, so the constant goes into its bias.

    Args:
        network: Network whose last convolution with one output per class has a bias.
        weights: Class weights of the loss, shape (C,); 0 for a class that never occurred.
        strength: 0 changes nothing, 1 restores the frequencies.

    Returns:
        New network on the same device, in eval mode.

    Raises:
        ValueError: If the classifier has no bias.

    References:
        Menon et al., Long-tail learning via logit adjustment, https://arxiv.org/abs/2007.07314,
        section 4.1.
    """
    restored = copy.deepcopy(network).eval()
    last = [
        layer
        for layer in restored.modules()
        if isinstance(layer, nn.Conv2d) and layer.out_channels == len(weights)
    ][-1]
    if last.bias is None:
        raise ValueError("the network's classifier must have a bias")
    # A class that never occurred has weight 0; it is left as it is.
    shift = torch.where(weights > 0, weights, torch.ones_like(weights)).log()
    with torch.no_grad():
        last.bias -= strength * shift.to(last.bias)
    return restored
