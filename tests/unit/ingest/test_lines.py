"""Lines of text files: counted, and made regular."""

from __future__ import annotations

from pathlib import Path

import pytest

from geointel.errors import SchemaError
from geointel.ingest.lines import Lines, data_lines, look, make_regular
from geointel.sources.base import RawFile

from ...street import gzipped, write


def seen(folder: Path, content: str | bytes, name: str = "a.csv") -> Lines:
    path = write(folder, {name: content}) / name
    return look(RawFile(source="police", path=path, name=name, sha256="", bytes=path.stat().st_size))


@pytest.mark.parametrize(
    ("content", "count", "regular"),
    [
        ("", 0, True),
        ("h\n", 1, True),
        ("h", 1, True),
        ("h\na\nb", 3, True),
        ("h\r\na\r\n", 2, True),
        ("h\n\n\na\n", 4, True),
        ("h\r\na\n", 2, False),
        ("h\na\r\n", 2, False),
        ("h\r\na", 2, False),
        ("h\ra\rb\r", 1, False),
        ('h\n"a"\n', 2, False),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_lines_are_counted_and_judged(tmp_path: Path, content: str, count: int, regular: bool, packed: bool) -> None:
    lines = seen(tmp_path, gzipped(content), "a.csv.gz") if packed else seen(tmp_path, content)
    assert lines == Lines(count, regular)


def test_a_compressed_file_is_read_to_its_end(tmp_path: Path) -> None:
    two = gzipped("h\n") + gzipped("a\nb\n")
    assert seen(tmp_path, two, "a.csv.gz") == Lines(3, regular=True)


@pytest.mark.parametrize("cut", [-1, -8, 30])
def test_a_compressed_file_that_breaks_off(tmp_path: Path, cut: int) -> None:
    with pytest.raises(SchemaError, match=r"a\.csv\.gz: the file breaks off or is damaged"):
        seen(tmp_path, gzipped("".join(f"{n},{n * n}\n" for n in range(5000)))[:cut], "a.csv.gz")


@pytest.mark.parametrize("place", [-5, -9, 2000])
def test_a_compressed_file_with_a_changed_bit(tmp_path: Path, place: int) -> None:
    content = bytearray(gzipped("".join(f"{n},{n * n}\n" for n in range(5000))))
    content[place] ^= 1
    with pytest.raises(SchemaError, match="damaged"):
        seen(tmp_path, bytes(content), "a.csv.gz")


@pytest.mark.parametrize(
    ("content", "copy", "left_out"),
    [
        ("h\r\na,b\nc,d\r\n", "h\na,b\nc,d\n", 0),
        ("h\ra,b\rc,d", "h\na,b\nc,d\n", 0),
        ('h\na,"b\nc,d\n', "h\nc,d\n", 1),
        ('h\na,"b\nc,d\ne,"f\n', "h\nc,d\n", 2),
        ('h\na,"b,""c"""\n', 'h\na,"b,""c"""\n', 0),
        ('h\na,6" pipe\nc,d\n', 'h\na,6" pipe\nc,d\n', 0),
        ('h\na,"b" c,"d\n', "h\n", 1),
    ],
)
def test_a_regular_copy(tmp_path: Path, content: str, copy: str, left_out: int) -> None:
    source = write(tmp_path, {"a.csv": content}) / "a.csv"
    assert make_regular(source, tmp_path / "b.csv") == left_out
    assert (tmp_path / "b.csv").read_bytes() == copy.encode()


def test_blank_lines_and_the_header_are_no_data(tmp_path: Path) -> None:
    assert data_lines(write(tmp_path, {"a.csv": "h\na\n\n  \r\nb"}) / "a.csv") == 2
    assert data_lines(write(tmp_path, {"b.csv": ""}) / "b.csv") == 0
