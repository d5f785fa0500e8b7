"""Postcodes: spellings, places, and the nearest one to a postcode that nobody knows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from geointel.errors import EngineError, SchemaError
from geointel.ingest.nearest import one_edit
from geointel.ingest.postcodes import read_directory
from geointel.sources.base import Package

from ...lists import read_postcodes, read_services


@pytest.mark.parametrize("written", ["FY1 1AN", "FY1  1AN", "FY11AN", " fy1 1an ", "Fy1\t1aN"])
def test_every_spelling_of_a_postcode_is_found(tmp_path: Path, written: str) -> None:
    found = read_services(tmp_path, "services", {"list.csv": f"name,kind,postcode\nA,pharmacy,{written}\n"})
    assert found.reasons == {None: 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("FY1 1AN,10,330711,436623", None),
        ("FY1 1AN,90,0,0", "not-geocoded"),
        ("FY1 1AN,90,330711,436623", "not-geocoded"),
        ("FY1 1AN,10,0,0", "not-geocoded"),
        ("FY1 1AN,10,,", "not-geocoded"),
        ("FY1 1AN,10,east,north", "bad-coordinates"),
        ("FY1 1AN,10,800000,436623", "bad-coordinates"),
        ("FY1,10,330711,436623", "bad-row"),
        (",10,330711,436623", "bad-row"),
        ("GIR 0AA,10,330711,436623", None),
    ],
)
def test_one_row_one_reason(tmp_path: Path, row: str, reason: str | None) -> None:
    assert read_postcodes(tmp_path, {"fy.csv": f"{row}\n"}).reasons == {reason: 1}


def test_the_first_place_of_a_postcode_stands(tmp_path: Path) -> None:
    found = read_postcodes(
        tmp_path,
        {"a.csv": "FY1 1AN,90,0,0\n", "b.csv": "FY11AN,10,330711,436623\n", "c.csv": "FY1 1AN,10,1,1\n"},
    )
    assert found.reasons == {"not-geocoded": 1, None: 1, "duplicate": 1}
    assert [row["x"] for row in found.rows if row["reason"] is None] == [330711]


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="2 columns, and a postcodes file has 4 to 10"):
        read_postcodes(tmp_path, {"fy.csv": "FY1 1AN,10\n"})


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("FY1 1AQ", "FY1 1A"),  # the same sector
        ("FZ4 2BL", "FY4 2BL"),  # one letter
        ("FY4 2BB", "FY4 2BL"),
        ("FY1 9ZZ", "FY1 1A"),  # the same district
    ],
)
def test_a_postcode_that_nobody_knows_has_a_guess(tmp_path: Path, written: str, nearest: str) -> None:
    found = read_services(
        tmp_path, "services", {"list.csv": f"name,kind,postcode\nA,pharmacy,{written}\n"}, codes=CODES
    )
    assert found.reasons == {"not-geocoded": 1}
    assert f"the nearest that is known is {nearest}" in found.lost[0]


CODES = "FY1 1AN,10,330711,436623\nFY4 2BL,20,331500,433000\nFZ9 9ZZ,10,331500,433000\n"


def test_a_postcode_of_an_area_whose_file_is_missing_has_no_guess(tmp_path: Path) -> None:
    found = read_services(tmp_path, "services", {"list.csv": "name,kind,postcode\nA,pharmacy,BY1 1AN\n"})
    assert found.lost == ("the postcode 'BY1 1AN' (1 row) was not found",)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("AB", "AC", True), ("AB", "ABC", True), ("ABC", "AC", True), ("AB", "BA", True),
        ("AB", "AB", False), ("AB", "CD", False), ("ABCD", "BACE", False), ("A", "ABC", False),
    ],
)  # fmt: skip
def test_one_edit(one: str, other: str, expected: bool) -> None:
    assert one_edit(one, other) is expected


def test_a_missing_package_names_the_extra(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="`postcodes`") as caught:
        read_directory(Package("no_such_module", "postcodes"), tmp_path / "directory.parquet")
    assert "pip install 'geointel[postcodes]'" in caught.value.remedy


def test_the_directory_is_read_by_letter_and_ireland_moved_to_degrees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brotli, msgpack = pytest.importorskip("brotli"), pytest.importorskip("msgpack")
    import pyarrow.parquet as pq

    folder = tmp_path / "made_up_postcodes"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    data = {
        "pcd": ["BT1 1AA", "FY1 1AN", "GY1 1AA"],
        "laua": ["N09000003", "E06000009", "L99999999"],
        "oseast1m": [333870.0, 330711.0, None],
        "osnrth1m": [374370.0, 436623.0, None],
    }
    packed = brotli.compress(msgpack.packb({"columns": list(data), "data": data}))
    (folder / "postcodes_B.msgpack.br").write_bytes(packed)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert read_directory(Package("made_up_postcodes", "postcodes"), tmp_path / "d.parquet") == 3
    sys.modules.pop("made_up_postcodes", None)
    rows = {row["postcode"]: row for row in pq.read_table(tmp_path / "d.parquet").to_pylist()}
    assert (round(rows["BT11AA"]["x"], 1), round(rows["BT11AA"]["y"], 1), rows["BT11AA"]["osgb"]) == (-5.9, 54.6, False)
    assert (rows["FY11AN"]["x"], rows["FY11AN"]["osgb"]) == (330711, True)
    assert rows["GY11AA"]["blank"]
