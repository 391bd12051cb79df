"""What a visitor does on the page, in the words of the tests."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, Route

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "tests" / "screenshots"


@dataclass
class Visit:
    """An open page, what it asked of other hosts, and what went wrong in it."""

    page: Page
    url: str
    foreign_requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def guard(self, route: Route) -> None:
        if route.request.url.startswith((self.url, "data:", "blob:")):
            route.continue_()
        else:
            self.foreign_requests.append(route.request.url)
            route.abort()

    def open(self, query: str = "") -> None:
        self.page.goto(self.url + query, wait_until="domcontentloaded")
        self.page.locator("#run").wait_for()

    def upload_photo(self, path: Path) -> None:
        self.page.locator("#photo input[type=file]").first.set_input_files(path)

    def upload_mask(self, path: Path) -> None:
        if not self.page.locator("#mask").is_visible():
            self.page.locator("#mask-section > button").click()
        self.page.locator("#mask input[type=file]").set_input_files(path)

    def result_id(self) -> str:
        return self.page.locator("#viewer [data-result]").get_attribute("data-result") or ""

    def wait_for_result(self, previous: str = "") -> str:
        self.page.wait_for_function(
            "previous => { const found = document.querySelector('#viewer [data-result]');"
            " return found && found.dataset.result && found.dataset.result !== previous; }",
            arg=previous,
        )
        return self.result_id()

    def screenshot(self, name: str) -> None:
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
