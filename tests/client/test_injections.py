"""What an attacker writes into addresses, headers and bodies comes to nothing: a refusal in our words, or an answer that is right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from geointel_api.app import create_app
from geointel_api.settings import Settings

from .conftest import as_client

if TYPE_CHECKING:
    from pathlib import Path

TRAPS = [
    "..",
    "../current",
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2fetc/passwd",
    "..%5c..%5cwindows%5cwin.ini",
    "....//....//etc/passwd",
    "%252e%252e%252fetc%252fpasswd",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "incidents%00",
    "incidents%00.parquet",
    "incidents%0d%0aSet-Cookie:%20a=b",
    "incidents%2f..%2f..%2fpartner%2flayers%2fincidents",
    "../partner/layers/incidents",
    "partner",
    "*",
    "{layer}",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "'%20OR%20'1'='1",
    "1;%20DROP%20TABLE%20alert_event",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "%ff%fe",
    "%F0%9F%92%A9",
    "a" * 5_000,
    "%u202e",
    "NaN",
    "-1",
    "9" * 40,
    "con",
]
PLACES = [
    "/v1/layers/{}",
    "/v1/layers/{}/values",
    "/v1/layers/{}/map.svg",
    "/v1/layers/incidents/values?window={}",
    "/v1/layers/incidents/values?category={}",
    "/v1/layers/incidents/values?resolution={}",
    "/v1/layers/incidents/values?f={}",
    "/v1/layers/incidents/map.svg?bbox={}",
    "/v1/layers?edition={}",
    "/v1/layers?snapshot={}",
    "/v1/cells/{}",
    "/v1/areas/{}/E06000009",
    "/v1/areas/lad/{}",
    "/v1/areas?level={}",
    "/v1/places?q={}",
    "/v1/jobs/{}",
    "/v1/alerts?area=lad:{}",
    "/v1/alerts?since={}",
    "/v1/alerts/{}",
    "/v1/subscriptions/{}",
    "/v1/signals?area={}",
    "/tiles/{}.json",
    "/tiles/{}/10/503/329.mvt",
    "/tiles/incidents/10/503/{}.mvt",
    "/tiles/incidents/10/503/329.mvt?window={}",
    "/tiles/incidents/10/503/329.mvt?snapshot={}",
    "/collections/{}",
    "/collections/{}/items",
    "/collections/incidents/items?bbox={}",
    "/collections/incidents/items?datetime={}",
    "/collections/incidents/items?after={}",
    "/collections/incidents/items/{}",
    "/collections/{}/tiles/WebMercatorQuad/10/329/503",
    "/map-assets/{}",
    "/map?layer={}&window={}&edition=open&category={}&scenario={}",
    "/{}",
]
LEAKS = ("root:", "Traceback", "site-packages", ".parquet", "/tmp/", "sqlite", "SELECT", "pyarrow", "<script>alert")  # noqa: S108


@pytest.mark.usefixtures("built_page")
@pytest.mark.parametrize("place", PLACES)
def test_an_odd_name_is_refused_or_finds_nothing(client: Any, analyst: Any, snapshots: Path, place: str) -> None:
    for trap in TRAPS:
        path = place.replace("{}", trap)
        for visitor in (client, analyst):
            answer = visitor.get(path)
            assert answer.status_code < 500, path
            assert not any(leak in answer.text for leak in LEAKS if leak not in unquote(trap)), path
            assert "json" in answer.headers["content-type"] or "<script>alert" not in answer.text, path
            assert str(snapshots) not in answer.text
            assert "set-cookie" not in answer.headers
            assert not any("\r" in value or "\n" in value for value in answer.headers.values())
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("built_page")
@pytest.mark.parametrize(
    "name",
    ["../index.html", "..%2findex.html", "%2e%2e/index.html", "/etc/passwd", "%2fetc%2fpasswd", "./../index.html", ""],
)
def test_only_files_of_the_page_are_given(client: Any, name: str) -> None:
    assert client.get(f"/map-assets/{name}").status_code in (400, 404)


@pytest.mark.parametrize("name", ["edition", "snapshot"])
def test_the_first_of_two_parameters_counts_everywhere(client: Any, analyst: Any, name: str, snapshots: Path) -> None:
    """A proxy that reads the last one must not let through what the first one asks for, or the other way about."""
    good = {"edition": "open", "snapshot": (snapshots / "current").read_text().strip()}[name]
    bad = {"edition": "partner", "snapshot": "nothing"}[name]
    for path in ("/v1/layers", "/tiles/incidents/10/503/329.mvt"):
        assert client.get(f"{path}?{name}={good}&{name}={bad}").status_code == 200
        assert client.get(f"{path}?{name}={bad}&{name}={good}").status_code in (403, 404)
    answer = analyst.get("/v1/snapshot?edition=open&edition=partner").json()
    assert answer["edition"] == "open"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example\r\nx: y"},
        {"host": "evil.example@map.test"},
        {"host": "../map.test"},
        {"x_forwarded_host": "evil.example"},
        {"x_forwarded_prefix": "/evil"},
        {"x_original_url": "/v1/layers?edition=partner"},
        {"x_rewrite_url": "/v1/layers?edition=partner"},
        {"x_http_method_override": "DELETE"},
        {"forwarded": "for=127.0.0.1;host=evil.example"},
        {"accept": "text/html, */*;q=" + "9" * 300},
        {"accept_encoding": "gzip;q=" + "0" * 300 + ", br, *"},
        {"if_none_match": '"' + '","' * 3_000},
        {"range": "bytes=0-5,0-5,0-5"},
        {"origin": "null"},
        {"cookie": "a=b; " * 500},
        {"content_type": "multipart/form-data; boundary=x"},
    ],
)
def test_a_header_changes_nothing_that_it_should_not(client: Any, headers: dict[str, str]) -> None:
    answer = client.get("/?f=json", **headers)
    assert answer.status_code in (200, 400)
    assert "evil" not in answer.text
    assert "evil" not in str(answer.headers)
    assert (
        client.get("/v1/snapshot", **{k: v for k, v in headers.items() if k != "host"}).json().get("edition", "open")
        == "open"
    )


def deep(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


BODIES = [
    b"",
    b"null",
    b"{",
    b"\x00",
    b"\xff\xfe",
    b'"' + b"a" * 100_000 + b'"',
    deep(100_000),
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'{"polygon": {"type": "Polygon", "coordinates": ' + deep(5_000) + b"}}",
    b'{"cells": [' + b"9" * 5_000 + b"]}",
    b'{"cells": ["881951d49bfffff"], "layer": "../../partner"}',
    b'{"cells": ["881951d49bfffff"], "layer": "incidents", "window": "' + b"x" * 10_000 + b'"}',
    b'{"polygon": {"type": "Polygon", "coordinates": [[[NaN, 1], [Infinity, 2], [1e400, 3], [NaN, 1]]]}, "layer": "incidents"}',
    b'{"polygon": {"type": "Polygon", "coordinates": [[[0,0],[1,1],[0,1],[1,0],[0,0]]]}, "layer": "incidents"}',
    b'{"polygon": {"type": "Polygon", "coordinates": [[]]}, "layer": "incidents"}',
    b'{"polygon": {"type": "Polygon", "coordinates": [[[1e308,1e308],[-1e308,1e308],[1e308,-1e308],[1e308,1e308]]]}, "layer": "incidents"}',
    b'{"__proto__": {"a": 1}, "constructor": {"prototype": {}}}',
    b'{"layer": "incidents", "layer": "drug-hotspot", "cells": ["881951d49bfffff"]}',
    json.dumps({"cells": ["\u0000", "\ud800"], "layer": "incidents"}).encode(),
]


@pytest.mark.parametrize("path", ["/v1/areas/summary", "/v1/scenarios", "/v1/sites", "/v1/alerts", "/v1/subscriptions"])
def test_an_odd_body_is_refused_in_our_words(analyst: Any, path: str) -> None:
    for body in BODIES:
        for kind in ("application/json", "text/plain", "application/xml", "application/x-www-form-urlencoded"):
            answer = analyst.request("POST", path, content=body, headers={"content_type": kind})
            assert answer.status_code < 500, (path, body[:80], kind)
            assert not any(leak in answer.text for leak in LEAKS)
            assert len(answer.content) < 20_000
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json"


def test_methods_that_nobody_offers_do_nothing(client: Any) -> None:
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "HUSH"):
        for path in ("/v1/layers", "/tiles/incidents/10/503/329.mvt", "/", "/map"):
            assert client.request(method, path).status_code == 405, (method, path)


@pytest.mark.parametrize("prefix", ["/maps", "/maps/%2e%2e", "//maps", "/maps//"])
def test_a_prefix_lets_nobody_past(snapshots: Path, prefix: str) -> None:
    behind = as_client(create_app(Settings(snapshots=snapshots, root_path="/maps")))
    for path in ("/v1/layers?edition=partner", "/tiles/incidents/10/503/329.mvt?edition=partner"):
        assert behind.get(f"{prefix}{path}").status_code in (403, 404)
