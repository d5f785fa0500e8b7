"""A real key, through the whole of the door: it is named in the log, counted by itself, and its answers are private."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from geointel_api.app import create_app
from geointel_api.identity.issuing import create_key
from geointel_api.settings import Settings
from geointel_api.state.access_tables import accesses
from geointel_api.state.accesses import first_broken

from .conftest import api_of, as_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TILE = "/tiles/incidents/10/503/329.mvt"


@pytest.fixture
def serving(snapshots: Path, tmp_path: Path) -> Iterator[Callable[..., tuple[Any, list[str]]]]:
    """A service as the public sees it, and two keys of analysts."""
    started = []

    def serve(**other: Any) -> tuple[Any, list[str]]:
        settings = Settings(snapshots=snapshots, state=f"sqlite:///{tmp_path}/state.sqlite", **other)
        keys = [
            create_key(settings, "analyst", label=label, days=9)[1] for label in ("Blackpool dashboard", "Fylde report")
        ]
        started.append(create_app(settings))
        return as_client(started[-1]), keys

    yield serve
    for app in started:
        state = api_of(app).state
        state.audit.stop()
        state.alerts.stop()
        state.identity.close()


def test_the_log_names_the_key_and_never_holds_it(serving: Callable[..., tuple[Any, list[str]]]) -> None:
    client, (first, second) = serving()
    assert client.get("/v1/cells/881951d49bfffff", authorization=f"Bearer {first}").json()
    assert client.get("/v1/layers?edition=open", x_api_key=first).status_code == 200
    assert client.get("/v1/layers?edition=police", x_api_key=second).status_code == 403
    assert client.get("/v1/layers", x_api_key=second[:-1]).status_code == 401
    audit = api_of(client.app).state.audit
    audit.flush()
    with audit._database.reading() as connection:
        rows = connection.execute(select(accesses).order_by(accesses.c.position)).all()
    assert first_broken(audit._database) is None
    told = {(row.who, row.how, row.role, row.edition, row.route, row.place, row.status) for row in rows}
    assert told == {
        ("Blackpool dashboard", "key", "analyst", "partner", "/v1/cells/{cell}", "881951d49bfffff", 200),
        ("Fylde report", "key", "", "", "/v1/layers", "", 403),
        ("anonymous", "anonymous", "", "", "/v1/layers", "", 401),
    }
    assert not any(part in str(rows) for key in (first, second) for part in (key, key[-52:]))


def test_each_key_has_its_own_limit_wherever_it_comes_from(serving: Callable[..., tuple[Any, list[str]]]) -> None:
    client, (first, second) = serving(rate_limit="2/minute")
    elsewhere = as_client(client.app, "192.0.2.9")
    statuses = [one.get("/v1/layers", x_api_key=first).status_code for one in (client, elsewhere, client, elsewhere)]
    assert statuses == [200, 200, 429, 429]
    assert client.get("/v1/layers", x_api_key=second).status_code == 200
    assert client.get("/v1/layers").status_code == 200


@pytest.mark.parametrize("path", [TILE, "/v1/layers", "/v1/layers/incidents/values?f=csv"])
def test_answers_to_a_key_are_private_unless_they_are_for_everybody(
    serving: Callable[..., tuple[Any, list[str]]], path: str
) -> None:
    client, (first, _) = serving()
    mark = "&" if "?" in path else "?"
    assert client.get(path, x_api_key=first).headers["cache-control"] == "private, no-cache"
    assert "private" not in client.get(f"{path}{mark}edition=open", x_api_key=first).headers["cache-control"]
    assert client.get(f"{path}{mark}edition=partner").status_code == 403
