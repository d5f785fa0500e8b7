"""Long roads are cut along their line, and nothing of their length is lost."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely
import shapely.ops

from geointel.errors import MethodError
from geointel.gaps.road_pieces import road_pieces
from geointel.model import ROADS

LINES = ([(-2.7, 53.8), (-2.7, 53.81), (-2.68, 53.81)], [(-2.68, 53.81), (-2.67, 53.81)])
METRES = (2400.0, 240.0)


def table() -> pa.Table:
    size = len(LINES)
    columns = {
        "source": ["osm"] * size, "way": [1, 2], "start": [10, 30], "end": [30, 20], "road_class": ["primary", "track"],
        "name": [None] * size, "ref": [None] * size, "metres": METRES, "forward": [True, False],
        "backward": [False, False], "walk": [True, True], "cycle": [True, True], "drive": [True, False],
        "speed": [48.0, None],
        "geometry": [shapely.to_wkb(shapely.LineString(line)) for line in LINES], "cell": [1, 2],
    }  # fmt: skip
    flat = {f.name: pa.array(columns[f.name], getattr(f.type, "value_type", f.type)) for f in ROADS}
    return pa.table(flat).cast(ROADS)


def test_a_long_road_is_cut_into_equal_pieces_that_follow_each_other() -> None:
    found = road_pieces(table(), longest=250.0)
    assert found["metres"].tolist() == [240.0] * 11
    assert found["start"].tolist() == [10, *range(31, 40), 30]
    assert found["end"].tolist() == [*range(31, 40), 30, 20]
    assert found["road_class"].tolist() == ["primary"] * 10 + ["track"]
    assert np.isnan(found["speed"][-1])
    follow = found["end"][:-1] == found["start"][1:]
    assert follow.all()
    for side in ("lat", "lng"):
        assert (found[f"end_{side}"][:-1] == found[f"start_{side}"][1:]).all()
    assert (found["start_lng"][0], found["start_lat"][0]) == LINES[0][0]
    assert (found["end_lng"][9], found["end_lat"][9]) == LINES[0][-1]


def test_cuts_lie_on_the_line_and_as_far_along_it_as_they_say() -> None:
    from pyproj import Geod

    found = road_pieces(table(), longest=250.0)
    line = shapely.LineString(LINES[0])
    points = shapely.points(found["start_lng"][:10], found["start_lat"][:10])
    assert (shapely.distance(points, line) < 1e-9).all()
    whole = Geod(ellps="WGS84").geometry_length(line)
    parts = [shapely.ops.substring(line, 0, line.project(point)) for point in points[1:]]
    share = [Geod(ellps="WGS84").geometry_length(part) / whole for part in parts]
    assert share == pytest.approx(np.arange(1, 10) / 10, abs=2e-3)


def test_short_roads_stay_as_they_are_and_none_are_none() -> None:
    found = road_pieces(table(), longest=5000.0)
    assert found["metres"].tolist() == list(METRES)
    assert found["start"].tolist() == [10, 30]
    assert len(road_pieces(ROADS.empty_table())["metres"]) == 0


def test_pieces_must_have_a_length() -> None:
    with pytest.raises(MethodError, match="longest piece"):
        road_pieces(table(), longest=0.0)
