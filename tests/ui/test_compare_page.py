"""A visitor's way through the page that compares, in a real browser."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from segdemo.comparison import Comparison, compare
from segdemo.evaluation import assess_pair
from segdemo.labels import IGNORE_INDEX
from segdemo.masks import GroundTruth, read_mask
from segdemo.predictor import predictor_of
from segdemo.reporting import shown_number
from segdemo.ui.handlers import titles_of
from segdemo.ui.texts import NO_VALUE
from segdemo.uncertainty import top_classes
from tests.comparable import comparable_models, made_up_mask, photo_with_many_classes
from tests.ui.conftest import Screen, visit_of
from tests.ui.visit import Visit

ENTRIES = comparable_models()
TITLES = titles_of(ENTRIES)
LABELS = ENTRIES[0].card.labels
LINK = f"/compare?models={','.join(entry.model_id for entry in ENTRIES)}&example=astronaut"


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    """The library's comparison of the example."""
    return compare(photo_with_many_classes(), ENTRIES)


@pytest.fixture(scope="module")
def truth() -> GroundTruth:
    return read_mask(made_up_mask(), LABELS)


@pytest.fixture
def compared(contexts: dict[Screen, BrowserContext], app_url: str) -> Iterator[Visit]:
    """A visit with the example compared, and requests counted from there on."""
    for visit in visit_of(contexts[Screen()], app_url, LINK):
        visit.wait_for_result()
        expect(visit.page.locator("#comparison-tables h2").first).to_be_visible()
        visit.forget_requests()
        yield visit


@pytest.fixture
def scored(compared: Visit, tmp_path: Path) -> Visit:
    """The same with a ground truth."""
    mask = tmp_path / "mask.png"
    mask.write_bytes(made_up_mask())
    result = compared.result_id()
    compared.upload_mask(mask)
    compared.wait_for_result(result)
    return compared


def picture(visit: Visit, title: str) -> int:
    """Position of a picture among all."""
    titles = visit.page.locator("#viewer .pictures .title").all_inner_texts()
    return titles.index(title)


def painted(visit: Visit, title: str) -> np.ndarray:
    return visit.pixels(picture(visit, title))


def model_tick(visit: Visit, title: str) -> None:
    visit.page.locator("#models").get_by_label(title, exact=True).click()


def table(visit: Visit, title: str) -> dict[str, list[str]]:
    """Rows of a table by their headings."""
    rows = visit.page.locator(f"[aria-label='{title}'] tbody tr").all()
    return {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in rows}


def test_every_picture_holds_the_library_s_label_map(
    compared: Visit, comparison: Comparison
) -> None:
    titles = compared.page.locator("#viewer .pictures .title").all_inner_texts()
    assert titles == ["Photo", *TITLES, "Where they disagree"]
    for title, model in zip(TITLES, comparison.models, strict=True):
        expected = LABELS.palette[model.label_map]
        assert np.array_equal(painted(compared, title)[..., :3], expected)
    compared.screenshot("compare-light")


def test_opacity_and_classes_change_all_pictures_without_a_request(
    compared: Visit, comparison: Comparison
) -> None:
    page = compared.page
    page.locator("#viewer .opacity").fill("30")
    opacities = (
        "[...document.querySelectorAll('#viewer canvas')].map(c => getComputedStyle(c).opacity)"
    )
    assert set(page.evaluate(opacities)) == {"0.3"}
    first = int(comparison.models[0].shares.argmax())
    name = LABELS.class_names[first]
    page.locator("#viewer .chip", has_text=name).click()
    for title, model in zip(TITLES, comparison.models, strict=True):
        covered = painted(compared, title)[..., 3] > 0
        assert np.array_equal(covered, model.label_map != first)
    page.get_by_role("button", name=f"Show only {name}").click()
    for title, model in zip(TITLES, comparison.models, strict=True):
        covered = painted(compared, title)[..., 3] > 0
        assert np.array_equal(covered, model.label_map == first)
    page.get_by_role("button", name="Show all").click()
    assert (painted(compared, TITLES[-1])[..., 3] > 0).all()
    assert compared.asked_requests() == []


def test_layers_change_all_models_together(compared: Visit) -> None:
    before = [painted(compared, title) for title in TITLES]
    photo_and_votes = compared.pixels(len(TITLES) + 1)
    compared.show("Contours")
    for title, mask in zip(TITLES, before, strict=True):
        covered = painted(compared, title)[..., 3] > 0
        assert 0 < covered.mean() < 0.5
        assert np.array_equal(painted(compared, title)[covered], mask[covered])
    assert np.array_equal(compared.pixels(len(TITLES) + 1), photo_and_votes)
    assert compared.asked_requests() == []


@pytest.mark.parametrize(("x", "y"), [(0.31, 0.42), (0.85, 0.2)])
def test_pointing_at_one_picture_tells_what_every_model_says(
    compared: Visit, comparison: Comparison, x: float, y: float
) -> None:
    page = compared.page
    stage = page.locator("#viewer .stage").nth(picture(compared, TITLES[1]))
    stage.scroll_into_view_if_needed()
    page.mouse.move(*compared.point_at(x, y, picture(compared, TITLES[1])))
    height, width = comparison.votes.shape
    row, column = int(y * height), int(x * width)
    for title, model in zip(TITLES, comparison.models, strict=True):
        tip = page.locator("#viewer .tip").nth(picture(compared, title)).inner_text()
        name, share = tip.removesuffix(" %").rsplit(" ", 1)
        assert name == LABELS.class_names[model.label_map[row, column]]
        (likeliest, probability), *_ = top_classes(model.logits, at=(y, x))
        if LABELS.class_names[likeliest] == name:
            assert float(share) == pytest.approx(100 * probability, abs=1.5)
    votes = int(comparison.votes[row, column])
    tip = page.locator("#viewer .tip").last.inner_text()
    assert tip == ("all agree" if votes == 1 else f"{votes} classes")
    assert compared.asked_requests() == []


def test_a_clicked_pixel_is_marked_everywhere_and_listed_per_model(
    compared: Visit, comparison: Comparison
) -> None:
    stage = compared.page.locator("#viewer .stage").nth(1)
    stage.press("Enter")
    height, width = comparison.votes.shape
    expected = [
        LABELS.class_names[model.label_map[height // 2, width // 2]] for model in comparison.models
    ]
    answers = compared.page.locator("#viewer .answers li")
    expect(answers).to_have_count(len(TITLES))
    assert answers.locator("strong").all_inner_texts() == list(TITLES)
    assert answers.locator("span").all_inner_texts() == expected
    marked = "[...document.querySelectorAll('#viewer .marker')].map(m => m.style.display)"
    assert set(compared.page.evaluate(marked)) == {"block"}
    assert compared.asked_requests() == []


def test_zoom_moves_all_pictures_by_keys_and_buttons(compared: Visit) -> None:
    page = compared.page
    transforms = "[...document.querySelectorAll('#viewer .pane')].map(pane => pane.style.transform)"
    stage = page.locator("#viewer .stage").nth(2)
    stage.press("+")
    zoomed = set(page.evaluate(transforms))
    assert len(zoomed) == 1
    assert "scale(1.5)" in zoomed.pop()
    before = compared.point_at(0, 0, 3)
    stage.press("ArrowLeft")
    assert compared.point_at(0, 0, 3)[0] == pytest.approx(before[0] + 40, abs=1)
    page.get_by_role("button", name="Show the whole photo").click()
    assert "scale(1)" in page.evaluate(transforms)[0]
    stage.press("]")
    assert page.locator("#viewer .opacity").input_value() == "70"
    assert compared.asked_requests() == []


def test_disagreement_is_drawn_and_named_as_the_library_counts_it(
    compared: Visit, comparison: Comparison
) -> None:
    colours = painted(compared, "Where they disagree")
    assert np.array_equal(colours[..., 3] > 0, comparison.votes > 1)
    two = (colours[..., :3] == (0xFF, 0xD9, 0x4A)).all(axis=-1)
    assert np.array_equal(two, comparison.votes == 2)
    summary = compared.page.locator("#comparison-summary").inner_text()
    assert f"on {comparison.disagreement:.1%} of the pixels" in summary
    key = compared.page.locator("#viewer .votes li").first.inner_text()
    assert key.strip() == f"all agree {100 * comparison.vote_shares[1]:.1f} %"
    rows = table(compared, "Where they disagree")
    assert len(rows) == len(comparison.pairs)
    for pair in comparison.pairs:
        row = rows[f"{TITLES[pair.first]} and {TITLES[pair.second]}"]
        assert row == [f"{pair.mean_iou:.4f}", f"{pair.pixel_agreement:.1%}"]


def test_areas_are_those_of_every_model(compared: Visit, comparison: Comparison) -> None:
    rows = {
        row.locator(".chip").inner_text().strip(): row.locator("td").all_inner_texts()
        for row in compared.page.locator("#viewer .legend tr").all()
    }
    for index, name in enumerate(LABELS.class_names):
        shares = [float(model.shares[index]) for model in comparison.models]
        if not any(shares):
            assert name not in rows
            continue
        for text, share in zip(rows[name], shares, strict=True):
            assert text == ("<0.1 %" if 0 < share < 0.001 else f"{100 * share:.1f} %")


def test_costs_are_those_of_the_cards(compared: Visit) -> None:
    rows = table(compared, "What they cost")
    for entry, title in zip(ENTRIES, TITLES, strict=True):
        time, *steps, parameters, multiply_adds, file = rows[title]
        assert parameters == f"{entry.card.parameters / 1e6:.1f} M"
        assert multiply_adds.startswith(f"{entry.card.multiply_adds / 1e9:.1f} G")
        assert file in {f"{path.stat().st_size / 1e6:.1f} MB" for path in entry.paths}
        total = sum(int(step.removesuffix(" ms")) for step in steps)
        assert int(time.removesuffix(" ms")) == pytest.approx(total, abs=2)


def test_a_mask_gives_the_library_s_scores_and_its_picture(
    scored: Visit, truth: GroundTruth
) -> None:
    rows = table(scored, "Against the ground truth")
    results = []
    for entry in ENTRIES:
        prediction = predictor_of(entry).predict(photo_with_many_classes())
        results.append(assess_pair(prediction, truth).scores)
    expected = {
        "Mean IoU": [scores.mean_iou for scores in results],
        "Pixel accuracy": [scores.pixel_accuracy for scores in results],
    }
    for index, name in enumerate(LABELS.class_names):
        values = [scores.iou_per_class[index] for scores in results]
        if not all(map(math.isnan, values)):
            expected[name] = values
    assert {name: [cell.split()[0] for cell in cells] for name, cells in rows.items()} == {
        name: [shown_number(value) for value in values] for name, values in expected.items()
    }
    for name, cells in rows.items():
        if len({cell.split()[0] for cell in cells} - {NO_VALUE}) > 1:
            best = int(np.nanargmax(expected[name]))
            assert cells[best].split()[1] == "best"
    covered = painted(scored, "Ground truth")
    assert np.array_equal(covered[..., 3] > 0, truth.label_map != IGNORE_INDEX)
    scored.show("Errors")
    note = scored.page.locator("#viewer .note").nth(picture(scored, TITLES[0])).inner_text()
    assert note.startswith("missed ")
    scored.screenshot("compare-errors")


def test_a_change_of_models_compares_again(compared: Visit) -> None:
    result = compared.result_id()
    model_tick(compared, TITLES[-1])
    if len(TITLES) > 2:
        compared.wait_for_result(result)
        titles = compared.page.locator("#viewer .pictures .title").all_inner_texts()
        assert titles == ["Photo", *TITLES[:-1], "Where they disagree"]
        assert ENTRIES[-1].model_id not in compared.page.url


def test_too_few_models_are_a_toast_and_the_result_stays(compared: Visit) -> None:
    before = painted(compared, TITLES[0])
    for title in TITLES[1:]:
        model_tick(compared, title)
    toast = compared.page.get_by_test_id("toast-body").first
    toast.wait_for()
    assert "Choose at least 2 models to compare." in toast.inner_text()
    assert np.array_equal(painted(compared, TITLES[0]), before)
    compared.screenshot("compare-too-few")
    for title in TITLES[1:]:
        model_tick(compared, title)
    compared.page.wait_for_function(
        "count => document.querySelectorAll('#viewer .pictures > li').length === count",
        arg=len(TITLES) + 2,
    )


def test_a_broken_photo_is_a_toast_and_the_result_stays(compared: Visit, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff no photo")
    before = painted(compared, TITLES[0])
    compared.page.locator("#photo").get_by_role("button", name="Remove Image").click()
    compared.upload_photo(broken)
    toast = compared.page.get_by_test_id("toast-body").first
    toast.wait_for()
    assert "damaged or incomplete" in toast.inner_text()
    assert np.array_equal(painted(compared, TITLES[0]), before)


def test_a_link_opens_the_same_comparison(compared: Visit) -> None:
    page = compared.page
    compared.show("Contours")
    page.locator("#viewer .opacity").fill("80")
    page.locator("#viewer .opacity").dispatch_event("change")
    link = page.url
    assert "example=astronaut" in link
    compared.open(link.removeprefix(compared.url))
    compared.wait_for_result()
    expect(page.locator("#viewer .layers").get_by_label("Contours")).to_be_checked()
    assert page.locator("#viewer .opacity").input_value() == "80"
    for title in TITLES:
        assert page.locator("#models").get_by_label(title, exact=True).is_checked()
    assert page.url == link


def test_the_first_page_leads_to_the_same_example(visit: Visit) -> None:
    visit.choose_example("A man with a camera")
    visit.page.get_by_role("link", name="Compare models on this photo").click()
    visit.page.locator("#models").wait_for()
    visit.wait_for_result()
    assert "/compare?" in visit.page.url
    assert "example=camera" in visit.page.url


def test_all_numbers_can_be_downloaded(compared: Visit, comparison: Comparison) -> None:
    with compared.page.expect_download() as download:
        compared.page.get_by_role("button", name="All numbers (JSON)").click()
    fields = json.loads(Path(download.value.path()).read_text())
    assert fields["disagreement"]["share"] == comparison.disagreement
    with compared.page.expect_download() as download:
        compared.page.get_by_role("button", name="All in one picture (PNG)").click()
    with Image.open(download.value.path()) as picture:
        assert picture.width == (len(TITLES) + 1) * 488 + 8


def test_the_page_fits_a_phone(contexts: dict[Screen, BrowserContext], app_url: str) -> None:
    for visit in visit_of(contexts[Screen(width=390)], app_url, LINK):
        visit.wait_for_result()
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
        boxes = [each.bounding_box() for each in visit.page.locator("#viewer .stage").all()]
        assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
        visit.screenshot("compare-phone")
