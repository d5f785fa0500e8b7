"""A partnership's own travel times through the sources of a build, and through its gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h3.api.basic_str as h3
import numpy as np
import pytest
from typer.testing import CliRunner

from geointel import snapshot
from geointel.build import build
from geointel.build.build import levels_of
from geointel.build.gather import gather
from geointel.cli.main import app
from geointel.config import load
from geointel.disclosure.geography import Geography
from geointel.disclosure.policy import SourceTerms
from geointel.disclosure.release import release
from geointel.engine.duckdb import DuckDBEngine
from geointel.errors import SourceError
from geointel.grid.cells import parse_cell
from geointel.ingest.areas import read_study_area
from geointel.model import TRAVEL, HexFacts

from ..street import write
from .small_partnership import FEW_LAYERS, MONTHS, write_partnership

SERVICES = (
    "id,name,kind,lat,lng,closed\n"
    "S1,Harbour House,Drug treatment,53.82,-3.05,\n"
    "S2,Quay House,Needle exchange,53.80,-3.01,\n"
    "S3,Old House,Drug treatment,53.80,-3.01,2024-01-31\n"
)
SOURCES = """
[[source]]
id = "by-bus"
kind = "travel-matrix"
files = "by-bus.csv"
mode = "public-transport"
departure = "2026-03-10T09:00"
services = "ours"

[[source]]
id = "ours"
kind = "services"
files = "ours-2025-03.csv"
"""
HERE, THERE = (h3.latlng_to_cell(53.81, lng, 8) for lng in (-3.0, -2.95))
MATRIX = (
    "from_id,to_id,travel_time_p25,travel_time_p50\n"
    f"{HERE},S1,11,14\n{HERE},S2,0,0\n{HERE},S3,5,5\n{THERE},S1,,\n{THERE},S2,20,31.5\n{THERE},S1,9,9\n"
)


def written(folder: Path, **given: str) -> Any:
    made = write_partnership(folder, months=MONTHS[:2], layers=FEW_LAYERS)
    write(made.data, {"by-bus.csv": given.get("matrix", MATRIX), "ours-2025-03.csv": SERVICES})
    made.config.write_text(made.config.read_text() + given.get("sources", SOURCES))
    return made


def gathered(made: Any, scratch: Path) -> Any:
    partnership = load(made.config)
    scratch.mkdir()
    engine = DuckDBEngine(scratch, threads=1)
    study = read_study_area(levels_of(partnership), made.data, 9)
    try:
        return gather(partnership, study, engine, data=made.data, scratch=scratch, announce=lambda _: None)
    finally:
        engine.close()


def test_times_are_read_after_the_services_and_every_row_is_accounted_for(tmp_path: Path) -> None:
    found = gathered(written(tmp_path), tmp_path / "scratch")
    report = next(report for report in found.reports if report.id == "by-bus")
    assert (report.read, report.mapped) == (6, 3)
    assert dict(report.unmapped) == {"unmatched": 1, "duplicate": 1, "no-data": 1}
    assert report.notes == ("2 of 2 services have travel times", "1 destinations are no services here: S3")
    assert found.facts.travel.schema.equals(TRAVEL)
    usual = {"source": "by-bus", "mode": "public-transport", "departure": "2026-03-10T09:00", "percentile": 50.0}
    expected = [(HERE, "ours:S1", 14.0), (HERE, "ours:S2", 0.0), (THERE, "ours:S2", 31.5)]
    rows = [{**usual, "origin": parse_cell(cell), "destination": name, "minutes": m} for cell, name, m in expected]
    assert found.facts.travel.to_pylist() == sorted(rows, key=lambda row: (row["origin"], row["destination"]))


def test_a_whole_build_names_the_source_and_its_caveat(tmp_path: Path) -> None:
    made = written(tmp_path)
    report = build(load(made.config), data=made.data, out=tmp_path / "snapshots")
    edition = snapshot.open_snapshot(report.path).edition("open")
    assert "travel-matrix" in edition.manifest["caveats"]
    named = next(source for source in edition.manifest["sources"] if source["id"] == "by-bus")
    assert [file["name"] for file in named["files"]] == ["by-bus.csv"]


NOWHERE = Geography(
    cells={}, areas={}, coarse=("lad",), groups={}, leaves=np.empty(0, np.int64), area_of_leaf={}, digest=""
)


def test_an_edition_without_the_services_has_none_of_their_times(tmp_path: Path) -> None:
    facts: HexFacts = gathered(written(tmp_path), tmp_path / "scratch").facts

    def passed(*admitted: str) -> int:
        terms = [SourceTerms(s, public=True, method="none", admitted=s in admitted) for s in ("by-bus", "ours")]
        return int(release(facts, terms, edition="open", windows={}, geography=NOWHERE, ledger={}).travel.num_rows)

    assert passed("by-bus", "ours") == 3
    assert passed("by-bus") == passed("ours") == passed() == 0
    assert release(HexFacts(), [], edition="open", windows={}, geography=NOWHERE, ledger={}).travel.schema.equals(
        TRAVEL
    )


@pytest.mark.parametrize("services", ["theirs", "police"])
def test_a_matrix_to_services_that_are_not_there_is_refused(tmp_path: Path, services: str) -> None:
    made = written(tmp_path, sources=SOURCES.replace('services = "ours"', f'services = "{services}"'))
    with pytest.raises(SourceError, match=f"services of the source '{services}', which has none") as refused:
        gathered(made, tmp_path / "scratch")
    assert "services" in refused.value.remedy


def test_check_finds_a_missing_column_and_a_missing_departure(tmp_path: Path) -> None:
    made = written(tmp_path, matrix=MATRIX.replace("to_id", "clinic"))
    done = CliRunner().invoke(app, ["check", str(made.config), "--data", str(made.data)])
    assert done.exit_code != 0
    assert "'to_id'" in done.output
    text = made.config.read_text().replace('departure = "2026-03-10T09:00"\n', "")
    made.config.write_text(text)
    done = CliRunner().invoke(app, ["check", str(made.config), "--data", str(made.data)])
    assert done.exit_code != 0
    assert "hold for one day and time" in done.output.replace("\n", " ")


def test_origins_of_a_file_are_read_and_named(tmp_path: Path) -> None:
    more = 'origins = { file = "places.csv" }\n'
    made = written(
        tmp_path,
        sources=SOURCES.replace('services = "ours"\n', f'services = ["ours"]\n{more}'),
        matrix="from_id,to_id,travel_time\nA,S1,10\nB,S1,20\nC,S1,5\n",
    )
    write(made.data, {"places.csv": "id,lat,lng\nA,53.81,-3.0\nB,53.8101,-3.0001\nC,50.1,0.0\n"})
    found = gathered(made, tmp_path / "scratch")
    assert found.facts.travel["minutes"].to_pylist() == [15.0]
    assert found.facts.travel["percentile"].to_pylist() == [None]
    assert [raw.name for raw in found.raw["by-bus"]] == ["by-bus.csv", "places.csv"]
