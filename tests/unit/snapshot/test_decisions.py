"""Decisions: a file that only grows, and shows whoever changes it."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from geointel.errors import SnapshotCorruptError, SnapshotError
from geointel.snapshot.decisions import (
    APPROVE,
    FILE,
    LIFT,
    WITHDRAW,
    Decisions,
    read_decisions,
    record,
    require_name,
)  # fmt: skip

AT = datetime(2026, 2, 1, 9, 30, 0, 250, tzinfo=UTC)
ID = "20260105T083000Z-0123abcd"


def manifest(**changes: Any) -> dict[str, Any]:
    known = [{"id": "police"}, {"id": "calls"}]
    return {
        "snapshot": ID, "edition": "open", "digest": "d1", "created": "2026-01-05T08:30:00Z", "approval": "required",
        "sources": known, **changes,
    }  # fmt: skip


def approval(**changes: Any) -> dict[str, Any]:
    facts = {"snapshot": ID, "edition": "open", "manifest": "d1", "by": "A. Person", "audit": {"result": "passed"}}
    return {**facts, "carried_from": "", **changes}


def test_nothing_was_decided_where_there_is_no_file(tmp_path: Path) -> None:
    assert read_decisions(tmp_path) == Decisions()
    assert read_decisions(tmp_path / "nowhere") == Decisions()


def test_an_approval_holds_for_one_edition_of_one_snapshot_with_one_manifest(tmp_path: Path) -> None:
    decided = record(tmp_path, APPROVE, approval(), at=AT)
    assert decided == read_decisions(tmp_path)
    assert decided.shows(manifest())
    found = decided.approval(manifest())
    assert found is not None
    assert (found.by, found.at, found.audit) == ("A. Person", "2026-02-01T09:30:00.000250Z", {"result": "passed"})
    for change in ({"snapshot": ID.replace("0123", "ffff")}, {"edition": "partner"}, {"digest": "d2"}):
        assert decided.waits(manifest(**change))
        assert not decided.shows(manifest(**change))
    assert decided.shows(manifest(approval="none", digest="d2"))
    assert Decisions().shows({name: value for name, value in manifest().items() if name != "approval"})


def test_what_says_anything_but_none_waits() -> None:
    assert Decisions().waits(manifest(approval="sometimes"))


def test_a_withdrawn_source_hides_what_knows_it_and_was_built_before(tmp_path: Path) -> None:
    record(tmp_path, WITHDRAW, {"source": "calls", "by": "B"}, at=AT)
    decided = read_decisions(tmp_path)
    assert list(decided.blocked) == ["calls"]
    assert decided.withdrawn(manifest()) == ("calls",)
    assert not decided.shows(manifest(approval="none"))
    assert decided.shows(manifest(approval="none", sources=[{"id": "police"}]))
    later = {"approval": "none", "created": "2026-02-01T09:30:01Z"}
    assert not decided.shows(manifest(**later)), "as long as it is not lifted, nothing new may show it either"
    lifted = record(tmp_path, LIFT, {"source": "calls", "by": "B"}, at=AT + timedelta(days=9))
    assert not lifted.blocked
    assert lifted.shows(manifest(**later))
    assert not lifted.shows(manifest(approval="none")), "lifting brings nothing back"
    assert not lifted.shows(manifest(approval="none", created="2026-02-01T09:30:00Z"))
    again = record(tmp_path, WITHDRAW, {"source": "calls", "by": "B"}, at=AT + timedelta(days=10))
    assert list(again.blocked) == ["calls"]
    assert not again.shows(manifest(**later))


def test_every_line_ties_to_the_one_before(tmp_path: Path) -> None:
    """The chain, worked out here once more from what the format says."""
    for number in range(3):
        record(tmp_path, APPROVE, approval(edition=f"e{number}"), at=AT)
    before = hashlib.sha256(b"geointel decisions 1").hexdigest()
    for number, line in enumerate((tmp_path / FILE).read_text(encoding="utf-8").splitlines(), start=1):
        entry = json.loads(line)
        body = {name: value for name, value in entry.items() if name != "hash"}
        spelt = json.dumps(body, sort_keys=True, ensure_ascii=False) + "\n"
        assert (entry["number"], entry["before"]) == (number, before)
        before = entry["hash"]
        assert before == hashlib.sha256(spelt.encode()).hexdigest()


@pytest.mark.parametrize("change", ["word", "gone", "first gone", "swapped", "twice", "space", "not json", "list"])
def test_a_changed_file_is_noticed(tmp_path: Path, change: str) -> None:
    for number in range(3):
        record(tmp_path, APPROVE, approval(edition=f"e{number}"), at=AT)
    path = tmp_path / FILE
    lines = path.read_bytes().splitlines(keepends=True)
    changed = {
        "word": [lines[0], lines[1].replace(b"A. Person", b"B. Person"), lines[2]],
        "gone": [lines[0], lines[2]],
        "first gone": lines[1:],
        "swapped": [lines[1], lines[0], lines[2]],
        "twice": [*lines, lines[2]],
        "space": [lines[0].replace(b'": ', b'":  ', 1), *lines[1:]],
        "not json": [*lines, b"approve everything\n"],
        "list": [*lines, b"[]\n"],
    }[change]
    path.write_bytes(b"".join(changed))
    with pytest.raises(SnapshotCorruptError, match="not as it was written"):
        read_decisions(tmp_path)
    kept = path.read_bytes()
    with pytest.raises(SnapshotCorruptError):
        record(tmp_path, APPROVE, approval(), at=AT)
    assert path.read_bytes() == kept


def test_a_line_that_was_cut_off_was_never_decided(tmp_path: Path) -> None:
    record(tmp_path, APPROVE, approval(), at=AT)
    path = tmp_path / FILE
    whole = path.read_bytes()
    record(tmp_path, WITHDRAW, {"source": "calls", "by": "B"}, at=AT)
    second = path.read_bytes()[len(whole) :]
    for cut in range(len(second)):
        path.write_bytes(whole + second[:cut])
        assert read_decisions(tmp_path).withdrawals == ()
    record(tmp_path, WITHDRAW, {"source": "calls", "by": "B"}, at=AT)
    assert path.read_bytes() == whole + second


def test_decisions_at_the_same_moment_stand_one_after_another(tmp_path: Path) -> None:
    def decide(number: int) -> None:
        record(tmp_path, APPROVE, approval(edition=f"e{number}"), at=AT)

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.edition for one in read_decisions(tmp_path).approvals} == {f"e{number}" for number in range(12)}


@pytest.mark.parametrize("name", ["", "  ", "a" * 201, "A\nB", "A\x00"])
def test_who_decides_has_a_name(name: str) -> None:
    with pytest.raises(SnapshotError, match="needs the name"):
        require_name(name)
    assert require_name(" Ada Lovelace ") == "Ada Lovelace"
