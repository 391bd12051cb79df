"""Errors that a person can act on.

Each message is one plain sentence or two: what came, what is accepted, what to do. The
page shows them as a toast, the command line as one line with exit code 2. Any other
exception is a bug.
"""


class SegdemoError(Exception):
    """Base of every error whose message is meant for the person using segdemo."""


class ImageError(SegdemoError):
    """A photo or mask file that cannot be opened: no image, damaged, too large, or refused."""


class MaskError(SegdemoError):
    """A ground-truth mask that does not fit the photo or the label set."""


class WeightsError(SegdemoError):
    """A weights file that is missing, damaged, or does not fit its architecture."""


class UnknownNameError(SegdemoError):
    """A model, architecture, label set or device that does not exist."""


class ChoiceError(SegdemoError):
    """A choice that cannot be carried out, such as too many models to compare."""


class DataError(SegdemoError):
    """A data folder that lacks what training or evaluation needs."""
