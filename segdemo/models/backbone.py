"""The feature extractor that all architectures but SegNet share."""

import timm
from torch import Tensor, nn

CHANNELS: tuple[int, int, int, int, int] = (16, 24, 40, 112, 320)
"""Channels of the five feature maps of EfficientNet-Lite0, finest first."""


class Backbone(nn.Module):
    """EfficientNet-Lite0 without its classifier, with random weights.

    Args:
        output_stride: Input pixels per pixel of the coarsest feature map: 8, 16 or 32. Below
            32, later strides are replaced by dilation.

    References:
        Tan and Le, EfficientNet, https://arxiv.org/abs/1905.11946, table 1; the Lite variant
        drops squeeze-and-excitation and uses ReLU6. Implementation: timm.
    """

    def __init__(self, *, output_stride: int = 32) -> None:
        super().__init__()
        self.features = timm.create_model(
            "efficientnet_lite0", features_only=True, output_stride=output_stride, pretrained=False
        )

        self.frozen: tuple[nn.Module, ...] = ()

    def freeze(self, stages: int) -> None:
        """Keep the finest stages as they are, the statistics of their norms included.

        Edges and colours are the same in all photos; leaving out their gradient, the dearest of
        all as these maps are the largest, makes a training step a quarter to a third shorter.

        Args:
            stages: 0 for none, 1 for all that leads to the map at 1/2, 2 also for the map at 1/4.
        """
        blocks = [self.features.get_submodule(f"blocks.{index}") for index in range(stages)]
        stem = [self.features.get_submodule(name) for name in ("conv_stem", "bn1")]
        self.frozen = (*stem, *blocks) if stages else ()
        for module in self.frozen:
            module.requires_grad_(requires_grad=False)
        self.train(self.training)

    def train(self, mode: bool = True) -> "Backbone":
        """Switch between training and eval mode; frozen stages stay in eval mode."""
        super().train(mode)
        for module in self.frozen:
            module.eval()
        return self

    def forward(self, x: Tensor) -> list[Tensor]:
        """Map an image batch to its feature maps.

        Args:
            x: Shape (N, 3, H, W), float32, H, W >= 32.

        Returns:
            Five maps, finest first, with the channels of ``CHANNELS``, at 1/2, 1/4, 1/8, 1/16
            and 1/32 of the input's size (rounded up), none coarser than the output stride.
        """
        return self.features(x)
