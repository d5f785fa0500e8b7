"""Code-Point Open files and the directory: which columns they have, and which members are theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from geointel.sources.base import kinds
from geointel.sources.postcodes import DIRECTORY, Options, configure, is_member

from ...lists import read_postcodes
from ...street import archive

OFFICIAL = '"FY1 1AN",10,330711,436623,"E92000001","E19000001","E18000002","","E06000009","E05001644"\r\n'


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Data/CSV/fy.csv", True),
        ("fy.csv", True),
        ("Doc/Code-Point_Open_Column_Headers.csv", False),
        ("Data/x.txt", False),
    ],
)
def test_members_of_an_archive(name: str, expected: bool) -> None:
    assert is_member(name) is expected


def test_the_official_columns_and_the_short_ones_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    official = read_postcodes(tmp_path / "a", {"fy.csv": OFFICIAL})
    assert official.rows == read_postcodes(tmp_path / "b", {"fy.csv": "FY1 1AN,10,330711,436623\n"}).rows
    assert official.by("postcode")["FY11AN"]["x"] == 330711


def test_the_archive_of_the_publisher_is_read(tmp_path: Path) -> None:
    content = archive(
        {"Data/CSV/fy.csv": OFFICIAL, "Doc/Code-Point_Open_Column_Headers.csv": "PC,PQ\nPostcode,Quality\n"}
    )
    assert read_postcodes(tmp_path, {"codepo_gb.zip": content}).reasons == {None: 1}


def test_only_a_source_that_asks_for_the_directory_may_do_without_files() -> None:
    kind = kinds()["postcodes"]
    assert configure(kind, Options()).package is None  # type: ignore[arg-type]
    assert configure(kind, Options(package=True)).package == DIRECTORY  # type: ignore[arg-type]
