"""DeepLabV3+: atrous spatial pyramid pooling and a light decoder."""

import torch
from torch import Tensor, nn

from segdemo.models.backbone import CHANNELS, Backbone
from segdemo.models.layers import (
    ConvNormReLU,
    SeparableConv,
    classifier,
    global_average,
    initialise,
    resize_as,
)
from segdemo.models.registry import register_model


class AtrousSpatialPyramidPooling(nn.Module):
    """Parallel views of a feature map at several dilations, and of the whole image.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of each view and of the result.
        dilations: One separable convolution each.
    """

    def __init__(
        self, in_channels: int, out_channels: int, *, dilations: tuple[int, ...] = (6, 12, 18)
    ) -> None:
        super().__init__()
        self.pointwise = ConvNormReLU(in_channels, out_channels, kernel_size=1)
        self.atrous = nn.ModuleList(
            SeparableConv(in_channels, out_channels, dilation=dilation) for dilation in dilations
        )
        # No normalisation here: one value per image and channel has no useful batch statistics.
        self.image = nn.Sequential(nn.Conv2d(in_channels, out_channels, 1), nn.ReLU(inplace=True))
        self.project = nn.Sequential(
            ConvNormReLU((len(dilations) + 2) * out_channels, out_channels, kernel_size=1),
            nn.Dropout(0.1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map features (N, in_channels, H, W) to (N, out_channels, H, W)."""
        local = self.pointwise(x)
        whole = self.image(global_average(x)).expand_as(local)
        return self.project(
            torch.cat([local, *(branch(x) for branch in self.atrous), whole], dim=1)
        )


class DeepLabV3Plus(nn.Module):
    """Encoder with atrous convolution, decoder with one skip at 1/4.

    Args:
        num_classes: Number of output classes.
        channels: Channels of the pyramid and the decoder.
        skip_channels: Channels to which the 1/4 features are reduced.
    """

    def __init__(self, *, num_classes: int, channels: int = 192, skip_channels: int = 48) -> None:
        super().__init__()
        self.backbone = Backbone(output_stride=16)
        self.pyramid = AtrousSpatialPyramidPooling(CHANNELS[-1], channels)
        self.skip = ConvNormReLU(CHANNELS[1], skip_channels, kernel_size=1)
        self.decoder = nn.Sequential(
            SeparableConv(channels + skip_channels, channels),
            SeparableConv(channels, channels),
            classifier(channels, num_classes),
        )
        for part in (self.pyramid, self.skip, self.decoder):
            initialise(part)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, 3, H, W) to logits (N, C, H/4, W/4)."""
        _, quarter, _, _, coarsest = self.backbone(x)
        context = resize_as(self.pyramid(coarsest), quarter)
        return self.decoder(torch.cat([context, self.skip(quarter)], dim=1))


@register_model
def deeplabv3plus(*, num_classes: int) -> DeepLabV3Plus:
    """DeepLabV3+: context from dilated convolutions, edges from a skip at 1/4.

    Differs from the paper: the backbone is EfficientNet-Lite0 and the pyramid has 192
    channels, not 256.

    Args:
        num_classes: Number of output classes.

    Returns:
        Network with random weights; see ``register_model`` for shapes.

    References:
        Chen et al., Encoder-Decoder with Atrous Separable Convolution for Semantic Image
        Segmentation, https://arxiv.org/abs/1802.02611, section 3 and figure 2.
    """
    return DeepLabV3Plus(num_classes=num_classes)
