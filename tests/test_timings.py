"""Times beside the weights: written and read back, damage said."""

from dataclasses import replace
from pathlib import Path

import pytest

from segdemo.errors import WeightsError
from segdemo.timings import TIMINGS_FILE, Timings, read_timings, write_timings

TIMINGS = Timings(
    processor="Made-up",
    cores=2,
    photo_size=(500, 375),
    reference="another network",
    reference_ms=80.5,
    model_ms={"fcn-street": 12.25, "unet-street": 20.5},
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = write_timings(TIMINGS, tmp_path)

    assert path.name == TIMINGS_FILE
    assert read_timings(tmp_path) == TIMINGS


def test_before_anything_was_timed_there_are_none(tmp_path: Path) -> None:
    assert read_timings(tmp_path) is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"photo_size": 3}', '{"photo_size": [1, 2], "unknown": 1}']
)
def test_a_damaged_file_is_refused_with_the_way_to_mend_it(tmp_path: Path, text: str) -> None:
    (tmp_path / TIMINGS_FILE).write_text(text, "utf-8")

    with pytest.raises(WeightsError, match=r"damaged.*bench --write"):
        read_timings(tmp_path)


@pytest.mark.parametrize("time", [0.0, -1.0, float("nan"), float("inf")])
def test_a_time_that_cannot_be_is_refused(time: float) -> None:
    with pytest.raises(ValueError, match="positive and finite"):
        replace(TIMINGS, reference_ms=time)
    with pytest.raises(ValueError, match="positive and finite"):
        replace(TIMINGS, model_ms={"fcn-street": time})
