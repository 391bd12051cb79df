"""Rows as they come: their order, their counts, and what goes wrong on the way."""

import threading
import time
import tracemalloc
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdemo.errors import ImageError, MaskError
from segdemo.evaluation import (
    Ledger,
    Pair,
    Row,
    assess_pair,
    evaluate_all,
    read_truth,
    stream_rows,
)
from segdemo.evaluation import streaming as streaming_module
from segdemo.images import load_photo
from segdemo.labels import LabelSet
from segdemo.prediction import Prediction
from tests.pairs import COLOUR_PREDICTOR, RGB, write_pair

OTHER = replace(COLOUR_PREDICTOR, model_id="other-rgb")


@pytest.fixture
def pairs(tmp_path: Path) -> list[Pair]:
    return [write_pair(tmp_path, f"p{i}", width=20 + i, height=30, seed=i) for i in range(7)]


def test_each_row_has_what_its_pair_alone_would_have(pairs: list[Pair]) -> None:
    rows = list(stream_rows([COLOUR_PREDICTOR], pairs, details=True, reading="rgb-ids"))

    for index, (row, pair) in enumerate(zip(rows, pairs, strict=True)):
        photo = load_photo(pair.image_path)
        truth = read_truth(
            pair.mask_path, RGB, photo=photo, photo_source=pair.image_path, reading="rgb-ids"
        )
        alone = assess_pair(COLOUR_PREDICTOR.predict(photo), truth).scores
        assert (row.index, row.stem, row.model_id) == (index, pair.stem, "colour-rgb")
        assert row.confmat is not None
        np.testing.assert_array_equal(row.confmat, alone.confmat)
        assert (row.mean_iou, row.pixel_accuracy) == (alone.mean_iou, alone.pixel_accuracy)
        assert row.iou_per_class == alone.iou_per_class
        assert row.valid_pixels == alone.num_valid_pixels
        assert row.pixels == photo.width * photo.height
        assert row.seconds > 0


@dataclass(frozen=True)
class SlowFirst:
    """A network that takes longest over the first photo."""

    seen: list[int]

    def run(self, x: np.ndarray) -> np.ndarray:
        self.seen.append(1)
        time.sleep(0.15 if len(self.seen) == 1 else 0)
        return np.ascontiguousarray(x[:, :, ::4, ::4])


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_rows_come_in_the_order_of_the_pairs_whoever_is_first(
    workers: int, pairs: list[Pair]
) -> None:
    slow = replace(COLOUR_PREDICTOR, engine=SlowFirst([]))

    rows = list(stream_rows([slow, OTHER], pairs, workers=workers))

    expected = [(pair.stem, model) for pair in pairs for model in ("colour-rgb", "other-rgb")]
    assert [(row.stem, row.model_id) for row in rows] == expected


def test_a_photo_is_decoded_once_for_all_models(
    pairs: list[Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[Path] = []

    def counted(path: Path) -> Image.Image:
        decoded.append(path)
        return load_photo(path)

    monkeypatch.setattr(streaming_module, "load_photo", counted)

    list(stream_rows([COLOUR_PREDICTOR, OTHER], pairs))

    assert sorted(decoded) == sorted(pair.image_path for pair in pairs)


def test_models_of_two_label_sets_read_the_same_masks_each_in_its_own(pairs: list[Pair]) -> None:
    two = LabelSet("rg", "Two", ("red", "green", "rest"), ((255, 0, 0), (0, 255, 0), (9, 9, 9)))
    other = replace(OTHER, labels=two)

    rows = list(stream_rows([COLOUR_PREDICTOR, other], pairs[:1]))

    assert [row.encoding.split("'")[1] for row in rows] == ["Colours", "Two"]


@pytest.mark.parametrize(
    ("broken", "error"), [("image_path", ImageError), ("mask_path", ImageError)]
)
def test_a_broken_file_is_a_row_with_its_reason(
    broken: str, error: type[Exception], pairs: list[Pair]
) -> None:
    path: Path = getattr(pairs[2], broken)
    path.write_bytes(b"junk")

    rows = list(stream_rows([COLOUR_PREDICTOR, OTHER], pairs))

    failed = [row for row in rows if row.error]
    assert [row.stem for row in failed] == [pairs[2].stem] * 2
    assert all(isinstance(row.error, error) for row in failed)
    assert "segdemo can read" in failed[0].reason
    assert np.isnan(failed[0].mean_iou)
    assert failed[0].iou_per_class == ()
    assert len(rows) == 14


def test_a_mask_of_another_size_is_such_a_row_too(pairs: list[Pair]) -> None:
    mixed = Pair("mixed", pairs[0].image_path, pairs[1].mask_path)

    *_, last = stream_rows([COLOUR_PREDICTOR], [*pairs, mixed])

    assert isinstance(last.error, MaskError)
    assert "21 x 30 pixels but the photo is 20 x 30" in last.reason


def test_an_error_does_not_keep_its_photo(pairs: list[Pair]) -> None:
    pairs[0].mask_path.write_bytes(b"junk")

    first = next(stream_rows([COLOUR_PREDICTOR], pairs))

    assert first.error is not None
    assert first.error.__traceback__ is None
    assert first.error.__context__ is None


def test_a_bug_is_no_row(pairs: list[Pair]) -> None:
    class Broken:
        def run(self, x: np.ndarray) -> np.ndarray:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(stream_rows([replace(COLOUR_PREDICTOR, engine=Broken())], pairs))


def test_only_the_wanted_pairs_are_judged(pairs: list[Pair]) -> None:
    rows = list(stream_rows([COLOUR_PREDICTOR], pairs, indices=[1, 4]))

    assert [(row.index, row.stem) for row in rows] == [(1, "p1"), (4, "p4")]


def test_every_prediction_is_handed_on(pairs: list[Pair]) -> None:
    seen: dict[str, np.ndarray] = {}

    def keep(pair: Pair, prediction: Prediction) -> None:
        seen[pair.stem] = prediction.label_map

    list(stream_rows([COLOUR_PREDICTOR], pairs, on_prediction=keep))

    for pair in pairs:
        expected = COLOUR_PREDICTOR.predict(load_photo(pair.image_path)).label_map
        np.testing.assert_array_equal(seen[pair.stem], expected)


def test_closing_stops_the_work(pairs: list[Pair]) -> None:
    done: list[str] = []
    rows = stream_rows(
        [COLOUR_PREDICTOR],
        pairs * 30,
        on_prediction=lambda pair, _: done.append(pair.stem),
        workers=2,
    )

    next(rows)
    rows.close()

    stopped_at = len(done)
    assert stopped_at <= 2 + 2 * 2
    assert not any(thread.name.startswith("evaluate") for thread in threading.enumerate())
    time.sleep(0.05)
    assert len(done) == stopped_at


def test_two_models_of_one_id_are_refused(pairs: list[Pair]) -> None:
    with pytest.raises(ValueError, match="different ids"):
        next(stream_rows([COLOUR_PREDICTOR, COLOUR_PREDICTOR], pairs))


def test_memory_does_not_grow_with_the_photos(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, "p", width=200, height=150, seed=0)  # 90 KB as pixels
    ledger = Ledger("colour-rgb", RGB)

    def add(number: int) -> int:
        for row in stream_rows([COLOUR_PREDICTOR], [pair] * number, reading="rgb-ids"):
            ledger.add(row)
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = add(20)
        after = add(80)
    finally:
        tracemalloc.stop()
    assert (after - before) / 80 < 8_000  # 10,000 such pairs: 80 MB at most


def test_a_row_has_either_counts_or_an_error() -> None:
    with pytest.raises(ValueError, match="either counts or an error"):
        Row(0, "model", "stem")


# --- whole evaluations -------------------------------------------------------------------------


def test_several_models_are_judged_together_and_failures_kept(pairs: list[Pair]) -> None:
    pairs[3].image_path.write_bytes(b"junk")
    seen: list[str] = []

    first, second = evaluate_all(
        [COLOUR_PREDICTOR, OTHER], pairs, on_row=lambda row: seen.append(row.stem)
    )

    assert (first.model_id, second.model_id) == ("colour-rgb", "other-rgb")
    assert [row.stem for row in first.failed] == ["p3"]
    assert len(first.judged) == 6
    assert len(first.rows) == 7
    np.testing.assert_array_equal(first.scores.confmat, second.scores.confmat)
    confmats = [row.confmat for row in first.judged if row.confmat is not None]
    np.testing.assert_array_equal(first.scores.confmat, sum(confmats))
    assert len(seen) == 14
    assert first.encodings == {first.judged[0].encoding: 6}
    assert "6 masks read as" in first.masks_statement
    assert 0.2 < first.void < 0.3  # a quarter of what write_pair draws
