"""Every link of every JSON document leads somewhere, to what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

LIMIT = 300


def _links(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, dict):
        if "href" in document:
            yield document
        for value in document.values():
            yield from _links(value)
    elif isinstance(document, list):
        for value in document:
            yield from _links(value)


@pytest.mark.usefixtures("built_page")
@pytest.mark.parametrize("start", ["/", "/?edition=open", "/collections/incidents/items?limit=20"])
def test_every_link_leads_to_its_declared_type(client: Any, start: str) -> None:
    waiting, seen = [(start, "")], set()
    while waiting:
        address, kind = waiting.pop()
        address = address.removeprefix("http://map.test")
        if address in seen:
            continue
        seen.add(address)
        assert len(seen) < LIMIT
        answer = client.get(address)
        assert answer.status_code == 200, address
        media = answer.headers["content-type"]
        assert not kind or media.partition(";")[0] == kind.partition(";")[0], address
        if "json" in media and "openapi" not in address:
            waiting += [(link["href"], link["type"]) for link in _links(answer.json()) if not link.get("templated")]
    assert len(seen) > 10


def test_links_keep_the_edition(analyst: Any) -> None:
    for link in analyst.get("/?edition=open").json()["links"]:
        path = link["href"].removeprefix("http://map.test")
        if path.startswith(("/v1/", "/collections", "/map")):
            assert "edition=open" in path
