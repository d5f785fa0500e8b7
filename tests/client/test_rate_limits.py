"""Who asks too often waits, is told how long, and keeps nobody else waiting."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import ValidationError

from geointel_api.app import create_app
from geointel_api.errors import StateError
from geointel_api.settings import Settings

from .conftest import api_of, as_client

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    Client = Any

TILE = "/tiles/incidents/10/503/329.mvt"
SUMMARY = {"cells": ["881951d49bfffff"], "layer": "incidents"}
LEFT = re.compile(r'"(\w+)";r=(\d+);t=(\d+)')


def limited(snapshots: Path, **rules: str) -> Client:
    """A service with rules: of everything that is not named, ``off`` stands in the environment of the tests."""
    given = {f"rate_limit{'_' if name else ''}{name}": rule for name, rule in rules.items() if name != "requests"}
    if "requests" in rules:
        given["rate_limit"] = rules["requests"]
    return as_client(create_app(Settings(snapshots=snapshots, **given)))


def left_of(answer: httpx.Response) -> tuple[str, int, int]:
    kind, remaining, reset = LEFT.fullmatch(answer.headers["ratelimit"]).groups()
    return kind, int(remaining), int(reset)


def test_every_answer_says_what_is_left_and_the_last_how_long_to_wait(snapshots: Path) -> None:
    client = limited(snapshots, requests="3/minute")
    for remaining, path in ((2, "/v1/layers"), (1, "/v1/layers/nothing"), (0, "/v1/layers?edition=open")):
        answer = client.get(path)
        assert answer.status_code != 429
        assert answer.headers["ratelimit-policy"] == '"requests";q=3;w=60'
        kind, found, reset = left_of(answer)
        assert (kind, found) == ("requests", remaining)
        assert 0 < reset <= 61
        assert "retry-after" not in answer.headers
    refused = client.get("/v1/layers")
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["cache-control"] == "no-store"
    assert left_of(refused)[1] == 0
    assert int(refused.headers["retry-after"]) == left_of(refused)[2] > 0
    assert refused.headers["retry-after"] in refused.json()["remedy"]
    assert refused.headers["geointel-snapshot"]


def test_after_the_wait_there_is_more(snapshots: Path) -> None:
    client = limited(snapshots, requests="2/second")
    statuses = [client.get("/v1/layers").status_code for _ in range(6)]
    assert 429 in statuses
    end = time.monotonic() + 10
    while client.get("/v1/layers").status_code == 429:
        assert time.monotonic() < end
        time.sleep(0.3)


def test_each_kind_of_request_has_its_own_rule(snapshots: Path) -> None:
    client = limited(snapshots, requests="1/minute", tiles="2/minute", heavy="1/minute")
    assert client.get("/v1/layers").status_code == 200
    assert client.get("/v1/layers").status_code == 429
    assert [client.get(TILE).status_code for _ in range(3)] == [200, 200, 429]
    assert left_of(client.get(TILE))[0] == "tiles"
    again = [client.request("POST", "/v1/areas/summary", json=SUMMARY) for _ in range(2)]
    assert [one.status_code for one in again] == [200, 429]
    assert left_of(again[1])[0] == "heavy"


def test_probes_are_never_refused(snapshots: Path) -> None:
    client = limited(snapshots, requests="1/minute")
    for _ in range(4):
        answer = client.get("/health/ready")
        assert answer.status_code == 200
        assert "ratelimit" not in answer.headers


def test_one_visitor_keeps_no_other_waiting(snapshots: Path) -> None:
    app = create_app(Settings(snapshots=snapshots, rate_limit="1/minute"))
    first, second = as_client(app, "192.0.2.1"), as_client(app, "192.0.2.2")
    assert [first.get("/v1/layers").status_code for _ in range(2)] == [200, 429]
    assert second.get("/v1/layers").status_code == 200


def test_a_network_of_ipv6_is_one_visitor(snapshots: Path) -> None:
    app = create_app(Settings(snapshots=snapshots, rate_limit="1/minute"))
    assert as_client(app, "2001:db8:1:2::5").get("/v1/layers").status_code == 200
    assert as_client(app, "2001:db8:1:2:ffff::9").get("/v1/layers").status_code == 429
    assert as_client(app, "2001:db8:1:3::5").get("/v1/layers").status_code == 200
    assert as_client(app, "::ffff:192.0.2.1").get("/v1/layers").status_code == 200
    assert as_client(app, "192.0.2.1").get("/v1/layers").status_code == 429


def test_nobody_escapes_by_naming_another_address(snapshots: Path) -> None:
    """Without a trusted proxy the header counts for nothing; with one, only what that proxy wrote counts."""
    direct = create_app(Settings(snapshots=snapshots, rate_limit="1/minute"))
    statuses = [as_client(direct).get("/v1/layers", x_forwarded_for=f"192.0.2.{n}").status_code for n in range(3)]
    assert statuses == [200, 429, 429]
    behind = create_app(Settings(snapshots=snapshots, rate_limit="1/minute", proxy=1))
    said = [f"198.51.100.{n}, 192.0.2.1" for n in range(3)]
    assert [as_client(behind).get("/v1/layers", x_forwarded_for=one).status_code for one in said] == [200, 429, 429]
    assert as_client(behind).get("/v1/layers", x_forwarded_for="192.0.2.7").status_code == 200


def test_guessing_credentials_comes_to_an_end(snapshots: Path) -> None:
    client = limited(snapshots, credentials="3/minute")
    statuses = [client.get("/v1/layers", authorization=f"Bearer {n}").status_code for n in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    assert client.get(TILE, x_api_key="abc").status_code == 429
    assert client.get("/v1/layers").status_code == 200, "without a credential nobody is kept out"


def test_a_store_that_does_not_answer_stops_nobody(snapshots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = limited(snapshots, requests="1/minute")
    limits = client.app.limits
    monkeypatch.setattr(limits, "_near", False)
    monkeypatch.setattr(limits._window, "hit", lambda *_: 1 / 0)
    assert [client.get("/v1/layers").status_code for _ in range(3)] == [200] * 3
    assert limits.counts.of("limits_unknown") == 3
    assert api_of(client.app).state.counts is limits.counts


@pytest.mark.parametrize("rule", ["many", "0/minute", "-1/second", "10 per fortnight", ""])
def test_a_rule_that_is_none_is_refused_at_the_start(snapshots: Path, rule: str) -> None:
    with pytest.raises(ValidationError):
        Settings(snapshots=snapshots, rate_limit=rule)


@pytest.mark.parametrize("store", ["nowhere://host:hush@x", "async+memory://", "redis+cluster://user:hush@host"])
def test_a_store_that_is_none_is_refused_without_its_password(snapshots: Path, store: str) -> None:
    settings = Settings(snapshots=snapshots, rate_limit_storage=store)
    with pytest.raises(StateError) as found:
        create_app(settings)
    assert "hush" not in str(found.value)
    assert "hush" not in repr(settings)
