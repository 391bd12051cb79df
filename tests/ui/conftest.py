"""The page, launched once, and a real browser that reaches nothing else."""

import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Read by gradio when it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.ui.visit import Visit

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gradio's server leaves sockets and loops to the garbage collector: not ours to fix."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(
                pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
            )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    os.environ["GRADIO_TEMP_DIR"] = str(tmp_path_factory.mktemp("uploads"))
    import app

    _, url, _ = app.demo.queue().launch(
        **app.LAUNCH_OPTIONS,
        server_name="127.0.0.1",
        server_port=free_port(),
        prevent_thread_lock=True,
        quiet=True,
    )
    yield url.rstrip("/")
    app.demo.close(verbose=False)


def find_chromium(playwright: Playwright) -> str:
    """A browser of the system, else playwright's own; fails where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    candidates = (os.environ.get("CHROMIUM"), *map(shutil.which, names))
    return next(filter(None, candidates), playwright.chromium.executable_path)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(playwright), args=CHROMIUM_ARGUMENTS
        )
        yield browser
        browser.close()


@dataclass(frozen=True)
class Screen:
    """What a visitor looks at the page with."""

    width: int = 1440
    dark: bool = False


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> dict[Screen, BrowserContext]:
    """One context per screen: its cache spares every test but the first Gradio's scripts."""
    return {
        screen: browser.new_context(
            viewport={"width": screen.width, "height": 1000},
            color_scheme="dark" if screen.dark else "light",
            reduced_motion="reduce",
            has_touch=screen.width < 500,
        )
        for screen in (Screen(), Screen(dark=True), Screen(width=390))
    }


def visit_of(context: BrowserContext, app_url: str, path: str = "/") -> Iterator[Visit]:
    """Open a page, by its path and query, and look afterwards whether all went well."""
    page = context.new_page()
    page.set_default_timeout(30_000)
    visit = Visit(page, app_url)
    page.route("**/*", visit.guard)
    page.on("request", lambda request: visit.requests.append(request.url))
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("console", visit.listen)
    visit.open(path)
    yield visit
    page.close()
    assert visit.foreign_requests == []
    assert visit.errors == []


@pytest.fixture
def visit(contexts: dict[Screen, BrowserContext], app_url: str) -> Iterator[Visit]:
    yield from visit_of(contexts[Screen()], app_url)


@pytest.fixture
def phone_visit(contexts: dict[Screen, BrowserContext], app_url: str) -> Iterator[Visit]:
    yield from visit_of(contexts[Screen(width=390)], app_url)


@pytest.fixture
def dark_visit(contexts: dict[Screen, BrowserContext], app_url: str) -> Iterator[Visit]:
    yield from visit_of(contexts[Screen(dark=True)], app_url)
