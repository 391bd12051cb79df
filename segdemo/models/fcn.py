"""FCN-8s: class scores of three depths, fused by addition."""

from torch import Tensor, nn

from segdemo.models.backbone import CHANNELS, Backbone
from segdemo.models.layers import ConvNormReLU, classifier, initialise, resize_as
from segdemo.models.registry import register_model


class FCN(nn.Module):
    """Fully convolutional network with 8-pixel stride fusion.

    Args:
        num_classes: Number of output classes.
        head_channels: Channels of the convolution before the coarsest scores.
    """

    def __init__(self, *, num_classes: int, head_channels: int = 512) -> None:
        super().__init__()
        self.backbone = Backbone(output_stride=32)
        _, _, eighth, sixteenth, coarsest = CHANNELS
        self.head = nn.Sequential(
            ConvNormReLU(coarsest, head_channels),
            nn.Dropout2d(0.1),
            classifier(head_channels, num_classes),
        )
        self.score_sixteenth = classifier(sixteenth, num_classes)
        self.score_eighth = classifier(eighth, num_classes)
        initialise(self.head)
        # As in the paper, the finer scores start at zero: training begins as FCN-32s.
        for score in (self.score_sixteenth, self.score_eighth):
            for parameter in score.parameters():
                nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, 3, H, W) to logits (N, C, H/4, W/4)."""
        _, quarter, eighth, sixteenth, coarsest = self.backbone(x)
        scores = resize_as(self.head(coarsest), sixteenth) + self.score_sixteenth(sixteenth)
        scores = resize_as(scores, eighth) + self.score_eighth(eighth)
        return resize_as(scores, quarter)


@register_model
def fcn(*, num_classes: int) -> FCN:
    """FCN-8s: a classifier made convolutional, its scores refined at 1/16 and 1/8.

    Differs from the paper: the backbone is EfficientNet-Lite0, one 3x3 convolution stands for
    the two of 4096 channels, and scores are enlarged bilinearly, not by learnt deconvolution.

    Args:
        num_classes: Number of output classes.

    Returns:
        Network with random weights; see ``register_model`` for shapes.

    References:
        Long, Shelhamer and Darrell, Fully Convolutional Networks for Semantic Segmentation,
        https://arxiv.org/abs/1411.4038, section 4.2 and figure 3.
    """
    return FCN(num_classes=num_classes)
