"""Finding and opening a source's files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from geointel.errors import SchemaError
from geointel.ingest import files
from geointel.sources.base import RawFile, kinds

from ...street import HEADER, KIND, NAME, OLD_HEADER, archive, gzipped, row, text, write

STREET = kinds()[KIND]


def found(root: Path, *patterns: str) -> list[str]:
    return [raw.name for raw in files.find("police", patterns, root)]


def raw(path: Path) -> RawFile:
    return RawFile(source="police", path=path, name=path.name, sha256="", bytes=path.stat().st_size)


def columns(folder: Path, content: str | bytes, name: str = NAME) -> list[str]:
    return files.header(raw(write(folder, {name: content}) / name), STREET)


def test_files_come_in_the_order_of_their_names_with_hash_and_size(tmp_path: Path) -> None:
    write(tmp_path, {"2025-02/b.csv": "two", "2025-01/a.csv": "one", "2025-01/c.txt": "three"})
    both = files.find("police", ("*/*.csv",), tmp_path)
    assert [raw.name for raw in both] == ["2025-01/a.csv", "2025-02/b.csv"]
    assert both[0].sha256 == hashlib.sha256(b"one").hexdigest()
    assert (both[0].bytes, both[0].source) == (3, "police")


@pytest.mark.parametrize("second", ["*.csv", "./*.csv", "2025*", "sub/../*.csv", "{root}/2025.csv", "link.csv"])
def test_a_file_that_two_patterns_match_comes_once(tmp_path: Path, second: str) -> None:
    write(tmp_path, {"2025.csv": "x", "sub/other": ""})
    (tmp_path / "link.csv").symlink_to(tmp_path / "2025.csv")
    assert found(tmp_path, "2025.csv", second.format(root=tmp_path)) == ["2025.csv"]


def test_a_root_and_a_pattern_that_spell_a_path_differently_still_meet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "data", {"2025.csv": "x"})
    monkeypatch.chdir(tmp_path)
    assert found(Path("data"), "*.csv", str(tmp_path / "data" / "2025.csv")) == ["2025.csv"]


def test_folders_are_no_files(tmp_path: Path) -> None:
    write(tmp_path, {"year.csv/month.csv": "x"})
    assert found(tmp_path, "**/*.csv") == ["year.csv/month.csv"]


@pytest.mark.parametrize("pattern", ["*.csv", "/nowhere/at/all.csv", "year"])
def test_a_pattern_that_matches_nothing_is_an_error(tmp_path: Path, pattern: str) -> None:
    write(tmp_path, {"year/month.txt": "x"})
    with pytest.raises(SchemaError, match="no file matches") as caught:
        found(tmp_path, pattern)
    assert pattern in str(caught.value)
    assert "--data" in caught.value.remedy


def test_a_pattern_that_matches_nothing_is_an_error_beside_one_that_does(tmp_path: Path) -> None:
    write(tmp_path, {"a.csv": "x"})
    with pytest.raises(SchemaError, match=r"'b\*\.csv'"):
        found(tmp_path, "a.csv", "b*.csv")


@pytest.mark.parametrize("name", [NAME, NAME + ".gz", NAME + ".GZ"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_header_names(tmp_path: Path, name: str, start: str, end: str) -> None:
    content = start + HEADER + end
    packed = gzipped(content) if name.lower().endswith("gz") else content
    assert columns(tmp_path, packed, name) == HEADER.split(",")


def test_header_names_in_quotes_or_with_spaces(tmp_path: Path) -> None:
    quoted = ", ".join(f'"{name}"' for name in HEADER.split(",")).replace(', "', ',"')
    assert columns(tmp_path, quoted + "\n") == HEADER.split(",")
    assert columns(tmp_path, HEADER.replace(",", ", ") + "\n") == HEADER.split(",")


def test_a_column_without_a_name_or_with_the_engine_s_is_called_by_its_number(tmp_path: Path) -> None:
    assert columns(tmp_path, f"{HEADER},,File\n")[12:] == ["column 13", "File 14"]


def test_old_files_have_no_crime_id(tmp_path: Path) -> None:
    assert "Crime ID" not in columns(tmp_path, OLD_HEADER + "\n", "2010-12-lancashire-street.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "this is not a text file in UTF-8"),
        (archive({"xl/workbook.xml": "<x/>"}) + b"\xff\n", "this is not a text file in UTF-8"),
        (text(row()).encode("utf-16"), "this is not a text file in UTF-8"),
        (bytes(range(128, 256)) * 40, "this is not a text file in UTF-8"),
        (HEADER.replace("Month", "Date") + "\n", "the column 'Month' is missing"),
        (HEADER.replace("Latitude", "Lat") + "\n", "the column 'Latitude or Northing' is missing"),
        ("Crime ID;Month;Longitude\n", "the column 'Month' is missing"),
        (f"{HEADER},Month\n", "the column 'Month' stands in the header twice"),
        (f"{HEADER},MONTH\n", "the column 'MONTH' stands in the header twice"),
    ],
)
def test_a_header_that_is_not_a_street_file_s(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        columns(tmp_path, content)
    assert message in caught.value.message
    assert NAME in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("content", [b"no gzip at all", gzipped(text(row()))[:5], b""])
def test_a_compressed_file_that_cannot_be_opened(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SchemaError, match=NAME):
        columns(tmp_path, content, NAME + ".gz")


def test_a_file_is_its_own_only_part(tmp_path: Path) -> None:
    file = raw(write(tmp_path, {NAME: text(row())}) / NAME)
    assert list(files.unpack(file, STREET, tmp_path)) == [file]


def unpacked(folder: Path, content: bytes) -> list[tuple[str, str]]:
    write(folder, {"2025-03.zip": content})
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    (file,) = files.find("police", ("*.zip",), folder)
    parts = list(files.unpack(file, STREET, scratch))
    assert all(part.path.parent == scratch for part in parts)
    return [(part.name, part.path.read_text()) for part in parts]


def test_an_archive_gives_its_street_files_wherever_they_are(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {
        "2025-02/2025-02-lancashire-street.csv": "two",
        "2025-01/2025-01-lancashire-street.csv": "one",
        "2025-01/2025-01-lancashire-outcomes.csv": "no",
        "2025-01/2025-01-lancashire-stop-and-search.csv": "no",
        "a/b/c/2025-03-LANCASHIRE-STREET.CSV": "three",
        "../2025-04-lancashire-street.csv": "four",
        "__MACOSX/2025-01/._2025-01-lancashire-street.csv": b"\x00\x05\x16\x07",
        "2025-02/._2025-02-lancashire-street.csv": b"\x00\x05\x16\x07",
        "README.txt": "no",
    }
    assert unpacked(tmp_path, archive(members)) == [
        ("2025-03.zip/../2025-04-lancashire-street.csv", "four"),
        ("2025-03.zip/2025-01/2025-01-lancashire-street.csv", "one"),
        ("2025-03.zip/2025-02/2025-02-lancashire-street.csv", "two"),
        ("2025-03.zip/a/b/c/2025-03-LANCASHIRE-STREET.CSV", "three"),
    ]
    assert not (tmp_path / "2025-04-lancashire-street.csv").exists()


def test_archives_with_the_same_bytes_are_unpacked_apart(tmp_path: Path) -> None:
    same = archive({NAME: "one"})
    write(tmp_path, {"a.zip": same, "b.zip": same})
    parts = [
        part for file in files.find("police", ("*.zip",), tmp_path) for part in files.unpack(file, STREET, tmp_path)
    ]
    assert len({part.path for part in parts}) == len({part.name for part in parts}) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (archive({"2025-01/2025-01-lancashire-outcomes.csv": "a,b"}), "the archive holds no police-uk-street file"),
        (archive({}), "the archive holds no police-uk-street file"),
        (b"PK\x03\x04 and then nothing", "the archive cannot be read"),
        (archive({NAME: text(*[row()] * 50)}).replace(b"PK\x01\x02", b"PK\x01\x03"), "the archive cannot be read"),
        (b"", "the archive cannot be read"),
    ],
)
def test_an_archive_that_is_of_no_use(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(SchemaError, match=message) as caught:
        unpacked(tmp_path, content)
    assert caught.value.file == "2025-03.zip"


def test_an_archive_with_a_damaged_member(tmp_path: Path) -> None:
    content = bytearray(archive({NAME: text(*[row(f"{n:064x}") for n in range(50)])}))
    content[len(content) // 3] ^= 0xFF
    with pytest.raises(SchemaError, match="the archive cannot be read"):
        unpacked(tmp_path, bytes(content))
