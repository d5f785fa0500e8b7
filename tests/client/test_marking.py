"""Whatever leaves from a closed edition says what it is marked with, who read it and when; what has no way to say so stays."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import httpx
import pyarrow as pa
import pytest
from starlette.responses import Response

from geointel_api.access import Visitor
from geointel_api.app import create_api
from geointel_api.delivery import Delivery
from geointel_api.marking import MARKERS, Marking, marked
from geointel_api.settings import Settings
from geointel_api.tile_app import MVT

from .small_snapshot import PARTNERS_ONLY
from .test_access_matrix import FILLED

if TYPE_CHECKING:
    from collections.abc import Callable

CLOSED, OPENED = "partner", "open"
NO_DATA = ("/health/", "/metrics", "/auth/", "/map-assets/")
"""Beginnings of addresses that answer of no edition."""
ALSO = ("/v1/layers/{layer}/values?f=csv", "/v1/layers/{layer}/values?f=arrow", "/docs")
SAID = PARTNERS_ONLY["handling"]


def addresses() -> list[str]:
    """Every address that can be read, of the description; and every other form that it can be had in."""
    described = create_api().openapi()["paths"]
    reads = [path for path, methods in described.items() if "get" in methods and not path.startswith(NO_DATA)]
    found = []
    for template in [*reads, *ALSO]:
        filled = re.sub(r"{(\w+)}", lambda place: FILLED[place[1]], template)
        found.append(f"{filled}?q=black" if template == "/v1/places" else filled)
    return sorted(set(found))


def member(body: bytes) -> str:
    return json.dumps(json.loads(body)["marking"], ensure_ascii=False)


def first_line(body: bytes) -> str:
    return body.decode().splitlines()[0]


def metadata(body: bytes) -> str:
    return str(pa.ipc.open_stream(body).schema.metadata[b"marking"], "utf-8")


def parsed(body: bytes) -> ET.Element:
    return ET.fromstring(body)  # noqa: S314 - our own answer


def text_of(name: str) -> Callable[[bytes], str]:
    return lambda body: " ".join("".join(one.itertext()) for one in parsed(body).iter() if one.tag.endswith(name))


def banner(body: bytes) -> str:
    found = re.search(r'<body[^>]*><aside [^>]*id="marking"[^>]*>(.*?)</aside>', body.decode())
    return "" if found is None else found[1]


READ = {
    "application/json": member,
    "application/geo+json": member,
    "application/schema+json": member,
    "text/csv": first_line,
    "application/vnd.apache.arrow.stream": metadata,
    "text/html": banner,
    "image/svg+xml": text_of("}text"),
    "application/atom+xml": text_of("}rights"),
}
"""Where a reader finds the marking, by kind; written apart from the code that puts it there."""
HEADERS_ONLY = {MVT, "application/vnd.oai.openapi+json", "application/problem+json"}


@pytest.mark.usefixtures("built_page")
@pytest.mark.parametrize("path", addresses())
def test_every_answer_of_a_closed_edition_is_marked(analyst: Any, client: Any, path: str) -> None:
    answer = analyst.get(path, accept="text/html" if path in {"/", "/map", "/docs"} else "*/*")
    assert answer.headers["geointel-marking"] == "OFFICIAL-SENSITIVE"
    assert answer.headers["geointel-edition"] == CLOSED
    assert "analyst" in answer.headers["geointel-reader"]
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if kind not in HEADERS_ONLY and answer.status_code != 204:
        said = READ[kind](answer.content)
        today = datetime.now(UTC).date().isoformat()
        for part in ("OFFICIAL-SENSITIVE", SAID, CLOSED, "analyst", today):
            assert part in said, (path, part)
    everybody = client.get(path)
    assert not [name for name in everybody.headers if name.startswith("geointel-") and name != "geointel-snapshot"]
    assert SAID.encode() not in everybody.content


@pytest.mark.usefixtures("built_page")
def test_both_forms_of_the_first_address_are_marked(analyst: Any) -> None:
    assert SAID in member(analyst.get("/", accept="application/json").content)
    assert SAID in banner(analyst.get("/", accept="text/html").content)


@pytest.mark.usefixtures("built_page")
def test_the_files_of_the_page_are_of_no_edition(analyst: Any, client: Any) -> None:
    path = "/map-assets/index-abc123.js"
    here, there = analyst.get(path), client.get(path)
    assert here.content == there.content
    assert "geointel-marking" not in here.headers


def test_an_open_edition_is_as_it_was_whoever_reads_it(analyst: Any, client: Any) -> None:
    for path in ("/v1/layers/incidents/values", "/v1/layers/incidents/values?f=csv"):
        mine = (
            analyst.get(path, accept="*/*")
            if "edition" in path
            else analyst.get(f"{path}{'&' if '?' in path else '?'}edition=open")
        )
        assert mine.content == client.get(path).content
        assert "geointel-marking" not in mine.headers


def test_nobody_gets_another_readers_copy_as_unchanged(analyst: Any, client: Any) -> None:
    path = "/v1/layers/incidents/values"
    first = analyst.get(path)
    again = analyst.get(path, if_none_match=first.headers["etag"])
    assert (again.status_code, again.headers["geointel-marking"]) == (304, "OFFICIAL-SENSITIVE")
    assert client.get(path, if_none_match=first.headers["etag"]).status_code == 200


class Stub:
    """An edition as the marking reads it."""

    name = CLOSED

    def __init__(self) -> None:
        self.manifest = {"roles": {"analyst": 0}, **PARTNERS_ONLY}


class StubVisit:
    edition = Stub()
    role = "analyst"

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor


def scope_of(visitor: Visitor) -> dict[str, Any]:
    return {
        "type": "http", "method": "GET", "path": "/v1/x", "query_string": b"", "headers": [],
        "state": {"visit": StubVisit(visitor)},
    }  # fmt: skip


def ask(kind: str, body: bytes, visitor: Visitor) -> httpx.Response:
    """What leaves when the middle of the service answers with these bytes."""
    inner = Delivery(Response(body, media_type=kind))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await inner({**scope, "state": {"visit": StubVisit(visitor)}}, receive, send)

    async def get() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://map.test") as client:
            return await client.get("/v1/x")

    return asyncio.run(get())


KEY = Visitor(("analyst",), "Ann's laptop", "key", "key:abc")


@pytest.mark.parametrize("kind", ["application/pdf", "application/vnd.apache.parquet", "text/plain", "image/png"])
def test_a_kind_that_cannot_be_marked_does_not_leave(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = ask(kind, b"figures", KEY)
    assert answer.status_code == 500
    assert b"figures" not in answer.content
    assert kind in caplog.text


@pytest.mark.parametrize(
    ("kind", "body"), [("application/json", b"[1]"), ("text/html", b"<p>x"), ("image/svg+xml", b"<svg>")]
)
def test_what_has_no_place_for_it_does_not_leave(kind: str, body: bytes) -> None:
    assert ask(kind, body, KEY).status_code == 500


def test_two_readers_have_two_tags_and_each_their_name() -> None:
    other = Visitor(("analyst",), "Bob", "key", "key:def")
    first, second = ask("application/json", b'{"a":1}', KEY), ask("application/json", b'{"a":1}', other)
    assert first.json()["marking"]["user"] == "Ann's laptop"
    assert second.json() == {"marking": {**first.json()["marking"], "user": "Bob"}, "a": 1}
    assert first.headers["etag"] != second.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    "name", ["=1+1\r\n# x", '<script>alert("x")</script>', "J\u00f6rg \u2028\x85 ", 'a"b\\', "x" * 5000]
)
def test_a_name_that_somebody_chose_breaks_nothing(name: str) -> None:
    visitor = Visitor(("analyst",), name, "token", "person:1")
    assert ask("application/json", b"{}", visitor).json().keys() == {"marking"}
    table = ask("text/csv", b"# t\ncell\n", visitor).text
    assert [line[:1] for line in table.splitlines()] == ["#", "#", "c"]
    page = ask("text/html", b'<html><body class="x"><p>y</p></body></html>', visitor).text
    assert "<script>" not in page
    drawing = parsed(ask("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', visitor).content)
    assert len(list(drawing)) == 1
    assert ask("application/json", b"{}", visitor).headers["geointel-reader"].isascii()


def test_the_whole_line_stands_in_a_page() -> None:
    line = Marking("OFFICIAL-SENSITIVE", "Keep it <here>.", CLOSED, "Ann", "2026-01-05").line
    body = marked(scope_of(KEY), b"<body>x</body>", "text/html; charset=utf-8").decode()
    assert escape(SAID) in body
    assert line == "OFFICIAL-SENSITIVE. Keep it <here>. Edition partner. For Ann, 2026-01-05."


def test_every_kind_is_read_by_this_test() -> None:
    """A new row in the table needs a reader here."""
    assert set(MARKERS) == set(READ) | (HEADERS_ONLY - {MVT})
    assert Settings.model_fields["anonymous_role"].default == "public"
