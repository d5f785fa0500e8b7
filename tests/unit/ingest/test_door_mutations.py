"""Damaged files of a partner: never anything but our own error, and never a row lost in silence."""

from __future__ import annotations

import csv
import gzip
import random
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from geointel.errors import GeointelError
from geointel.ingest import door, files

from ...partner import FORMATS, HEADER, canonical, fates, kind_of, options_for

if TYPE_CHECKING:
    from pathlib import Path

    from geointel.ingest.door import Admitted

TIMES = 200
WHOLE_EVERY = 50
"""Every so many damaged files go through the engine too."""


def damaged(  # noqa: C901 - one line for each kind of damage
    data: bytes, seed: str
) -> bytes:
    """The bytes with one to four random corruptions."""
    draw = random.Random(seed)  # noqa: S311 - not for secrets
    for _ in range(draw.randint(1, 4)):
        at, length = draw.randrange(len(data) + 1), draw.randint(1, 40)
        how = draw.choice(("flip", "cut", "truncate", "insert", "repeat", "zero", "swap", "quote"))
        if how == "truncate":
            data = data[:at]
        elif how == "flip" and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]
        elif how == "cut":
            data = data[:at] + data[at + length :]
        elif how == "insert":
            data = data[:at] + draw.randbytes(length) + data[at:]
        elif how == "repeat":
            data = data[:at] + data[at : at + length] * 3 + data[at + length :]
        elif how == "zero":
            data = data[:at] + bytes(length) + data[at + length :]
        elif how == "swap":
            data = data.replace(b",", draw.choice((b";", b"\t", b",,")), draw.randint(1, 30))
        else:
            data = data[:at] + draw.choice((b'"', b"\r", b"\n", b"\r\n", b"\xff\xfe")) + data[at:]
    return data


def admit(folder: Path, scratch: Path, name: str) -> list[Admitted]:
    kind = kind_of(**options_for(name))
    assert kind.door is not None
    return door.admit(files.find("partner", ("**/*",), folder), kind, kind.door, scratch)


def rows_of(admitted: Admitted) -> int:
    with admitted.raw.path.open(encoding="utf-8", newline="") as stream:
        return sum(1 for _ in csv.reader(stream)) - 1


def lines_of(path: Path) -> int | None:
    """Lines under the header that are not blank, told without the reader; None where that cannot be told."""
    try:
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                data = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".csv"))
        else:
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError):
        return None
    return sum(1 for line in data.splitlines() if line.strip()) - 1


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, name: str) -> None:
    FORMATS[name](tmp_path / name)
    data = (tmp_path / name).read_bytes()
    refused = 0
    for number in range(TIMES):
        folder, scratch = tmp_path / f"in-{number}", tmp_path / f"scratch-{number}"
        folder.mkdir()
        scratch.mkdir()
        (folder / name).write_bytes(damaged(data, f"{name} {number}"))
        try:
            admitted = admit(folder, scratch, name)
        except GeointelError:
            refused += 1
            assert list(scratch.iterdir()) == []
            continue
        lines = lines_of(folder / name) if ".csv" in name or ".zip" in name else None
        if lines is not None:
            assert sum(rows_of(found) + found.bad_lines for found in admitted) == lines, number
    assert refused


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_read_of_a_damaged_file_has_a_fate_each(tmp_path: Path, name: str) -> None:
    FORMATS[name](tmp_path / name)
    data = (tmp_path / name).read_bytes()
    for number in range(0, TIMES, WHOLE_EVERY):
        folder, scratch = tmp_path / f"in-{number}", tmp_path / f"scratch-{number}"
        folder.mkdir()
        scratch.mkdir()
        (folder / name).write_bytes(damaged(data, f"{name} whole {number}"))
        try:
            admitted = admit(folder, scratch, name)
        except GeointelError:
            continue
        read = sum(rows_of(found) + found.bad_lines for found in admitted)
        assert sum(fates(canonical(folder, scratch, kind=kind_of(**options_for(name)))).values()) == read


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "cp1252"])
def test_another_encoding_is_read_or_refused(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "scratch").mkdir()
    FORMATS["calls.csv"](tmp_path / "calls.csv")
    text = (tmp_path / "calls.csv").read_text(encoding="utf-8")
    (tmp_path / "in" / "calls.csv").write_bytes(text.encode(encoding))
    try:
        admitted = admit(tmp_path / "in", tmp_path / "scratch", "calls.csv")
    except GeointelError:
        assert encoding.startswith(("utf-16", "utf-32"))
    else:
        assert [rows_of(found) for found in admitted] == [6]


@pytest.mark.parametrize("column", [name for name in HEADER if name != "Notes"])
def test_a_column_that_is_gone_is_named(tmp_path: Path, column: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "scratch").mkdir()
    FORMATS["calls.csv"](tmp_path / "in" / "calls.csv")
    path = tmp_path / "in" / "calls.csv"
    path.write_bytes(path.read_bytes().replace(column.encode(), b"Other", 1))
    with pytest.raises(GeointelError, match=column):
        admit(tmp_path / "in", tmp_path / "scratch", "calls.csv")
