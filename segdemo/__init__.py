"""segdemo: a browser-based demo and evaluation of semantic segmentation."""

__version__ = "0.1.0"
