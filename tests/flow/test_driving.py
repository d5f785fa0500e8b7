"""Roadside tests, collisions and traffic of a demonstration, from files to published layers: what is planted is found."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from geointel.build import build
from geointel.config import load
from geointel.demo import write_demo
from geointel.demo.source_tables import NEEDS
from geointel.errors import ConfigError
from geointel.grid import parse_cell
from geointel.notebook import open_snapshot
from geointel_api.app import create_app
from geointel_api.settings import Settings

from ..client.conftest import Client
from ..events import CONFIG, HALVES, Counted, counted_files, source
from ..street import halves, text, write

if TYPE_CHECKING:
    from geointel.build.report import BuildReport
    from geointel.notebook import SnapshotEdition

YEAR, EARLIER, ACROSS = "12m:2025-12", "12m:2024-12", "12m:2025-06"
MONTHS = 24
"""The way of recording changes in the middle: each has one year to itself."""
LAYERS = """
[[layer]]
id = "collisions"
kind = "collisions"
roads = "roads"
windows = ["year"]

[[layer]]
id = "by-traffic"
kind = "collisions"
traffic = "traffic"
windows = ["year"]

[[layer]]
id = "drug-driving"
kind = "drug-driving"
windows = ["year"]
"""


@dataclass(frozen=True)
class Built:
    folder: Path
    report: BuildReport
    edition: SnapshotEdition
    truth: dict[str, Any]

    def rows(self, layer: str, window: str, category: str, resolution: int = 8) -> list[dict[str, Any]]:
        found = self.edition.layer(layer).to_arrow(window=window, category=category, resolution=resolution)
        return list(found.to_pylist())

    def file(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader((self.folder / name).read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    pytest.importorskip(*NEEDS.values(), reason="the extra that reads roads is not installed")
    folder = tmp_path_factory.mktemp("driving")
    files = write_demo(folder, scale="county", seed=1, months=MONTHS)
    head, _, _ = files.config.read_text(encoding="utf-8").partition("# Without [[layer]]")
    wanted = ("stats19", "drug-driving", "roads", "traffic-counts")
    before, *tables = head.split("[[source]]\n")
    editions = tables[-1][tables[-1].index("[edition.open]") :]
    gone = re.compile("^(needles|health|treatment) = .*\n", re.MULTILINE)
    editions = gone.sub("", editions)
    kept = [
        table.partition("[edition.open]")[0] for table in tables if any(f'kind = "{kind}"' in table for kind in wanted)
    ]
    config = before + "".join(f"[[source]]\n{table}" for table in kept) + editions + LAYERS
    files.config.write_text(config, encoding="utf-8")
    report = build(load(files.config), data=folder, out=folder / "snapshots")
    truth = json.loads(files.truth.read_text(encoding="utf-8"))
    return Built(folder, report, open_snapshot(folder / "snapshots", "partner"), truth)


def planted(built: Built, name: str) -> dict[str, Any]:
    found: dict[str, Any] = built.truth[name] if name in built.truth else built.truth["formats"][name]
    return found


# --- roadside tests ----------------------------------------------------------------------------


@pytest.mark.parametrize(("window", "category"), [(YEAR, "drug-driving-rsf"), (EARLIER, "drug-driving")])
def test_the_planted_corridor_has_the_highest_rates(built: Built, window: str, category: str) -> None:
    corridor = {parse_cell(cell) for cell in planted(built, "drug_driving")["corridor"]["cells"]}
    rows = built.rows("drug-driving", window, category)
    classed = [row for row in rows if row["class"] is not None]
    assert len(classed) >= 4
    assert sum(row["cell"] in corridor for row in classed) >= 0.8 * len(classed)
    highest = sorted((row for row in rows if row["value"] is not None), key=lambda row: -row["value"])
    assert all(row["cell"] in corridor for row in highest[:4])


def test_the_cell_with_two_tests_both_positive_is_not_first(built: Built) -> None:
    few = planted(built, "drug_driving")["few_tests"]
    (check,) = [row for row in built.file("drug-driving/drug-driving-tests.csv") if row["road"] == "Demonstration Lane"]
    month = check["date"][:7]
    windows = [w for w in built.edition.layer("drug-driving").spec["windows"] if w[4:] >= month]
    mixed = built.edition.layer("drug-driving").spec["notes"]["mixed"]
    window = next(w for w in windows if w not in mixed)
    category = "drug-driving-rsf" if check["factor_system"].startswith("road") else "drug-driving"
    rows = sorted(built.rows("drug-driving", window, category), key=lambda row: -(row["value"] or 0))
    place = next(n for n, row in enumerate(rows) if row["cell"] == parse_cell(few["cell"]))
    row = rows[place]
    assert (row["support"], row["positives"], row["raw"]) == (2, 2, 100)
    assert (row["status"], row["class"]) == ("insufficient", None)
    assert place >= 10
    assert row["value"] < 60
    assert row["upper"] - row["lower"] > 30


def test_every_test_is_counted_once_and_no_two_systems_are_added(built: Built) -> None:
    tests: Counter[tuple[str, str]] = Counter()
    for row in built.file("drug-driving/drug-driving-tests.csv"):
        tests[row["date"][:4], row["factor_system"]] += int(row["tests"])
    shown = built.rows("drug-driving", YEAR, "drug-driving-rsf")
    assert 0 <= tests["2025", "road safety factors"] - sum(row["support"] for row in shown) <= 20  # beyond the border
    assert "all" not in built.edition.layer("drug-driving").spec["categories"]
    for category in ("drug-driving", "drug-driving-rsf"):
        across = built.rows("drug-driving", ACROSS, category)
        assert {row["status"] for row in across} == {"no-data"}
        assert {row["value"] for row in across} == {None}
        assert sum(row["support"] for row in across) > 0


def test_the_map_opens_with_the_system_in_use(built: Built) -> None:
    assert built.edition.layer("drug-driving").spec["default"]["category"] == "drug-driving-rsf"


def test_roadside_tests_are_in_the_edition_that_may_know_them_only(built: Built) -> None:
    layers = {line.id: line.editions for line in built.report.layers}
    assert layers == {
        "collisions": ("open", "partner"),
        "by-traffic": ("open", "partner"),
        "drug-driving": ("partner",),
    }
    assert not list(built.report.path.glob("open/**/*drug-driving*"))


# --- collisions --------------------------------------------------------------------------------


def test_planted_corridors_have_more_collisions_than_such_roads(built: Built) -> None:
    cells = {parse_cell(cell) for one in planted(built, "stats19")["corridors"] for cell in one["cells"]}
    rows = [row for row in built.rows("collisions", YEAR, "all") if row["expected_by_class"]]
    observed, expected = (
        [sum(row[name] for row in rows if (row["cell"] in cells) == there) for there in (True, False)]
        for name in ("support", "expected_by_class")
    )
    assert observed[0] > 1.5 * expected[0]  # of the rate of A roads, in which the corridors are themselves
    assert observed[1] < expected[1]
    ranks = sorted((row["times_expected"], row["cell"] in cells) for row in rows)
    assert sum(there for _, there in ranks[len(ranks) // 2 :]) > 0.8 * sum(there for _, there in ranks)


def test_lengths_of_road_are_those_for_motor_traffic(built: Built) -> None:
    only = [("measure", "=", "road-metres"), ("category", "=", "all"), ("resolution", "=", 8)]
    metres = pc.sum(pq.read_table(built.report.path / "partner" / "facts.parquet", filters=only)["value"]).as_py()
    shown = sum(row["denominator"] for row in built.rows("collisions", YEAR, "all"))
    assert shown == pytest.approx(metres / 1000)  # the demonstration has no paths


def test_vehicle_kilometres_are_those_of_the_counts(built: Built) -> None:
    """Each count's daily vehicles, times its length, times 365."""
    counts = [row for row in built.file("traffic/aadf-demo.csv") if row["year"] == "2025"]
    driven = sum(365 * int(row["all_motor_vehicles"]) * float(row["link_length_km"]) for row in counts)
    rows = built.rows("by-traffic", YEAR, "all")
    assert sum(row["denominator"] for row in rows) == pytest.approx(driven / 1e6)
    counted = {parse_cell(cell) for cell in map(cell_of, counts)}
    assert {row["cell"] for row in rows if row["denominator"]} == counted
    assert {row["value"] for row in rows if not row["denominator"]} == {None}


def cell_of(row: dict[str, str]) -> str:
    import h3

    leaf = h3.latlng_to_cell(float(row["latitude"]), float(row["longitude"]), 9)
    return str(h3.cell_to_parent(leaf, 8))


# --- the web service ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def partner(built: Built) -> Client:
    return Client(create_app(Settings(snapshots=built.folder / "snapshots", anonymous_role="commissioner")))


def test_no_rate_is_answered_without_its_number_of_tests_and_its_range(built: Built, partner: Client) -> None:
    asked = f"/v1/layers/drug-driving/values?edition=partner&window={YEAR}&category=drug-driving-rsf&resolution=8"
    answer = partner.get(f"{asked}&f=csv").text
    lines = [line for line in answer.splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    rated = [row for row in rows if row["value"]]
    assert len(rated) > 100
    assert all(int(float(row["support"])) > 0 and row["positives"] and row["lower"] and row["upper"] for row in rated)
    assert "who is stopped" in answer
    first = max((row for row in rows if row["class"]), key=lambda row: float(row["value"]))
    cell = partner.get(f"/v1/cells/{first['cell']}?edition=partner&window={YEAR}&category=drug-driving-rsf").json()
    (said,) = [one["sentence"] for one in cell["layers"] if one["layer"] == "drug-driving"]
    assert said.startswith(f"{int(float(first['support']))} roadside drug tests")
    assert "(preliminary)" in said


def test_the_public_has_no_address_of_roadside_tests(built: Built) -> None:
    public = Client(create_app(Settings(snapshots=built.folder / "snapshots")))
    assert public.get("/v1/layers/drug-driving/values").status_code == 404
    assert public.get("/v1/layers/drug-driving/values?edition=partner").status_code == 403
    assert public.get("/v1/layers/collisions/values?category=collision-ksi").status_code == 200


# --- little data -------------------------------------------------------------------------------

LITTLE = """
[[layer]]
id = "collisions"
kind = "collisions"
{more}

[[layer]]
id = "drug-driving"
kind = "drug-driving"
"""
CRASH = "collision_index,longitude,latitude,collision_severity,date,time"


@pytest.mark.parametrize("more", ["", 'traffic = "traffic-counts"'])
def test_one_collision_one_test_one_count_in_one_month(tmp_path: Path, more: str) -> None:
    files = {
        "area.geojson": halves(),
        "stats19.csv": text("2025a,-3.05,53.82,1,07/01/2025,15:30", header=CRASH),
        "tests.csv": text("2025-01-07,53.82,-3.05,1,1", header="date,latitude,longitude,tests,positives"),
        "aadf.csv": text("1,2024,TM,53.82,-3.05,2,1000", header=COUNT),
    }
    data = write(tmp_path / "data", files)
    kinds = {"stats19": "stats19.csv", "drug-driving": "tests.csv", "traffic-counts": "aadf.csv"}
    sources = "".join(source(kind, name) for kind, name in kinds.items())
    config = tmp_path / "partnership.toml"
    config.write_text(CONFIG.format(area=HALVES, sources=sources) + LITTLE.format(more=more), encoding="utf-8")
    build(load(config), data=data, out=tmp_path / "snapshots")
    edition = open_snapshot(tmp_path / "snapshots")
    (crash,) = [r for r in shown(edition, "collisions", "collision-ksi") if r["support"]]
    assert (crash["fatal"], crash["ksi"], crash["class"]) == (1, 1, None if more else "1")
    assert crash["value"] == pytest.approx(
        12 / (0.000365 * 2 * 1000) if more else 1
    )  # of a twelfth of the year's traffic
    (check,) = [row for row in shown(edition, "drug-driving", "drug-driving") if row["support"]]
    assert (check["status"], check["raw"], check["class"]) == ("insufficient", 100, None)
    assert check["value"] == 100  # one test is all there is to lean on
    assert check["lower"] < 5


def shown(edition: SnapshotEdition, layer: str, category: str) -> list[dict[str, Any]]:
    return list(edition.layer(layer).to_arrow(window="2025-01", category=category, resolution=8).to_pylist())


# --- bad input ---------------------------------------------------------------------------------

COUNT = "count_point_id,year,road_category,latitude,longitude,link_length_km,all_motor_vehicles"


def counts(folder: Path, *rows: str) -> Counted:
    return counted_files(folder, source("traffic-counts"), {"aadf.csv": text(*rows, header=COUNT)})


def test_traffic_that_cannot_be_used_is_counted_and_named(tmp_path: Path) -> None:
    found = counts(
        tmp_path,
        "1,2024,TM,53.82,-3.05,2,1000",
        "2,2024,PA,53.82,-2.95,0.5,2000",
        "3,2024,MCU,53.82,-3.05,,900",
        "4,2024,PA,53.82,-3.05,1,",
        "5,2024,PA,53.82,-3.05,-1,5",
        "6,2024,XX,53.82,-3.05,1,5",
        "7,2024,PA,,,1,5",
        "1,2024,TM,53.82,-3.05,2,1500",
    )
    report = found.report("traffic-counts")
    assert (report.read, report.mapped) == (8, 2)
    assert dict(report.unmapped) == {"bad-row": 4, "no-location": 1, "superseded": 1}
    assert "1 rows have the road category 'XX', which is not known" in report.notes
    assert any("has no length" in note for note in report.notes)
    year = {"window": "12m:2024-12", "measure": "vehicle-km"}
    assert found.sum("cells", resolution=8, category="all", **year) == 365 * (2 * 1500 + 0.5 * 2000)
    assert found.sum("areas", level="lad", code="E", category="a-road", **year) == 365 * 1000


def test_traffic_has_no_calendar_of_months(tmp_path: Path) -> None:
    """Counts of 2024 must not make the other sources' data seem to reach to December 2024."""
    found = counts(tmp_path, "1,2024,TM,53.82,-3.05,2,1000")
    assert found.gathered.source_months["traffic-counts"] == frozenset()
    assert found.gathered.calendar(["traffic-counts"]).months == ()


def refused(folder: Path, layer: str) -> str:
    sources = source("drug-driving") + source("stats19")
    config = folder / "partnership.toml"
    config.write_text(CONFIG.format(area=HALVES, sources=sources) + layer, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load(config)
    (fault,) = raised.value.faults
    return f"{fault.key}: {fault.message} {fault.remedy}"


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ('kind = "drug-driving"\ncategories = ["all"]', "never added up"),
        ('kind = "drug-driving"\nsource = "stats19"', "cannot be computed from the source 'stats19'"),
        ('kind = "collisions"\nsource = "drug-driving"', "cannot be computed from the source 'drug-driving'"),
        ('kind = "collisions"\nroads = "osm"', "There is no source 'osm'"),
        ('kind = "collisions"\nroads = "a"\ntraffic = "b"', "both are named"),
        ('kind = "collisions"\ncategories = ["drug-driving"]', "No source has the category"),
        ('kind = "drug-driving"\nfewest = 0', "fewest"),
        ('kind = "count"\nsource = "drug-driving"', "cannot be computed from the source 'drug-driving'"),
    ],
)
def test_what_has_no_meaning_is_refused_in_the_partnership_file(tmp_path: Path, layer: str, said: str) -> None:
    assert said in refused(tmp_path, f'\n[[layer]]\nid = "a"\n{layer}\n')
