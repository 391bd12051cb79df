"""Charts: what is drawn is what was given."""

import base64
from io import BytesIO

import numpy as np
import pytest
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.figure import Figure
from PIL import Image

from segdemo.views.charts import TimedScore, draw_accuracy_against_time, svg_address

POINTS = (
    TimedScore("fcn", milliseconds=10.0, score=0.5, megabytes=4.0),
    TimedScore("unet", milliseconds=20.0, score=0.75, megabytes=8.0),
)


def test_each_point_lies_at_its_time_and_score_with_its_name() -> None:
    figure = draw_accuracy_against_time(
        [("A split", POINTS), ("Another", POINTS[:1])], score_title="score", time_title="time"
    )

    left, right = figure.axes
    (dots,) = left.collections
    assert np.asarray(dots.get_offsets()).tolist() == [[10.0, 0.5], [20.0, 0.75]]
    small, large = dots.get_sizes()
    assert large == 2 * small
    assert [text.get_text() for text in left.texts] == ["fcn 0.500", "unet 0.750"]
    assert [text.get_text() for text in right.texts] == ["fcn 0.500"]
    assert (left.get_title("left"), right.get_title("left")) == ("A split", "Another")
    assert (left.get_xlabel(), left.get_ylabel()) == ("time", "score")


def test_all_names_are_inside_the_picture() -> None:
    figure = draw_accuracy_against_time([("A", POINTS)], score_title="s", time_title="t")
    figure.draw_without_rendering()

    frame = figure.bbox
    for text in figure.axes[0].texts:
        box = text.get_window_extent()
        assert frame.x0 <= box.x0
        assert box.x1 <= frame.x1
        assert box.y1 <= frame.y1


def test_no_name_lies_on_another_model_s_point() -> None:
    points = [
        TimedScore("unet", milliseconds=31.2, score=0.653, megabytes=9.0),
        TimedScore("deeplabv3plus", milliseconds=33.0, score=0.621, megabytes=7.3),
        TimedScore("fcn", milliseconds=18.1, score=0.6, megabytes=9.0),
        TimedScore("pspnet", milliseconds=26.3, score=0.585, megabytes=8.5),
        TimedScore("segnet", milliseconds=88.2, score=0.471, megabytes=8.9),
    ]
    figure = draw_accuracy_against_time(
        [("A", points), ("B", points)], score_title="s", time_title="t"
    )
    figure.draw_without_rendering()

    axis = figure.axes[0]
    (dots,) = axis.collections
    radius = figure.dpi / 72 * np.sqrt(dots.get_sizes().min()) / 2
    for x, y in axis.transData.transform(dots.get_offsets()):
        for text in axis.texts:
            around = text.get_window_extent().padded(radius / 2)
            assert not around.contains(x, y), text.get_text()


def test_a_figure_can_be_saved_as_a_picture() -> None:
    file = BytesIO()

    draw_accuracy_against_time([("A", POINTS)], score_title="s", time_title="t").savefig(file)

    assert Image.open(file).format == "PNG"


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one panel"):
        draw_accuracy_against_time([], score_title="s", time_title="t")


def test_on_a_dark_ground_ink_is_light_and_there_is_no_ground() -> None:
    light, dark = (
        draw_accuracy_against_time(
            [("A", POINTS)], score_title="score", time_title="time", dark=dark
        )
        for dark in (False, True)
    )

    def ink(figure: Figure) -> list[float]:
        axis = figure.axes[0]
        texts = [*axis.texts, axis.xaxis.label, axis.yaxis.label, *axis.get_xticklabels()]
        return [sum(to_rgb(text.get_color())) / 3 for text in texts]

    assert max(ink(light)) < 0.4
    assert min(ink(dark)) > 0.8
    assert to_rgba(dark.get_facecolor())[3] == to_rgba(dark.axes[0].get_facecolor())[3] == 0


def test_a_figure_becomes_a_picture_within_an_address() -> None:
    figure = draw_accuracy_against_time([("A", POINTS)], score_title="s", time_title="t")
    kind, _, data = svg_address(figure).partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert b"<svg" in base64.b64decode(data)
