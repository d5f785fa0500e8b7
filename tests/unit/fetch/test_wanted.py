"""From [[fetch]] tables to a list of files, or to all of their faults."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from geointel.errors import ConfigError
from geointel.fetch import catalogue, faults, plan

from .conftest import Fetcher


def table(**keys: Any) -> str:
    words = []
    for key, value in keys.items():
        if isinstance(value, dict):
            inner = ", ".join(f'"{name}" = {spelt(one)}' for name, one in value.items())
            words.append(f"{key} = {{ {inner} }}")
        else:
            words.append(f"{key} = {spelt(value)}")
    return "\n[[fetch]]\n" + "\n".join(words) + "\n"


def spelt(value: Any) -> str:
    return "[" + ", ".join(map(spelt, value)) + "]" if isinstance(value, list) else f'"{value}"'


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_entry_says_whose_it_is_and_has_an_https_address(name: str) -> None:
    entry = catalogue()[name]
    assert entry.title
    assert entry.publisher
    assert "Licence" in entry.licence or "License" in entry.licence
    assert entry.url.startswith("https://")
    assert entry.page.startswith("https://")
    words = {*re.findall(r"{(\w+)}", entry.url), *re.findall(r"{(\w+)}", entry.file + "".join(entry.members))}
    assert words == set(entry.choose)
    assert set(entry.together) <= set(entry.choose)


def test_each_choice_is_a_file(fetcher: Fetcher) -> None:
    tables = table(what="stats19", choose={"table": ["collision", "casualty"], "year": ["2023", "2024"]})
    found = plan(fetcher.partnership(tables))
    address = "https://data.dft.gov.uk/road-accidents-safety-data/dft-road-casualty-statistics-collision-2023.csv"
    assert found[0].url == address
    assert [one.name.rpartition("-statistics-")[2] for one in found] == [
        "collision-2023.csv", "collision-2024.csv", "casualty-2023.csv", "casualty-2024.csv",
    ]  # fmt: skip


def test_outlines_of_several_districts_are_one_file(fetcher: Fetcher) -> None:
    (found,) = plan(fetcher.partnership(table(what="ons-lsoa-2021", choose={"district": ["Fylde", "King's Lynn"]})))
    (asked,) = parse_qs(urlsplit(found.url).query)["where"]
    assert asked == "LSOA21NM LIKE 'Fylde ____' OR LSOA21NM LIKE 'King''s Lynn ____'"
    assert found.name == "ons-lsoa-2021/lsoa-2021.geojson"


def test_the_forces_of_an_archive_are_its_members(fetcher: Fetcher) -> None:
    choose = {"month": "2025-12", "force": ["lancashire", "west-mercia"]}
    (found,) = plan(fetcher.partnership(table(what="police-uk-archive", choose=choose)))
    assert (found.url, found.name) == (
        "https://data.police.uk/data/archive/2025-12.zip",
        "police-uk-archive/2025-12.zip",
    )
    assert len(found.members) == 6


@pytest.mark.parametrize(
    ("keys", "where"),
    [
        ({"what": "census"}, "fetch[0].what"),
        ({"what": "census-2021"}, "fetch[0].choose"),
        ({"what": "census-2021", "choose": {"table": "../x"}}, "fetch[0].choose.table"),
        ({"what": "census-2021", "choose": {"table": "ts001", "year": "2021"}}, "fetch[0].choose.year"),
        ({"what": "census-2021", "choose": {"table": "ts001"}, "licence": "mine"}, "fetch[0].licence"),
        ({"what": "census-2021", "choose": {"table": ["ts001", "ts002"]}, "file": "a.zip"}, "fetch[0].file"),
        ({"what": "imd-2025", "sha256": {"other.csv": "0" * 64}}, "fetch[0].sha256"),
        ({"url": "http://example.org/a.csv", "licence": "x"}, "fetch[0].url"),
        ({"url": "ftp://example.org/a.csv", "licence": "x"}, "fetch[0].url"),
        ({"url": "https://example.org/", "licence": "x"}, "fetch[0].file"),
        ({"url": "https://example.org/a.csv"}, "fetch[0].licence"),
        ({"url": "https://example.org/a.csv", "licence": "x", "choose": {"a": "b"}}, "fetch[0].choose"),
    ],
)
def test_a_wrong_table_is_a_fault_with_its_key(fetcher: Fetcher, keys: dict[str, Any], where: str) -> None:
    (fault,) = faults(fetcher.partnership(table(**keys)))
    assert fault.key == where
    assert fault.remedy


@pytest.mark.parametrize(
    ("keys", "where"),
    [
        ({}, "fetch[0]"),
        ({"what": "imd-2025", "url": "https://example.org/a.csv"}, "fetch[0]"),
        ({"what": "imd-2025", "file": "../a.csv"}, "fetch[0]"),
        ({"what": "imd-2025", "sha256": {"a": "short"}}, "fetch[0].sha256.a"),
        ({"what": "imd-2025", "where": "here"}, "fetch[0].where"),
    ],
)
def test_a_table_that_cannot_stand_is_refused(fetcher: Fetcher, keys: dict[str, Any], where: str) -> None:
    with pytest.raises(ConfigError) as caught:
        fetcher.partnership(table(**keys))
    assert [fault.key for fault in caught.value.faults] == [where]


def test_two_tables_for_one_file_are_a_fault(fetcher: Fetcher) -> None:
    both = table(what="imd-2025") * 2
    (fault,) = faults(fetcher.partnership(both))
    assert (fault.key, "fetch[0]" in fault.message) == ("fetch[1]", True)
    assert faults(fetcher.partnership(table(what="imd-2025") + table(what="imd-2025", file="other.csv"))) == ()
