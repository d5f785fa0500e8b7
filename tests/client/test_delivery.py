"""Entity tags, compression, HEAD, safety headers, request sizes, CORS, prefixes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from geointel_api.app import create_app
from geointel_api.settings import Settings

if TYPE_CHECKING:
    from typing import Any

PATHS = [
    "/",
    "/docs",
    "/openapi.json",
    "/v1/layers",
    "/v1/layers/incidents/values",
    "/v1/layers/incidents/values?f=csv",
    "/collections",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_the_tag_is_a_hash_of_the_bytes_and_is_honoured(client: Any, path: str, coding: str) -> None:
    answer = client.get(path, accept_encoding=coding)
    tag = answer.headers["etag"].strip('"')
    assert tag.removesuffix("-gzip") == hashlib.blake2b(answer.content, digest_size=16).hexdigest()
    assert tag.endswith("-gzip") == (answer.headers.get("content-encoding") == "gzip")
    for sent in (f'"{tag}"', f'W/"{tag}"', f'"other", "{tag}"', "*"):
        again = client.get(path, accept_encoding=coding, if_none_match=sent)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == answer.headers["etag"]
        assert again.headers["geointel-snapshot"]
        assert "content-length" not in again.headers
    assert client.get(path, if_none_match='"other"').status_code == 200


def test_long_answers_are_packed_and_short_ones_are_not(client: Any) -> None:
    long, short = client.get("/v1/layers"), client.get("/v1/areas")
    assert long.headers["content-encoding"] == "gzip"
    assert int(long.headers["content-length"]) < len(long.content)
    assert "content-encoding" not in short.headers


@pytest.mark.parametrize("path", [*PATHS, "/nothing"])
def test_head_is_get_without_its_body(client: Any, path: str) -> None:
    get, head = client.get(path), client.request("HEAD", path)
    assert head.content == b""
    assert head.status_code == get.status_code
    left = "ratelimit"  # one less
    assert {n: v for n, v in head.headers.items() if n != left} == {n: v for n, v in get.headers.items() if n != left}


@pytest.mark.parametrize("path", [*PATHS, "/nothing", "/tiles/incidents/10/503/329.mvt"])
def test_every_answer_is_safe(client: Any, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_asked_for_elsewhere(client: Any, path: str) -> None:
    text = client.get(path, accept="text/html").text
    assert "<script src" not in text
    assert "cdn" not in text.lower()


def test_long_requests_are_refused(client: Any) -> None:
    answer = client.request("POST", "/v1/areas/summary", content=b"x" * 4_000_001)
    assert answer.status_code == 413

    async def endless() -> Any:
        yield b"{}"

    answer = client.request("POST", "/v1/areas/summary", content=endless())
    assert answer.status_code == 411


def test_other_origins_are_let_in_only_when_named(snapshots: Any, client: Any) -> None:
    origin = "https://dashboard.example"
    assert "access-control-allow-origin" not in client.get("/v1/layers", origin=origin).headers
    open_to = type(client)(create_app(Settings(snapshots=snapshots, cors_origins=(origin,))))
    answer = open_to.get("/v1/layers", origin=origin)
    assert answer.headers["access-control-allow-origin"] == origin
    assert "Geointel-Snapshot" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in open_to.get("/v1/layers", origin="https://else.example").headers


@pytest.mark.parametrize("prefix", ["/maps", "maps/", "/maps/"])
def test_a_prefix_stands_in_every_link(snapshots: Any, client: Any, prefix: str) -> None:
    behind = type(client)(create_app(Settings(snapshots=snapshots, root_path=prefix)))
    for path in (
        "/v1/snapshot",
        "/maps/v1/snapshot",
        "/tiles/incidents/10/503/329.mvt",
        "/maps/tiles/incidents/10/503/329.mvt",
    ):
        assert behind.get(path).status_code == 200
    links = behind.get("/").json()["links"]
    assert all(link["href"].startswith("http://map.test/maps/") for link in links)
    assert behind.get("/tiles/incidents.json").json()["tiles"][0].startswith("http://map.test/maps/tiles/")


def test_settings_are_read_from_the_environment_when_asked(monkeypatch: pytest.MonkeyPatch, snapshots: Any) -> None:
    monkeypatch.setenv("GEOINTEL_SNAPSHOTS", str(snapshots))
    monkeypatch.setenv("GEOINTEL_CORS_ORIGINS", "https://a.example, https://b.example")
    monkeypatch.setenv("GEOINTEL_ANONYMOUS_ROLE", "analyst")
    settings = Settings()
    assert settings.snapshots == snapshots
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert settings.anonymous_role == "analyst"


def test_landing_is_for_people_and_programs(client: Any) -> None:
    assert client.get("/", accept="text/html,application/xhtml+xml,*/*;q=0.8").text.startswith("<!doctype html>")
    assert client.get("/", accept="application/json, text/html").json()["links"]
    assert client.get("/?f=html").headers["content-type"].startswith("text/html")
    assert "Fylde Coast &lt;Demo&gt; Partnership" in client.get("/?f=html").text
