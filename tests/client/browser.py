"""A real browser, a server of a folder of snapshots, and the page open in it."""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from geointel import viewer
from geointel_api import serve
from geointel_api.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PAGE_BUILT = (Path(viewer.__file__).parent / "assets" / viewer.INDEX).is_file()
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the system's Chromium"),
    pytest.mark.skipif(not PAGE_BUILT, reason="the page is not built: run `make web`"),
]
PATIENCE = 30
FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
DESKTOP, MAGNIFIED = (1366, 900), (320, 900)
"""px; 400 % on a screen of 1280 leaves 320."""


@dataclass
class Visit:
    """A page in the browser, and what it asked and complained about."""

    page: Any
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        return str(self.page.locator(selector).text_content())

    def wait(self, script: str) -> None:
        """Ask again and again: the page's policy forbids what Playwright would do by itself."""
        end = time.monotonic() + PATIENCE
        while not self.page.evaluate(f"Boolean({script})"):
            assert time.monotonic() < end, f"never: {script}"
            self.page.wait_for_timeout(50)

    def query(self) -> str:
        return str(self.page.evaluate("window.location.search"))


@contextmanager
def serving(snapshots: Path, role: str = "public", **settings: Any) -> Iterator[str]:
    """A server on a free port; its address."""
    given = {"port": 0, "anonymous_role": role, **settings}
    server = serve.Server(serve.server_config(Settings(snapshots=snapshots, **given)))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + PATIENCE
    while not server.started:
        assert time.monotonic() < end
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(PATIENCE)


@contextmanager
def launched(chromium: Any, *more: str) -> Iterator[Any]:
    started = chromium.launch(executable_path=CHROMIUM, args=(*FLAGS, *more))
    yield started
    started.close()


def open_page(context: Any, url: str, size: tuple[int, int] = DESKTOP) -> Visit:
    """Open a page and wait until table and map stand."""
    context.set_default_timeout(PATIENCE * 1000)
    visit = Visit(context.new_page(), url)
    visit.page.set_viewport_size({"width": size[0], "height": size[1]})
    visit.page.on("request", lambda request: visit.asked.append(request.url))
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.page.on("console", lambda said: visit.complaints.append(said.text) if said.type == "error" else None)
    visit.page.goto(url)
    visit.page.wait_for_selector("html[data-ready=true]", state="attached")
    return visit
