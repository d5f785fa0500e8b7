"""Tiles over HTTP: the same cells at every zoom, from archive and encoder alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mapbox_vector_tile
import numpy as np
import pytest

from geointel.tiles import TileGeometry, compact_ids, tiles_of

if TYPE_CHECKING:
    from typing import Any

MVT = "application/vnd.mapbox-vector-tile"


def _features(client: Any, counts: Any, path: str, zoom: int) -> dict[int, dict[str, Any]]:
    """Features of every tile of a zoom, by id; a cell must say the same in every tile it is in."""
    resolution = 6 if zoom <= 7 else 7 if zoom <= 9 else 8
    cells = counts.at(resolution, "2025-12", "drugs")[0]
    found: dict[int, dict[str, Any]] = {}
    for tile in tiles_of(TileGeometry.of(cells), zoom).tiles:
        answer = client.get(path.format(z=tile.z, x=tile.x, y=tile.y))
        assert answer.status_code == 200
        decoded = mapbox_vector_tile.decode(answer.content)
        assert len(decoded) == 1
        for feature in next(iter(decoded.values()))["features"]:
            known = found.setdefault(feature["id"], feature["properties"])
            assert known == feature["properties"]
    assert set(found) == set(compact_ids(cells).tolist())
    return found


@pytest.mark.parametrize("window", ["12m:2025-12", "2025-11"])
@pytest.mark.parametrize("category", ["drugs", "all"])
def test_sums_are_equal_over_zooms(client: Any, counts: Any, window: str, category: str) -> None:
    path = f"/tiles/incidents/{{z}}/{{x}}/{{y}}.mvt?window={window}&category={category}"
    sums = []
    for zoom in (5, 8, 10, 13):
        features = _features(client, counts, path, zoom)
        sums.append(sum(one["value"] for one in features.values() if one["status"] == "shown"))
    assert set(sums) == {counts.at(8, window, category)[1].sum()}


def test_a_tile_says_what_the_values_say(client: Any, counts: Any) -> None:
    for window in ("12m:2025-12", "2025-Q4"):
        features = _features(client, counts, f"/tiles/drug-hotspot/{{z}}/{{x}}/{{y}}.mvt?window={window}", 11)
        answer = client.get(f"/v1/layers/drug-hotspot/values?window={window}").json()
        rows = {row[0]: dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]}
        shown = {one["cell"]: one for one in features.values()}
        assert set(shown) == set(rows)
        for cell, feature in shown.items():
            names = ("cell", "value", "class", "support", "status", "count", "q", "raw_class")
            assert feature == {name: rows[cell][name] for name in names if rows[cell][name] is not None}


def test_archive_and_encoder_give_the_same_bytes(client: Any, snapshots: Any, tmp_path: Any) -> None:
    from geointel.snapshot import open_snapshot
    from geointel_api.opened import OpenSnapshot
    from geointel_api.tile_source import TileSource, archived
    from geointel_api.view import Choice, select

    edition = OpenSnapshot(open_snapshot(snapshots)).edition("open")
    for layer, category in (("incidents", "burglary"), ("drug-hotspot", "all"), ("drug-excess", "drugs")):
        view = select(edition, layer, Choice("12m:2025-12", category, 8))
        stored = archived(view, (10, 503, 329))
        assert stored
        assert TileSource().encoded(view, "any", (10, 503, 329)) == stored
        assert client.get(f"/tiles/{layer}/10/503/329.mvt?category={category}").content == stored


def test_the_layer_of_a_tile_is_the_category(client: Any) -> None:
    for category in ("drugs", "burglary"):
        tile = client.get(f"/tiles/incidents/12/2013/1318.mvt?category={category}&window=2025-12").content
        assert list(mapbox_vector_tile.decode(tile)) == [category]


def test_a_tile_without_cells_is_empty(client: Any) -> None:
    answer = client.get("/tiles/incidents/10/1/1.mvt")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["etag"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tiles/incidents/4/7/5.mvt", 404),
        ("/tiles/incidents/14/8052/5258.mvt", 404),
        ("/tiles/incidents/5/32/0.mvt", 404),
        ("/tiles/incidents/x/1/1.mvt", 404),
        ("/tiles/nothing/10/503/329.mvt", 404),
        ("/tiles/incidents/10/503/329.mvt?window=2024-01", 404),
        ("/tiles/incidents/10/503/329.mvt?category=drink", 404),
        ("/tiles/incidents/10/503/329.mvt?snapshot=20200101T000000Z-00000000", 404),
        ("/tiles/incidents/10/503/329.mvt?edition=partner", 403),
        ("/tiles/incidents/10/503/329.mvt?edition=nothing", 403),
        ("/tiles/incidents/10/503/329.mvt?filter=value>1", 400),
        ("/collections/incidents/tiles/WebMercatorQuad/14/1/1", 404),
    ],
)
def test_what_is_no_tile_is_said_so(client: Any, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_a_tile_can_only_be_read(client: Any) -> None:
    assert client.request("POST", "/tiles/incidents/10/503/329.mvt").status_code == 405
    head = client.request("HEAD", "/tiles/incidents/10/503/329.mvt")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 0


def test_ogc_addresses_give_the_same_tiles(client: Any) -> None:
    ours = client.get("/tiles/incidents/10/503/329.mvt?category=all")
    theirs = client.get("/collections/incidents/tiles/WebMercatorQuad/10/329/503?category=all")
    assert ours.content == theirs.content != b""
    assert ours.headers["etag"] == theirs.headers["etag"]


def test_tiles_of_a_named_snapshot_are_kept_for_ever(client: Any) -> None:
    named = client.get("/v1/snapshot").json()["snapshot"]
    lasting = client.get(f"/tiles/incidents/10/503/329.mvt?snapshot={named}")
    assert lasting.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get("/tiles/incidents/10/503/329.mvt").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("coding", ["gzip", "identity", "br, *;q=0.1", "gzip;q=0"])
def test_a_tile_is_packed_for_those_who_take_it(client: Any, coding: str) -> None:
    path = "/tiles/incidents/10/503/329.mvt"
    answer = client.get(path, accept_encoding=coding)
    packed = coding in ("gzip", "br, *;q=0.1")
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    assert mapbox_vector_tile.decode(answer.content)["drugs"]["features"]
    again = client.get(path, accept_encoding=coding, if_none_match=answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]


def test_tilejson_leads_to_the_tiles(client: Any, counts: Any) -> None:
    found = client.get("/tiles/drug-hotspot.json?window=2025-12&category=all").json()
    template = found["tiles"][0].removeprefix("http://map.test")
    features = _features(client, counts, template, 9)
    vector = found["vector_layers"][0]
    assert vector["id"] == "all"
    assert {name for one in features.values() for name in one} <= set(vector["fields"])
    assert found["resolutions"] == {str(z): 6 if z <= 7 else 7 if z <= 9 else 8 for z in range(5, 14)}
    assert vector["null_counts"]["value"] == 2
    assert all("zero" in text or "says why" in text for text in vector["null_means"].values())
    west, south, east, north = found["bounds"]
    points = np.array(client.get("/collections/incidents").json()["extent"]["spatial"]["bbox"][0])
    assert west <= points[0] <= points[2] <= east
    assert south <= points[1] <= points[3] <= north


def test_tile_limits_hold_every_tile(client: Any, counts: Any) -> None:
    limits = client.get("/collections/incidents/tiles/WebMercatorQuad").json()["tileMatrixSetLimits"]
    by_zoom = {int(one["tileMatrix"]): one for one in limits}
    cells = counts.at(8, "2025-12", "drugs")[0]
    for tile in tiles_of(TileGeometry.of(cells), 13).tiles:
        assert by_zoom[13]["minTileCol"] - 1 <= tile.x <= by_zoom[13]["maxTileCol"] + 1
        assert by_zoom[13]["minTileRow"] - 1 <= tile.y <= by_zoom[13]["maxTileRow"] + 1


def test_the_cache_is_of_limited_size() -> None:
    from geointel_api.tile_app import OVERHEAD, Packed, TileCache

    cache = TileCache(3 * (OVERHEAD + 100))
    for number in range(5):
        cache.put((number,), Packed("tag", b"x" * 100))
    assert [cache.get((number,)) is not None for number in range(5)] == [False, False, True, True, True]
    cache.put((9,), Packed("tag", b"x" * 10_000))
    assert cache.get((9,)) is None
