"""Strips: several photos through several models, side by side in one picture."""

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

_MARGIN_PX = 8
_TITLE_PX = 28
_PAPER = (255, 255, 255)
_INK = (31, 41, 51)


def draw_strip(
    rows: Sequence[Sequence[Image.Image]], *, titles: Sequence[str], width_px: int = 320
) -> Image.Image:
    """Set pictures in a grid with a title over each column.

    Args:
        rows: One or more rows of pictures, mode RGB, each row with one picture per title; those
            of a row share one size.
        titles: One per column.
        width_px: Width of a column.

    Returns:
        New picture, mode RGB.

    Raises:
        ValueError: If there is no row, or a row has not one picture per title.
    """
    if not rows:
        raise ValueError("rows must hold at least one row, got none")
    for row in rows:
        if len(row) != len(titles):
            raise ValueError(f"a row must hold {len(titles)} pictures, got {len(row)}")
    heights = [max(1, round(width_px * row[0].height / row[0].width)) for row in rows]
    strip = Image.new(
        "RGB",
        (
            len(titles) * (width_px + _MARGIN_PX) + _MARGIN_PX,
            _TITLE_PX + sum(height + _MARGIN_PX for height in heights),
        ),
        _PAPER,
    )
    pen = ImageDraw.Draw(strip)
    font = ImageFont.load_default(size=15)
    lefts = [_MARGIN_PX + column * (width_px + _MARGIN_PX) for column in range(len(titles))]
    for left, title in zip(lefts, titles, strict=True):
        pen.text((left, 6), title, fill=_INK, font=font)
    top = _TITLE_PX
    for row, height in zip(rows, heights, strict=True):
        for left, picture in zip(lefts, row, strict=True):
            strip.paste(picture.resize((width_px, height), Image.Resampling.LANCZOS), (left, top))
        top += height + _MARGIN_PX
    return strip
