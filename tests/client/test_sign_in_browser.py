"""Signing in, in a real browser at a real issuer: out of the open edition, into the partners', and out again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .browser import AXE, DESKTOP, MARKS, PATIENCE, Visit, launched, open_page, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, the browser's driver")
NODE = shutil.which("node")
PROVIDER = Path(__file__).parent / "issuer" / "provider.mjs"
INSTALLED = (Path(__file__).parents[2] / "web" / "node_modules" / "oidc-provider" / "package.json").is_file()
pytestmark = [
    *MARKS,
    pytest.mark.skipif(NODE is None or not INSTALLED, reason="needs Node and the issuer: run `make web`"),
]
VIEW = "/map?layer=incidents&category=burglary"


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def issuer(port: int) -> Iterator[str]:
    """Address of the issuer, which ends when its input does."""
    assert NODE is not None
    running = subprocess.Popen(
        [NODE, PROVIDER, f"http://127.0.0.1:{port}/auth/callback"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert running.stdin is not None
    assert running.stdout is not None
    yield next(line.strip() for line in running.stdout if line.startswith("http://"))
    running.stdin.close()
    running.stdout.close()
    running.wait(PATIENCE)


@pytest.fixture(scope="module")
def address(snapshots: Path, port: int, issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = {
        "port": port,
        "state": f"sqlite:///{tmp_path_factory.mktemp('state')}/state.sqlite",
        "public_url": f"http://127.0.0.1:{port}",
        "oidc_issuer": issuer,
        "oidc_client_id": "geointel-page",
        "oidc_client_secret": "for this test only",
        "oidc_roles": "/partners=analyst",
    }
    with serving(snapshots, **settings) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver, launched(driver.chromium) as started:
        yield started


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    """A browser that knows nobody yet."""
    fresh = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    yield fresh
    fresh.close()


def sign_in(visit: Visit, who: str) -> None:
    """What a person does: the link, the issuer's form, and its question."""
    visit.page.click("#sign-in")
    visit.page.fill("input[name=login]", who)
    visit.page.fill("input[name=password]", "any")
    visit.page.click("button[type=submit]")
    visit.page.click("button[type=submit]")


def look(visit: Visit, name: str) -> None:
    """A picture for whoever wants to look: in the folder that ``GEOINTEL_PICTURES`` names."""
    folder = os.environ.get("GEOINTEL_PICTURES")
    if folder:
        visit.page.screenshot(path=f"{folder}/{name}.png")


def test_a_partner_signs_in_sees_their_edition_and_signs_out(context: Any, address: str) -> None:
    visit = open_page(context, address + VIEW)
    assert visit.page.locator("#edition-group").is_hidden()
    look(visit, "before")
    visit.page.select_option("#category", "all")  # they come back to the view that they had when they left
    assert visit.complaints == []
    sign_in(visit, "ann")
    visit.page.wait_for_selector("html[data-ready=true]", state="attached")
    visit.complaints.clear()  # of the issuer's own form, which wants a typeface from elsewhere
    assert visit.page.url.startswith(f"{address}/map?")
    assert "category=all" in visit.query()
    assert visit.text("#person") == "Signed in as Ann Analyst"
    assert visit.page.locator("#edition").input_value() == "partner"
    assert visit.page.locator("#edition option").all_text_contents() == ["Partner", "Open"]
    look(visit, "signed-in")
    visit.page.set_viewport_size({"width": 320, "height": 900})
    look(visit, "narrow")
    width = visit.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1]
    assert visit.page.evaluate("document.cookie") == ""
    (cookie,) = [one for one in context.cookies() if one["name"] == "geointel"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert visit.complaints == []
    visit.page.click("button:has-text('Sign out')")
    visit.page.wait_for_selector("h1:has-text('You are signed out')")
    look(visit, "signed-out")
    assert not any(one["name"] == "geointel" for one in context.cookies())
    visit.complaints.clear()  # a plain page has no icon
    visit.page.click("text=Back to the map")
    visit.page.wait_for_selector("html[data-ready=true]", state="attached")
    assert visit.page.locator("#edition-group").is_hidden()
    assert visit.page.locator("#sign-in").is_visible()
    assert visit.complaints == []


def test_somebody_of_no_group_is_told_so(context: Any, address: str) -> None:
    visit = open_page(context, address + VIEW)
    sign_in(visit, "eve")
    visit.page.wait_for_selector("h1:has-text('You are not signed in')")
    assert "none of your groups has a role here" in visit.text("main")
    look(visit, "no-role")
    visit.page.goto(f"{address}/map")
    assert visit.page.locator("#sign-in").is_visible()


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe: run `make web`")
def test_the_way_in_and_out_can_be_used_by_everybody(context: Any, address: str) -> None:
    visit = open_page(context, address + VIEW)
    for who in (None, "ann"):
        if who:
            sign_in(visit, who)
            visit.page.wait_for_selector("html[data-ready=true]", state="attached")
        visit.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = visit.page.evaluate("axe.run('.app-bar').then((found) => found.violations.map((one) => one.id))")
        assert found == []
    visit.page.focus("form[action$='sign-out'] button")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("h1:has-text('You are signed out')")
