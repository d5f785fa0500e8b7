"""Every address × every way to ask: which status it has. A new address without a row here fails."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from fastapi.routing import APIRoute

from geointel_api.app import create_api, create_app
from geointel_api.door import PROBES
from geointel_api.identity.issuing import create_key, revoke_key
from geointel_api.settings import Settings
from geointel_api.state.database import open_database, parse_url
from geointel_api.state.tables import api_keys

from .conftest import Client, api_of
from .local_issuer import AUDIENCE, CLIENT, LocalIssuer, issuing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

CELL = "881951d49bfffff"
FILLED = {
    "layer": "incidents",
    "cell": CELL,
    "item": CELL,
    "level": "lad",
    "code": "E06000009",
    "job": "none",
    "alert": "none",
    "subscription": "none",
    "name": "index-abc123.js",
    "z": "10",
    "x": "503",
    "y": "329",
}
TILE_Y_X = "/collections/{layer}/tiles/WebMercatorQuad/{z}/{y}/{x}"
EXPECTED = {
    "GET /": (200, 200),
    "GET /conformance": (200, 200),
    "GET /openapi.json": (200, 200),
    "GET /docs": (200, 200),
    "GET /map": (200, 200),
    "GET /map/": (308, 308),
    "GET /map-assets/{name}": (200, 200),
    "GET /v1/snapshot": (200, 200),
    "GET /v1/layers": (200, 200),
    "GET /v1/layers/{layer}": (200, 200),
    "GET /v1/layers/{layer}/values": (200, 200),
    "GET /v1/layers/{layer}/map.svg": (200, 200),
    "GET /v1/cells/{cell}": (200, 200),
    "GET /v1/areas": (200, 200),
    "GET /v1/areas/{level}/{code}": (200, 200),
    "POST /v1/areas/summary": (400, 400),
    "POST /v1/sites": (400, 400),
    "GET /v1/jobs/{job}": (404, 404),
    "POST /v1/scenarios": (400, 400),
    "GET /v1/signals": (404, 404),
    "GET /v1/signals/spread": (404, 404),
    "GET /v1/alerts": (200, 200),
    "POST /v1/alerts": (400, 400),
    "GET /v1/alerts.atom": (200, 200),
    "GET /v1/alerts/{alert}": (404, 404),
    "POST /v1/alerts/{alert}/transitions": (400, 400),
    "GET /v1/subscriptions": (403, 200),
    "POST /v1/subscriptions": (400, 400),
    "GET /v1/subscriptions/{subscription}": (403, 404),
    "DELETE /v1/subscriptions/{subscription}": (403, 403),
    "GET /v1/places": (200, 200),
    "GET /tiles/{layer}.json": (200, 200),
    "GET /tiles/{layer}/{z}/{x}/{y}.mvt": (200, 200),
    "GET /collections": (200, 200),
    "GET /collections/{layer}": (200, 200),
    "GET /collections/{layer}/queryables": (200, 200),
    "GET /collections/{layer}/items": (200, 200),
    "GET /collections/{layer}/items/{cell}": (200, 200),
    "GET /collections/{layer}/tiles": (200, 200),
    "GET /collections/{layer}/tiles/WebMercatorQuad": (200, 200),
    f"GET {TILE_Y_X}": (200, 200),
    "GET /auth/me": (200, 200),
    "GET /auth/sign-in": (303, 303),
    "GET /auth/callback": (400, 400),
    "POST /auth/sign-out": (200, 200),
    "GET /health/live": (200, 200),
    "GET /health/ready": (200, 200),
    "GET /metrics": (404, 404),
}
"""Method and address: status without a credential, and with the right one. 400: the address was reached, and got no question."""
WITHOUT_EDITION = ("/auth/", *PROBES)
PROBE_ROUTES = tuple(f"GET {probe}" for probe in PROBES)
REFUSED = ("unknown", "no-key", "expired", "revoked", "wrong-secret", "basic", "two", "wrong-audience", "wrong-issuer",
           "alg-none", "confused", "expired-token", "not-yet", "other-key", "unknown-kid", "cut")  # fmt: skip


def routes() -> list[str]:
    """Every method and address of the service, also those that the description does not have."""
    api = create_api()
    included = [one.original_router.routes if hasattr(one, "original_router") else [one] for one in api.routes]
    found = [one for several in included for one in several]
    assert all(isinstance(one, APIRoute) for one in found), "an address of another kind: the matrix must learn of it"
    known = [f"{method} {one.path}" for one in found for method in one.methods]
    described = [f"{method.upper()} {path}" for path, methods in api.openapi()["paths"].items() for method in methods]
    return sorted({re.sub(r":\w+}", "}", one) for one in [*known, *described]})


def test_every_address_has_a_row() -> None:
    assert set(routes()) == set(EXPECTED)


class Asked(NamedTuple):
    """A service with keys and an issuer, and headers for every way to ask."""

    client: Client
    headers: dict[str, dict[str, str]]

    def __call__(self, route: str, way: str, query: str = "") -> Any:
        method, path = route.split(" ")
        return self.client.request(method, path.format(**FILLED) + query, headers=self.headers[way])


@pytest.fixture(scope="module")
def issuer() -> Iterator[LocalIssuer]:
    with issuing() as found:
        yield found


@pytest.fixture(scope="module")
def settings(snapshots: Path, issuer: LocalIssuer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        snapshots=snapshots,
        state=f"sqlite:///{tmp_path_factory.mktemp('matrix')}/state.sqlite",
        public_url="https://map.test",
        oidc_issuer=issuer.name,
        oidc_audience=AUDIENCE,
        oidc_roles="partners=analyst",
        oidc_client_id=CLIENT,
    )


@pytest.fixture(scope="module")
def ask(settings: Settings, issuer: LocalIssuer) -> Iterator[Asked]:
    app = create_app(settings)
    ways = {
        **_keys(settings),
        "none": "",
        "unknown": f"gi_{'a' * 13}_{'a' * 52}",
        "no-key": "gi_abc",
        "right-token": issuer.token(),
        "wrong-audience": issuer.token(aud="https://other.example"),
        "wrong-issuer": issuer.token(iss="https://issuer.example"),
        "alg-none": issuer.unsigned(),
        "confused": issuer.confused(),
        "expired-token": issuer.token(exp=int(time.time()) - 3_600),
        "not-yet": issuer.token(nbf=int(time.time()) + 3_600),
        "other-key": issuer.token(key=issuer.make_key(publish=False)),
        "unknown-kid": issuer.token(kid="two", key=issuer.make_key("two", publish=False)),
        "cut": issuer.token()[:-20],
        "no-role": issuer.token(groups=["strangers"]),
    }
    headers = {name: {"authorization": f"Bearer {text}"} if text else {} for name, text in ways.items()}
    headers["header"] = {"x-api-key": ways["right-key"]}
    headers["basic"] = {"authorization": "Basic eDp5"}
    headers["two"] = {**headers["right-token"], **headers["header"]}
    yield Asked(Client(app), headers)
    api_of(app).state.identity.close()


def _keys(settings: Settings) -> dict[str, str]:
    made = {
        name: create_key(settings, "analyst", label=f"Key {name}", days=1)
        for name in ("right-key", "expired", "revoked")
    }
    revoke_key(settings, made["revoked"][0].id)
    database = open_database(parse_url(settings.state.get_secret_value(), settings.snapshots))
    with database.writing() as connection:
        ended = api_keys.update().where(api_keys.c.id == made["expired"][0].id).values(expires=time.time() - 1)
        connection.execute(ended)
    database.close()
    found = {name: text for name, (_, text) in made.items()}
    return {**found, "wrong-secret": found["right-key"][:-4] + "aaaa"}


@pytest.fixture(autouse=True)
def _page(built_page: Path) -> None:
    assert built_page


@pytest.mark.parametrize("route", routes())
def test_without_a_credential(ask: Asked, route: str) -> None:
    assert ask(route, "none").status_code == EXPECTED[route][0]


@pytest.mark.parametrize("way", ["right-key", "header", "right-token"])
@pytest.mark.parametrize("route", routes())
def test_with_the_right_one(ask: Asked, route: str, way: str) -> None:
    answer = ask(route, way)
    assert answer.status_code == EXPECTED[route][1]
    assert "authorization" in answer.headers["vary"].lower()


@pytest.mark.parametrize("way", REFUSED)
@pytest.mark.parametrize("route", routes())
def test_with_one_that_does_not_hold(ask: Asked, route: str, way: str) -> None:
    answer, usual = ask(route, way), ask("GET /v1/snapshot", "unknown")
    if route.startswith(PROBE_ROUTES):
        assert answer.status_code == EXPECTED[route][0]
        return
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.content == usual.content, "one kind of credential can be told from another"
    assert {*answer.headers} == {*usual.headers}


@pytest.mark.parametrize("way", ["none", "right-key", "right-token"])
@pytest.mark.parametrize("route", routes())
def test_another_edition(ask: Asked, route: str, way: str) -> None:
    """One that is not there is refused like one that the role lacks: the same words, but for the name that was asked for."""
    there, nowhere = ask(route, way, "?edition=partner"), ask(route, way, "?edition=partnes")
    if route.partition(" ")[2].startswith(WITHOUT_EDITION):
        assert there.status_code == nowhere.status_code == EXPECTED[route][0]
        return
    assert nowhere.status_code == 403
    if way == "none":
        assert there.status_code == 403
        assert there.content == nowhere.content.replace(b"partnes", b"partner")
    else:
        assert there.status_code in {EXPECTED[route][1], 400}


@pytest.mark.parametrize("route", routes())
def test_somebody_without_a_role_is_no_anonymous_visitor(ask: Asked, route: str) -> None:
    answer = ask(route, "no-role")
    assert answer.status_code == (EXPECTED[route][0] if route.startswith(PROBE_ROUTES) else 403)
    if answer.status_code == 403:
        assert "none of your groups has a role" in answer.json()["detail"]


def test_what_each_way_opens(ask: Asked) -> None:
    seen = {way: ask("GET /v1/snapshot", way).json()["editions"] for way in ("none", "right-key", "right-token")}
    assert seen == {"none": ["open"], "right-key": ["partner", "open"], "right-token": ["partner", "open"]}
    me = {way: ask("GET /auth/me", way).json() for way in ("none", "right-key", "right-token")}
    assert [one["how"] for one in me.values()] == ["anonymous", "key", "token"]
    assert [one["person"] for one in me.values()] == [None, "Key right-key", "u-1"]
    assert [one["roles"] for one in me.values()] == [["public"], ["analyst"], ["analyst"]]
