"""SegNet: the decoder puts values back where the encoder's pooling took them from."""

import itertools

import torch.nn.functional as F
from torch import Tensor, nn

from segdemo.models.layers import ConvNormReLU, classifier, initialise
from segdemo.models.registry import register_model


def _stage(in_channels: int, out_channels: int, num_convolutions: int) -> nn.Sequential:
    channels = [in_channels, *[out_channels] * num_convolutions]
    return nn.Sequential(
        *(ConvNormReLU(before, after) for before, after in itertools.pairwise(channels))
    )


class SegNet(nn.Module):
    """VGG-like encoder whose pooling indices steer the decoder's max-unpooling.

    Args:
        num_classes: Number of output classes.
        widths: Channels of the five encoder stages.
    """

    def __init__(
        self, *, num_classes: int, widths: tuple[int, int, int, int, int] = (32, 64, 128, 208, 208)
    ) -> None:
        super().__init__()
        depths = (2, 2, 3, 3, 3)
        inputs = (3, *widths)
        self.encoder = nn.ModuleList(
            _stage(before, after, depth)
            for before, after, depth in zip(inputs, widths, depths, strict=False)
        )
        # The decoder mirrors stages 5, 4 and 3; it ends at 1/4, where stage 3 was pooled.
        self.decoder = nn.ModuleList(
            [
                _stage(widths[4], widths[3], 3),
                _stage(widths[3], widths[2], 3),
                _stage(widths[2], widths[1], 2),
            ]
        )
        self.classifier = classifier(widths[1], num_classes)
        initialise(self)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, 3, H, W) to logits (N, C, H/4, W/4)."""
        pooled: list[tuple[Tensor, tuple[int, int]]] = []
        for stage in self.encoder:
            x = stage(x)
            size = (x.shape[2], x.shape[3])
            # Rounding up keeps the sizes of the contract: ceil(H/2), ceil(H/4), ...
            x, indices = F.max_pool2d(x, 2, stride=2, ceil_mode=True, return_indices=True)
            pooled.append((indices, size))
        for stage, (indices, size) in zip(self.decoder, reversed(pooled), strict=False):
            x = stage(F.max_unpool2d(x, indices, (2, 2), output_size=size))
        return self.classifier(x)


@register_model
def segnet(*, num_classes: int) -> SegNet:
    """SegNet: an encoder-decoder that stores where each maximum came from.

    Differs from the paper: stages are half as wide or less, and the decoder ends at 1/4 of the
    input's size (stages 5, 4 and 3 are unpooled; 2 and 1 are not). It has no backbone trained
    on ImageNet.

    Args:
        num_classes: Number of output classes.

    Returns:
        Network with random weights; see ``register_model`` for shapes.

    References:
        Badrinarayanan, Kendall and Cipolla, SegNet, https://arxiv.org/abs/1511.00561,
        section 3 and figure 2.
    """
    return SegNet(num_classes=num_classes)
