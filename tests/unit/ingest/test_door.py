"""The door for a partner's own files: who somebody is never comes in, and neither does what is not named."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from geointel.errors import SchemaError
from geointel.ingest import door, files
from geointel.sources.base import kinds

from ...partner import (
    FORMATS,
    HEADER,
    OPTIONS,
    ROWS,
    SECRET_IDS,
    canonical,
    csv_text,
    fates,
    kind_of,
    options_for,
    points,
    serial,
    workbook,
)

if TYPE_CHECKING:
    from pathlib import Path

    from geointel.sources.base import EventKind

ONLY_PLACES: dict[str, Any] = {"columns": {"date": "When", "lat": "lat", "lng": "lng"}, "category": "needle-litter"}
KEY = b"a secret of the partnership"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def plain(**options: Any) -> EventKind:
    """The kind with these keys and no others."""
    kind = kinds()["incidents"]
    found: Any = kind.configured(kind.options.model_validate(options))
    return found


def with_key(kind: EventKind, key: bytes) -> EventKind:
    assert kind.door is not None
    return replace(kind, door=replace(kind.door, key=key))


def admitted(folder: Path, scratch: Path, kind: EventKind) -> list[dict[str, str]]:
    """What the door writes of a folder's files."""
    assert kind.door is not None
    found = door.admit(files.find("partner", ("**/*",), folder), kind, kind.door, scratch)
    rows: list[dict[str, str]] = []
    for each in found:
        with each.raw.path.open(encoding="utf-8", newline="") as stream:
            rows += csv.DictReader(stream)
    return rows


def litter(*rows: tuple[object, ...], header: tuple[str, ...] = ("When", "lat", "lng")) -> bytes:
    return csv_text(header, [[str(field) for field in row] for row in rows])


# --- formats -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_rows(folder: Path, scratch: Path, name: str) -> None:
    FORMATS[name](folder / name)
    rows = canonical(folder, scratch, kind=kind_of(**options_for(name)))
    assert fates(rows) == {None: 3, "no-location": 1, "outside-area": 1, "bad-row": 1}
    (folder / name).unlink()
    FORMATS["calls.csv"](folder / "calls.csv")
    cells = {(row["month"], row["category"], row["cell"]) for row in rows if row["reason"] is None}
    again = canonical(folder, scratch, kind=kind_of())
    assert cells == {(row["month"], row["category"], row["cell"]) for row in again if row["reason"] is None}


@pytest.mark.parametrize("name", FORMATS)
def test_times_are_kept_to_the_second(folder: Path, scratch: Path, name: str) -> None:
    FORMATS[name](folder / name)
    rows = admitted(folder, scratch, kind_of(**options_for(name)))
    assert [row["date"] for row in rows] == [row[1] for row in ROWS]


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_comes_in_that_is_not_named(folder: Path, scratch: Path, name: str) -> None:
    FORMATS[name](folder / name)
    rows = admitted(folder, scratch, kind_of(**options_for(name)))
    assert set(rows[0]) == {"id", "date", "x", "y", "category", "area", "osgb"}
    written = b"".join(path.read_bytes() for path in scratch.iterdir())
    assert b"friend" not in written
    assert not any(secret.encode() in written for secret in SECRET_IDS)


def test_an_archive_is_never_written_out(folder: Path, scratch: Path) -> None:
    FORMATS["calls.zip"](folder / "calls.zip")
    admitted(folder, scratch, kind_of())
    assert [path.suffix for path in scratch.iterdir()] == [".csv"]
    assert b"friend" not in next(scratch.iterdir()).read_bytes()


def test_numbers_in_a_sheet_are_ids_without_a_point(folder: Path, scratch: Path) -> None:
    header = ["Nr", "When", "lat", "lng"]
    table = [header, [123, serial("2025-01-05T00:00:00"), 53.82, -3.05], ["123", "2025-01-05", "53.82", "-3.05"]]
    (folder / "a.xlsx").write_bytes(workbook(table))
    (folder / "b.csv").write_bytes(csv_text(header, [["123", "2025-01-05", "53.82", "-3.05"]]))
    options = {**ONLY_PLACES, "columns": {**ONLY_PLACES["columns"], "id": "Nr"}}
    rows = admitted(folder, scratch, plain(**options))
    assert len(rows) == 3
    assert len({(row["id"], row["date"], float(row["x"])) for row in rows}) == 1


def test_a_number_in_a_sheet_may_be_a_date_and_one_in_text_is_none(folder: Path, scratch: Path) -> None:
    (folder / "a.xlsx").write_bytes(workbook([["When", "lat", "lng"], [45662.5, 53.82, -3.05]]))
    (folder / "b.csv").write_bytes(litter((45662.5, 53.82, -3.05)))
    dates = [row["date"] for row in admitted(folder, scratch, plain(**ONLY_PLACES))]
    assert dates == ["2025-01-05T12:00:00", "?"]


def test_blank_rows_of_a_sheet_are_no_rows(folder: Path, scratch: Path) -> None:
    table = [["When", "lat", "lng"], ["2025-01-05", 53.82, -3.05], [], ["2025-01-06", 53.82, -3.05], [], []]
    (folder / "a.xlsx").write_bytes(workbook(table, first=4))
    assert len(admitted(folder, scratch, plain(**ONLY_PLACES))) == 2


def test_a_title_above_the_header_is_named_with_its_row(folder: Path, scratch: Path) -> None:
    table = [["Call-outs of 2025"], ["When", "lat", "lng"], ["2025-01-05", 53.82, -3.05]]
    (folder / "a.xlsx").write_bytes(workbook(table, first=3))
    with pytest.raises(SchemaError) as caught:
        admitted(folder, scratch, plain(**ONLY_PLACES))
    assert (caught.value.row, caught.value.column) == (3, "When")
    assert "first line" in caught.value.remedy


def test_the_sheet_that_is_named_is_read(folder: Path, scratch: Path) -> None:
    other = [["When", "lat", "lng"], ["2025-02-05", 53.82, -3.05]]
    (folder / "a.xlsx").write_bytes(workbook([["Read me"]], ("Data", other)))
    assert [r["date"] for r in admitted(folder, scratch, plain(**ONLY_PLACES, sheet="Data"))] == ["2025-02-05"]
    with pytest.raises(SchemaError, match="sheet 'Date'"):
        admitted(folder, scratch, plain(**ONLY_PLACES, sheet="Date"))


def test_the_layer_that_is_named_is_read(folder: Path, scratch: Path) -> None:
    for layer, month in (("one", "2025-01"), ("two", "2025-02")):
        frame = geopandas.GeoDataFrame({"When": [f"{month}-05"]}, geometry=[shapely.Point(-3.05, 53.82)], crs=4326)
        frame.to_file(folder / "a.gpkg", layer=layer, driver="GPKG", engine="pyogrio")
    kind = plain(columns={"date": "When"}, category="needle-litter", layer="two")
    assert [row["date"] for row in admitted(folder, scratch, kind)] == ["2025-02-05"]
    with pytest.raises(SchemaError, match="layer 'three'"):
        admitted(folder, scratch, plain(columns={"date": "When"}, category="needle-litter", layer="three"))


def test_lines_that_are_no_rows_are_counted(folder: Path, scratch: Path) -> None:
    text = csv_text() + b'x,y\n"never closed,1,2,3,4,5,6\n\xff\xfe,,,,,,\n\n\r\n'
    (folder / "calls.csv").write_bytes(text)
    assert fates(canonical(folder, scratch))["bad-row"] == 1 + 3


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8"), ("\t", "windows-1252")])
def test_other_forms_of_text_are_read(folder: Path, scratch: Path, separator: str, encoding: str) -> None:
    text = separator.join(["When", "lat", "lng", "Où"]) + "\r\n" + separator.join(["2025-01-05", "53.82", "-3.05", "é"])
    (folder / "a.csv").write_bytes(text.encode(encoding))
    rows = admitted(folder, scratch, plain(**ONLY_PLACES, separator=separator, encoding=encoding))
    assert [row["y"] for row in rows] == ["53.82"]


def test_times_of_parquet_are_english_time(folder: Path, scratch: Path) -> None:
    when = pa.array([1751326200, 1735732800, None], pa.timestamp("s", tz="UTC"))
    pq.write_table(pa.table({"When": when, "lat": [53.8] * 3, "lng": [-3.0] * 3}), folder / "a.parquet")
    dates = [row["date"] for row in admitted(folder, scratch, plain(**ONLY_PLACES))]
    assert dates == ["2025-07-01T00:30:00", "2025-01-01T12:00:00", ""]


def test_nested_columns_of_parquet_are_looked_at(folder: Path, scratch: Path) -> None:
    table = pa.table({"When": ["2025-01-05"], "lat": [53.8], "lng": [-3.0], "patient": [{"surname": "S"}]})
    pq.write_table(table, folder / "a.parquet")
    with pytest.raises(SchemaError, match="surname"):
        admitted(folder, scratch, plain(**ONLY_PLACES))


def test_points_of_geoparquet_are_read(folder: Path, scratch: Path) -> None:
    points("EPSG:27700").to_parquet(folder / "calls.parquet")
    assert fates(canonical(folder, scratch, kind=kind_of(**options_for("calls.gpkg")))) == {
        None: 3, "no-location": 1, "outside-area": 1, "bad-row": 1,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["calls.geojson", "calls.geojson.gz", "calls.fgb", "calls.shp"])
def test_other_files_of_points_are_read(folder: Path, scratch: Path, name: str) -> None:
    short = {"Call ID": "id", "Call time": "time", "Kind": "kind", "LSOA": "lsoa", "Notes": "notes"}
    plain_name = name.removesuffix(".gz")
    located = points().rename(columns=short).iloc[:3]
    located.to_file(folder.parent / plain_name, engine="pyogrio")
    if name.endswith(".gz"):
        (folder / name).write_bytes(gzip.compress((folder.parent / plain_name).read_bytes()))
    else:
        for path in folder.parent.glob("calls.*"):
            path.rename(folder / path.name)
    columns = {"id": "id", "date": "time", "category": "kind", "area": "lsoa"}
    kind = kind_of(columns=columns)
    assert kind.door is not None
    found = door.admit(files.find("partner", (name,), folder), kind, kind.door, scratch)
    text = found[0].raw.path.read_text(encoding="utf-8").splitlines()
    assert len(text) == 1 + 3
    assert {row[1] for row in ROWS[:3]} == {line.split(",")[1] for line in text[1:]}


def test_times_of_points_are_english_time(folder: Path, scratch: Path) -> None:
    when = pd.to_datetime(["2025-06-30 23:30:00", "2025-01-05 10:20:30", None], utc=True)
    frame = geopandas.GeoDataFrame({"When": when}, geometry=[shapely.Point(-3.05, 53.82, 7.0)] * 3, crs=4326)
    frame.to_file(folder / "a.gpkg", engine="pyogrio")
    rows = admitted(folder, scratch, plain(columns={"date": "When"}, category="needle-litter"))
    assert [row["date"] for row in rows] == ["2025-07-01T00:30:00", "2025-01-05T10:20:30", ""]
    assert {row["y"] for row in rows} == {"53.82"}


def test_a_header_of_two_lines_in_a_sheet_is_one(folder: Path, scratch: Path) -> None:
    table = [["When", "lat", "lng", "Time\nof call"], ["2025-01-05", 53.82, -3.05, "x"]]
    (folder / "a.xlsx").write_bytes(workbook(table))
    options = {**ONLY_PLACES, "columns": {**ONLY_PLACES["columns"], "id": "Time of call"}}
    assert len(admitted(folder, scratch, plain(**options))) == 1


def test_a_workbook_of_another_writer_is_read(folder: Path, scratch: Path) -> None:
    frame = points().drop(columns="geometry").assign(Latitude=53.82, Longitude=-3.05)
    frame["Call time"] = pd.to_datetime(frame["Call time"])
    pyogrio.write_dataframe(frame, folder / "calls.xlsx", driver="XLSX")
    rows = admitted(folder, scratch, kind_of())
    assert [row["date"] for row in rows] == [row[1] for row in ROWS]
    assert {(row["y"], row["x"]) for row in rows} == {("53.82", "-3.05")}


# --- places ------------------------------------------------------------------------------------


@pytest.mark.parametrize("crs", ["EPSG:27700", "EPSG:4326", "EPSG:3857", "EPSG:32630", "EPSG:29903"])
def test_any_coordinate_system_gives_the_same_cells(folder: Path, scratch: Path, crs: str) -> None:
    shapes = points(crs).geometry
    rows = [
        (*row[:2], "" if shape is None else shape.y, "" if shape is None else shape.x, *row[4:])
        for row, shape in zip(ROWS, shapes, strict=True)
    ]
    (folder / "calls.csv").write_bytes(csv_text(HEADER, [[str(field) for field in row] for row in rows]))
    columns = {role: column for role, column in OPTIONS["columns"].items() if role not in ("lat", "lng")}
    kind = kind_of(columns={**columns, "x": "Longitude", "y": "Latitude", "crs": crs})
    cells = sorted(row["cell"] for row in canonical(folder, scratch, kind=kind) if row["reason"] is None)
    (folder / "calls.csv").write_bytes(csv_text())
    assert cells == sorted(row["cell"] for row in canonical(folder, scratch) if row["reason"] is None)


@pytest.mark.parametrize(
    ("x", "y"), [("0", "0"), ("0.0", "0"), ("here", "there"), ("1e300", "1e300"), ("nan", "5"), ("inf", "1"), ("", "5")]
)
def test_what_is_no_place_is_none_in_any_system(folder: Path, scratch: Path, x: str, y: str) -> None:
    (folder / "a.csv").write_bytes(litter(("2025-01-05", "5939086", "-339520"), ("2025-01-05", y, x)))
    columns = {"date": "When", "x": "lng", "y": "lat", "crs": "EPSG:3857"}
    (folder / "a.csv").write_bytes(litter(("2025-01-05", "7132000", "-339520"), ("2025-01-05", y, x)))
    rows = canonical(folder, scratch, kind=plain(columns=columns, category="needle-litter"))
    assert sorted(str(row["reason"]) for row in rows) == ["None", "bad-coordinates"]


def test_other_shapes_than_points_are_no_places(folder: Path, scratch: Path) -> None:
    shapes = [shapely.Point(-3.05, 53.82), shapely.box(-3.1, 53.8, -3, 53.9), shapely.Point(), None]
    frame = geopandas.GeoDataFrame({"When": ["2025-01-05"] * 4}, geometry=shapes, crs=4326)
    frame.to_file(folder / "a.gpkg", driver="GPKG", engine="pyogrio")
    rows = canonical(folder, scratch, kind=plain(columns={"date": "When"}, category="needle-litter"))
    assert fates(rows) == {None: 1, "bad-coordinates": 1, "no-location": 2}


@pytest.mark.parametrize("name", ["a.gpkg", "a.geoparquet"])
def test_points_without_a_coordinate_system_are_refused(folder: Path, scratch: Path, name: str) -> None:
    frame = geopandas.GeoDataFrame({"When": ["2025-01-05"]}, geometry=[shapely.Point(-3.05, 53.82)])
    if name.endswith("gpkg"):
        with pytest.warns(UserWarning, match="crs"):
            frame.to_file(folder / name, driver="GPKG", engine="pyogrio")
    else:
        frame.to_parquet(folder / name)
    with pytest.raises(SchemaError, match="coordinate system"):
        admitted(folder, scratch, plain(columns={"date": "When"}, category="needle-litter"))


def test_a_coordinate_system_that_nobody_knows_is_refused(folder: Path, scratch: Path) -> None:
    (folder / "a.csv").write_bytes(litter(("2025-01-05", 1, 2)))
    columns = {"date": "When", "x": "lng", "y": "lat", "crs": "EPSG:1"}
    with pytest.raises(SchemaError, match="coordinate system") as caught:
        admitted(folder, scratch, plain(columns=columns, category="needle-litter"))
    assert "EPSG" in caught.value.remedy


def test_a_text_file_without_coordinates_is_refused(folder: Path, scratch: Path) -> None:
    (folder / "a.csv").write_bytes(litter(("2025-01-05", 1, 2)))
    with pytest.raises(SchemaError, match="no points"):
        admitted(folder, scratch, plain(columns={"date": "When"}, category="needle-litter"))


# --- persons -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("column", ["Date of birth", "Surname"])
def test_a_file_that_identifies_people_is_refused_before_anything_is_written(
    folder: Path, scratch: Path, name: str, column: str
) -> None:
    FORMATS["calls.csv"](folder / "a-good-one.csv")
    FORMATS[name](folder / name, (*HEADER[:-1], column))
    with pytest.raises(SchemaError) as caught:
        admitted(folder, scratch, kind_of())
    assert caught.value.column == column
    assert "sends" in caught.value.remedy
    assert list(scratch.iterdir()) == []


def test_other_sheets_and_layers_are_looked_at_too(folder: Path, scratch: Path) -> None:
    table = [["When", "lat", "lng"], ["2025-01-05", 53.82, -3.05]]
    (folder / "a.xlsx").write_bytes(workbook(table, ("People", [["NHS number"], ["9434765919"]])))
    with pytest.raises(SchemaError, match="NHS number"):
        admitted(folder, scratch, plain(**ONLY_PLACES))


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("943 476 5919", "an NHS number"),
        ("9434765919", "an NHS number"),
        ("31/01/1990", "a day"),
        ("1990-01-31", "a day"),
    ],
)
def test_a_column_of_words_that_identifies_people_is_refused(
    folder: Path, scratch: Path, value: str, what: str
) -> None:
    FORMATS["calls.csv"](folder / "a-good-one.csv")
    path = folder / "calls.csv"
    path.write_bytes(csv_text().replace(b"Something else", value.encode()))
    with pytest.raises(SchemaError, match=what) as caught:
        admitted(folder, scratch, kind_of())
    assert value not in str(caught.value)
    assert list(scratch.iterdir()) == []


def test_ten_digits_that_are_no_nhs_number_are_a_word(folder: Path, scratch: Path) -> None:
    FORMATS["calls.csv"](folder / "calls.csv")
    path = folder / "calls.csv"
    path.write_bytes(path.read_bytes().replace(b"Something else", b"9434765918"))
    assert fates(canonical(folder, scratch))["bad-row"] == 1


def test_a_header_that_is_a_row_of_data_is_not_quoted(folder: Path, scratch: Path) -> None:
    (folder / "calls.csv").write_bytes(csv_text(ROWS[0], ROWS[1:]))
    with pytest.raises(SchemaError) as caught:
        admitted(folder, scratch, kind_of())
    assert not any(field and field in str(caught.value) for field in ROWS[0])


# --- keys --------------------------------------------------------------------------------------

KEYED = {
    "columns": {"date": "When", "lat": "lat", "lng": "lng", "id": "a", "person": "b", "place": "c"},
    "category": "needle-litter",
}
HEADER_KEYED = ("When", "lat", "lng", "a", "b", "c")


def keyed(folder: Path, scratch: Path, key: bytes | None, *values: str) -> list[dict[str, str]]:
    rows = [("2025-01-05", "53.82", "-3.05", value, value, value) for value in values]
    (folder / "a.csv").write_bytes(litter(*rows, header=HEADER_KEYED))
    kind = plain(**KEYED)
    return admitted(folder, scratch, kind if key is None else with_key(kind, key))


def test_the_same_value_has_the_same_key_and_another_has_another(folder: Path, scratch: Path) -> None:
    rows = keyed(folder, scratch, KEY, "one", " one ", "two", "")
    assert rows[0] == rows[1]
    assert all(rows[0][role] != rows[2][role] for role in ("id", "person", "place"))
    assert [rows[3][role] for role in ("id", "person", "place")] == ["", "", ""]


def test_a_value_is_another_key_as_a_person_than_as_a_place(folder: Path, scratch: Path) -> None:
    (row,) = keyed(folder, scratch, KEY, "one")
    number = int(row["person"])
    assert -(2**63) <= number < 2**63
    assert row["person"] != row["place"]
    assert not row["id"].startswith(number.to_bytes(8, "big", signed=True).hex())


def test_the_secret_decides_the_key(folder: Path, scratch: Path) -> None:
    first, again, other = (keyed(folder, scratch, key, "one") for key in (KEY, KEY, b"another"))
    assert first == again != other


def test_without_a_secret_every_build_has_its_own_key(folder: Path, scratch: Path) -> None:
    first, other = (keyed(folder, scratch, None, "one", "one") for _ in range(2))
    assert first[0] == first[1]
    assert first != other


def test_the_secret_is_not_shown(folder: Path) -> None:
    kind = with_key(kind_of(), KEY)
    assert KEY.decode() not in repr(kind)
    assert repr(kind).count("key") == repr(with_key(kind, b"x")).count("key")


def test_an_id_that_comes_again_is_one_incident(folder: Path, scratch: Path) -> None:
    rows = (("2025-02-05", "53.81", "-3.04", "one", "", ""), ("2025-01-05", "53.82", "-3.05", "one", "", ""))
    (folder / "a.csv").write_bytes(litter(*rows, header=HEADER_KEYED))
    found = canonical(folder, scratch, kind=plain(**KEYED))
    assert fates(found) == {None: 1, "superseded": 1}
    (mapped,) = (row for row in found if row["reason"] is None)
    assert mapped["month"] == 2025 * 12
