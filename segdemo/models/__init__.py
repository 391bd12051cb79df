"""The networks: one architecture a file, all under one contract (see ``registry``)."""

from segdemo.models import deeplab, fcn, pspnet, segnet, torchvision_voc, unet
from segdemo.models.registry import build_model, list_architectures

__all__ = [
    "build_model",
    "deeplab",
    "fcn",
    "list_architectures",
    "pspnet",
    "segnet",
    "torchvision_voc",
    "unet",
]
