"""Street-level crime as data.police.uk publishes it."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest

from geointel.content import category, special_points
from geointel.sources import police_uk_street as street
from geointel.sources.base import kinds

OLD_WORDS = {
    "Violent crime": "violent-crime",
    "Public disorder and weapons": "public-order",
    "Criminal damage": "criminal-damage-arson",
    "Other crime": "other-crime",
}


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("2025-01-lancashire-street.csv", "2025-01"),
        ("2025-01/2025-02-lancashire-street.csv.gz", "2025-02"),
        ("archive-2025-12.zip/2025-01/2025-01-lancashire-street.csv", "2025-01"),
        ("2025-01\\2025-03-lancashire-street.csv", "2025-03"),
        ("lancashire_2025-01.csv", "2025-01"),
        ("2025-01 and again 2025-01.csv", "2025-01"),
        ("lancashire.csv", None),
        ("2025-01/lancashire.csv", None),
        ("2025-01-to-2025-12-lancashire.csv", None),
        ("2025-01-2025-03.csv", None),
        ("downloaded-2025-03-14.csv", None),
        ("2025-13-lancashire-street.csv", None),
        ("2025-1-lancashire-street.csv", None),
        ("12025-01-lancashire.csv", None),
        ("2025-011.csv", None),
        ("", None),
    ],
)
def test_the_month_in_a_file_s_name(name: str, month: str | None) -> None:
    assert street.month_of(name) == month


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("2025-01/2025-01-lancashire-street.csv", True),
        ("2025-01-BTP-STREET.CSV", True),
        ("2025-01/2025-01-lancashire-outcomes.csv", False),
        ("2025-01/2025-01-lancashire-stop-and-search.csv", False),
        ("2025-01/", False),
        ("street.csv", False),
    ],
)
def test_members_of_an_archive(name: str, member: bool) -> None:
    assert street.is_member(name) is member


def read(**columns: str | None) -> dict[str, object]:
    """One row of a file with these columns, read."""
    given = {"file": "0", "Month": "2025-01", "Crime type": "Drugs", "Location": "On or near Promenade", **columns}
    table = ibis.memtable(pa.table({name: pa.array([value], pa.string()) for name, value in given.items()}))
    (row,) = ibis.duckdb.connect().to_pyarrow(street.read(table)).to_pylist()
    return dict(row)


TODAY = {
    "Crime ID": "abc",
    "Longitude": "-3.05",
    "Latitude": "53.82",
    "LSOA code": "E01",
    "LSOA name": "Blackpool 006A",
}


def test_a_row_of_today() -> None:
    assert read(**TODAY) == {
        "file": "0",
        "id": "abc",
        "month": "2025-01",
        "category": "drugs",
        "word": "Drugs",
        "x": "-3.05",
        "y": "53.82",
        "osgb": False,
        "special": False,
        "area_code": "E01",
        "area_name": "Blackpool 006A",
    }


def test_a_row_of_2010_has_metres_and_no_id() -> None:
    row = read(Easting="330610", Northing="436050")
    assert (row["x"], row["y"], row["osgb"]) == ("330610", "436050", True)
    assert (row["id"], row["area_code"], row["area_name"]) == (None, None, None)


@pytest.mark.parametrize(
    ("word", "slug"),
    [*((word, slug) for slug, word in street.CATEGORIES.items()), *OLD_WORDS.items(), ("Piracy", None), (None, None)],
)
def test_crime_types_of_every_year(word: str | None, slug: str | None) -> None:
    assert read(**{**TODAY, "Crime type": word})["category"] == slug


def test_fourteen_categories_each_with_words_for_people() -> None:
    assert len(street.CATEGORIES) == 14
    assert len(set(street.CATEGORIES.values())) == 14
    assert set(street.OLD_CRIME_TYPES.values()) <= set(street.CATEGORIES)
    assert all(category(slug).label for slug in street.CATEGORIES)


@pytest.mark.parametrize("place", special_points())
def test_special_points_are_recognised(place: str) -> None:
    assert read(**{**TODAY, "Location": f"On or near {place}"})["special"] is True


@pytest.mark.parametrize("place", ["On or near Promenade", "On or near ", "No Location", "Prison", None])
def test_other_places_are_not(place: str | None) -> None:
    assert read(**{**TODAY, "Location": place})["special"] is False


def test_the_kind_is_public_and_snapped() -> None:
    source = kinds()["police-uk-street"]
    assert source is street.SOURCE
    assert source.public
    assert source.snapped
    assert "Open Government Licence" in source.licence
    assert "data.police.uk" in source.attribution
