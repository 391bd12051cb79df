"""What a visitor does on the page, in the words of the tests."""

import base64
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from playwright.sync_api import ConsoleMessage, Page, Route

_READ_CANVAS = """(position) => {
  const canvas = document.querySelectorAll('#viewer canvas')[position];
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let text = '';
  for (let i = 0; i < data.length; i += 8192) {
    text += String.fromCharCode(...data.subarray(i, i + 8192));
  }
  return [canvas.width, canvas.height, btoa(text)];
}"""

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "tests" / "screenshots"


@dataclass
class Visit:
    """An open page, what it asked of other hosts, and what went wrong in it."""

    page: Page
    url: str
    foreign_requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def guard(self, route: Route) -> None:
        if route.request.url.startswith((self.url, "data:", "blob:")):
            route.continue_()
        else:
            self.foreign_requests.append(route.request.url)
            route.abort()

    def listen(self, message: ConsoleMessage) -> None:
        # Gradio's own script says so where a page is left while a request of its is under way.
        left = "AbortError" in message.text or "Connection errored out" in message.text
        if message.type == "error" and not left:
            self.errors.append(message.text)

    def open(self, address: str = "/") -> None:
        """Open a page, by its path and query, and wait until it is drawn."""
        self.page.goto(self.url + address, wait_until="domcontentloaded")
        self.page.locator("#footer").wait_for()

    def upload_photo(self, path: Path) -> None:
        self.page.locator("#photo input[type=file]").first.set_input_files(path)

    def upload_mask(self, path: Path) -> None:
        if not self.page.locator("#mask").is_visible():
            self.page.locator("#mask-section > button").click()
        self.page.locator("#mask input[type=file]").set_input_files(path)

    def choose_example(self, title: str) -> str:
        """Pick an example, and wait for its result."""
        before = self.result_id()
        self.page.locator("#examples button", has_text=title).click()
        return self.wait_for_result(before)

    def show(self, layer: str) -> None:
        self.page.locator("#viewer .layers label", has_text=layer).click()

    def pixels(self, position: int = 0) -> np.ndarray:
        """RGBA of the layer over a picture, counted from 0, shape (H, W, 4)."""
        width, height, data = self.page.evaluate(_READ_CANVAS, position)
        return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)

    def point_at(self, x: float, y: float, position: int = 0) -> tuple[float, float]:
        """Where on the screen a point of a picture is, given as shares of its sides."""
        box = self.page.locator("#viewer .pane").nth(position).bounding_box()
        assert box is not None
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def forget_requests(self) -> None:
        """Start counting requests, once those that a result brings about have all been made."""
        known = -1
        while known != len(self.requests):
            known = len(self.requests)
            self.page.wait_for_timeout(500)
        self.requests.clear()

    def asked_requests(self) -> list[str]:
        """What the page asked of the server, but for the sign of life that Gradio keeps up."""
        return [url for url in self.requests if "heartbeat" not in url]

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
