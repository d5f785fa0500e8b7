"""Indices that rank areas: direction and contradictions."""

from __future__ import annotations

import pyarrow as pa
import pytest

from geointel.sources import area_index
from geointel.sources.area_index import Options, check


def table(**values: list[float | None]) -> pa.Table:
    """Values of areas by indicator, all of one index."""
    rows = [
        {"indicator": name.replace("_", "-"), "period": "2025", "code": f"E{number}", "value": value}
        for name, column in values.items()
        for number, value in enumerate(column)
    ]
    return pa.Table.from_pylist(rows)


def test_deciles_that_follow_the_ranks_are_accepted() -> None:
    found = table(imd_rank=[900, 1, 32_000], imd_decile=[1, 1, 10], imd_score=[60, 70, 2], crime_rank=[5, 6, 7])
    assert check(found, Options()) is None


@pytest.mark.parametrize("part", ["decile", "quintile", "pop_decile"])
def test_deciles_that_fall_while_ranks_rise_are_refused(part: str) -> None:
    found = table(imd_rank=[1, 900, 32_000], **{f"imd_{part}": [10, 5, 1]})
    assert "contradict its ranks" in str(check(found, Options()))


def test_scores_say_which_end_rank_one_is() -> None:
    found = table(imd_rank=[1, 900, 32_000], imd_score=[70, 60, 2])
    assert check(found, Options(rank_one="most-deprived")) is None
    assert "rank 1 is not least deprived" in str(check(found, Options(rank_one="least-deprived")))
    turned = table(imd_rank=[1, 900, 32_000], imd_score=[2, 60, 70])
    assert check(turned, Options(rank_one="least-deprived")) is None
    assert "rank 1 is not most deprived" in str(check(turned, Options()))


@pytest.mark.parametrize(
    "values",
    [
        {"imd_decile": [1.0, 10.0]},
        {"imd_rank": [1.0], "imd_decile": [3.0], "imd_score": [5.0]},
        {"imd_rank": [4.0, 4.0], "imd_decile": [1.0, 2.0], "imd_score": [5.0, 6.0]},
        {"imd_rank": [1.0, None], "imd_decile": [None, 2.0]},
    ],
)
def test_what_says_nothing_of_order_is_accepted(values: dict[str, list[float | None]]) -> None:
    assert check(table(**values), Options()) is None


def test_the_year_is_that_of_the_areas_unless_it_is_given() -> None:
    assert area_index.CODES["lsoa21_code"] == "2025"
    assert area_index.CODES["lsoa11_code"] == "2019"
