"""Charts of an evaluation: what is drawn is what was given."""

import math
from io import BytesIO

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from segdemo.views.charts import draw_bars_per_class, draw_confusion, draw_reliability

NAMES = ("road", "car", "bus")


def is_a_picture(figure: Figure) -> bool:
    file = BytesIO()
    figure.savefig(file)
    return Image.open(file).format == "PNG"


def test_each_class_has_a_bar_of_its_value_per_series() -> None:
    bars = {"one": [0.5, 1.0, 0.0], "other": [0.25, 0.75, math.nan]}

    figure = draw_bars_per_class(NAMES, bars, score_title="IoU")

    (axis,) = figure.axes
    first, second = axis.containers
    assert [bar.get_width() for bar in first] == [0.5, 1.0, 0.0]
    assert [bar.get_width() for bar in second][:2] == [0.25, 0.75]
    assert [text.get_text() for text in axis.texts] == ["0.50", "1.00", "0.00", "0.25", "0.75", ""]
    assert [label.get_text() for label in axis.get_yticklabels()] == list(NAMES)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["one", "other"]
    bottom, top = axis.get_ylim()
    assert bottom > top  # the first class is on top
    assert is_a_picture(figure)


def test_one_series_needs_no_legend() -> None:
    assert not draw_bars_per_class(NAMES, {"IoU": [0.1, 0.2, 0.3]}, score_title="IoU").legends


@pytest.mark.parametrize("bars", [{}, {"IoU": [0.5]}])
def test_bars_that_do_not_fit_the_names_are_refused(bars: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match=r"at least one|must have 3 values, got 1"):
        draw_bars_per_class(NAMES, bars, score_title="IoU")


def test_the_confusion_matrix_has_a_row_per_true_class() -> None:
    shares = np.array([[0.9, 0.1, 0.0], [0.25, 0.75, 0.0], [np.nan] * 3])

    figure = draw_confusion(shares, NAMES)

    axis = figure.axes[0]
    np.testing.assert_array_equal(np.ma.filled(axis.images[0].get_array(), np.nan), shares)
    written = {tuple(text.get_position()): text.get_text() for text in axis.texts}
    assert written == {(0, 0): ".90", (1, 0): ".10", (0, 1): ".25", (1, 1): ".75"}
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("predicted", "true")
    assert is_a_picture(figure)


def test_a_matrix_that_does_not_fit_the_names_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(3, 3\).*got \(2, 2\)"):
        draw_confusion(np.eye(2), NAMES)


def test_the_reliability_diagram_has_a_bar_per_bin() -> None:
    figure = draw_reliability(
        [0, 0.5, 1], accuracy=[math.nan, 0.75], confidence=[math.nan, 0.9], share=[0.0, 1.0]
    )

    upper, lower = figure.axes
    heights = [bar.get_height() for bar in upper.patches]
    assert math.isnan(heights[0])
    assert heights[1] == 0.75
    assert [(bar.get_x(), bar.get_width()) for bar in upper.patches] == [(0, 0.5), (0.5, 0.5)]
    assert [bar.get_height() for bar in lower.patches] == [0.0, 1.0]
    assert is_a_picture(figure)


def test_values_that_do_not_fit_the_bins_are_refused() -> None:
    with pytest.raises(ValueError, match="must have 2 values, one per bin, got 1, 2 and 2"):
        draw_reliability([0, 0.5, 1], accuracy=[1], confidence=[1, 1], share=[0, 1])


def test_no_figure_is_left_open() -> None:
    from matplotlib import pyplot

    draw_bars_per_class(NAMES, {"IoU": [0.1, 0.2, 0.3]}, score_title="IoU")
    assert pyplot.get_fignums() == []
