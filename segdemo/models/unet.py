"""U-Net: a decoder that mirrors the encoder, joined to it by skips."""

import torch
from torch import Tensor, nn

from segdemo.models.backbone import CHANNELS, Backbone
from segdemo.models.layers import ConvNormReLU, classifier, initialise, resize_as
from segdemo.models.registry import register_model


class UpStep(nn.Module):
    """Enlarge, append the encoder's features of that size, convolve twice.

    Args:
        in_channels: Channels from below.
        skip_channels: Channels of the encoder's features.
        out_channels: Channels of the result.
    """

    def __init__(self, in_channels: int, skip_channels: int, out_channels: int) -> None:
        super().__init__()
        self.convolve = nn.Sequential(
            ConvNormReLU(in_channels + skip_channels, out_channels),
            ConvNormReLU(out_channels, out_channels),
        )

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """Map (N, in_channels, H, W) and a skip of twice that size to the skip's size."""
        return self.convolve(torch.cat([resize_as(x, skip), skip], dim=1))


class UNet(nn.Module):
    """Encoder-decoder with a skip at each scale down to 1/4.

    Args:
        num_classes: Number of output classes.
        widths: Channels of the decoder at 1/16, 1/8 and 1/4.
    """

    def __init__(self, *, num_classes: int, widths: tuple[int, int, int] = (192, 96, 64)) -> None:
        super().__init__()
        self.backbone = Backbone(output_stride=32)
        _, quarter, eighth, sixteenth, coarsest = CHANNELS
        self.up_sixteenth = UpStep(coarsest, sixteenth, widths[0])
        self.up_eighth = UpStep(widths[0], eighth, widths[1])
        self.up_quarter = UpStep(widths[1], quarter, widths[2])
        self.classifier = nn.Sequential(nn.Dropout2d(0.1), classifier(widths[2], num_classes))
        for part in (self.up_sixteenth, self.up_eighth, self.up_quarter, self.classifier):
            initialise(part)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, 3, H, W) to logits (N, C, H/4, W/4)."""
        _, quarter, eighth, sixteenth, coarsest = self.backbone(x)
        y = self.up_sixteenth(coarsest, sixteenth)
        y = self.up_eighth(y, eighth)
        y = self.up_quarter(y, quarter)
        return self.classifier(y)


@register_model
def unet(*, num_classes: int) -> UNet:
    """U-Net: a symmetric encoder-decoder joined by skip connections.

    Differs from the paper: the encoder is EfficientNet-Lite0, convolutions are padded and
    normalised, maps are enlarged bilinearly, and the decoder ends at 1/4 of the input's size.

    Args:
        num_classes: Number of output classes.

    Returns:
        Network with random weights; see ``register_model`` for shapes.

    References:
        Ronneberger, Fischer and Brox, U-Net, https://arxiv.org/abs/1505.04597, figure 1.
    """
    return UNet(num_classes=num_classes)
