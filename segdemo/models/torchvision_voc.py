"""torchvision's networks, for the weights that torchvision publishes: VOC's 21 classes."""

import math

import torch.nn.functional as F
from torch import Tensor, nn

from segdemo.models.registry import register_ready_made


class TorchvisionNetwork(nn.Module):
    """A network of torchvision under this zoo's contract: logits at 1/4 of the photo.

    Args:
        builder: Name of its builder in torchvision.
        num_classes: Number of output classes.
    """

    def __init__(self, builder: str, *, num_classes: int) -> None:
        # Late: importing torchvision takes longer than building any network of our own.
        from torchvision.models import get_model

        super().__init__()
        self.network = get_model(
            builder, weights=None, weights_backbone=None, num_classes=num_classes
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, 3, H, W) to logits (N, C, ceil(H/4), ceil(W/4))."""
        features = self.network.backbone(x)
        # LR-ASPP's head reads two depths, the others' the last one.
        logits = self.network.classifier(features.get("out", features))
        shape = (math.ceil(x.shape[2] / 4), math.ceil(x.shape[3] / 4))
        return F.interpolate(logits, size=shape, mode="bilinear", align_corners=False)


@register_ready_made
def torchvision_fcn(*, num_classes: int) -> TorchvisionNetwork:
    """FCN-32s on a dilated ResNet-50, as torchvision builds it.

    Args:
        num_classes: Number of output classes.

    Returns:
        Network with random weights; see ``register_model`` for shapes.

    References:
        Long, Shelhamer and Darrell, https://arxiv.org/abs/1411.4038;
        ``torchvision.models.segmentation.fcn_resnet50``.
    """
    return TorchvisionNetwork("fcn_resnet50", num_classes=num_classes)


@register_ready_made
def torchvision_deeplabv3(*, num_classes: int) -> TorchvisionNetwork:
    """DeepLabV3 on a dilated ResNet-50, as torchvision builds it.

    Args:
        num_classes: Number of output classes.

    Returns:
        Network with random weights; see ``register_model`` for shapes.

    References:
        Chen et al., https://arxiv.org/abs/1706.05587;
        ``torchvision.models.segmentation.deeplabv3_resnet50``.
    """
    return TorchvisionNetwork("deeplabv3_resnet50", num_classes=num_classes)


@register_ready_made
def torchvision_deeplabv3_mobile(*, num_classes: int) -> TorchvisionNetwork:
    """DeepLabV3 on a dilated MobileNetV3, as torchvision builds it.

    Args:
        num_classes: Number of output classes.

    Returns:
        Network with random weights; see ``register_model`` for shapes.

    References:
        Chen et al., https://arxiv.org/abs/1706.05587;
        ``torchvision.models.segmentation.deeplabv3_mobilenet_v3_large``.
    """
    return TorchvisionNetwork("deeplabv3_mobilenet_v3_large", num_classes=num_classes)


@register_ready_made
def torchvision_lraspp(*, num_classes: int) -> TorchvisionNetwork:
    """Lite R-ASPP on a dilated MobileNetV3, as torchvision builds it.

    Args:
        num_classes: Number of output classes.

    Returns:
        Network with random weights; see ``register_model`` for shapes.

    References:
        Howard et al., Searching for MobileNetV3, https://arxiv.org/abs/1905.02244, section 6.4;
        ``torchvision.models.segmentation.lraspp_mobilenet_v3_large``.
    """
    return TorchvisionNetwork("lraspp_mobilenet_v3_large", num_classes=num_classes)
