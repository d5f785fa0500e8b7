"""What each claimed class demands, and that nothing else is claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel_api.conformance import IMPLEMENTED

if TYPE_CHECKING:
    from typing import Any

TILES = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"


def _rels(document: dict[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in document["links"]}


def _class(name: str) -> bool:
    return any(uri.endswith(name) for uri in IMPLEMENTED)


def test_conformance_is_the_list(client: Any) -> None:
    assert client.get("/conformance").json() == {"conformsTo": list(IMPLEMENTED)}
    assert len(set(IMPLEMENTED)) == len(IMPLEMENTED)


def test_landing_page_links(client: Any) -> None:
    assert _class("ogcapi-common-1/1.0/conf/landing-page")
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= set(_rels(client.get("/").json()))
    assert not _class("conf/html")  # that class wants HTML of everything
    assert client.get("/?f=html").headers["content-type"].startswith("text/html")


def test_collections_describe_extent_and_items(client: Any) -> None:
    assert _class("conf/collections")
    found = client.get("/collections").json()
    assert "self" in _rels(found)
    for one in found["collections"]:
        assert one == client.get(f"/collections/{one['id']}").json()
        assert {"self", "items", TILES} <= set(_rels(one))
        assert len(one["extent"]["spatial"]["bbox"][0]) == 4
        assert one["extent"]["temporal"]["interval"] == [["2025-01-01T00:00:00Z", "2025-12-31T23:59:59Z"]]


def test_items_are_geojson_and_unknown_parameters_are_refused(client: Any) -> None:
    assert _class("ogcapi-features-1/1.0/conf/core")
    assert _class("ogcapi-features-1/1.0/conf/geojson")
    answer = client.get("/collections/incidents/items")
    assert answer.headers["content-type"] == "application/geo+json"
    assert {"self", "collection"} <= set(_rels(answer.json()))
    assert client.get("/collections/incidents/items?nonsense=1").status_code == 400
    assert client.get("/collections/nothing/items").status_code == 404


def test_limit_is_described_with_its_largest_value(client: Any) -> None:
    parameters = client.get("/openapi.json").json()["paths"]["/collections/{layer}/items"]["get"]["parameters"]
    limit = next(one for one in parameters if one["name"] == "limit")["schema"]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 10_000, 1_000)


def test_tilesets_lead_to_tiles(client: Any) -> None:
    for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt"):
        assert _class(f"ogcapi-tiles-1/1.0/conf/{name}")
    sets = client.get(_rels(client.get("/collections/incidents").json())[TILES]).json()
    one = client.get(_rels(sets["tilesets"][0])["self"]).json()
    assert one["tileMatrixSetURI"].endswith("WebMercatorQuad")
    template = _rels(one)["item"]
    address = template.replace("{tileMatrix}", "10").replace("{tileRow}", "329").replace("{tileCol}", "503")
    tile = client.get(address)
    assert tile.status_code == 200
    assert tile.headers["content-type"] == "application/vnd.mapbox-vector-tile"
