"""How the page is served, and what it is like to arrive."""

import httpx
import pytest
from playwright.sync_api import expect

from segdemo.predictor import _load
from segdemo.ui import page as page_module
from segdemo.ui.page import PAGES, Page, build_page
from segdemo.ui.server import warm_up_first_model
from tests.ui.visit import Visit


def test_the_server_says_that_it_is_well(app_url: str) -> None:
    answer = httpx.get(f"{app_url}/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/x.png",
        "https://example.com/x.png",
        "HTTPS://example.com/x.png",
        "https%3A%2F%2Fexample.com/x.png",
        "%20http://example.com",
        "ftp://example.com/x",
    ],
)
def test_no_address_is_fetched_for_anyone(app_url: str, address: str) -> None:
    answer = httpx.get(f"{app_url}/gradio_api/file={address}")
    assert (answer.status_code, answer.text) == (403, "This server fetches nothing.")


def test_files_of_the_server_stay_refused(app_url: str) -> None:
    assert httpx.get(f"{app_url}/gradio_api/file=/etc/passwd").status_code == 403


def test_the_first_model_is_loaded_before_anyone_asks() -> None:
    _load.cache_clear()
    warm_up_first_model().join(timeout=30)
    assert _load.cache_info().currsize == 1


def test_a_further_page_gets_an_address_and_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    more = Page("More", "/more", lambda demo, entries: None)
    monkeypatch.setattr(page_module, "PAGES", (*PAGES, more))
    demo = build_page()
    assert ("more", "More") in [(path, title) for path, title, *_ in demo.pages]
    assert any(block.get_block_name() == "navbar" for block in demo.blocks.values())


def test_a_link_opens_the_same_view(visit: Visit) -> None:
    visit.choose_example("An astronaut")
    page = visit.page
    page.locator("#label-set").get_by_label("Street", exact=True).check()
    page.locator("#facts p", has_text="'Street'").first.wait_for()
    page.locator("#architecture").get_by_label("FCN", exact=True).check()
    page.locator("#facts strong", has_text="FCN").wait_for()
    visit.show("Contours")
    page.locator("#viewer .opacity").fill("80")
    page.locator("#viewer .opacity").dispatch_event("change")
    link = page.url
    assert "example=astronaut" in link
    assert "model=fcn-street" in link

    visit.open(link.removeprefix(visit.url))
    visit.wait_for_result()
    page.locator("#facts strong", has_text="FCN").wait_for()

    expect(page.locator("#viewer .layers").get_by_label("Contours")).to_be_checked()
    assert page.locator("#viewer .opacity").input_value() == "80"
    assert page.locator("#label-set").get_by_label("Street", exact=True).is_checked()
    assert page.url == link


@pytest.mark.parametrize("query", ["?example=nothing&model=nothing", "?opacity=x&layer=%3Cb%3E"])
def test_a_link_that_makes_no_sense_opens_the_empty_page(visit: Visit, query: str) -> None:
    visit.open(query)
    visit.choose_example("A cat")
    assert visit.page.locator("#viewer .opacity").input_value() in ("60", "50")


def test_the_last_choice_wins(visit: Visit) -> None:
    visit.choose_example("An astronaut")
    page = visit.page
    page.locator("#label-set").get_by_label("Street", exact=True).check()
    page.locator("#architecture").get_by_label("FCN", exact=True).wait_for()
    for name in ("FCN", "PSPNet", "DeepLabV3+", "FCN", "PSPNet"):
        page.locator("#architecture").get_by_label(name, exact=True).check()
    expect(page.locator("#facts strong")).to_have_text("PSPNet")
    page.wait_for_function("() => new URL(location).searchParams.get('model') === 'pspnet-street'")


def test_the_old_picture_stays_until_the_new_one_is_there(visit: Visit) -> None:
    visit.choose_example("A cat")
    visit.page.evaluate(
        """() => { window.gaps = 0; const stage = document.querySelector('#viewer .stage');
        const look = () => { const photo = stage.querySelector('.photo');
          if (!photo.complete || !photo.naturalWidth || stage.offsetHeight < 50) window.gaps++;
          requestAnimationFrame(look); }; look(); }"""
    )
    visit.choose_example("An astronaut")
    assert visit.page.evaluate("window.gaps") == 0
