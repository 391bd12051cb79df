"""Blocks that two or more architectures share."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvNormReLU(nn.Sequential):
    """Convolution without bias, batch normalisation, ReLU; keeps the spatial size.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        kernel_size: Odd side of the kernel in pixels.
        dilation: Distance between the kernel's taps in pixels.
        groups: Groups of the convolution; ``in_channels`` makes it depthwise.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        kernel_size: int = 3,
        dilation: int = 1,
        groups: int = 1,
    ) -> None:
        super().__init__(
            nn.Conv2d(
                in_channels,
                out_channels,
                kernel_size,
                padding=dilation * (kernel_size // 2),
                dilation=dilation,
                groups=groups,
                bias=False,
            ),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
        )


class SeparableConv(nn.Sequential):
    """Depthwise 3x3, then pointwise 1x1 convolution, each with normalisation and ReLU.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        dilation: Distance between the depthwise kernel's taps in pixels.

    References:
        Chen et al., Encoder-Decoder with Atrous Separable Convolution for Semantic Image
        Segmentation, https://arxiv.org/abs/1802.02611, section 3.1.
    """

    def __init__(self, in_channels: int, out_channels: int, *, dilation: int = 1) -> None:
        super().__init__(
            ConvNormReLU(in_channels, in_channels, dilation=dilation, groups=in_channels),
            ConvNormReLU(in_channels, out_channels, kernel_size=1),
        )


def resize_as(x: Tensor, reference: Tensor) -> Tensor:
    """Resize feature maps bilinearly to the height and width of others.

    Args:
        x: Shape (N, C, H, W).
        reference: Shape (N, any, H', W').

    Returns:
        Tensor of shape (N, C, H', W'); pixel centres are aligned, not corners.
    """
    return F.interpolate(x, size=reference.shape[-2:], mode="bilinear", align_corners=False)


def initialise(module: nn.Module) -> None:
    """Set the convolutions of a head to He-normal weights and zero biases, in place.

    References:
        He et al., Delving Deep into Rectifiers, https://arxiv.org/abs/1502.01852, section 2.2.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def classifier(in_channels: int, num_classes: int) -> nn.Conv2d:
    """1x1 convolution that turns features into one logit per class."""
    return nn.Conv2d(in_channels, num_classes, 1)


def global_average(x: Tensor) -> Tensor:
    """Mean over height and width, shape (N, C, H, W) to (N, C, 1, 1)."""
    return torch.mean(x, dim=(2, 3), keepdim=True)
