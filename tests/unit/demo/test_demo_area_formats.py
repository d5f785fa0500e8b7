"""Small areas, their people, and figures about them."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import shapely

from geointel.demo.formats import deprivation, indicators, residents
from geointel.demo.small_areas import BANDS

if TYPE_CHECKING:
    from conftest import Town


def rows(town: Town, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((town.folder / name).read_text(encoding="utf-8").splitlines()))


def outlines(town: Town, name: str) -> dict[str, Any]:
    features = json.loads((town.folder / "boundaries" / name).read_text(encoding="utf-8"))["features"]
    return {
        f["properties"]["code"]: (f["properties"], shapely.from_geojson(json.dumps(f["geometry"]))) for f in features
    }


@pytest.fixture(scope="module")
def people(town: Town) -> list[dict[str, str]]:
    return rows(town, residents.PATHS[0])


def test_small_areas_are_those_of_the_street_files(town: Town, people: list[dict[str, str]]) -> None:
    lookup = dict(town.lines("lookups/demo-areas.csv")[1:])
    assert {row["area_code"]: row["district_code"] for row in people} == lookup
    assert set(outlines(town, "demo-small-areas.geojson")) == set(lookup)


def test_small_areas_tile_the_districts(town: Town) -> None:
    parts: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for properties, shape in outlines(town, "demo-small-areas.geojson").values():
        assert shapely.is_valid(shape)
        parts[properties["district"]].append(shape)
    for code, (_, district) in outlines(town, "districts.geojson").items():
        whole = shapely.union_all(parts[code])
        assert shapely.area(shapely.symmetric_difference(whole, district)) < 1e-4 * shapely.area(district)
        assert sum(shapely.area(parts[code])) == pytest.approx(shapely.area(district), rel=1e-4)


def test_residents_are_the_sum_of_their_age_bands(town: Town, people: list[dict[str, str]]) -> None:
    assert tuple(people[0]) == residents.COLUMNS
    by_district: Counter[str] = Counter()
    for row in people:
        assert int(row["residents"]) == sum(int(row[f"age_{band}"]) for band in BANDS) > 100
        by_district[row["district_code"]] += int(row["residents"])
    assert by_district == town.truth["residents"]["by_district"]
    assert all(60_000 < count < 160_000 for count in by_district.values())


def test_the_raster_holds_the_same_people_in_the_national_grid(town: Town, people: list[dict[str, str]]) -> None:
    with rasterio.open(town.folder / "raster/demo-residents.tif") as raster:
        grid = raster.read(1, masked=True)
        assert raster.crs.to_epsg() == 27700
        assert raster.res == (1_000, 1_000)
        assert raster.nodata == -9999
        assert 300_000 < raster.bounds.left < raster.bounds.right < 380_000
        assert 400_000 < raster.bounds.bottom < raster.bounds.top < 500_000
    assert grid.sum(dtype=np.float64) == sum(int(row["residents"]) for row in people)
    assert grid.mask.any()
    assert (grid.compressed() == np.round(grid.compressed())).all()


def test_rank_1_and_decile_1_are_the_most_deprived(town: Town) -> None:
    given = rows(town, deprivation.PATHS[0])
    assert tuple(given[0]) == deprivation.COLUMNS
    for domain in deprivation.DOMAINS:
        ordered = sorted(given, key=lambda row: float(row[f"{domain}_rank"]))
        assert [float(row[f"{domain}_rank"]) for row in ordered] == list(range(1, len(given) + 1))
        deciles = [float(row[f"{domain}_decile"]) for row in ordered]
        assert deciles == sorted(deciles)
        assert set(deciles) == set(range(1, 11))
        scores = [float(row[f"{domain}_score"]) for row in ordered]
        assert scores == sorted(scores, reverse=True)
    worst = min(given, key=lambda row: float(row["IMD_rank"]))
    assert worst["lsoa21_code"] == town.truth["deprivation"]["most_deprived"]


def test_indicators_have_mixed_periods_and_a_withheld_one(town: Town) -> None:
    given = rows(town, indicators.PATHS[0])
    assert tuple(given[0]) == indicators.COLUMNS
    deaths = [row for row in given if row["indicator"] == "drug_misuse_deaths"]
    assert len(deaths) == 3
    blank = [row for row in given if not row["value"]]
    assert blank
    assert all(row["count"] == row["ci_lower"] == row["ci_upper"] == "" for row in blank)
    for row in given:
        if row["value"]:
            assert float(row["ci_lower"]) <= float(row["value"]) <= float(row["ci_upper"])
            assert int(row["count"]) >= indicators.LEAST
    assert all("synthetic" in row["label"] for row in given)


def test_use_is_estimated_by_two_methods_that_never_share_a_period(town: Town) -> None:
    given = [row for row in rows(town, indicators.PATHS[1]) if row["indicator"] == "people_who_use"]
    methods = {row["period"]: row["method"] for row in given}
    assert len({(row["period"], row["method"]) for row in given}) == len(methods) == 3
    assert len(set(methods.values())) == 2
    assert {row["substance"] for row in given} == {"Opiates", "Crack", "Opiates and crack"}
    assert all(int(row["ci_lower"]) < int(row["value"]) < int(row["ci_upper"]) for row in given)


def test_people_in_treatment_are_given_by_substance_and_partnership(town: Town) -> None:
    given = [row for row in rows(town, indicators.PATHS[1]) if row["indicator"] == "in_treatment"]
    assert {row["area_code"] for row in given} == {"Blackpool", "Lancashire"}
    assert {row["substance"] for row in given} == {*indicators.TREATED, "Under-18"}
    assert all(row["value"] == indicators.WITHHELD or int(row["value"]) >= 5 for row in given)


def test_rates_and_intervals_by_hand() -> None:
    """10 deaths among 100,000: Byar's interval is 4.79 to 18.39."""
    assert indicators.rate(10, 100_000) == pytest.approx((10.0, 4.79, 18.39), abs=0.01)


@pytest.mark.parametrize(("scores", "ranks"), [([3.0, 9.0, 1.0], [2, 1, 3]), ([5.0, 5.0], [1, 2]), ([1.0], [1])])
def test_ranks_by_hand(scores: list[float], ranks: list[int]) -> None:
    assert deprivation.rank(np.array(scores)).tolist() == ranks


def test_deciles_by_hand() -> None:
    assert deprivation.decile(np.arange(1, 21)).tolist() == [i for i in range(1, 11) for _ in range(2)]
