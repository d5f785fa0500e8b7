"""What if, in a real browser: the form, what is wrong with it, the answer, and the difference on the map."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

import pytest

from .browser import AXE, DESKTOP, MAGNIFIED, MARKS, Visit, launched, open_page, serving
from .care_page_snapshot import write_care_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Visitor = Callable[..., Visit]

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, the browser's driver")
pytestmark = MARKS

STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OPENED = {"do": "open", "lat": 53.82, "lng": -3.15, "name": "West clinic", "capacity": 50}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("care") / "snapshots"
    write_care_snapshot(folder)
    with serving(folder, role="analyst") as found:
        yield found


@pytest.fixture(scope="module")
def context() -> Iterator[Any]:
    with playwright.sync_playwright() as driver, launched(driver.chromium) as browser:
        yield browser.new_context()


@pytest.fixture
def visit(context: Any, address: str) -> Iterator[Visitor]:
    pages = []

    def visit_page(query: str, *, size: tuple[int, int] = DESKTOP) -> Visit:
        opened = open_page(context, f"{address}/map{query}", size)
        pages.append(opened.page)
        return opened

    yield visit_page
    for page in pages:
        page.close()


def _asked(*actions: dict[str, Any], layer: str = "gap", edition: str = "partner") -> str:
    return f"?layer={layer}&edition={edition}&scenario={quote(json.dumps(actions))}"


def _answered(page: Visit) -> None:
    page.wait("document.getElementById('whatif-answer-heading') && !document.getElementById('whatif-key').hidden")


def test_a_layer_of_services_is_not_asked_and_one_of_gaps_is(visit: Visitor) -> None:
    page = visit("?layer=services&edition=partner")
    assert page.page.locator("#whatif").is_hidden()
    page.page.locator("#layer-gap").check()
    page.wait("!document.getElementById('whatif').hidden")
    assert page.complaints == []


def test_the_keyboard_opens_a_service_in_the_selected_hexagon(visit: Visitor) -> None:
    page = visit("?layer=gap&edition=partner")
    page.page.locator("#results tbody a").first.press("Enter")
    page.wait("document.querySelector('#panel .app-id')")
    page.page.locator("#whatif summary").press("Enter")
    page.page.get_by_text("Use the middle of the selected hexagon").press("Enter")
    assert re.fullmatch(r"5\d\.\d{5}, -\d\.\d{5}", page.page.locator("#whatif-place").input_value())
    page.page.locator("#whatif-name").fill("New clinic")
    page.page.locator("#whatif-capacity").fill("80")
    page.page.locator("#whatif-capacity").press("Enter")
    _answered(page)
    answer = page.text("#whatif-answer")
    assert re.search(r"\d+% of the gap closed \(", answer)
    assert "people in need" in answer
    assert "New clinic" in answer
    assert page.page.evaluate("document.activeElement.id") == "whatif-answer-heading"
    assert "Better" in page.text("#whatif-key")
    assert page.page.locator("#reading").is_hidden()
    assert json.loads(parse_qs(page.query())["scenario"][0])[0]["name"] == "New clinic"
    assert page.complaints == []


def test_what_is_missing_is_said_at_its_field_and_above(visit: Visitor) -> None:
    page = visit("?layer=gap&edition=partner")
    page.page.locator("#whatif summary").click()
    page.page.locator("#whatif-show").click()
    assert page.text("#whatif-place-error").startswith("Error: Enter a place")
    assert "whatif-place-error" in page.page.locator("#whatif-place").get_attribute("aria-describedby")
    links = page.page.locator("#whatif-errors a")
    assert links.all_text_contents()[0] == page.text("#whatif-place-error").removeprefix("Error: ")
    links.first.press("Enter")
    assert page.page.evaluate("document.activeElement.id") == "whatif-place"
    assert not any(url.endswith("/v1/scenarios?edition=partner") for url in page.asked)


def test_what_the_server_finds_at_fault_comes_back_to_the_field(visit: Visitor) -> None:
    page = visit(_asked({**OPENED, "lat": 51.5, "lng": 0.1}))
    page.wait("document.querySelector('#whatif-place-error')")
    assert "outside the study area" in page.text("#whatif-place-error")
    assert page.page.locator("#whatif-place").input_value() == "51.50000, 0.10000"
    assert page.page.locator("#whatif-name").input_value() == "West clinic"


def test_a_link_asks_again_and_the_way_back_leads_to_the_map(visit: Visitor) -> None:
    page = visit(_asked(OPENED))
    _answered(page)
    assert "West clinic" in page.text("#whatif-list")
    page.page.get_by_text("Back to the map as it is").click()
    page.wait("document.getElementById('whatif-key').hidden")
    assert "scenario" not in page.query()
    assert page.page.locator("#key").is_visible()
    page.page.go_back()
    _answered(page)


def test_a_closure_is_no_decision_and_is_not_offered_in_the_open_edition(visit: Visitor) -> None:
    page = visit(_asked({"do": "close", "service": "list:harbour house"}))
    _answered(page)
    assert "not a decision" in page.text(".app-decision")
    assert "Do not use this answer after" in page.text(".app-decision")
    assert "Closing Harbour House" in page.text("#whatif-answer")
    assert "Worse" in page.text("#whatif-key")
    choices = "[...document.querySelectorAll('#whatif-verb option')].map(one => one.value)"
    assert "close" in page.page.evaluate(choices)
    public = visit("?layer=gap&edition=open")
    assert "close" not in public.page.evaluate(choices)


def test_hours_start_from_the_week_that_there_is_and_take_an_evening(visit: Visitor) -> None:
    page = visit("?layer=gap&edition=partner")
    page.page.locator("#whatif summary").click()
    page.page.locator("#whatif-verb").select_option("hours")
    page.page.locator("#whatif-service").select_option("list:mill lane")
    page.page.locator("#whatif-day").select_option("tu")
    page.page.get_by_text("Add to the hours").click()
    assert "tu 09:00-17:00,18:00-20:00; we" in page.page.locator("#whatif-hours").input_value()
    page.page.locator("#whatif-show").click()
    _answered(page)
    assert "known to be open" in page.text("#whatif-answer")


def test_services_stand_on_the_map_of_access_and_the_panel_has_the_journeys(visit: Visitor) -> None:
    page = visit("?layer=places&edition=partner")
    assert page.text("#results-heading") == "Hexagons in view, fewest places first"
    page.wait("document.querySelectorAll('#services tbody tr').length === 2")
    page.page.locator("#results tbody a").first.press("Enter")
    page.wait("document.querySelector('#panel .app-id')")
    panel = page.text("#panel")
    assert "Nearest open in the evening" in panel
    assert "None known" in panel
    assert "by month" not in panel


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed in web/node_modules")
@pytest.mark.parametrize("size", [DESKTOP, MAGNIFIED])
def test_axe_finds_nothing_in_form_and_answer(visit: Visitor, size: tuple[int, int]) -> None:
    page = visit(_asked(OPENED), size=size)
    _answered(page)
    page.page.locator("#whatif-verb").select_option("hours")
    page.page.locator("#whatif-add").click()
    page.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.page.evaluate(f"axe.run(document, {{runOnly: {list(STANDARDS)}}})")
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
    assert page.page.evaluate("document.documentElement.scrollWidth") == size[0]
