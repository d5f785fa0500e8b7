"""OGC API Features: pages, boxes, times, filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_str as h3
import pytest
import shapely

if TYPE_CHECKING:
    from typing import Any

ITEMS = "/collections/incidents/items"


def _walk(client: Any, path: str) -> tuple[list[Any], int]:
    found, pages = [], 0
    address = path
    while address:
        page = client.get(address).json()
        assert page["numberReturned"] == len(page["features"])
        found += page["features"]
        pages += 1
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    return found, pages


def test_pages_hold_every_cell_once(client: Any) -> None:
    features, pages = _walk(client, f"{ITEMS}?limit=7")
    ids = [feature["id"] for feature in features]
    assert pages == 9
    assert ids == sorted(ids)
    assert set(ids) == {row[0] for row in client.get("/v1/layers/incidents/values").json()["rows"]}
    assert client.get(f"{ITEMS}?limit=7").json()["numberMatched"] == len(ids) == 61


def test_a_page_that_ends_with_the_last_cell_has_no_next(client: Any) -> None:
    page = client.get(f"{ITEMS}?limit=61").json()
    assert "next" not in [link["rel"] for link in page["links"]]


def test_next_stays_with_its_snapshot(client: Any) -> None:
    page = client.get(f"{ITEMS}?limit=7").json()
    onward = next(link["href"] for link in page["links"] if link["rel"] == "next")
    assert f"snapshot={client.get('/v1/snapshot').json()['snapshot']}" in onward


def test_a_limit_above_the_largest_is_no_error(client: Any) -> None:
    assert client.get(f"{ITEMS}?limit=999999").json()["numberReturned"] == 61
    assert client.get(f"{ITEMS}?limit=0").status_code == 400


@pytest.mark.parametrize("box", ["-3.06,53.80,-3.02,53.82", "-3.0357,53.8175,-3.0357,53.8175", "10,10,20,20"])
def test_bbox_is_what_touches_the_box(client: Any, box: str) -> None:
    edges = shapely.box(*map(float, box.split(",")))
    cells = [row[0] for row in client.get("/v1/layers/incidents/values").json()["rows"]]
    outline = {cell: shapely.Polygon([(lng, lat) for lat, lng in h3.cell_to_boundary(cell)]) for cell in cells}
    expected = {cell for cell in cells if outline[cell].intersects(edges)}
    page = client.get(f"{ITEMS}?bbox={box}").json()
    assert {feature["id"] for feature in page["features"]} == expected
    assert page["numberMatched"] == len(expected)


def test_bbox_over_the_antimeridian(client: Any) -> None:
    assert client.get(f"{ITEMS}?bbox=170,50,-2,60").json()["numberMatched"] == 61
    assert client.get(f"{ITEMS}?bbox=170,50,-170,60").json()["numberMatched"] == 0


def test_bbox_with_heights(client: Any) -> None:
    flat = client.get(f"{ITEMS}?bbox=-3.06,53.80,-3.02,53.82").json()["numberMatched"]
    assert client.get(f"{ITEMS}?bbox=-3.06,53.80,0,-3.02,53.82,99").json()["numberMatched"] == flat > 0


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "0,10,5,5", "nan,0,1,1", "0,0,inf,1"])
def test_bbox_that_is_none_is_refused(client: Any, box: str) -> None:
    assert client.get(f"{ITEMS}?bbox={box}").status_code == 400


@pytest.mark.parametrize(
    ("moment", "matched"),
    [
        ("2025-11-30", 61),
        ("2025-10-31/2025-11-01", 61),
        ("../2025-10-31", 0),
        ("2025-12-01T00:00:00Z/..", 0),
        ("/2025-11-01", 61),
        ("2024-01-01", 0),
    ],
)
def test_datetime_is_held_against_the_window(client: Any, moment: str, matched: int) -> None:
    assert client.get(f"{ITEMS}?window=2025-11&datetime={moment}").json()["numberMatched"] == matched


@pytest.mark.parametrize("moment", ["yesterday", "../..", "2025-13", "2025-12-01/2025-11-01", "a/b/c"])
def test_datetime_that_is_none_is_refused(client: Any, moment: str) -> None:
    assert client.get(f"{ITEMS}?datetime={moment}").status_code == 400


def test_class_and_status_filter(client: Any) -> None:
    whole = client.get("/collections/drug-hotspot/items").json()["features"]
    hot = client.get("/collections/drug-hotspot/items?class=hot-95&limit=2").json()
    expected = [one["id"] for one in whole if one["properties"]["class"] == "hot-95"]
    assert hot["numberMatched"] == len(expected) > 2
    assert [one["id"] for one in hot["features"]] == expected[:2]
    assert client.get(f"{ITEMS}?status=no-support").json()["numberMatched"] == 2


def test_a_feature_is_sound_geojson(client: Any) -> None:
    for feature in client.get(f"{ITEMS}?resolution=7").json()["features"]:
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]
        polygon = shapely.geometry.shape(feature["geometry"])
        assert polygon.is_valid
        assert polygon.exterior.is_ccw
        assert feature["properties"]["cell"] == feature["id"]
        assert feature["properties"]["resolution"] == 7
        lat, lng = h3.cell_to_latlng(feature["id"])
        assert polygon.contains(shapely.Point(lng, lat))


def test_an_item_is_looked_up_at_its_own_resolution(client: Any) -> None:
    coarse = h3.cell_to_parent("881951d49bfffff", 6)
    item = client.get(f"{ITEMS}/{coarse}?window=2025-12&category=all").json()
    assert (item["id"], item["properties"]["resolution"], item["properties"]["window"]) == (coarse, 6, "2025-12")


@pytest.mark.parametrize(
    ("cell", "status"), [("881951d49bffff0", 400), ("zz", 400), ("8819429a9dfffff", 404), ("8a1951d49b67fff", 404)]
)
def test_other_cells_are_not_items(client: Any, cell: str, status: int) -> None:
    assert client.get(f"{ITEMS}/{cell}").status_code == status


def test_queryables_are_parameters(client: Any) -> None:
    named = set(client.get("/collections/drug-hotspot/queryables").json()["properties"]) - {"geometry"}
    described = client.get("/openapi.json").json()["paths"]["/collections/{layer}/items"]["get"]["parameters"]
    assert named <= {one["name"] for one in described}
    for name in named - {"status", "class"}:
        assert client.get(f"{ITEMS}?{name}=8" if name == "resolution" else f"{ITEMS}?{name}=none").status_code in (
            200,
            404,
        )
