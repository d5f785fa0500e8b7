"""Roads as stretches, roads drawn from numbers, and events on the stretch that they lie on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely
import shapely.affinity
from pyproj import Geod

from geointel.ingest import numbered_roads, snap, stretches
from geointel.ingest.stretches import LONGEST, Roads

LAT, LNG = 53.7, -1.75
NORTH = 1 / 111_300
"""Degrees of latitude for each metre, here."""


def line(*metres: float) -> shapely.LineString:
    """A line due north through points so many metres from the start."""
    return shapely.LineString([(LNG, LAT + metre * NORTH) for metre in metres])


def roads(*lines: shapely.LineString, names: tuple[str, ...]) -> Roads:
    metres = np.array([Geod(ellps="WGS84").geometry_length(one) for one in lines])
    count = len(lines)
    return Roads(
        lines=np.array(lines, dtype=object),
        metres=metres,
        start=np.arange(count),
        end=np.arange(count) + 1,
        road=names,
        road_class=["primary"] * count,
    )


def points(*metres: tuple[float, float, str]) -> pa.Table:
    """Metres to the east of and along the line, and the road that a row names."""
    east = 1 / (111_300 * np.cos(np.radians(LAT)))
    x, y, names = zip(*[(LNG + aside * east, LAT + along * NORTH, name) for aside, along, name in metres], strict=True)
    return pa.table({"x": x, "y": y, "osgb": [False] * len(x), "road": pa.array(names, pa.string())})


def test_a_long_edge_is_cut_into_equal_parts_that_stay_joined() -> None:
    found = stretches.cut(roads(line(0, 1600), line(1600, 1700), names=("A1", "A1")), source="roads", leaf=9)
    metres = found["metres"].to_numpy()
    assert len(metres) == 5
    assert metres[:4] == pytest.approx(np.full(4, metres[:4].mean()))
    assert metres.max() <= LONGEST
    assert metres.sum() == pytest.approx(1700, rel=0.005)
    ends = list(zip(found["start"].to_pylist(), found["end"].to_pylist(), strict=True))
    assert ends[0][0] == 0
    assert [one[1] for one in ends[:-1]] == [one[0] for one in ends[1:]]
    assert len({node for pair in ends for node in pair}) == 6
    assert found["stretch"].to_pylist() == [0, 1, 2, 3, 4]
    own = stretches.inside(found, np.sort(found["cell"].to_numpy()[2:3]))
    assert own["stretch"].to_pylist() == list(range(own.num_rows))
    assert set(own["cell"].to_pylist()) == {found["cell"][2].as_py()}


def test_an_event_lies_on_the_road_that_it_names_else_on_the_nearest() -> None:
    side = shapely.affinity.translate(line(0, 400), 0.0007)  # some 46 metres to the east
    made = stretches.cut(roads(line(0, 400), side, names=("A 647", "B6144")), source="roads", leaf=9)
    asked = points(
        (40, 100, ""), (40, 100, "A647"), (40, 100, "a647 "), (5, 100, "M62"), (140, 100, "A647"), (140, 100, ""), (400, 100, "A647"),
    )  # fmt: skip
    assert snap.stretch_of_points(asked, made).tolist() == [1, 0, 0, 0, 0, -1, -1]
    assert snap.stretch_of_points(asked.slice(0, 0), made).tolist() == []
    assert snap.stretch_of_points(asked, made.slice(0, 0)).tolist() == [-1] * asked.num_rows


def test_of_two_stretches_as_near_the_first_stands() -> None:
    made = stretches.cut(roads(line(0, 300), line(300, 600), names=("A1", "A1")), source="roads", leaf=9)
    assert snap.stretch_of_points(points((0, 300, "A1"), (10, 500, "A1")), made).tolist() == [0, 1]


def test_a_numbered_road_is_drawn_through_its_events_and_not_across_a_gap() -> None:
    along = [(3.0 * (number % 2), 120.0 * number, "A647") for number in range(20)]
    far = [(0.0, 8_000.0 + 300 * number, "A647") for number in range(3)]
    other = [(900.0, 500.0, "B6144"), (900.0, 900.0, "B6144"), (1_500.0, 0.0, "")]
    made = numbered_roads.drawn(points(*along, *far, *other), source="collisions", leaf=9)
    length = dict.fromkeys(("A647", "B6144"), 0.0)
    for name, metres in zip(made["road"].to_pylist(), made["metres"].to_pylist(), strict=True):
        length[name] += metres
    assert length["A647"] == pytest.approx(19 * 120 + 600, rel=0.15)
    assert length["B6144"] == pytest.approx(400, rel=0.05)
    assert set(made["road_class"].to_pylist()) == {"a-road", "b-road"}
    assert max(made["metres"].to_pylist()) <= LONGEST
    on = snap.stretch_of_points(points((0, 1_000, "A647"), (900, 700, "B6144")), made)
    assert [made["road"][int(number)].as_py() for number in on] == ["A647", "B6144"]


@pytest.mark.parametrize(
    ("name", "found"),
    [("M62", "motorway"), ("A1(M)", "motorway"), ("A58", "a-road"), ("B6144", "b-road"), ("", "other")],
)
def test_the_class_of_a_number(name: str, found: str) -> None:
    assert numbered_roads.road_class(name) == found


def test_events_without_any_number_draw_no_road() -> None:
    none = numbered_roads.drawn(points((0, 0, ""), (0, 100, "")), source="collisions", leaf=9)
    assert none.num_rows == 0
    assert numbered_roads.drawn(points((0, 0, "A1")), source="collisions", leaf=9).num_rows == 0
