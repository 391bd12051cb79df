"""Colours that stay apart for colour-blind eyes, for any label set."""

from segdemo.labels import Colour, LabelSet

# Black, then the seven colours of Okabe and Ito; each further one is the colour of a grid of 8
# values per channel that is farthest from all before it, in CIELAB, for the nearest of four eyes:
# typical ones and Machado's simulation of protanopia, deuteranopia and tritanopia.
SAFE_COLOURS: tuple[Colour, ...] = (
    (0, 0, 0),
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
    (146, 36, 255),
    (109, 36, 0),
    (182, 255, 146),
    (36, 36, 146),
    (0, 255, 219),
    (109, 36, 109),
    (219, 0, 73),
    (146, 109, 255),
    (182, 182, 109),
    (146, 0, 73),
    (219, 219, 255),
    (255, 182, 182),
    (219, 0, 182),
)
"""Colours in the order in which they are given out; black is the background's."""


def safe_palette(labels: LabelSet) -> tuple[Colour, ...]:
    """Colours for a label set that differ for colour-blind people too.

    Args:
        labels: Label set of at most 20 classes beside the background.

    Returns:
        One RGB triple per class, all different. A class 'background' is black, others are not.

    Raises:
        ValueError: If there are more classes than colours.

    Example:
        >>> from segdemo.labels import PEOPLE_ANIMALS
        >>> safe_palette(PEOPLE_ANIMALS)[:2]
        ((0, 0, 0), (230, 159, 0))

    References:
        Okabe and Ito, Color Universal Design, 2008; Machado et al., A Physiologically-based Model
        for Simulation of Color Vision Deficiency, TVCG 2009, table 1.
    """
    names = [name for name in labels.class_names if name != "background"]
    if len(names) >= len(SAFE_COLOURS):
        raise ValueError(
            f"labels must have at most {len(SAFE_COLOURS) - 1} classes beside the background, "
            f"got {len(names)}"
        )
    colours = dict(zip(names, SAFE_COLOURS[1:], strict=False)) | {"background": SAFE_COLOURS[0]}
    return tuple(colours[name] for name in labels.class_names)
