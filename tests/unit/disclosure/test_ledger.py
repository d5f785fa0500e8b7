"""The release ledger as files: whole, the same bytes for the same content, and refused where it cannot be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geointel.disclosure import ledger
from geointel.disclosure.ledger import Line
from geointel.disclosure.policy import Rule, SourceTerms
from geointel.disclosure.release import release
from geointel.errors import DisclosureError

from .raw import SOURCE, WINDOWS, cells_at, counted, geography, records

if TYPE_CHECKING:
    from pathlib import Path

    from geointel.model import ReleasedFacts

TERMS = SourceTerms(
    SOURCE, public=False, method="cell-key", rule=Rule(max_noise=5, variance=3, never_show=2, coarsen_below=10)
)


def released(line: Line | None = None) -> ReleasedFacts:
    facts = counted(
        [record for n, cell in enumerate(cells_at(8)) for record in records(cell, ["2024-06"], n % 12, start=n * 20)]
    )
    lines = {} if line is None else {SOURCE: line}
    return release(facts, [TERMS], edition="open", windows={SOURCE: WINDOWS}, geography=geography(), ledger=lines)


@pytest.fixture(scope="module")
def line() -> Line:
    return ledger.extended(None, released(), source=SOURCE, geography="one", shown=WINDOWS)


def test_what_is_written_is_read_again(tmp_path: Path, line: Line) -> None:
    content = ledger.spelled(line)
    ledger.write(tmp_path / "ledger", "open", SOURCE, content)
    found = ledger.read(tmp_path / "ledger", "open")
    assert list(found) == [SOURCE]
    assert (found[SOURCE].windows, found[SOURCE].years) == (line.windows, line.years)
    assert len(line.years) == 2
    for table in ledger.SCHEMAS:
        key = sorted(str(row) for row in line.rows(table).to_pylist())
        assert sorted(str(row) for row in found[SOURCE].rows(table).to_pylist()) == key
    assert line.rows("hidden").num_rows
    assert line.rows("cells").num_rows
    assert ledger.spelled(found[SOURCE]) == content
    assert ledger.read(tmp_path / "ledger", "partner") == {}


def test_a_release_after_the_ledger_is_the_same_release(line: Line) -> None:
    again = released(line)
    assert ledger.spelled(
        ledger.extended(line, again, source=SOURCE, geography="one", shown=WINDOWS)
    ) == ledger.spelled(line)


def test_it_is_for_its_owner_alone(tmp_path: Path, line: Line) -> None:
    ledger.write(tmp_path / "ledger", "open", SOURCE, ledger.spelled(line))
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "ledger").rglob("*")}
    assert modes == {"open": 0o700, f"{SOURCE}.parquet": 0o600}


def test_a_damaged_ledger_stops_the_build(tmp_path: Path, line: Line) -> None:
    content = ledger.spelled(line)
    for broken in (b"", content[:-40], content.replace(b"PAR1", b"RAP1")):
        ledger.write(tmp_path, "open", SOURCE, broken)
        with pytest.raises(DisclosureError, match="cannot be read"):
            ledger.read(tmp_path, "open")


def test_other_boundaries_are_another_release(line: Line) -> None:
    with pytest.raises(DisclosureError, match="boundaries") as caught:
        ledger.require_same_geography(line, source=SOURCE, edition="open", geography="two")
    assert "ledger" in caught.value.remedy
    ledger.require_same_geography(None, source=SOURCE, edition="open", geography="two")


def test_the_digest_is_of_every_line(line: Line) -> None:
    content = ledger.spelled(line)
    one = ledger.digest({"a": content, "b": b""})
    assert one == ledger.digest({"b": b"", "a": content})
    assert len({one, ledger.digest({"a": content}), ledger.digest({"a": content, "c": b""})}) == 3
