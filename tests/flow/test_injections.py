"""Files and configurations that mean harm: nothing is written outside, nothing grows without end, nothing is run."""

from __future__ import annotations

import gzip
import io
import resource
import stat
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from geointel.build import build
from geointel.config import load
from geointel.errors import ConfigError, GeointelError, SchemaError

from ..street import row, text
from .small_partnership import FEW_LAYERS, MONTHS, Written, write_partnership

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = text(*[row(f"a-{n}", month=MONTHS[0]) for n in range(30)]).encode()
MEMBER = f"{MONTHS[0]}/{MONTHS[0]}-square-street.csv"
GROWN = 300_000_000
"""Bytes that a bomb unpacks to."""
MOST_MEMORY = 1_500_000
"""Kilobytes by which this process may have grown."""


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A small partnership whose street files are archives, inside a folder of which the rest must stay as it is."""
    made = write_partnership(tmp_path / "inside", months=MONTHS[:2], layers=FEW_LAYERS, publish=(7,))
    made.config.write_text(made.config.read_text().replace("-street.csv*", "-street*"))
    (tmp_path / "outside.csv").write_text("as it was")
    return made


def archive_of(
    path: Path, members: dict[str, bytes], change: Callable[[zipfile.ZipInfo], None] = lambda _: None
) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            change(info)
            archive.writestr(info, body)


def built(written: Written) -> Any:
    return build(load(written.config), data=written.data, out=written.config.parent / "snapshots")


@pytest.mark.parametrize(
    "name",
    [
        f"../../../{MEMBER}",
        f"/tmp/{MEMBER}",  # noqa: S108 - must not be written
        f"..\\..\\..\\{MONTHS[0]}-square-street.csv",
        f"C:\\{MONTHS[0]}-square-street.csv",
        f"{MONTHS[0]}/../../../../outside-{MONTHS[0]}-square-street.csv",
        f"{MONTHS[0]}/\x00/{MONTHS[0]}-square-street.csv",
        f"{'deep/' * 500}{MONTHS[0]}-square-street.csv",
    ],
)
def test_an_archive_writes_nothing_outside(written: Written, tmp_path: Path, name: str) -> None:
    before = everything(tmp_path)
    archive_of(written.data / "street" / "more-street.zip", {name: GOOD})
    with suppress(GeointelError):
        built(written)
    after = everything(tmp_path)
    new = {path for path in after if path not in before}
    assert all(path.startswith(("inside/snapshots", "inside/data/street/more-street.zip")) for path in new), new
    assert {path: after[path] for path in before} == before


def test_a_link_in_an_archive_is_text(written: Written, tmp_path: Path) -> None:
    def link(info: zipfile.ZipInfo) -> None:
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16

    archive_of(written.data / "street" / "more-street.zip", {MEMBER: str(tmp_path / "outside.csv").encode()}, link)
    with pytest.raises(SchemaError, match=r"more-street\.zip"):
        built(written)
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


def overlapping(number: int, size: int) -> bytes:
    """An archive whose directory names the same bytes many times."""
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MEMBER, b"0" * size)
        for count in range(number):
            again = zipfile.ZipInfo(f"{count}/{MONTHS[0]}-square-street.csv")
            first = archive.infolist()[0]
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset", "flag_bits"):
                setattr(again, name, getattr(first, name))
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
    return inside.getvalue()


def workbook(size: int) -> bytes:
    inside = io.BytesIO()
    archive_of_parts = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": b"<workbook/>",
        "xl/sharedStrings.xml": b"<sst>" + b" " * size + b"</sst>",
    }
    with zipfile.ZipFile(inside, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in archive_of_parts.items():
            archive.writestr(name, body)
    return inside.getvalue()


def single(body: bytes) -> bytes:
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MEMBER, body)
    return inside.getvalue()


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a member of zeros": ("more-street.zip", lambda: single(b"0" * GROWN)),
    "good rows, then one line without an end": ("more-street.zip", lambda: single(GOOD + b"," * GROWN)),
    "members that share their bytes": ("more-street.zip", lambda: overlapping(200, 2_000_000)),
    "a packed file of zeros": (f"{MONTHS[0]}-more-street.csv.gz", lambda: gzip.compress(b"0" * GROWN)),
    "a packed file of good rows and no end": (
        f"{MONTHS[0]}-more-street.csv.gz",
        lambda: gzip.compress(GOOD + b"\n" * GROWN),
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_by_name(written: Written, bomb: str) -> None:
    name, make = BOMBS[bomb]
    (written.data / "street" / name).write_bytes(make())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SchemaError, match="more-street") as found:
        built(written)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY
    assert "times its own size" in str(found.value) or "header" in str(found.value) or "column" in str(found.value)
    assert not (written.config.parent / "snapshots" / "current").exists()


def test_a_workbook_that_grows_is_refused(tmp_path: Path) -> None:
    from geointel.ingest import spreadsheet
    from geointel.sources.base import RawFile

    path = tmp_path / "bomb.xlsx"
    path.write_bytes(workbook(GROWN))
    raw = RawFile(
        path=path,
        name="bomb.xlsx",
        bytes=path.stat().st_size,
        sha256="",
        **{"source": "s"} if "source" in RawFile.__dataclass_fields__ else {},
    )
    with pytest.raises(SchemaError, match="times its own size"):
        spreadsheet.header(raw, None)


def test_a_large_table_is_not_taken_for_a_bomb(tmp_path: Path) -> None:
    """Real tables shrink to a tenth or a thirtieth; this one, of equal rows, to less than a hundredth."""
    written = write_partnership(tmp_path, months=MONTHS[:2], layers=FEW_LAYERS, publish=(7,))
    written.config.write_text(written.config.read_text().replace("-street.csv*", "-street*"))
    rows = [row(f"{MONTHS[0]}-x{n}", month=MONTHS[0]) for n in range(20_000)]
    (written.data / "street" / "more-street.zip").write_bytes(single(text(*rows).encode()))
    assert built(written)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('id = "small"', 'id = "../small"'),
        ('id = "small"', 'id = "sm\\u0000all"'),
        ('id = "small"', 'id = "a\\nb"'),
        ('id = "small"', f'id = "{"a" * 5000}"'),
        ('id = "police"', 'id = "../../police"'),
        ('id = "police"', 'id = "police/../x"'),
        ('id = "incident-count"', 'id = "../../../incident-count"'),
        ('id = "incident-count"', 'id = "incident count"'),
        ('id = "incident-count"', 'id = "%2e%2e"'),
        ("[edition.open]", '[edition."../open"]'),
        ("[edition.open]", '[edition."open\\u0000"]'),
        ("[edition.open]", '[edition.""]'),
        ('id = "lad"', 'id = "../lad"'),
        ("[grid]", "[__class__]\nx = 1\n[grid]"),
        ("[grid]", '[grid."__proto__"]\nx = 1\n[grid]'),
        ("leaf = 9", "leaf = 1e400"),
        ("leaf = 9", "leaf = -9223372036854775809"),
        ("leaf = 9", "leaf = true"),
        ("leaf = 9", "leaf = 9999999999"),
        ("leaf = 9", "leaf = 9\nleaf = 8"),
        ('files = "street', 'files = ["street", {a = 1}]\nx = "street'),
        ("max_noise = 2", "max_noise = nan"),
        ("variance = 1", "variance = inf"),
    ],
)
def test_odd_keys_and_values_are_faults_with_a_place(tmp_path: Path, before: str, after: str) -> None:
    written = write_partnership(tmp_path, months=MONTHS[:1])
    said = written.config.read_text()
    assert before in said
    written.config.write_text(said.replace(before, after, 1))
    with pytest.raises(ConfigError) as found:
        load(written.config)
    assert found.value.faults


@pytest.mark.parametrize(
    "body",
    [
        b"\x00",
        b"\xff\xfe",
        b"[" * 100_000,
        b"a = " + b"[" * 100_000,
        b"a." * 500_000 + b"b = 1",
        b"a." * 1_500 + b"b = 1",
        b"a = " + b"9" * 100_000,
    ],
)
def test_what_is_no_toml_is_a_fault(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "partnership.toml"
    path.write_bytes(body)
    with pytest.raises(ConfigError):
        load(path)


@pytest.mark.parametrize("pattern", ["/etc/**/*", "/etc", "/dev/zero", "/dev/stdin", "street"])
def test_a_pattern_finds_files_only(tmp_path: Path, pattern: str) -> None:
    """Whoever writes the file may name any one file of the machine; not a device, and no pattern over all of it."""
    written = write_partnership(tmp_path, months=MONTHS[:1])
    written.config.write_text(written.config.read_text().replace("street/**/*-street.csv*", pattern))
    with pytest.raises(SchemaError, match="no file matches"):
        built(written)
