"""Every address answers, in the shape that the description promises, with the snapshot's name on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter

from geointel_api.alert_documents import AlertsDocument
from geointel_api.app import create_api
from geointel_api.documents import (
    AreaDocument,
    AreasDocument,
    CellDocument,
    HealthDocument,
    LayerDocument,
    LayersDocument,
    MeDocument,
    PlacesDocument,
    SnapshotDocument,
    ValuesDocument,
)
from geointel_api.ogc_documents import (
    Collection,
    Collections,
    Conformance,
    Feature,
    Features,
    LandingDocument,
    Queryables,
    TileJson,
    TilesetDocument,
    TilesetsDocument,
)

if TYPE_CHECKING:
    from typing import Any

CELL = "881951d49bfffff"

JSON_ROUTES = {
    "/": LandingDocument,
    "/conformance": Conformance,
    "/auth/me": MeDocument,
    "/v1/snapshot": SnapshotDocument,
    "/v1/layers": LayersDocument,
    "/v1/layers/drug-hotspot": LayerDocument,
    "/v1/layers/drug-excess/values": ValuesDocument,
    f"/v1/cells/{CELL}": CellDocument,
    "/v1/areas": AreasDocument,
    "/v1/areas/lad/E06000009": AreaDocument,
    "/v1/alerts": AlertsDocument,
    "/v1/places?q=black": PlacesDocument,
    "/tiles/drug-hotspot.json": TileJson,
    "/collections": Collections,
    "/collections/incidents": Collection,
    "/collections/incidents/queryables": Queryables,
    "/collections/incidents/items?limit=3": Features,
    f"/collections/incidents/items/{CELL}": Feature,
    "/collections/incidents/tiles": TilesetsDocument,
    "/collections/incidents/tiles/WebMercatorQuad": TilesetDocument,
    "/health/live": HealthDocument,
    "/health/ready": HealthDocument,
}
OTHER_ROUTES = {
    "/openapi.json": "application/vnd.oai.openapi+json;version=3.1",
    "/docs": "text/html; charset=utf-8",
    "/v1/layers/incidents/map.svg": "image/svg+xml",
    "/v1/alerts.atom": "application/atom+xml",
    "/map": "text/html; charset=utf-8",
    "/tiles/incidents/10/503/329.mvt": "application/vnd.mapbox-vector-tile",
    "/collections/incidents/tiles/WebMercatorQuad/10/329/503": "application/vnd.mapbox-vector-tile",
}


@pytest.mark.parametrize(("path", "shape"), JSON_ROUTES.items())
def test_answer_has_the_described_shape(client: Any, path: str, shape: type) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    TypeAdapter(shape).validate_json(answer.content)


@pytest.mark.usefixtures("built_page")
@pytest.mark.parametrize(("path", "kind"), OTHER_ROUTES.items())
def test_answer_has_the_described_type(client: Any, path: str, kind: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)


@pytest.mark.usefixtures("built_page")
@pytest.mark.parametrize(
    "path", [*JSON_ROUTES, *OTHER_ROUTES, "/nothing", "/v1/layers/nothing", "/tiles/nothing/9/1/1.mvt"]
)
def test_every_answer_names_its_snapshot(client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["geointel-snapshot"] == client.get("/v1/snapshot").json()["snapshot"]


def test_every_described_address_is_tried_here() -> None:
    described = {path for path, methods in create_api().openapi()["paths"].items() if "get" in methods}
    tried = {path.partition("?")[0] for path in [*JSON_ROUTES, *OTHER_ROUTES]}
    left = {path for path in described if not any(_fits(path, one) for one in tried)}
    elsewhere = {"/v1/alerts/{alert}", "/v1/subscriptions", "/v1/subscriptions/{subscription}"}  # test_alerts.py
    elsewhere |= {"/v1/signals", "/v1/signals/spread"}  # test_signals.py
    elsewhere |= {"/metrics"}  # test_audit_log.py
    assert left == {"/v1/jobs/{job}", *elsewhere}  # test_sites.py asks for a job


def _fits(template: str, path: str) -> bool:
    ours, theirs = template.strip("/").split("/"), path.strip("/").split("/")
    return len(ours) == len(theirs) and all("{" in a or a == b for a, b in zip(ours, theirs, strict=True))


def test_null_is_null_and_numbers_are_whole(client: Any, counts: Any) -> None:
    answer = client.get("/v1/layers/drug-hotspot/values?window=2025-12").json()
    rows = [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
    assert answer["columns"][:5] == ["cell", "value", "class", "support", "status"]
    assert answer["columns"][-2:] == ["place", "district"]
    missing = [row for row in rows if row["status"] == "no-support"]
    assert len(missing) == 2
    assert all(row["value"] is None and row["class"] is None and row["support"] is None for row in missing)
    cells, totals, supported = counts.at(8, "2025-12", "drugs")
    expected = {f"{cell:x}": int(total) for cell, total, there in zip(cells, totals, supported, strict=True) if there}
    assert {row["cell"]: row["count"] for row in rows if row["status"] == "shown"} == expected
    score = (totals - totals.mean()) / max(float(totals.std()), 1.0)
    assert [row["value"] for row in rows if row["status"] == "shown"] == score[supported].tolist()


def test_cells_are_strings_of_fifteen_characters(client: Any) -> None:
    answer = client.get("/v1/layers/incidents/values?resolution=6").json()
    assert all(isinstance(row[0], str) and len(row[0]) == 15 for row in answer["rows"])


def test_places_have_no_names_of_their_own_in_the_open_edition(client: Any, analyst: Any) -> None:
    def names(answer: Any) -> set[tuple[str | None, str]]:
        return {tuple(row[-2:]) for row in answer.json()["rows"]}

    assert names(client.get("/v1/layers/incidents/values")) == {(None, "Blackpool")}
    assert names(analyst.get("/v1/layers/incidents/values")) == {("Talbot", "Blackpool"), ("=Bloomfield", "Blackpool")}
