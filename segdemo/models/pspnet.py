"""PSPNet: pooling of the scene into grids of several sizes."""

import torch
from torch import Tensor, nn

from segdemo.models.backbone import CHANNELS, Backbone
from segdemo.models.layers import ConvNormReLU, classifier, initialise, resize_as
from segdemo.models.registry import register_model


def pooling_weights(positions: Tensor, bins: int) -> Tensor:
    """Matrix that averages a row of values into bins, as adaptive average pooling does.

    Adaptive pooling itself exports to ONNX for one input size only; a matrix built from the
    positions works at any.

    Args:
        positions: 0..L-1 as a float tensor of shape (L,).
        bins: Number of bins; bin i covers positions floor(i L / bins) to ceil((i+1) L / bins).

    Returns:
        Shape (bins, L), float32; each row sums to 1.
    """
    size = positions.shape[0]
    index = torch.arange(bins, device=positions.device, dtype=torch.float32).unsqueeze(1)
    start = torch.floor(index * size / bins)
    end = torch.ceil((index + 1) * size / bins)
    inside = ((positions >= start) & (positions < end)).float()
    return inside / (end - start)


class PyramidPooling(nn.Module):
    """Averages over grids of several sizes, appended to the features they came from.

    Args:
        in_channels: Channels of the input.
        branch_channels: Channels of each grid's projection.
        bins: Cells along each side, one grid each.
    """

    def __init__(
        self, in_channels: int, branch_channels: int, *, bins: tuple[int, ...] = (1, 2, 3, 6)
    ) -> None:
        super().__init__()
        self.bins = bins
        # No normalisation here: a 1x1 grid has one value per image and channel.
        self.branches = nn.ModuleList(
            nn.Sequential(nn.Conv2d(in_channels, branch_channels, 1), nn.ReLU(inplace=True))
            for _ in bins
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map features (N, C, H, W) to (N, C + len(bins) * branch_channels, H, W)."""
        rows = torch.arange(x.shape[2], device=x.device, dtype=torch.float32)
        columns = torch.arange(x.shape[3], device=x.device, dtype=torch.float32)
        views = [x]
        for bins, branch in zip(self.bins, self.branches, strict=True):
            by_row = pooling_weights(rows, bins).to(x.dtype)
            by_column = pooling_weights(columns, bins).to(x.dtype)
            grid = by_row @ x @ by_column.T  # (N, C, bins, bins)
            views.append(resize_as(branch(grid), x))
        return torch.cat(views, dim=1)


class PSPNet(nn.Module):
    """Dilated backbone, pyramid pooling, one 3x3 convolution.

    Args:
        num_classes: Number of output classes.
        branch_channels: Channels of each grid's projection.
        head_channels: Channels of the convolution after the pyramid.
    """

    def __init__(
        self, *, num_classes: int, branch_channels: int = 80, head_channels: int = 192
    ) -> None:
        super().__init__()
        self.backbone = Backbone(output_stride=16)
        self.pyramid = PyramidPooling(CHANNELS[-1], branch_channels)
        pyramid_channels = CHANNELS[-1] + len(self.pyramid.bins) * branch_channels
        self.head = nn.Sequential(
            ConvNormReLU(pyramid_channels, head_channels),
            nn.Dropout2d(0.1),
            classifier(head_channels, num_classes),
        )
        for part in (self.pyramid, self.head):
            initialise(part)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, 3, H, W) to logits (N, C, H/4, W/4)."""
        _, quarter, _, _, coarsest = self.backbone(x)
        return resize_as(self.head(self.pyramid(coarsest)), quarter)


@register_model
def pspnet(*, num_classes: int) -> PSPNet:
    """PSPNet: what the whole scene and its parts hold tells what a pixel can be.

    Differs from the paper: the backbone is EfficientNet-Lite0, dilated to 1/16 of the input's
    size and not to 1/8 (a third of the cost), the pyramid has 80 channels a grid, and there is
    no auxiliary loss.

    Args:
        num_classes: Number of output classes.

    Returns:
        Network with random weights; see ``register_model`` for shapes.

    References:
        Zhao et al., Pyramid Scene Parsing Network, https://arxiv.org/abs/1612.01105,
        section 3.2 and figure 3.
    """
    return PSPNet(num_classes=num_classes)
