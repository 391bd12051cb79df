"""The models as points: which split, what time, how large."""

from pathlib import Path

from segdemo.timings import Timings
from segdemo.views.charts import TimedScore
from segdemo.zoo import list_models
from segdemo.zoo_chart import accuracy_panels
from tests.cards import make_card, make_score, write_model

TIMINGS = Timings("Made-up", 2, (500, 375), "another", 80.0, {"fcn-street": 12.5, "fcn-voc": 9.0})


def test_a_model_stands_on_its_last_split(tmp_path: Path) -> None:
    scores = (make_score(data="A val", mean_iou=0.5), make_score(data="A test", mean_iou=0.25))
    write_model(tmp_path, make_card("fcn", scores=scores), onnx=bytes(2_000_000))
    write_model(tmp_path, make_card("fcn", "voc", scores=(make_score("voc", data="B val"),)))
    write_model(tmp_path, make_card("unet"))  # not timed

    panels = dict(accuracy_panels(list_models(tmp_path), TIMINGS, name=lambda one: one.model_id))

    assert list(panels) == ["A test", "B val"]
    assert panels["A test"] == [TimedScore("fcn-street", 12.5, 0.25, 2.0)]
    assert [point.name for point in panels["B val"]] == ["fcn-voc"]


def test_without_times_or_scores_there_is_nothing_to_draw(tmp_path: Path) -> None:
    write_model(tmp_path, make_card("fcn", scores=()))

    assert accuracy_panels(list_models(tmp_path), None) == []
    assert accuracy_panels(list_models(tmp_path), TIMINGS) == []
