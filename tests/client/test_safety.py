"""Headers that keep an answer safe, and requests that nobody honest sends."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from geointel_api.app import create_app
from geointel_api.bodies import Bodies
from geointel_api.counts import Counts
from geointel_api.settings import Settings
from geointel_api.time_limit import TimeLimit

from .conftest import as_client

if TYPE_CHECKING:
    from pathlib import Path

TILE = "/tiles/incidents/10/503/329.mvt"
PATHS = ["/", "/docs", "/v1/layers", "/v1/layers/incidents/map.svg", TILE, "/nothing", "/v1/layers?edition=partner"]


def policy_of(answer: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_safe(client: Any, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    policy = policy_of(client.get(path))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "script-src" not in policy


def test_only_a_drawn_map_may_style_its_shapes(client: Any) -> None:
    assert policy_of(client.get("/v1/layers/incidents/map.svg"))["style-src"] == "'unsafe-inline'"
    assert policy_of(client.get("/docs"))["style-src"].startswith("'sha256-")
    assert "style-src" not in policy_of(client.get("/v1/layers"))


def test_others_may_show_only_what_is_for_everybody(client: Any, analyst: Any) -> None:
    policy = "cross-origin-resource-policy"
    for path in ("/v1/layers", TILE):
        assert client.get(path).headers[policy] == "cross-origin"
        assert analyst.get(path).headers[policy] == "same-origin"
        assert analyst.get(f"{path}?edition=open").headers[policy] == "cross-origin"
    assert client.get("/v1/layers?edition=partner").headers[policy] == "same-origin"


def test_tls_is_demanded_only_over_tls_and_only_if_it_is_set(snapshots: Path) -> None:
    strict, loose = (create_app(Settings(snapshots=snapshots, hsts=age, proxy=1)) for age in (31_536_000, 0))
    name, sent = "strict-transport-security", {"x_forwarded_proto": "https"}
    assert as_client(strict).get("/v1/layers", **sent).headers[name] == "max-age=31536000"
    assert as_client(strict).get(TILE, **sent).headers[name] == "max-age=31536000"
    assert name not in as_client(strict).get("/v1/layers").headers
    assert name not in as_client(loose).get("/v1/layers", **sent).headers
    assert as_client(strict).get("/", **sent).json()["links"][0]["href"].startswith("https://")


@pytest.mark.usefixtures("built_page")
def test_frames_are_for_the_embedded_page_alone(snapshots: Path, client: Any) -> None:
    assert policy_of(client.get("/map?embed=1"))["frame-ancestors"] == "*"
    assert policy_of(client.get("/map"))["frame-ancestors"] == "'none'"
    some = as_client(
        create_app(Settings(snapshots=snapshots, frame_ancestors="https://a.example, https://*.b.example"))
    )
    assert policy_of(some.get("/map?embed=1"))["frame-ancestors"] == "https://a.example https://*.b.example"
    assert policy_of(some.get("/map"))["frame-ancestors"] == "'none'"
    none = as_client(create_app(Settings(snapshots=snapshots, frame_ancestors="none")))
    assert policy_of(none.get("/map?embed=1"))["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("setting", ["cors_origins", "frame_ancestors"])
@pytest.mark.parametrize("origin", ["a.example", "https://a.example/path", "https://a.example; script-src *", "null"])
def test_an_origin_that_is_none_is_refused(snapshots: Path, setting: str, origin: str) -> None:
    with pytest.raises(ValidationError):
        Settings(snapshots=snapshots, **{setting: origin})


def test_the_star_lets_other_pages_read_only_what_is_for_everybody(snapshots: Path) -> None:
    """A visitor inside a network with a closed edition may have any page open: it must not read that edition."""
    origin, name = "https://else.example", "access-control-allow-origin"
    star = as_client(create_app(Settings(snapshots=snapshots, anonymous_role="analyst", cors_origins="*")))
    for path in ("/v1/layers", TILE):
        assert star.get(f"{path}?edition=open", origin=origin).headers[name] == "*"
        assert name not in star.get(path, origin=origin).headers
        assert name not in star.get(f"{path}?edition=nothing", origin=origin).headers
        assert "access-control-allow-credentials" not in star.get(path, origin=origin).headers
    named = as_client(create_app(Settings(snapshots=snapshots, anonymous_role="analyst", cors_origins=origin)))
    answer = named.get("/v1/layers", origin=origin)
    assert answer.headers[name] == origin
    assert "RateLimit" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers
    assert name not in named.get("/v1/layers", origin="https://other.example").headers


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/v1/places?q=" + "a" * 16_001, {}, 414),
        ("/" + "a" * 16_001, {}, 414),
        ("/v1/layers", {"x_long": "a" * 32_001}, 431),
        ("/v1/layers", {f"x_{n}": "a" for n in range(101)}, 431),
        ("/v1/layers%00", {}, 400),
        ("/v1/areas/lad/E06%0d%0ax:y", {}, 400),
        ("/v1/layers", {"host": "evil.example/<script>"}, 400),
        ("/v1/layers", {"host": "a b"}, 400),
        ("/tiles/%0a/1/1/1.mvt", {}, 400),
    ],
)
def test_odd_requests_are_refused_unread(client: Any, path: str, headers: dict[str, str], status: int) -> None:
    answer = client.get(path, **headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.headers["content-security-policy"]
    assert "script>" not in answer.text


def test_a_fault_anywhere_is_an_answer_without_a_word_of_how(snapshots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = as_client(create_app(Settings(snapshots=snapshots)))

    def broken(*_: object, **__: object) -> None:
        message = "/srv/secret"
        raise RuntimeError(message)

    for place in ("geointel_api.door.choose_edition", "geointel_api.tile_app.tile_view"):
        with monkeypatch.context() as patch:
            patch.setattr(place, broken)
            answer = client.get(f"{TILE}?window=2025-12&x=1" if "door" in place else TILE)
        assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
        assert not any(word in answer.text + str(answer.headers) for word in ("secret", "Traceback", "RuntimeError"))


async def call(app: Any, *, body: Any = None, method: str = "POST", headers: Any = ()) -> tuple[int, dict[str, Any]]:
    """Ask an application; ``body`` is a coroutine function in the place of ``receive``."""
    sent: list[dict[str, Any]] = []

    async def nothing() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": "/", "query_string": b"", "headers": list(headers)}
    await app(scope, body or nothing, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    return sent[0]["status"], json.loads(sent[1]["body"] or b"{}")


async def echo(_scope: Any, receive: Any, send: Any) -> None:
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps({"length": len(message["body"])}).encode()})


def pieces(size: int, number: int, pause: float = 0) -> Any:
    """A body that comes in pieces, more than its header says if that is wanted."""
    left = number

    async def receive() -> dict[str, Any]:
        nonlocal left
        await asyncio.sleep(pause)
        left -= 1
        return {"type": "http.request", "body": b"x" * size, "more_body": left > 0}

    return receive


def test_a_body_is_limited_in_bytes_whatever_its_header_says() -> None:
    app = Bodies(echo, seconds=5, largest=100)
    length = [(b"content-length", b"10")]
    assert asyncio.run(call(app, body=pieces(10, 10), headers=length)) == (200, {"length": 100})
    assert asyncio.run(call(app, body=pieces(10, 11), headers=length))[0] == 413
    assert asyncio.run(call(app, body=pieces(10, 1), headers=[(b"transfer-encoding", b"chunked")]))[0] == 411
    assert asyncio.run(call(app, headers=[(b"content-length", b"4000001")]))[0] == 413


def test_a_slow_body_holds_nobody_up() -> None:
    app = Bodies(echo, seconds=0.2)
    status, problem = asyncio.run(call(app, body=pieces(1, 1_000, pause=0.05), headers=[(b"content-length", b"1000")]))
    assert status == 408
    assert "0.2 seconds" in problem["detail"]


def test_who_leaves_in_the_middle_gets_nothing() -> None:
    async def leaves() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": [(b"content-length", b"9")]}
    asyncio.run(Bodies(echo, seconds=5)(scope, leaves, send))
    assert sent == []


@pytest.mark.parametrize(("method", "word"), [("GET", "try again"), ("POST", "look before")])
def test_an_answer_that_takes_too_long_is_given_up(method: str, word: str) -> None:
    counts, ended = Counts(), []

    async def endless(_scope: Any, _receive: Any, _send: Any) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async def both() -> tuple[int, dict[str, Any]]:
        answer = await call(TimeLimit(endless, seconds=0.1, counts=counts), method=method)
        await asyncio.sleep(0)
        return answer

    status, problem = asyncio.run(both())
    assert status == 503
    assert word in problem["remedy"]
    assert counts.of("timed_out") == 1
    assert ended == [True]


def test_what_a_thread_says_too_late_is_not_sent(snapshots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> list[Any]:
        time.sleep(3)
        return []

    monkeypatch.setattr("geointel_api.routes.places.search_places", slow)
    client = as_client(create_app(Settings(snapshots=snapshots, time_limit=1)))
    client.get("/v1/layers")  # the first answer takes longest
    answer = client.get("/v1/places?q=a")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert client.get("/v1/layers").status_code == 200
