"""A demonstration has a source of every kind, and a build reads nearly all rows of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from geointel.build import build
from geointel.build.report import BuildReport
from geointel.config import check, load
from geointel.demo import write_demo
from geointel.demo.source_tables import NEEDS, TABLES
from geointel.sources.base import kinds

if TYPE_CHECKING:
    from pathlib import Path

    from geointel.config import Partnership

STREET = "police-uk-street"
LEAST = {
    "outcomes": 0.75,
    "searches": 0.8,
    "practices": 0.7,
    "residents-grid": 0.4,
    "services": 0.75,
    "cqc": 0.7,
    "health": 0.75,
}
"""Least share of rows that are mapped where closed services, empty squares and the like are many; else 95 %."""


@dataclass(frozen=True)
class Built:
    """A demonstration of three months and what came of it."""

    folder: Path
    partnership: Partnership
    report: BuildReport


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    demo = write_demo(tmp_path_factory.mktemp("sources"), scale="town", seed=3, months=3)
    partnership = load(demo.config)
    assert check(partnership, demo.directory) == ()
    return Built(demo.directory, partnership, build(partnership, data=demo.directory, out=demo.directory / "out"))


def test_there_is_a_source_of_every_kind(built: Built) -> None:
    pytest.importorskip(*NEEDS.values(), reason="the extra that reads roads is not installed")
    assert {source.kind for source in built.partnership.sources} == set(kinds()) == {STREET, *TABLES}


def test_nearly_all_rows_of_every_source_are_mapped_and_the_rest_counted(built: Built) -> None:
    for source in built.report.sources:
        assert source.read == source.mapped + sum(source.unmapped.values()) > 0, source.id
        assert source.mapped >= LEAST.get(source.id, 0.95) * source.read, (source.id, source.unmapped)


def test_what_is_not_public_is_for_partners_and_records_of_people_are_changed_for_everybody(built: Built) -> None:
    private = {source.id for source in built.partnership.sources if not source.public}
    assert private == {"naloxone", "needles", "drug-driving", "health", "treatment"}
    found = {}
    for edition in ("open", "partner"):
        (path,) = built.folder.glob(f"out/*/{edition}/facts.parquet")
        found[edition] = set(pq.read_table(path, columns=["source"])["source"].to_pylist())
    assert found["open"] & private == {"naloxone"}
    changed = {}
    for edition in ("open", "partner"):
        (path,) = built.folder.glob(f"out/*/{edition}/manifest.json")
        changed[edition] = set(json.loads(path.read_text(encoding="utf-8"))["disclosure"]["sources"])
    assert changed == {"open": {"naloxone"}, "partner": {"naloxone"}}
    assert found["partner"] & private == {"naloxone", "needles", "drug-driving"}


def test_every_list_of_services_is_on_the_map(built: Built) -> None:
    lists = {
        s.id for s in built.report.sources if s.kind in ("services", "nhs-ods", "nhs-choices", "pharmacies", "cqc")
    }
    assert len(lists) == 5
    (path,) = built.folder.glob("out/*/open/features/services.parquet")
    assert set(pq.read_table(path, columns=["source"])["source"].to_pylist()) == lists
