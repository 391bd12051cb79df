"""Strips: pictures in a grid, in the order given."""

import pytest
from PIL import Image

from segdemo.views.strips import draw_strip

RED, GREEN, BLUE = (200, 0, 0), (0, 200, 0), (0, 0, 200)


def picture(colour: tuple[int, int, int], size: tuple[int, int] = (80, 40)) -> Image.Image:
    return Image.new("RGB", size, colour)


def colours_across(strip: Image.Image, y: int) -> list[tuple[int, int, int]]:
    """The pure colours met from left to right, repetitions dropped."""
    row = [strip.getpixel((x, y)) for x in range(strip.width)]
    met = [colour for colour in row if colour in (RED, GREEN, BLUE)]
    return [colour for at, colour in enumerate(met) if at == 0 or met[at - 1] != colour]


def test_pictures_stand_in_rows_and_columns_in_their_order() -> None:
    rows = [[picture(RED), picture(GREEN)], [picture(BLUE), picture(RED)]]

    strip = draw_strip(rows, titles=["photo", "model"], width_px=100)

    assert strip.mode == "RGB"
    assert colours_across(strip, strip.height // 4 + 10) == [RED, GREEN]
    assert colours_across(strip, strip.height - 20) == [BLUE, RED]


def test_rows_keep_the_aspect_of_their_pictures() -> None:
    flat = draw_strip([[picture(RED, (80, 20))]], titles=["photo"], width_px=100)
    tall = draw_strip([[picture(RED, (80, 160))]], titles=["photo"], width_px=100)

    assert flat.width == tall.width
    assert tall.height - flat.height == 200 - 25


def test_titles_are_written_over_the_columns() -> None:
    blank = draw_strip([[picture(RED)]], titles=[""], width_px=100)
    titled = draw_strip([[picture(RED)]], titles=["photo"], width_px=100)

    top = (0, 0, blank.width, 20)
    assert blank.crop(top).getcolors() == [(blank.width * 20, (255, 255, 255))]
    assert len(titled.crop(top).getcolors() or []) > 1


def test_a_row_with_too_few_pictures_is_refused() -> None:
    with pytest.raises(ValueError, match="must hold 2 pictures, got 1"):
        draw_strip([[picture(RED)]], titles=["photo", "model"])


def test_no_row_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        draw_strip([], titles=["photo"])
