"""Caches: what is for everybody may be kept by all, anything else by its reader alone, and no tag serves two editions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from starlette.datastructures import MutableHeaders

from geointel_api.delivery import tag_of

if TYPE_CHECKING:
    from pathlib import Path

TILES = ["/tiles/incidents/10/503/329.mvt", "/collections/incidents/tiles/WebMercatorQuad/10/329/503"]
OTHERS = ["/", "/v1/layers", "/v1/layers/incidents/values", "/v1/layers/incidents/values?f=csv", "/v1/areas", "/map"]


def with_snapshot(path: str, snapshots: Path) -> str:
    name = (snapshots / "current").read_text().strip()
    return f"{path}{'&' if '?' in path else '?'}snapshot={name}"


@pytest.mark.usefixtures("built_page")
@pytest.mark.parametrize("path", [*TILES, *OTHERS])
def test_a_closed_edition_is_in_no_shared_cache(client: Any, analyst: Any, snapshots: Path, path: str) -> None:
    for asked in (path, with_snapshot(path, snapshots)):
        assert analyst.get(asked).headers["cache-control"] == "private, no-cache"
        again = analyst.get(asked, if_none_match=analyst.get(asked).headers["etag"])
        assert (again.status_code, again.headers["cache-control"]) == (304, "private, no-cache")
        assert "private" not in client.get(asked).headers["cache-control"]
    lasting = client.get(with_snapshot(path, snapshots)).headers["cache-control"]
    assert lasting == ("public, max-age=31536000, immutable" if path in TILES else "no-cache")


@pytest.mark.usefixtures("built_page")
@pytest.mark.parametrize("path", [*TILES, *OTHERS, "/nothing"])
def test_answers_vary_by_everything_that_chooses_them(client: Any, analyst: Any, path: str) -> None:
    for visitor in (client, analyst):
        vary = {name.strip() for name in visitor.get(path).headers["vary"].split(",")}
        assert {"Authorization", "Cookie", "X-API-Key", "Accept", "Accept-Encoding"} <= vary


@pytest.mark.parametrize("path", [*TILES, "/v1/layers", "/v1/areas"])
def test_a_tag_is_good_in_its_own_edition_only(client: Any, analyst: Any, path: str) -> None:
    """Equal bytes in two editions: were the tags equal too, one could learn of one edition by asking another."""
    public, partner = client.get(path), analyst.get(path)
    if path in TILES:
        assert public.content == partner.content
    else:
        assert public.json() == {name: value for name, value in partner.json().items() if name != "marking"}
    assert public.headers["etag"] != partner.headers["etag"]
    assert client.get(path, if_none_match=partner.headers["etag"]).status_code == 200
    assert analyst.get(path, if_none_match=public.headers["etag"]).status_code == 200
    assert client.get(path, if_none_match=public.headers["etag"]).status_code == 304
    assert analyst.get(path, if_none_match=partner.headers["etag"]).status_code == 304


def test_tags_are_hashes_that_differ_by_edition() -> None:
    assert len({tag_of(b"x"), tag_of(b"x", "partner"), tag_of(b"x", "police"), tag_of(b"y", "police")}) == 4
    assert tag_of(b"x", "partner") == tag_of(b"x", "partner")


def test_errors_are_kept_by_nobody(client: Any, analyst: Any) -> None:
    for visitor in (client, analyst):
        for path in ("/nothing", "/v1/layers?edition=nothing", "/tiles/nothing/10/1/1.mvt"):
            answer = visitor.get(path)
            assert answer.headers["cache-control"] == "no-store"
            assert "etag" not in answer.headers


def test_two_editions_at_once_never_mix(snapshots: Path) -> None:
    """Requests for two editions, interleaved in one process, with the caches of both warm."""
    from geointel_api.app import create_app
    from geointel_api.settings import Settings

    app = create_app(Settings(snapshots=snapshots, anonymous_role="analyst"))

    async def ask(path: str, query: str) -> tuple[str, bytes]:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": []}
        scope |= {"scheme": "http", "server": ("map.test", 80), "root_path": "", "http_version": "1.1"}
        await app(scope, receive, send)
        return MutableHeaders(raw=sent[0]["headers"])["etag"], sent[1]["body"]

    async def all_at_once() -> list[list[tuple[str, bytes]]]:
        paths = [TILES[0], "/v1/layers/incidents/values", "/v1/snapshot"]
        return [
            list(
                await asyncio.gather(*(ask(path, f"edition={name}") for _ in range(20) for name in ("open", "partner")))
            )
            for path in paths
        ]

    for answers in asyncio.run(all_at_once()):
        assert len(set(answers[::2])) == len(set(answers[1::2])) == 1
        assert answers[0][0] != answers[1][0]
