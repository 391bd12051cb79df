"""What the page that compares shows, without a server."""

import base64
import math
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdemo.errors import ChoiceError, UnknownNameError
from segdemo.ui.comparing import (
    ComparedPage,
    comparable_label_sets,
    compare_photo,
    first_choice,
    titles_of,
)
from segdemo.ui.comparison_exports import write_comparison
from segdemo.ui.comparison_tables import against_best, draw_tables
from segdemo.ui.examples import LABEL_SET, find_example
from segdemo.ui.exports import ViewSettings
from segdemo.ui.inputs import Choices, UploadedPhoto
from segdemo.ui.pages.compare_inputs import build_compare_inputs
from segdemo.ui.viewer import ComparedPhoto, ComparisonViewer
from segdemo.zoo import list_models
from tests.comparable import comparable_models, made_up_mask, photo_with_many_classes

ENTRIES = comparable_models()
IDS = [entry.model_id for entry in ENTRIES]


@pytest.fixture(scope="module")
def photo() -> UploadedPhoto:
    example = find_example("astronaut")
    assert example is not None
    return UploadedPhoto(photo_with_many_classes(), example.photo.read_bytes())


@pytest.fixture(scope="module")
def scored(photo: UploadedPhoto) -> ComparedPage:
    return compare_photo(photo, made_up_mask(), ENTRIES, IDS)


def test_with_a_mask_every_model_is_scored(scored: ComparedPage) -> None:
    assert scored.warning is None
    assert scored.shown is not None
    assert all(model.scores is not None for model in scored.shown.comparison.models)
    assert scored.reading in [key for _, key in scored.readings]
    assert "Against the ground truth" in scored.tables
    assert scored.to_json()["models"][0]["scores"]["mean_iou"] < 1


def test_a_mask_that_does_not_fit_costs_the_scores_only(photo: UploadedPhoto) -> None:
    page = compare_photo(photo, b"no mask at all", ENTRIES, IDS[:2])
    assert page.warning is not None
    assert page.warning.startswith("No score: ")
    assert page.shown is not None
    assert "Against the ground truth" not in page.tables
    assert page.to_json()["warning"] == page.warning


def test_a_choice_that_cannot_be_compared_is_refused(photo: UploadedPhoto) -> None:
    with pytest.raises(ChoiceError):
        compare_photo(photo, None, ENTRIES, IDS[:1])


def test_nothing_is_an_empty_page() -> None:
    assert ComparedPage().to_json() == {}
    assert ComparisonViewer().postprocess(None) is None


def unpacked(text: str, shape: tuple[int, int]) -> np.ndarray:
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8).reshape(shape)


def test_the_browser_gets_every_label_map_and_share(
    scored: ComparedPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = ComparisonViewer()
    monkeypatch.setattr(viewer, "GRADIO_CACHE", str(tmp_path))
    data = viewer.postprocess(scored.shown)
    assert data is not None
    assert scored.shown is not None
    comparison = scored.shown.comparison
    shape = comparison.votes.shape
    assert (data.height, data.width) == shape
    for sent, model in zip(data.models, comparison.models, strict=True):
        assert np.array_equal(unpacked(sent.label_map, shape), model.label_map)
    assert comparison.truth is not None
    assert np.array_equal(unpacked(data.truth, shape), comparison.truth.label_map)
    assert sum(vote.share for vote in data.votes) == pytest.approx(1)
    for sent_class in data.classes:
        expected = [model.shares[sent_class.index] for model in comparison.models]
        assert sent_class.shares == expected
        assert sent_class.share == max(expected)
        actual = (comparison.truth.label_map == sent_class.index).mean()
        assert sent_class.truth_share == pytest.approx(actual)


def test_every_model_needs_a_title(scored: ComparedPage) -> None:
    assert scored.shown is not None
    with pytest.raises(ValueError, match="one per model"):
        ComparedPhoto(scored.shown.photo, scored.shown.comparison, ("FCN",))


def test_the_best_says_so_and_the_others_what_they_lack() -> None:
    cells = against_best([0.5, 0.75, math.nan, 0.75])
    assert [cell.text for cell in cells] == ["0.5000", "0.7500", "-", "0.7500"]
    assert [cell.note for cell in cells] == ["\N{MINUS SIGN}0.2500", "best", "", "best"]
    assert [cell.is_best for cell in cells] == [False, True, False, True]
    for alike in ([math.nan, math.nan], [0.25, 0.25]):  # none is better than another
        assert [cell.note for cell in against_best(alike)] == ["", ""]


def test_tables_name_every_model_and_its_cost(scored: ComparedPage) -> None:
    assert scored.shown is not None
    html = draw_tables(scored.shown.comparison, scored.shown.titles)
    for model, title in zip(scored.shown.comparison.models, scored.shown.titles, strict=True):
        assert f'<th scope="row">{title}</th>' in html
        assert f"<td>{model.entry.card.parameters / 1e6:.1f} M</td>" in html
        assert f"<td>{1000 * model.timing.network_s:.0f} ms</td>" in html


def test_titles_of_models_all_differ() -> None:
    assert len(set(titles_of(ENTRIES))) == len(ENTRIES)
    assert titles_of((ENTRIES[0], ENTRIES[0])) == (IDS[0], IDS[0])  # two of one architecture


def test_only_label_sets_with_two_models_are_offered_and_the_examples_own_first() -> None:
    entries = list_models()
    offered = list(comparable_label_sets(entries))
    of_set = [[entry for entry in entries if entry.card.label_set == each] for each in offered]
    assert all(len(found) >= 2 for found in of_set)
    assert LABEL_SET not in offered[1:]
    assert comparable_label_sets(entries[:1]) == {}


def test_up_to_five_models_are_chosen_at_first() -> None:
    label_set = ENTRIES[0].card.label_set
    assert first_choice(ENTRIES, label_set) == IDS
    assert len(first_choice([*ENTRIES, *ENTRIES, *ENTRIES], label_set)) == 5


def test_without_two_models_there_is_nothing_to_choose() -> None:
    assert build_compare_inputs(ENTRIES[:1]) is None


def test_any_list_of_names_is_a_choice() -> None:
    assert Choices(["a"]).preprocess(["b"]) == ["b"]
    assert Choices(["a"]).preprocess("a") == []
    assert Choices(["a"]).preprocess(None) == []


def test_the_picture_of_all_holds_photo_truth_and_models(
    scored: ComparedPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    with Image.open(write_comparison("picture", scored, ViewSettings())) as picture:
        assert picture.width == (len(IDS) + 2) * 488 + 8
    with pytest.raises(UnknownNameError):
        write_comparison("other", scored, ViewSettings())
    with pytest.raises(ValueError, match="empty page"):
        write_comparison("json", ComparedPage(), ViewSettings())
