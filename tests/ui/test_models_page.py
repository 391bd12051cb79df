"""The page of models, in a real browser, on the real weights."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from segdemo.tables import fraction
from segdemo.timings import read_timings
from segdemo.ui import page as page_module
from segdemo.ui.catalogue.comparison import row_of
from segdemo.ui.catalogue.measuring import ROUNDS
from segdemo.ui.handlers import architecture_name
from segdemo.ui.page import build_page
from segdemo.ui.pages.segment_inputs import first_model
from segdemo.ui.server import LAUNCH_OPTIONS
from segdemo.ui.texts import MODELS_COLUMNS, NOT_FETCHED
from segdemo.zoo import ZooEntry, list_models
from tests.cards import copy_as_own
from tests.ui.conftest import Screen, free_port, visit_of
from tests.ui.visit import ROOT, Visit

ENTRIES = list_models()
BASE = first_model(ENTRIES)
OWN_ID = "mine"
WAIT_MS = 30_000
"""As long as the browser waits for everything else."""
PHOTO = ROOT / "segdemo" / "ui" / "examples" / "chelsea.jpg"


def shown_rows(visit: Visit) -> list[list[str]]:
    rows = visit.page.locator("#comparison tbody tr").all()
    return [[cell.strip() for cell in row.locator("th, td").all_inner_texts()] for row in rows]


def expected_rows() -> list[list[str]]:
    timings = read_timings()
    return [[cell.text for cell in row_of(entry, timings)] for entry in ENTRIES]


def card(entry: ZooEntry) -> str:
    return f"#cards article[id='{entry.model_id}']"


def test_the_bar_of_pages_leads_there_and_back(visit: Visit) -> None:
    visit.page.get_by_role("link", name="Models", exact=True).click()
    visit.page.locator("#comparison table").wait_for()
    assert visit.page.url.endswith("/models")
    visit.page.get_by_role("link", name="Segment", exact=True).click()
    visit.page.locator("#run").wait_for()


def test_the_table_holds_what_the_cards_hold(models_visit: Visit) -> None:
    assert shown_rows(models_visit) == expected_rows()


@pytest.mark.parametrize("column", range(len(MODELS_COLUMNS)), ids=MODELS_COLUMNS)
def test_a_heading_sorts_both_ways_by_keys_alone(models_visit: Visit, column: int) -> None:
    timings = read_timings()
    ranks = {entry.model_id: row_of(entry, timings)[column].rank for entry in ENTRIES}
    head = models_visit.page.locator("#comparison thead th").nth(column)
    models_visit.forget_requests()
    for direction, falling in (("ascending", False), ("descending", True)):
        head.locator("button").press("Enter")
        expect(head).to_have_attribute("aria-sort", direction)
        shown = [ranks[row[0]] for row in shown_rows(models_visit)]
        known = [rank for rank in shown if rank is not None]
        if isinstance(known[0], str):
            assert sorted(known, key=str.lower, reverse=falling) == known
        else:
            assert sorted(known, reverse=falling) == known
        assert shown[len(known) :] == [None] * (len(shown) - len(known))
    assert models_visit.asked_requests() == []


def test_every_model_has_a_card_at_its_anchor(models_visit: Visit) -> None:
    for entry in ENTRIES:
        models_visit.page.get_by_role("link", name=entry.model_id, exact=True).click()
        assert models_visit.page.url.endswith(f"#{entry.model_id}")
        found = models_visit.page.locator(card(entry))
        expect(found).to_be_in_viewport()
        assert entry.card.limits in found.inner_text()


def test_a_link_to_a_card_opens_the_page_there(models_visit: Visit) -> None:
    last = ENTRIES[-1]
    models_visit.page.goto("about:blank")
    models_visit.page.goto(f"{models_visit.url}/models#{last.model_id}")
    found = models_visit.page.locator(card(last))
    found.wait_for()
    expect(found).to_be_in_viewport()


def test_scores_per_class_are_those_of_the_card(models_visit: Visit) -> None:
    for entry in ENTRIES:
        found = models_visit.page.locator(card(entry))
        found.locator("summary").press("Enter")
        shown = {
            row.locator("th").inner_text(): row.locator("td").all_inner_texts()
            for row in found.locator("tbody tr").all()
        }
        for name in entry.card.class_names:
            values = [score.iou_per_class[name] for score in entry.card.scores]
            assert shown[name] == [fraction(value) for value in values]
        assert shown["Mean IoU"] == [fraction(score.mean_iou) for score in entry.card.scores]


def test_a_bar_is_as_long_as_its_number(models_visit: Visit) -> None:
    found = models_visit.page.locator(card(ENTRIES[0]))
    found.locator("summary").click()
    value = found.locator("tbody td").first.inner_text()
    share = found.locator("tbody .bar").first.evaluate(
        "bar => getComputedStyle(bar).getPropertyValue('--share')"
    )
    assert float(share) == pytest.approx(float(value), abs=1e-3)


def test_a_model_is_tried_on_the_first_page(models_visit: Visit) -> None:
    entry = ENTRIES[-1]
    models_visit.page.locator(card(entry)).get_by_role("link", name="Try it").click()
    models_visit.page.locator("#run").wait_for()
    label_set = models_visit.page.locator("#label-set")
    expect(label_set.get_by_label(entry.card.labels.title, exact=True)).to_be_checked()
    models_visit.upload_photo(PHOTO)
    models_visit.wait_for_result()
    assert f"model={entry.model_id}" in models_visit.page.url


def test_a_model_is_timed_when_asked_for(models_visit: Visit) -> None:
    found = models_visit.page.locator(card(ENTRIES[-1]))
    found.get_by_role("button", name="Measure here").press("Enter")
    expect(found.locator("output")).to_have_text(
        re.compile(rf"^\d+ ms here: median of {ROUNDS}, 500x375 photo, \d+ cores\.$"),
        timeout=WAIT_MS,
    )
    expect(found.get_by_role("button", name="Measure here")).to_have_attribute(
        "aria-disabled", "false"
    )
    others = models_visit.page.locator("#cards output").all_inner_texts()[:-1]
    assert set(others) <= {""}


def test_several_timings_take_turns(models_visit: Visit) -> None:
    chosen = ENTRIES[:2]
    for entry in chosen:
        models_visit.page.locator(card(entry)).locator("button").click()
    for entry in chosen:
        output = models_visit.page.locator(card(entry)).locator("output")
        expect(output).to_contain_text("ms here", timeout=WAIT_MS)


def test_a_timing_that_fails_says_so_and_can_be_asked_for_again(
    models_visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segdemo.ui.pages.models.measure", lambda *_: 1 / 0)
    found = models_visit.page.locator(card(ENTRIES[0]))
    found.locator("button").click()
    expect(found.locator("output")).to_contain_text("could not be measured", timeout=WAIT_MS)
    monkeypatch.undo()
    found.locator("button").click()
    expect(found.locator("output")).to_contain_text("ms here", timeout=WAIT_MS)


@pytest.mark.parametrize("screen", ["visit", "dark_visit"])
def test_the_chart_is_the_one_for_the_ground(screen: str, request: pytest.FixtureRequest) -> None:
    visit: Visit = request.getfixturevalue(screen)
    open_models(visit)
    shown = [image for image in visit.page.locator("#charts img").all() if image.is_visible()]
    assert {image.get_attribute("class") for image in shown} == {
        "on-dark" if screen == "dark_visit" else "on-light"
    }
    assert all(image.evaluate("image => image.naturalWidth > 100") for image in shown)
    visit.screenshot(f"models-{screen}")


def test_the_page_fits_a_phone(phone_visit: Visit) -> None:
    open_models(phone_visit)
    phone_visit.page.locator("#cards summary").last.click()
    assert phone_visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    table = phone_visit.page.locator("#comparison .scrolling")
    assert table.evaluate("box => box.scrollWidth > box.clientWidth")
    phone_visit.screenshot("models-phone")


# --- a person's own model --------------------------------------------------------------------


def open_models(visit: Visit) -> Visit:
    visit.page.goto(f"{visit.url}/models", wait_until="domcontentloaded")
    visit.page.locator("#cards article").first.wait_for()
    return visit


@pytest.fixture
def models_visit(contexts: dict[Screen, BrowserContext], app_url: str) -> Iterator[Visit]:
    for visit in visit_of(contexts[Screen()], app_url, path="/models"):
        visit.page.locator("#downloads", has_text=NOT_FETCHED).wait_for()  # it was asked for
        yield visit


@pytest.fixture(scope="module")
def own_url(app_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages with one more model: of the architecture and label set of a bundled one."""
    folder = tmp_path_factory.mktemp("weights")
    copy_as_own(BASE, folder, OWN_ID)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_module, "list_models", lambda: (*ENTRIES, *list_models(folder)))
        demo = build_page()
    _, url, _ = demo.queue().launch(
        **LAUNCH_OPTIONS,
        server_name="127.0.0.1",
        server_port=free_port(),
        prevent_thread_lock=True,
        quiet=True,
    )
    yield url.rstrip("/")
    demo.close(verbose=False)


@pytest.fixture
def own_visit(contexts: dict[Screen, BrowserContext], own_url: str) -> Iterator[Visit]:
    yield from visit_of(contexts[Screen()], own_url, path="/models")


def test_a_person_s_own_model_is_on_the_page_and_can_be_tried(own_visit: Visit) -> None:
    found = own_visit.page.locator(f"#{OWN_ID}")
    assert "Own: not in the table" in found.locator(".status").inner_text()
    found.get_by_role("link", name="Try it").click()
    own_visit.page.locator("#run").wait_for()
    name = re.compile(rf": {OWN_ID}$")
    expect(own_visit.page.locator("#architecture").get_by_label(name)).to_be_checked()

    own_visit.upload_photo(PHOTO)
    own_visit.wait_for_result()

    assert f"model={OWN_ID}" in own_visit.page.url
    with own_visit.page.expect_download() as download:
        own_visit.page.locator("#viewer .download").click()
    assert download.value.suggested_filename == f"{OWN_ID}-mask.png"


def test_a_person_s_own_model_and_the_bundled_one_can_both_be_chosen(own_visit: Visit) -> None:
    own_visit.page.get_by_role("link", name="Segment", exact=True).click()
    own_visit.choose_example("A cat")
    name = architecture_name(BASE)
    for title, model_id in ((f"{name}: {OWN_ID}", OWN_ID), (name, BASE.model_id)):
        own_visit.page.locator("#architecture").get_by_label(title, exact=True).check()
        own_visit.page.wait_for_function(
            "id => new URL(location).searchParams.get('model') === id", arg=model_id
        )
