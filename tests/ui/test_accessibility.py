"""WCAG A and AA by axe-core, in light and dark, on a result with a score and on other pages."""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import BrowserContext

from tests.comparable import comparable_models, made_up_mask
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


@pytest.mark.parametrize(
    ("name", "screen"),
    [("light", Screen()), ("dark", Screen(dark=True)), ("phone", Screen(width=390))],
)
def test_the_page_that_compares_breaks_no_rule(
    name: str,
    screen: Screen,
    contexts: dict[Screen, BrowserContext],
    app_url: str,
    tmp_path: Path,
) -> None:
    mask = tmp_path / "mask.png"
    mask.write_bytes(made_up_mask())
    ids = ",".join(entry.model_id for entry in comparable_models())
    for visit in visit_of(contexts[screen], app_url, "/compare"):
        assert violations(visit) == []  # before there is anything

    for visit in visit_of(contexts[screen], app_url, f"/compare?models={ids}&example=astronaut"):
        result = visit.wait_for_result()
        visit.upload_mask(mask)
        visit.wait_for_result(result)
        visit.page.locator("#comparison-tables", has_text="Against the ground truth").wait_for()
        visit.page.locator("#viewer .stage").first.press("Enter")
        visit.page.locator("#viewer .only").first.click()
        visit.show("Errors")

        assert violations(visit) == []
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        visit.screenshot(f"comparison-{name}")


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


@pytest.mark.parametrize("screen", ["visit", "dark_visit", "phone_visit"])
def test_the_page_of_models_breaks_no_rule(screen: str, request: pytest.FixtureRequest) -> None:
    visit: Visit = request.getfixturevalue(screen)
    visit.page.locator("#examples button").first.wait_for()
    visit.open("/models")
    visit.page.locator("#cards article").first.wait_for()
    for summary in visit.page.locator("#cards summary").all():
        summary.click()
    visit.page.locator("#cards [data-measure]").first.click()
    visit.page.locator("#cards output", has_text="ms here").wait_for()
    visit.page.locator("#comparison thead button").first.click()

    assert violations(visit) == []
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visit.screenshot(f"models-{screen}")


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
