"""Record keys: the same for the same record, and nothing that anybody can guess."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from geointel.engine.duckdb import DuckDBEngine
from geointel.ingest import files, incidents
from geointel.ingest.record_keys import HALF

from ...partner import HEADER, ROWS, csv_text, kind_of
from ...street import square

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SECRET = b"a secret of sixteen bytes and more"


def keys(folder: Path, files_of: dict[str, bytes], *, secret: bytes = SECRET, **options: Any) -> list[tuple[Any, ...]]:
    """Month, reason and record key of every row of some files, sorted."""
    inside, scratch = folder / "in", folder / "scratch"
    for made in (inside, scratch):
        made.mkdir(parents=True)
    for name, content in files_of.items():
        (inside / name).write_bytes(content)
    engine = DuckDBEngine(scratch, threads=1)
    try:
        kind = kind_of(**options)
        assert kind.door is not None
        kind = replace(kind, door=replace(kind.door, key=secret))
        staged = incidents.stage(engine, kind, files.find("partner", ("*",), inside), scratch, keyed=True)
        wanted = incidents.Wanted(secret=secret)
        rows = engine.collect(
            incidents.canonical(engine, staged, study=square(), period=None, wanted=wanted)
        ).to_pylist()
    finally:
        engine.close()
    assert all(0 <= row[half] < 2**HALF for row in rows for half in ("record_low", "record_high"))
    return sorted(
        (row["month"] or 0, row["reason"] or "", row["record_low"] + (row["record_high"] << HALF)) for row in rows
    )


def without_ids(rows: Sequence[Sequence[str]]) -> bytes:
    return csv_text(rows=[("", *row[1:]) for row in rows])


def test_every_record_has_a_key_of_its_own_whatever_the_file(tmp_path: Path) -> None:
    one = keys(tmp_path / "one", {"a.csv": csv_text()})
    two = keys(tmp_path / "two", {"z.csv": csv_text(rows=ROWS[3:]), "y.csv": csv_text(rows=ROWS[:3])})
    assert one == two
    assert len({key for *_, key in one}) == len(ROWS)


def test_another_secret_gives_other_keys(tmp_path: Path) -> None:
    one = keys(tmp_path / "one", {"a.csv": csv_text()})
    other = keys(tmp_path / "other", {"a.csv": csv_text()}, secret=SECRET + b"!")
    assert {key for *_, key in one}.isdisjoint(key for *_, key in other)


def test_a_record_that_is_corrected_keeps_its_key(tmp_path: Path) -> None:
    """The newer row counts, and the older one is superseded; both are the same record."""
    moved = (ROWS[0][0], "2025-02-20T10:00:00", "53.80", "-2.95", *ROWS[0][4:])
    found = keys(tmp_path, {"a.csv": csv_text(rows=[ROWS[0]]), "b.csv": csv_text(rows=[moved])})
    assert [reason for _, reason, _ in found] == ["", "superseded"]
    assert len({key for *_, key in found}) == 1


def test_records_without_ids_are_told_apart_by_what_they_say_and_how_often(tmp_path: Path) -> None:
    twice = [*ROWS, ROWS[1]]
    one = keys(tmp_path / "one", {"a.csv": without_ids(twice)})
    two = keys(tmp_path / "two", {"a.csv": without_ids(twice[::-1])})
    assert one == two
    assert len({key for *_, key in one}) == len(twice)


def test_a_number_is_the_same_however_it_is_written(tmp_path: Path) -> None:
    """Another program writes 53.8 for 53.80: records without IDs keep their keys."""
    other = [(*row[:2], f"{row[2]}0" if row[2] else "", *row[3:]) for row in ROWS]
    assert keys(tmp_path / "one", {"a.csv": without_ids(ROWS)}) == keys(tmp_path / "two", {"a.csv": without_ids(other)})


def test_the_key_is_the_hmac_of_source_and_record(tmp_path: Path) -> None:
    """Worked out by hand from the text at the door: the ID is keyed there already."""
    columns = {"columns": {"date": "Call time", "lat": "Latitude", "lng": "Longitude", "category": "Kind"}}
    row = ("", "2025-01-05", "53.82", "-3.05", "Overdose", "", "")
    ((_, _, key),) = keys(tmp_path, {"a.csv": csv_text(HEADER, [row])}, **columns)
    said = {"category": "Overdose", "date": "2025-01-05", "x": "-3.05", "y": "53.82"}
    text = dict.fromkeys(("area_code", "area_name", "category", "month", "weight", "when", "word", "x", "y"), "")
    text |= {"category": "overdose", "month": "2025-01", "word": said["category"], "x": said["x"], "y": said["y"]}
    digest = hashlib.sha256("\x1f".join(text[name] for name in sorted(text)).encode()).hexdigest()[:32]
    expected = hmac.digest(SECRET, f"record partner\0{digest}\0000".encode(), "sha256")[:8]
    assert key == int.from_bytes(expected, "big")


def test_a_secret_is_not_shown() -> None:
    assert "secret of" not in repr(incidents.Wanted(secret=SECRET))


@pytest.mark.parametrize("secret", [None])
def test_without_a_secret_there_are_no_keys(tmp_path: Path, secret: None) -> None:
    (tmp_path / "a.csv").write_bytes(csv_text())
    engine = DuckDBEngine(tmp_path, threads=1)
    try:
        staged = incidents.stage(engine, kind_of(), files.find("partner", ("a.csv",), tmp_path), tmp_path)
        table = incidents.canonical(engine, staged, study=square(), period=None, wanted=incidents.Wanted(secret=secret))
        assert "record_low" not in table.columns
    finally:
        engine.close()
