"""Models of others: fetched on the page of models, then offered everywhere."""

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from segdemo.downloads import Download, entry_of, install
from segdemo.ui import offer as offer_module
from segdemo.ui.handlers import architecture_name
from segdemo.ui.offer import Offer
from segdemo.ui.page import build_page
from segdemo.ui.pages import model_downloads
from segdemo.ui.server import LAUNCH_OPTIONS
from segdemo.zoo import list_models
from tests.publisher import Publisher, contents_of, published, publishing, random_network
from tests.ui.conftest import Screen, free_port, visit_of
from tests.ui.visit import ROOT, Visit

MODEL_ID = "torchvision_lraspp-voc"  # the smallest
PHOTO = ROOT / "segdemo" / "ui" / "examples" / "chelsea.jpg"


@pytest.fixture(scope="module")
def publisher() -> Iterator[Publisher]:
    with publishing() as shelf:
        yield shelf


@pytest.fixture(scope="module")
def download(publisher: Publisher) -> Download:
    contents = contents_of(random_network("lraspp_mobilenet_v3_large").state_dict())
    return published(publisher, MODEL_ID, contents)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def patched(download: Download, folder: Path) -> Iterator[None]:
    """The one download is the publisher's here, and is kept in a folder of the test."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (offer_module, model_downloads):
            patch.setattr(module, "DOWNLOADS", (download,))
            patch.setattr(module, "entry_of", functools.partial(entry_of, weights_dir=folder))
        patch.setattr(model_downloads, "install", functools.partial(install, weights_dir=folder))
        yield


@pytest.fixture
def visit_here(
    app_url: str, contexts: dict[Screen, BrowserContext], patched: None
) -> Iterator[Visit]:
    demo = build_page()
    _, url, _ = demo.queue().launch(
        **LAUNCH_OPTIONS,
        server_name="127.0.0.1",
        server_port=free_port(),
        prevent_thread_lock=True,
        quiet=True,
    )
    yield from visit_of(contexts[Screen()], url.rstrip("/"), "/models")
    demo.close(verbose=False)


def fetch_button(visit: Visit) -> None:
    visit.page.locator("#downloads").get_by_role("button", name="Fetch").click()


def test_an_offer_grows_when_a_model_was_fetched(
    download: Download, folder: Path, patched: None
) -> None:
    bundled = list_models()
    offer = Offer(bundled)
    assert tuple(offer) == bundled
    assert len(offer) == len(bundled)

    entry = install(download, progress=lambda share: None, weights_dir=folder)

    assert tuple(offer) == (*bundled, entry)
    assert offer[-1] == entry


def test_a_model_that_was_there_at_the_start_is_offered_once(
    download: Download, folder: Path, patched: None
) -> None:
    entry = install(download, progress=lambda share: None, weights_dir=folder)
    assert tuple(Offer((entry,))) == (entry,)


def test_a_model_is_fetched_and_can_be_tried_at_once(visit_here: Visit, download: Download) -> None:
    page, entry = visit_here.page, entry_of(download)
    state = page.locator("#downloads .download")
    expect(state).to_contain_text("Not here yet.")
    expect(state).to_contain_text(f"{download.reported_mean_iou:.3f}")

    fetch_button(visit_here)
    expect(state).to_contain_text("Here.", timeout=30_000)
    state.get_by_role("link", name="Try it").click()

    page.locator("#run").wait_for()
    chosen = page.locator("#architecture").get_by_label(architecture_name(entry), exact=True)
    expect(chosen).to_be_checked()
    expect(page.locator("#label-set").get_by_label(entry.card.labels.title)).to_be_checked()
    visit_here.upload_photo(PHOTO)
    visit_here.wait_for_result()
    assert f"model={MODEL_ID}" in page.url
    for path in ("/evaluate", "/compare"):
        visit_here.open(path)
        offered = page.locator("#label-set").get_by_label(entry.card.labels.title)
        expect(offered).to_have_count(1 if path == "/evaluate" else 0)  # two are to be compared


def test_what_was_not_fetched_is_not_offered(visit_here: Visit, download: Download) -> None:
    title = download.card.labels.title
    visit_here.open(f"/?model={MODEL_ID}&example=chelsea")
    visit_here.wait_for_result()
    expect(visit_here.page.locator("#label-set").get_by_label(title)).to_have_count(0)
    assert f"model={MODEL_ID}" not in visit_here.page.url


def test_a_publisher_that_does_not_answer_is_said(
    visit_here: Visit, publisher: Publisher, download: Download, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "files", {})

    fetch_button(visit_here)

    toast = visit_here.page.locator(".toast-body")
    expect(toast).to_contain_text("could not be fetched from 127.0.0.1", timeout=30_000)
    visit_here.open("/models")
    expect(visit_here.page.locator("#downloads .download")).to_contain_text("Not here yet.")
