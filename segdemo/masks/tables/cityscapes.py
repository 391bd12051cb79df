"""Cityscapes' labelIds: what its ``*_labelIds.png`` hold."""

from segdemo.labels import Colour

LABEL_IDS: tuple[tuple[str, Colour], ...] = (
    ("unlabeled", (0, 0, 0)),  # 0
    ("ego vehicle", (0, 0, 0)),  # 1
    ("rectification border", (0, 0, 0)),  # 2
    ("out of roi", (0, 0, 0)),  # 3
    ("static", (0, 0, 0)),  # 4
    ("dynamic", (111, 74, 0)),  # 5
    ("ground", (81, 0, 81)),  # 6
    ("road", (128, 64, 128)),  # 7
    ("sidewalk", (244, 35, 232)),  # 8
    ("parking", (250, 170, 160)),  # 9
    ("rail track", (230, 150, 140)),  # 10
    ("building", (70, 70, 70)),  # 11
    ("wall", (102, 102, 156)),  # 12
    ("fence", (190, 153, 153)),  # 13
    ("guard rail", (180, 165, 180)),  # 14
    ("bridge", (150, 100, 100)),  # 15
    ("tunnel", (150, 120, 90)),  # 16
    ("pole", (153, 153, 153)),  # 17
    ("polegroup", (153, 153, 153)),  # 18
    ("traffic light", (250, 170, 30)),  # 19
    ("traffic sign", (220, 220, 0)),  # 20
    ("vegetation", (107, 142, 35)),  # 21
    ("terrain", (152, 251, 152)),  # 22
    ("sky", (70, 130, 180)),  # 23
    ("person", (220, 20, 60)),  # 24
    ("rider", (255, 0, 0)),  # 25
    ("car", (0, 0, 142)),  # 26
    ("truck", (0, 0, 70)),  # 27
    ("bus", (0, 60, 100)),  # 28
    ("caravan", (0, 0, 90)),  # 29
    ("trailer", (0, 0, 110)),  # 30
    ("train", (0, 80, 100)),  # 31
    ("motorcycle", (0, 0, 230)),  # 32
    ("bicycle", (119, 11, 32)),  # 33
)
"""Name and colour of each labelId, in their order.

The 19 names that ``CITYSCAPES`` has too are evaluated; the other labels are void there, whatever
they show. License plates, labelId -1, are stored as 255.

References:
    cityscapesScripts, ``helpers/labels.py``.
"""
