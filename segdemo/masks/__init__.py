"""Ground truth of any common encoding: what it is, what it was taken for, and why.

:func:`read_mask` turns a file into class indices, :func:`fit_to_photo` checks that they are of
the photo's size, :func:`common_reading` finds what the masks of a folder have in common.
"""

from segdemo.masks.agreement import common_reading
from segdemo.masks.alignment import fit_to_photo
from segdemo.masks.ground_truth import Found, GroundTruth
from segdemo.masks.reader import read_mask

__all__ = ["Found", "GroundTruth", "common_reading", "fit_to_photo", "read_mask"]
