"""A server on this machine that serves files as official servers do, and behaves as badly as one is told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from geointel.config import Partnership, load
from geointel.fetch import run
from geointel.fetch.run import Outcome

CONFIG = """
[partnership]
id = "p"
name = "P"

[[area.level]]
id = "lad"
file = "area.geojson"
code = "code"
name = "name"

[[source]]
id = "police"
kind = "police-uk-street"
files = "fetched/**/*-street.csv"
"""


@dataclass
class Served:
    """A file: its bytes, and how the next answers go wrong. ``cut`` breaks them off after so many bytes."""

    content: bytes = b""
    etag: str | None = None
    modified: str | None = None
    kind: str = "application/octet-stream"
    status: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)
    ranges: bool = True


class Server:
    """The server, what it serves by path, and the requests that it had."""

    def __init__(self) -> None:
        self.files: dict[str, Served] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.requests.append((self.path, {name.lower(): text for name, text in self.headers.items()}))
                server.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def serve(self, path: str, content: bytes, **more: Any) -> str:
        """Serve a file with an exact mark; return its address."""
        given = {"etag": f'"{hashlib.sha256(content).hexdigest()[:8]}"', **more}
        self.files[path] = Served(content, **given)
        return self.url + path

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        served = self.files.get(request.path)
        if served is None:
            send(request, 404, {}, b"not here")
        elif served.status:
            status, headers = served.status.pop(0)
            send(request, status, headers, b"")
        else:
            self._send_file(request, served)

    def _send_file(self, request: BaseHTTPRequestHandler, served: Served) -> None:
        marks = {"ETag": served.etag, "Last-Modified": served.modified}
        headers = {"Content-Type": served.kind, **{name: mark for name, mark in marks.items() if mark}}
        asked = request.headers
        unless = (asked.get("If-None-Match"), asked.get("If-Modified-Since"))
        if "Range" not in asked and any(mark in (served.etag, served.modified) for mark in unless if mark):
            send(request, 304, headers, b"")
            return
        first, status = 0, 200
        if served.ranges and "Range" in asked and asked.get("If-Range") in (served.etag, served.modified):
            first, status = int(asked["Range"].removeprefix("bytes=").rstrip("-")), 206
            headers["Content-Range"] = f"bytes {first}-{len(served.content) - 1}/{len(served.content)}"
            if first >= len(served.content):
                send(request, 416, {}, b"")
                return
        send(request, status, headers, served.content[first:], cut=served.cut.pop(0) if served.cut else None)


def send(
    request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes, cut: int | None = None
) -> None:
    request.send_response(status)
    for name, text in headers.items():
        request.send_header(name, text)
    if status != 304:
        request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body if cut is None else body[:cut])
    if cut is not None:
        request.wfile.flush()
        request.close_connection = True


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = Thread(target=made.http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.http.shutdown()
    thread.join()
    made.http.server_close()


@dataclass
class Fetcher:
    """Fetches the tables of a partnership into a folder, and keeps how long it would have waited."""

    folder: Path
    waits: list[float] = field(default_factory=list)

    @property
    def cache(self) -> Path:
        return self.folder / "fetched"

    def partnership(self, tables: str) -> Partnership:
        (self.folder / "p.toml").write_text(CONFIG + tables, encoding="utf-8")
        return load(self.folder / "p.toml")

    def __call__(self, tables: str, **more: Any) -> list[Outcome]:
        return run.fetch(self.partnership(tables), data=self.folder, sleep=self.waits.append, **more)


@pytest.fixture
def fetcher(tmp_path: Path) -> Fetcher:
    return Fetcher(tmp_path)


@pytest.fixture
def own() -> Callable[..., str]:
    """A [[fetch]] table for an own address."""

    def table(url: str, more: str = "") -> str:
        return f'\n[[fetch]]\nurl = "{url}"\nlicence = "OGL"\npublisher = "We"\n{more}\n'

    return table


@pytest.fixture
def in_seconds() -> Callable[[float], str]:
    """A time so many seconds from now, as a server writes it."""
    return lambda seconds: format_datetime(
        datetime.fromtimestamp(datetime.now(UTC).timestamp() + seconds, UTC), usegmt=True
    )
