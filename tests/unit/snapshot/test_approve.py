"""An edition that waits for approval does not exist for readers, until a person approves it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import geointel
from geointel import snapshot
from geointel.errors import DisclosureError, SnapshotCorruptError, SnapshotError, SnapshotNotFoundError
from geointel.snapshot import layout
from geointel.snapshot.decisions import FILE, WITHDRAW, read_decisions, record

from ...client.small_snapshot import write_snapshot

AT = datetime(2026, 2, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    """A snapshots folder whose partner edition waits."""
    write_snapshot(tmp_path / "snapshots", approval=("partner",))
    return tmp_path / "snapshots"


def passed(_: Path) -> dict[str, Any]:
    return {"result": "passed", "widest": 4}


def approve(path: Path, edition: str = "partner", **options: Any) -> snapshot.Approval:
    return snapshot.approve(path, edition, **{"by": "A. Person", "at": AT, "audit": passed, **options})


def test_an_edition_that_waits_is_unknown_in_the_same_words(waiting: Path) -> None:
    opened = snapshot.open_snapshot(waiting)
    assert set(opened.editions) == {"open"}
    messages = []
    for name in ("partner", "nobody"):
        with pytest.raises(SnapshotNotFoundError) as error:
            opened.edition(name)
        messages.append(str(error.value).replace(name, "X"))
        with pytest.raises(SnapshotNotFoundError) as error:
            geointel.open_snapshot(waiting, name)
        messages.append(str(error.value).replace(name, "X"))
    assert len(set(messages)) == 1
    assert set(snapshot.open_whole(waiting).editions) == {"open", "partner"}


def test_an_approved_edition_is_there(waiting: Path) -> None:
    asked: list[Path] = []

    def audit(folder: Path) -> dict[str, Any]:
        asked.append(folder)
        return passed(folder)

    found = approve(waiting, audit=audit)
    name = snapshot.current_id(waiting)
    assert asked == [(waiting / name / "partner").resolve()]
    manifest = json.loads((waiting / name / "partner" / layout.MANIFEST).read_bytes())
    assert (found.snapshot, found.edition, found.manifest) == (name, "partner", manifest["digest"])
    assert (found.by, found.at, found.audit) == (
        "A. Person",
        "2026-02-01T09:30:00.000000Z",
        {"result": "passed", "widest": 4},
    )
    assert set(snapshot.open_snapshot(waiting).editions) == {"open", "partner"}
    assert snapshot.verify(waiting / name) == ()
    assert geointel.open_snapshot(waiting / name, "partner").name == "partner"


def test_a_second_approval_keeps_the_first(waiting: Path) -> None:
    first = approve(waiting)
    assert approve(waiting / snapshot.current_id(waiting), by="B. Person") == first
    assert len(read_decisions(waiting).approvals) == 1


def test_without_an_audit_it_says_so(waiting: Path) -> None:
    found = snapshot.approve(waiting, "partner", by="A", at=AT)
    assert found.audit == {"result": "not run"}


@pytest.mark.parametrize("result", [{"result": "failed"}, {}, {"result": None}, {"result": "Passed"}])
def test_a_failed_audit_is_not_approved(waiting: Path, result: dict[str, Any]) -> None:
    with pytest.raises(DisclosureError, match="failed its disclosure audit"):
        approve(waiting, audit=lambda _: result)
    assert not (waiting / FILE).exists()
    assert set(snapshot.open_snapshot(waiting).editions) == {"open"}


def test_what_cannot_be_approved(waiting: Path) -> None:
    with pytest.raises(SnapshotNotFoundError):
        approve(waiting, "police")
    with pytest.raises(SnapshotError, match="needs no approval"):
        approve(waiting, "open")
    with pytest.raises(SnapshotError, match="needs the name"):
        approve(waiting, by=" ")
    record(waiting, WITHDRAW, {"source": "police", "by": "B"}, at=AT)
    with pytest.raises(SnapshotError, match="withdrawn: police"):
        approve(waiting)


def test_a_damaged_snapshot_is_not_approved(waiting: Path) -> None:
    path = waiting / snapshot.current_id(waiting) / "partner" / layout.FACTS
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(SnapshotCorruptError, match=r"partner/facts\.parquet"):
        approve(waiting)


def test_a_changed_manifest_voids_the_approval(waiting: Path) -> None:
    approve(waiting)
    path = waiting / snapshot.current_id(waiting) / "partner" / layout.MANIFEST
    manifest = json.loads(path.read_bytes())
    manifest["roles"] = {"public": 0}
    path.write_bytes(layout.manifest_bytes(manifest))
    assert snapshot.verify(path.parents[1]) == (), "the manifest is sound, and not the one that was approved"
    assert set(snapshot.open_snapshot(waiting).editions) == {"open"}


def test_the_next_snapshot_needs_its_own_and_rollback_keeps_the_old(waiting: Path) -> None:
    approve(waiting)
    first = snapshot.current_id(waiting)
    second = write_snapshot(waiting, 2, approval=("partner",))
    assert set(snapshot.open_snapshot(waiting).editions) == {"open"}
    assert snapshot.rollback(waiting) == first
    assert set(snapshot.open_snapshot(waiting).editions) == {"open", "partner"}
    listed = snapshot.list_snapshots(waiting)
    assert [(one.id, one.waiting, [a.by for a in one.approvals]) for one in listed] == [
        (first, (), ["A. Person"]), (second, ("partner",), []),
    ]  # fmt: skip


def test_approvals_outlive_the_snapshots_that_prune_removes(waiting: Path) -> None:
    approve(waiting)
    write_snapshot(waiting, 2)
    snapshot.prune(waiting, 1)
    assert len(read_decisions(waiting).approvals) == 1
    assert len(snapshot.list_snapshots(waiting)) == 1


def test_a_copy_elsewhere_needs_the_decisions_or_its_own(waiting: Path, tmp_path: Path) -> None:
    approve(waiting)
    name = snapshot.current_id(waiting)
    shutil.copytree(waiting / name, tmp_path / "elsewhere" / name)
    assert set(snapshot.open_snapshot(tmp_path / "elsewhere" / name).editions) == {"open"}
    shutil.copy2(waiting / FILE, tmp_path / "elsewhere")
    assert set(snapshot.open_snapshot(tmp_path / "elsewhere" / name).editions) == {"open", "partner"}
