"""Who sees what: 401, 403, 404, and that nothing else gives an edition away."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from geointel_api.access import is_open, may_act
from geointel_api.app import create_app
from geointel_api.settings import Settings

if TYPE_CHECKING:
    from typing import Any

PATHS = ["/", "/v1/layers", "/tiles/incidents/10/503/329.mvt", "/collections/incidents/items", "/map", "/nothing"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "sent", [{"authorization": "Bearer abc"}, {"x_api_key": "abc"}, {"authorization": "Basic eDp5"}]
)
def test_an_unknown_credential_is_refused_everywhere(client: Any, path: str, sent: dict[str, str]) -> None:
    answer = client.get(path, **sent)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert "abc" not in answer.text


def test_probes_need_no_credential(client: Any) -> None:
    assert client.get("/health/live", authorization="Bearer abc").status_code == 200
    assert client.get("/health/ready?edition=partner").status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_an_edition_that_the_role_lacks_is_refused(client: Any, path: str) -> None:
    lacking = client.get(f"{path}?edition=partner")
    unheard = client.get(f"{path}?edition=nothing")
    assert lacking.status_code == unheard.status_code == 403
    assert lacking.json()["detail"].replace("partner", "nothing") == unheard.json()["detail"]
    assert lacking.json()["remedy"] == unheard.json()["remedy"]


def test_the_first_edition_of_a_role_is_its_default(client: Any, analyst: Any) -> None:
    public, seen = client.get("/v1/snapshot").json(), analyst.get("/v1/snapshot").json()
    assert (public["edition"], public["editions"]) == ("open", ["open"])
    assert (seen["edition"], seen["editions"]) == ("partner", ["partner", "open"])
    assert analyst.get("/v1/snapshot?edition=open").json()["edition"] == "open"


def test_a_role_without_editions_sees_nothing(snapshots: Any, client: Any) -> None:
    nobody = type(client)(create_app(Settings(snapshots=snapshots, anonymous_role="nobody")))
    assert nobody.get("/v1/snapshot").status_code == 403
    assert nobody.get("/health/ready").status_code == 200


def test_answers_vary_by_credential(client: Any) -> None:
    for path in ("/v1/layers", "/tiles/incidents/10/503/329.mvt"):
        vary = {name.strip() for name in client.get(path).headers["vary"].split(",")}
        assert {"Authorization", "X-API-Key", "Accept-Encoding"} <= vary


def test_the_open_edition_says_nothing_of_others(client: Any) -> None:
    for path in ("/v1/snapshot", "/v1/layers", "/map", "/", "/collections"):
        assert "partner" not in client.get(path).text.replace("partnership", "").replace("Partnership", "")


def test_only_the_open_edition_may_be_embedded(client: Any, analyst: Any, built_page: Any) -> None:
    assert built_page
    assert client.get("/map?embed=1").status_code == 200
    assert analyst.get("/map?embed=1").status_code == 403
    assert analyst.get("/map?embed=1&edition=open").status_code == 200


def test_what_is_not_in_ones_edition_does_not_exist(client: Any) -> None:
    for path in (
        "/v1/layers/other",
        "/v1/layers/incidents/values?window=2031-01",
        "/v1/areas/lad/E00",
        "/v1/areas?level=x",
    ):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("name", "roles", "open_to_all"),
    [
        ("open", {"public": 0}, True),
        ("open", {"analyst": 0}, True),
        ("summary", {"public": 0, "analyst": 1}, True),
        ("partner", {"analyst": 0}, False),
    ],
)
def test_nobody_acts_in_an_edition_that_the_public_may_open(
    name: str, roles: dict[str, int], *, open_to_all: bool
) -> None:
    edition: Any = SimpleNamespace(name=name, manifest={"roles": roles})
    assert is_open(edition) == open_to_all
    assert may_act(edition) != open_to_all
