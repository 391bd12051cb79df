"""WCAG A and AA by axe-core, in light and dark, on a result with a score."""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import BrowserContext

from tests.ui.conftest import Screen, visit_of
from tests.ui.evaluating import run
from tests.ui.visit import Visit

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def violations(visit: Visit) -> list[str]:
    """Rules that are broken, each with the elements that break it."""
    visit.page.add_script_tag(path=AXE)
    found = visit.page.evaluate("(rules) => axe.run(document, rules)", RULES)
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("screen", ["visit", "dark_visit", "phone_visit"])
def test_the_page_breaks_no_rule(screen: str, request: pytest.FixtureRequest) -> None:
    visit: Visit = request.getfixturevalue(screen)
    assert violations(visit) == []  # before there is anything

    visit.choose_example("A cat")
    visit.page.locator("#score-summary dd").first.wait_for()
    visit.page.locator("#conventions > button").click()
    visit.page.locator("#mask-section > button").click()
    visit.page.locator("#viewer .stage").press("Enter")
    visit.page.locator("#viewer .stage").press("w")
    visit.page.get_by_role("button", name="Show only cat").click()
    visit.show("Errors")

    assert violations(visit) == []
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visit.screenshot(f"everything-{screen}")


@pytest.mark.parametrize(
    "screen", [Screen(), Screen(dark=True), Screen(width=390)], ids=["wide", "dark", "phone"]
)
def test_the_page_that_evaluates_breaks_no_rule(
    screen: Screen, contexts: dict[Screen, BrowserContext], app_url: str
) -> None:
    for visit in visit_of(contexts[screen], app_url, "/evaluate"):
        assert violations(visit) == []  # before there is anything

        visit.page.locator("#loose-files > button").click()
        run(visit, "#example")
        visit.page.locator("#images tbody tr").first.click()
        visit.wait_for_result()
        visit.show("Errors")

        assert violations(visit) == []
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        name = "phone" if screen.width < 500 else "dark" if screen.dark else "light"
        visit.screenshot(f"evaluate-everything-{name}")
