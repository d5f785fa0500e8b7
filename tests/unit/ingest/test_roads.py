"""OpenStreetMap files to edges: nothing lost, lengths on the ellipsoid, metres shared among leaves."""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geointel.build.gather import take
from geointel.build.look import levels_of
from geointel.build.taken import Site, Taken
from geointel.config import check, load
from geointel.errors import SchemaError, SourceError
from geointel.grid import parents
from geointel.ingest import road_edges, roads
from geointel.ingest.areas import read_study_area
from geointel.ingest.roads import Way
from geointel.model import ALL
from geointel.sources import roads as kind
from geointel.sources.base import RawFile

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMPLE = Path(__file__).parents[2] / "golden" / "sources" / "roads" / "in"
BOX = (-3.05, 53.80, -3.00, 53.83)
CONFIG = """
[partnership]
id = "town"
name = "Town"

[area]
edge_km = {edge}

[[area.level]]
id = "half"
file = "area.geojson"
code = "code"
name = "code"

[[source]]
id = "osm"
kind = "roads"
files = "osm/*"
{more}
"""


def square(folder: Path, box: tuple[float, float, float, float]) -> None:
    """A study area in two halves, with the codes W and E."""
    west, south, east, north = box
    middle = (west + east) / 2
    halves = {"W": shapely.box(west, south, middle, north), "E": shapely.box(middle, south, east, north)}
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": shapely.geometry.mapping(half)}
        for code, half in halves.items()
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / "area.geojson").write_text(text, encoding="utf-8")


def site_of(folder: Path, *, box: tuple[float, float, float, float] = BOX, edge: int = 0, more: str = "") -> Site:
    square(folder, box)
    (folder / "town.toml").write_text(CONFIG.format(edge=edge, more=more), encoding="utf-8")
    partnership = load(folder / "town.toml")
    study = read_study_area(levels_of(partnership), folder, 9)
    none: Any = None
    return Site(partnership, study, none, folder, folder, None, lambda _: None)


def taken(site: Site) -> Taken:
    return take(site.partnership.sources[0], site)


def copy_sample(folder: Path) -> Path:
    (folder / "osm").mkdir()
    for path in SAMPLE.iterdir():
        (folder / "osm" / path.name).write_bytes(path.read_bytes())
    return folder


def way(number: int, nodes: Sequence[int], points: Sequence[tuple[float, float]]) -> Way:
    return Way(number, np.array(nodes, np.int64), np.array(points, np.float64), kind.read({"highway": "path"}))


# --- edges -------------------------------------------------------------------------------------


def test_ways_are_cut_where_they_meet_and_where_one_meets_itself() -> None:
    through = way(1, [1, 2, 3, 4], [(0, 0), (0.01, 0), (0.02, 0), (0.03, 0)])
    across = way(2, [5, 3, 6], [(0.02, 0.01), (0.02, 0), (0.02, -0.01)])
    knot = way(3, [7, 8, 9, 8, 10], [(1, 1), (1.01, 1), (1.01, 1.01), (1.01, 1), (1.02, 1)])
    edges = road_edges.split([through, across, knot])
    found = list(zip(edges.way.tolist(), edges.start.tolist(), edges.end.tolist(), strict=True))
    assert found == [(0, 1, 3), (0, 3, 4), (1, 5, 3), (1, 3, 6), (2, 7, 8), (2, 8, 8), (2, 8, 10)]
    assert edges.points(0).tolist() == [[0, 0], [0.01, 0], [0.02, 0]]
    assert edges.points(6).tolist() == [[1.01, 1], [1.02, 1]]


def test_an_edge_is_as_long_as_on_the_ellipsoid() -> None:
    points = [(-3.04, 53.81), (-3.035, 53.812), (-3.03, 53.815)]
    edges = road_edges.split([way(1, [1, 2, 3], points), way(2, [4, 5], [(0, 0), (1, 0)])])
    expected = Geod(ellps="WGS84").line_length(*zip(*points, strict=True))
    assert edges.metres.tolist() == pytest.approx([expected, 111_319.490793], rel=1e-9)


def test_the_metres_of_an_edge_are_kept_when_they_are_shared() -> None:
    draw = np.random.default_rng(1)
    lines = [np.cumsum(draw.normal(0, 0.003, (5, 2)), axis=0) + np.array([-3, 53.8]) for _ in range(40)]
    ways = [way(n, range(n * 5, n * 5 + 5), line.tolist()) for n, line in enumerate(lines)]
    edges = road_edges.split(ways)
    pieces = road_edges.pieces(edges, 9)
    shared = np.bincount(pieces.edge, weights=pieces.metres)
    assert shared.tolist() == pytest.approx(edges.metres.tolist(), rel=1e-9)
    assert len(np.unique(pieces.cell)) > 20


def test_metres_lie_where_the_line_lies() -> None:
    """A straight line of many kilometres: each leaf has what lies in its hexagon, to a piece's length."""
    edges = road_edges.split([way(1, [1, 2], [(-3.0, 53.8), (-2.9, 53.8)])])
    pieces = road_edges.pieces(edges, 8)
    line = shapely.LineString(edges.points(0))
    from geointel.grid import boundaries

    for cell, metres in zip(pieces.cell, pieces.metres, strict=True):
        hexagon = shapely.Polygon(boundaries(np.array([cell])).lnglat)
        part = shapely.intersection(line, hexagon).length / line.length * edges.metres[0]
        assert abs(part - metres) <= road_edges.STEP_METRES + 1


def test_nothing_gives_nothing() -> None:
    edges = road_edges.split([])
    assert len(edges.metres) == len(road_edges.pieces(edges, 9).cell) == len(road_edges.middles(edges, 9)) == 0


# --- a source ----------------------------------------------------------------------------------


def test_every_way_has_one_fate(tmp_path: Path) -> None:
    report = taken(site_of(copy_sample(tmp_path))).report
    assert report.unmapped == {"bad-row": 1, "outside-area": 1, "duplicate": 1, "closed": 1, "no-data": 1}
    assert (report.read, report.mapped) == (12, 7)
    assert "town-2025-01.osm: 1 ways lack a node" in " ".join(report.notes)


def test_metres_by_cell_and_area_are_those_of_the_roads_that_are_open_to_anybody(tmp_path: Path) -> None:
    site = site_of(copy_sample(tmp_path), box=(-3.2, 53.7, -2.9, 53.9))
    facts = taken(site).facts
    rows = [edge for edge in facts.roads.to_pylist() if edge["walk"] or edge["cycle"] or edge["drive"]]
    by_class = {
        name: sum(e["metres"] for e in rows if e["road_class"] == name) for name in {e["road_class"] for e in rows}
    }
    expected = {**by_class, ALL: sum(by_class.values())}
    for resolution in site.partnership.grid.publish:
        found: dict[str, float] = {}
        for fact in facts.cells.to_pylist():
            if fact["resolution"] == resolution:
                found[fact["category"]] = found.get(fact["category"], 0) + fact["value"]
        assert found == pytest.approx(expected, rel=1e-9)
    areas = [fact["value"] for fact in facts.areas.to_pylist() if fact["category"] == ALL]
    assert sum(areas) == pytest.approx(expected[ALL], rel=1e-9)
    assert {fact["window"] for fact in facts.cells.to_pylist()} == {"2025-01"}
    assert "track" not in expected


def test_metres_outside_the_area_are_in_no_fact(tmp_path: Path) -> None:
    site = site_of(copy_sample(tmp_path))
    facts = taken(site).facts
    cells = {fact["cell"] for fact in facts.cells.to_pylist() if fact["resolution"] == 8}
    assert cells <= set(parents(site.study.leaves, 8).tolist())
    every = sum(fact["value"] for fact in facts.areas.to_pylist() if fact["category"] == ALL)
    assert 0 < every < sum(edge["metres"] for edge in facts.roads.to_pylist())


@pytest.mark.parametrize(("edge", "there"), [(0, False), (20, True)])
def test_roads_near_the_area_are_kept_as_far_as_its_edge(tmp_path: Path, edge: int, there: bool) -> None:
    site = site_of(copy_sample(tmp_path), box=(-3.04, 53.80, -2.9, 53.83), edge=edge)
    text = (SAMPLE / "town-2025-01.osm").read_text().replace('lat="50.8600" lon="-1.4200"', 'lat="53.81" lon="-3.2"')
    (tmp_path / "osm" / "town-2025-01.osm").write_text(
        text.replace('lat="50.8610" lon="-1.4210"', 'lat="53.81" lon="-3.19"')
    )
    found = taken(site)
    assert (110 in found.facts.roads["way"].to_pylist()) == there
    assert found.report.unmapped["outside-area"] == 1


def test_lines_have_the_points_of_their_edges(tmp_path: Path) -> None:
    edges = taken(site_of(copy_sample(tmp_path))).facts.roads.to_pylist()
    line = shapely.from_wkb(next(edge["geometry"] for edge in edges if edge["way"] == 102))
    assert line.coords[:] == [(-3.037, 53.814), (-3.035, 53.812)]


# --- files -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "more", "month"),
    [
        ("town-2025-01.osm", "", "2025-01"),
        ("town.osm", 'as_of = "2024-06"', "2024-06"),
        ("town-2025-01.osm", 'as_of = "2024-06"', "2024-06"),
        ("timed.osm", "", "2023-11"),
    ],
)
def test_the_month_is_that_of_the_extract(tmp_path: Path, name: str, more: str, month: str) -> None:
    (tmp_path / "osm").mkdir()
    text = (SAMPLE / "town-2025-01.osm").read_text()
    if name.startswith("timed"):
        text = text.replace('<way id="101" ', '<way id="101" timestamp="2023-11-02T03:04:05Z" ')
    (tmp_path / "osm" / name).write_text(text)
    found = taken(site_of(tmp_path, more=more))
    assert set(found.facts.cells["window"].to_pylist()) == {month}
    assert found.months == frozenset()


def test_an_extract_of_no_month_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / "osm").mkdir()
    (tmp_path / "osm" / "town.osm").write_bytes((SAMPLE / "town-2025-01.osm").read_bytes())
    with pytest.raises(SchemaError, match="of which month") as caught:
        taken(site_of(tmp_path))
    assert "as_of" in caught.value.remedy


def test_a_packed_file_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "osm").mkdir()
    (tmp_path / "osm" / "t-2025-01.osm.gz").write_bytes(gzip.compress((SAMPLE / "town-2025-01.osm").read_bytes()))
    assert taken(site_of(tmp_path)).report.read == 10


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t-2025-01.osm", b"<osm version='0.6'><node id='1' lat='abc' lon='3'/></osm>"),
        ("t-2025-01.osm", b"<osm version='0.6'><node id='1'"),
        ("t-2025-01.osm", b"no xml"),
        ("t-2025-01.osm", b""),
        ("t-2025-01.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader"),
        ("t-2025-01.osm.pbf", b"PK\x03\x04"),
        ("t-2025-01.csv", b"a,b\n1,2\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / "osm").mkdir()
    (tmp_path / "osm" / name).write_bytes(content)
    with pytest.raises(SchemaError, match=re.escape(name)):
        taken(site_of(tmp_path))


@pytest.fixture(scope="module")
def both_forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The sample as text and in the binary form."""
    import osmium

    text, packed = SAMPLE / "town-2025-01.osm", tmp_path_factory.mktemp("packed") / "town-2025-01.osm.pbf"
    with osmium.SimpleWriter(str(packed)) as writer:
        for thing in osmium.FileProcessor(str(text)):
            writer.add(thing)
    return {path.name: path.read_bytes() for path in (text, packed)}


def mutated(content: bytes, draw: random.Random) -> bytes:
    """Some bytes changed, lost, put in, blanked or exchanged."""
    found = bytearray(content)
    how = draw.choice(["flip", "cut", "insert", "blank", "exchange"])
    for _ in range(draw.choice([1, 3, 20])):
        place, other = draw.randrange(len(found)), draw.randrange(len(found))
        if how == "flip":
            found[place] ^= 1 << draw.randrange(8)
        elif how == "cut":
            found = found[: max(place, 1)]
        elif how == "insert":
            found[place:place] = draw.randbytes(5)
        elif how == "blank":
            found[place : place + 20] = bytes(len(found[place : place + 20]))
        else:
            found[place], found[other] = found[other], found[place]
    return bytes(found)


@pytest.mark.parametrize("name", ["town-2025-01.osm", "town-2025-01.osm.pbf"])
def test_a_damaged_file_is_read_or_refused_and_never_breaks_a_build(
    tmp_path: Path, both_forms: dict[str, bytes], name: str
) -> None:
    refused = 0
    for seed in range(100):
        content = mutated(both_forms[name], random.Random(seed))  # noqa: S311 - not for secrets
        (tmp_path / name).write_bytes(content)
        raw = RawFile("osm", tmp_path / name, name, "", len(content))
        try:
            found = roads.read([raw], kind.SOURCE, box=(-180, -90, 180, 90), scratch=tmp_path)
        except SchemaError:
            refused += 1
        else:
            assert found.read <= 10
    assert refused > 50


def test_both_forms_of_a_file_give_the_same(tmp_path: Path, both_forms: dict[str, bytes]) -> None:
    tables = []
    for name, content in both_forms.items():
        folder = tmp_path / name
        (folder / "osm").mkdir(parents=True)
        (folder / "osm" / name).write_bytes(content)
        tables.append(taken(site_of(folder)).facts)
    assert tables[0].roads.equals(tables[1].roads)
    assert tables[0].cells.equals(tables[1].cells)


def test_a_file_that_is_not_openstreetmap_s_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "osm").mkdir()
    (tmp_path / "osm" / "roads.csv").write_text("a,b\n")
    site = site_of(tmp_path)
    (fault,) = check(site.partnership, tmp_path)
    assert (fault.key, "cannot be read as OpenStreetMap data" in fault.message) == ("source[0].files", True)


def test_without_the_extra_one_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = site_of(copy_sample(tmp_path))
    monkeypatch.setitem(sys.modules, "osmium", None)
    with pytest.raises(SourceError) as caught:
        taken(site)
    assert "pip install 'geointel[roads]'" in caught.value.remedy
    faults = check(site.partnership, tmp_path)
    assert all("geointel[roads]" in fault.remedy for fault in faults)
    assert faults


def test_the_list_of_kinds_needs_no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "osmium", None)
    assert roads.EXTRA == "geointel[roads]"
    assert kind.SOURCE.kind == "roads"
