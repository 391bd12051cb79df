"""The viewers: photo, masks and certainty, drawn in the browser."""

from segdemo.ui.viewer.comparison import ComparedPhoto, ComparisonViewer
from segdemo.ui.viewer.component import Viewer
from segdemo.ui.viewer.data import Segmentation, ViewerData, shown_classes, shown_size

__all__ = [
    "ComparedPhoto",
    "ComparisonViewer",
    "Segmentation",
    "Viewer",
    "ViewerData",
    "shown_classes",
    "shown_size",
]
