"""The curve of a run: what is drawn is what was noted."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from segdemo.views.curves import CurvePoint, draw_curve

POINTS = (CurvePoint(1, 2.0), CurvePoint(2, 1.5, 0.25), CurvePoint(3, 1.25), CurvePoint(4, 1, 0.75))


def test_every_epoch_has_its_loss_and_every_validation_its_score() -> None:
    above, below = draw_curve(POINTS, title="pets", score_title="mean IoU").axes

    (loss,) = above.lines
    assert np.asarray(loss.get_xydata()).tolist() == [[1, 2.0], [2, 1.5], [3, 1.25], [4, 1.0]]
    (score,) = below.lines
    assert np.asarray(score.get_xydata()).tolist() == [[2, 0.25], [4, 0.75]]
    assert [text.get_text() for text in below.texts] == ["0.750"]
    assert (above.get_title("left"), below.get_ylabel()) == ("pets", "mean IoU")


@pytest.mark.parametrize("points", [POINTS[:1], [CurvePoint(1, 0.0, 1.0)]], ids=["none", "perfect"])
def test_any_curve_can_be_saved_with_its_number_inside(points: list[CurvePoint]) -> None:
    file = BytesIO()
    figure = draw_curve(points, title="a", score_title="b")

    figure.savefig(file)

    assert Image.open(file).format == "PNG"
    below = figure.axes[1]
    for text in below.texts:
        assert text.get_window_extent().y1 <= below.get_window_extent().y1


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one epoch"):
        draw_curve([], title="a", score_title="b")
