"""The page in a real browser: it draws, it can be used by keyboard, and it asks nobody but its own server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from .browser import AXE, CHROMIUM, DESKTOP, FLAGS, MAGNIFIED, MARKS, Visit, launched, open_page, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Visitor = Callable[..., Visit]

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, the browser's driver")
pytestmark = MARKS

STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@pytest.fixture(scope="module")
def address(snapshots: Path) -> Iterator[str]:
    with serving(snapshots) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        yield driver.chromium


@pytest.fixture(scope="module")
def browser(chromium: Any) -> Iterator[Any]:
    with launched(chromium) as started:
        yield started


@pytest.fixture(scope="module")
def context(browser: Any) -> Iterator[Any]:
    """One context for most tests: what the page loads is in its cache from the second on."""
    shared = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    yield shared
    shared.close()


@pytest.fixture
def visit(context: Any, address: str) -> Iterator[Visitor]:
    """Open the page and wait until table and map stand."""
    pages = []

    def visit_page(query: str = "", *, size: tuple[int, int] = DESKTOP) -> Visit:
        opened = open_page(context, f"{address}/map{query}", size)
        pages.append(opened.page)
        return opened

    yield visit_page
    for page in pages:
        page.close()


def test_draws_map_and_table_without_a_complaint(visit: Visitor) -> None:
    page = visit()
    assert page.text("#title") == "Hotspots of recorded drug offences, 12 months to December 2025"
    assert page.page.locator("#map canvas.maplibregl-canvas").count() == 1
    assert page.page.locator("#results tbody tr").count() > 0
    assert any("/tiles/drug-hotspot/" in url for url in page.asked)
    assert page.complaints == []


def test_asks_nobody_but_its_own_server(visit: Visitor, address: str) -> None:
    page = visit("?layer=drug-excess")
    page.page.locator("#results tbody a").first.press("Enter")
    page.wait("document.querySelector('.app-spark')")
    outside = [url for url in page.asked if not url.startswith((f"{address}/", "blob:", "data:"))]
    assert outside == []


def test_names_are_text_and_demonstration_data_is_said_to_be(visit: Visitor) -> None:
    page = visit()
    assert page.text("#service") == "Fylde Coast <Demo> Partnership"
    assert page.text("#banner").startswith("Demonstration data.")


def test_the_address_is_the_view(visit: Visitor) -> None:
    page = visit("?layer=incidents&window=2025-12&category=burglary")
    assert page.text("#title") == "Recorded burglaries, December 2025"
    assert page.page.locator("#category").input_value() == "burglary"
    assert page.page.locator("#kind").input_value() == "month"
    page.page.locator("#layer-drug-hotspot").check()
    page.wait("document.getElementById('title').textContent.startsWith('Hotspots')")
    assert "layer=drug-hotspot&window=2025-12&category=drugs" in page.query()
    page.page.go_back()
    page.wait("document.getElementById('title').textContent.startsWith('Recorded burglaries')")


def test_enter_on_a_row_opens_its_hexagon(visit: Visitor) -> None:
    page = visit()
    link = page.page.locator("#results tbody a").first
    cell = page.text("#results tbody tr:first-child .app-id")
    link.press("Enter")
    page.wait(f"document.querySelector('#panel .app-id')?.textContent === '{cell}'")
    assert f"cell={cell}" in page.query()
    assert page.page.locator("tr[aria-current=true] .app-id").text_content() == cell
    assert page.page.locator("#panel .app-spark").get_attribute("aria-label")


def test_enter_on_the_map_opens_the_hexagon_in_its_middle(visit: Visitor) -> None:
    page = visit("?lat=53.8175&lng=-3.0357&z=10.5")
    page.page.locator("#map canvas").press("Enter")
    page.wait("document.querySelector('#panel .app-id')")
    assert re.search(r"cell=88[0-9a-f]{13}", page.query())


def test_keyboard_zooms_the_map_and_the_table_follows(visit: Visitor) -> None:
    page = visit("?lat=53.8175&lng=-3.0357&z=10.5")
    before = page.text("#results caption")
    zoom = "Number(new URLSearchParams(window.location.search).get('z'))"
    for wanted in (11, 12, 13):
        page.page.locator("#map canvas").press("+")
        page.wait(f"{zoom} > {wanted}")
    page.wait(f"(document.querySelector('#results caption')?.textContent ?? {before!r}) !== {before!r}")
    assert " in view" in page.text("#results caption")


def test_skip_links_come_first(visit: Visitor) -> None:
    page = visit()
    stops = []
    for _ in range(2):
        page.page.keyboard.press("Tab")
        stops.append(page.page.evaluate("document.activeElement.getAttribute('href')"))
    assert stops == ["#main", "#results-heading"]


def test_table_is_sorted_by_the_column_asked_for(visit: Visitor) -> None:
    page = visit("?layer=incidents&window=2025-12")
    values = "[...document.querySelectorAll('#results tbody tr')].map(row => Number(row.cells[1].textContent))"
    falling = page.page.evaluate(values)
    assert falling == sorted(falling, reverse=True)
    page.page.locator("[data-sort=value]").click()
    rising = page.page.evaluate(values)
    assert rising == sorted(rising)
    assert page.page.locator("th[aria-sort=ascending]").count() == 1


def test_a_place_is_found_and_outlined(visit: Visitor) -> None:
    page = visit()
    page.page.locator("#find-text").fill("blackp")
    page.page.locator("#find-text").press("Enter")
    page.wait("window.location.search.includes('area=lad:E06000009')")
    assert "1 place found" in page.text("#found")


def test_a_failing_server_is_said_in_words(visit: Visitor) -> None:
    page = visit()
    page.page.route("**/v1/layers/*/values?*", lambda route: route.abort())
    page.page.locator("#layer-incidents").check()
    page.wait("document.querySelector('#results .govuk-error-message')")
    assert "could not be reached" in page.text("#results")


def test_without_webgl_the_servers_picture_stands_in(chromium: Any, address: str) -> None:
    plain = chromium.launch(executable_path=CHROMIUM, args=(*FLAGS, "--disable-3d-apis"))
    try:
        page = open_page(plain.new_context(), f"{address}/map")
        picture = page.page.locator("#map img")
        assert "/v1/layers/drug-hotspot/map.svg?" in picture.get_attribute("src")
        assert picture.evaluate("img => img.complete && img.naturalWidth > 0")
        assert picture.get_attribute("alt").startswith("Hotspots of recorded drug offences")
        assert page.page.locator("#results tbody tr").count() > 0
    finally:
        plain.close()


def test_without_script_there_is_a_picture_and_a_table(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/map")
    assert page.locator("#results tbody tr").count() > 0
    assert page.locator("#map img").count() == 1
    assert page.locator("h1").text_content().startswith("Hotspots of recorded drug offences")
    context.close()


def test_at_400_percent_only_the_table_scrolls_sideways(visit: Visitor) -> None:
    page = visit("?layer=incidents", size=MAGNIFIED)
    assert page.page.evaluate("document.documentElement.scrollWidth") == MAGNIFIED[0]
    parts = ["title", "caveat", "controls", "map", "results", "panel"]
    top = "ids => ids.map(id => document.getElementById(id).getBoundingClientRect().top)"
    order = page.page.evaluate(top, parts)
    assert order == sorted(order)


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed in web/node_modules")
@pytest.mark.parametrize("size", [DESKTOP, MAGNIFIED])
def test_axe_finds_nothing(visit: Visitor, size: tuple[int, int]) -> None:
    page = visit("?layer=drug-excess", size=size)
    page.page.locator("#results tbody a").first.press("Enter")
    page.wait("document.querySelector('.app-spark')")
    page.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.page.evaluate(f"axe.run(document, {{runOnly: {list(STANDARDS)}}})")
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
