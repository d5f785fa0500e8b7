"""Clients for the small snapshot, in this process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import FastAPI

from geointel_api.app import create_app
from geointel_api.settings import Settings

from .databases import WHY_NOT, new_database, postgres
from .small_snapshot import Counts, write_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Client:
    """Calls an ASGI application in this process, one request at a time."""

    def __init__(self, app: Any, address: str = "127.0.0.1") -> None:
        self.app = app
        self.address = address

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.request("GET", path, headers=headers)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        options["headers"] = {name.replace("_", "-"): text for name, text in options.get("headers", {}).items()}

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(self.address, 123))
            async with httpx.AsyncClient(transport=transport, base_url="http://map.test") as client:
                return await client.request(method, path, **options)

        return asyncio.run(ask())


def as_client(app: Any, address: str = "127.0.0.1") -> Client:
    """A visitor from an address."""
    return Client(app, address)


def api_of(app: Any) -> FastAPI:
    """What answers in the middle of a service."""
    while not isinstance(app, FastAPI):
        app = getattr(app, "rest", None) or app.app
    return app


@pytest.fixture(scope="session")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshots folder that no test changes."""
    folder = tmp_path_factory.mktemp("served") / "snapshots"
    write_snapshot(folder)
    return folder


@pytest.fixture(scope="session")
def client(snapshots: Path) -> Client:
    """The service as the public sees it."""
    return Client(create_app(Settings(snapshots=snapshots)))


@pytest.fixture(scope="session")
def analyst(snapshots: Path) -> Client:
    """The service as it stands where visitors are analysts."""
    return Client(create_app(Settings(snapshots=snapshots, anonymous_role="analyst")))


@pytest.fixture
def fresh_snapshots(tmp_path: Path) -> Path:
    """A snapshots folder of one test's own."""
    write_snapshot(tmp_path / "snapshots")
    return tmp_path / "snapshots"


@pytest.fixture(scope="session")
def publish() -> Callable[..., str]:
    """Write another snapshot and publish it."""
    return write_snapshot


@pytest.fixture(scope="session")
def counts() -> Counts:
    """The counts behind the snapshot."""
    return Counts.draw(1)


PAGE = """<!doctype html><html lang="en-GB" data-root="./"><head><title><!--geointel:title--></title></head><body>
<p id="service"><!--geointel:service--></p><!--geointel:person--><div id="banner"><!--geointel:banner--></div><h1><!--geointel:title--></h1>
<div id="caveat"><!--geointel:caveat--></div><p id="accuracy"><!--geointel:accuracy--></p><noscript><!--geointel:picture--></noscript>
<div id="results"><!--geointel:table--></div><dl id="facts"><!--geointel:facts--></dl><!--geointel:boot--></body></html>
"""


@pytest.fixture
def built_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page with every placeholder, in the place of the built one."""
    (tmp_path / "map-assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "map-assets" / "index-abc123.js").write_text("export {};\n", encoding="utf-8")
    monkeypatch.setattr("geointel_api.assets.page_folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str | None]:
    """Address of a server of PostgreSQL, if it is installed."""
    with postgres() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty database; every test that takes it runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.sqlite"
    server = request.getfixturevalue("postgres_server")
    if server is None:
        pytest.skip(WHY_NOT)
    return new_database(server)
