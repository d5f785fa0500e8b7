"""Figures of one vintage of areas, carried to another."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from geointel.errors import SchemaError
from geointel.ingest.lookups import read_pairs
from geointel.ingest.vintages import bridge, successors

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("GEOINTEL_DATA", ROOT.parent / "shared" / "data"))
LOOKUP = DATA / "lookups" / "lsoa11-lsoa21-lad22.csv"
PAIRS = [("same", "same"), ("split", "half-1"), ("split", "half-2"), ("part-1", "whole"), ("part-2", "whole")]
NEW = ("same", "half-1", "half-2", "whole")
OLD = ("same", "split", "part-1", "part-2")
real = pytest.mark.skipif(not LOOKUP.is_file(), reason="the real lookup is not here")


def test_a_count_is_split_equally_and_merged_by_sum() -> None:
    over = bridge(OLD, NEW, successors(PAIRS))
    found = dict(zip(over.codes, over.sums(np.array([5.0, 9.0, 1.0, 2.0])), strict=True))
    assert found == {"same": 5, "half-1": 4.5, "half-2": 4.5, "whole": 3}


def test_a_count_is_split_by_residents_where_all_are_known() -> None:
    links = successors(PAIRS)
    by_residents = bridge(["split"], NEW, links, residents={"half-1": 300, "half-2": 100})
    assert by_residents.sums(np.array([8.0])).tolist() == [6, 2]
    for residents in ({"half-1": 300}, {"half-1": 0, "half-2": 0}):
        assert bridge(["split"], NEW, links, residents=residents).sums(np.array([8.0])).tolist() == [4, 4]


def test_a_rate_is_kept_when_split_and_a_weighted_mean_when_merged() -> None:
    over = bridge(OLD, NEW, successors(PAIRS))
    rates, residents = np.array([5.0, 9.0, 1.0, 4.0]), np.array([10.0, 10.0, 20.0, 10.0])
    weighted = dict(zip(over.codes, over.means(rates, residents), strict=True))
    assert weighted == {"same": 5, "half-1": 9, "half-2": 9, "whole": 2}
    assert dict(zip(over.codes, over.means(rates), strict=True))["whole"] == 2.5
    assert np.isnan(over.means(rates, np.zeros(4))).all()


def test_a_figure_goes_whichever_way_its_own_vintage_says() -> None:
    back = bridge(NEW, OLD, successors(PAIRS))
    assert dict(zip(back.codes, back.sums(np.array([5.0, 4.0, 6.0, 3.0])), strict=True)) == {
        "same": 5, "split": 10, "part-1": 1.5, "part-2": 1.5,
    }  # fmt: skip


def test_a_code_that_leads_nowhere_is_named_as_lost() -> None:
    over = bridge(["same", "stranger", "split"], ["same", "half-1"], successors(PAIRS))
    assert (over.codes, over.lost) == (("same",), (1, 2))


@real
@pytest.mark.parametrize("way", [("lsoa11_code", "lsoa21_code"), ("lsoa21_code", "lsoa11_code")])
def test_totals_are_kept_over_the_real_lookup_by_district(way: tuple[str, str]) -> None:
    pairs = read_pairs(LOOKUP, ("lsoa11_code", "lsoa21_code"), remedy="")
    with LOOKUP.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    district = {row[column]: row["ltla22_code"] for row in rows for column in way}
    given, wanted = (sorted({row[column] for row in rows}) for column in way)
    values = np.random.default_rng(3).integers(900, 3_000, len(given)).astype(np.float64)
    over = bridge(given, wanted, successors(pairs))
    assert over.lost == ()
    assert {len(given), len(wanted)} == {1_722, 1_749}
    found = over.sums(values)
    assert found.sum() == pytest.approx(values.sum(), rel=1e-9)
    for code in sorted(set(district.values())):
        before = values[[district[one] == code for one in given]].sum()
        assert found[[district[one] == code for one in over.codes]].sum() == pytest.approx(before, rel=1e-9)


@pytest.mark.parametrize("text", ["", "old,other\na,b\n", "old,new\na,b,c\n"])
def test_a_lookup_that_cannot_be_read_is_said_with_its_remedy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lookup.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SchemaError, match="Correct it"):
        read_pairs(path, ("old", "new"), remedy="Correct it.")
