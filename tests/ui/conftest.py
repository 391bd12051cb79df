"""The page, launched once, and a real browser that reaches nothing else."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

# Read by gradio when it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

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


def visit_of(browser: Browser, app_url: str, *, width: int, dark: bool) -> Iterator[Visit]:
    context = browser.new_context(
        viewport={"width": width, "height": 1000},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    visit = Visit(page, app_url)
    page.route("**/*", visit.guard)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on(
        "console",
        lambda message: visit.errors.append(message.text) if message.type == "error" else None,
    )
    visit.open()
    yield visit
    context.close()
    assert visit.foreign_requests == []
    assert visit.errors == []


@pytest.fixture
def visit(browser: Browser, app_url: str) -> Iterator[Visit]:
    yield from visit_of(browser, app_url, width=1440, dark=False)


@pytest.fixture
def phone_visit(browser: Browser, app_url: str) -> Iterator[Visit]:
    yield from visit_of(browser, app_url, width=390, dark=False)


@pytest.fixture
def dark_visit(browser: Browser, app_url: str) -> Iterator[Visit]:
    yield from visit_of(browser, app_url, width=1440, dark=True)
