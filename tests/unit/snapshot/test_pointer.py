"""Which snapshot is published: one line, replaced whole."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from geointel import snapshot
from geointel.errors import SnapshotCorruptError, SnapshotNotFoundError
from geointel.snapshot import layout
from geointel.snapshot.pointer import point_to, snapshot_ids


def test_the_newest_is_published(snapshots: Path) -> None:
    ids = snapshot_ids(snapshots)
    assert (snapshots / "current").read_text() == f"{ids[-1]}\n"
    assert snapshot.current_id(snapshots) == ids[-1]
    assert len(ids) == 2


@pytest.mark.parametrize("content", [b"", b"nothing\n", b"20200101T000000Z-00000000\n", b"../snapshots\n", b"\xff\xfe"])
def test_a_pointer_to_nothing_is_no_snapshot(snapshots: Path, content: bytes) -> None:
    (snapshots / "current").write_bytes(content)
    with pytest.raises(SnapshotNotFoundError):
        snapshot.current_id(snapshots)


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(SnapshotNotFoundError, match="no published snapshot"):
            snapshot.current_id(folder)
    with pytest.raises(SnapshotNotFoundError, match="There is no folder"):
        snapshot.list_snapshots(tmp_path / "none")
    assert snapshot.list_snapshots(tmp_path) == ()


def test_the_list_is_oldest_first_with_its_editions(snapshots: Path) -> None:
    listed = snapshot.list_snapshots(snapshots)
    assert [one.id for one in listed] == sorted(one.id for one in listed)
    assert [one.current for one in listed] == [False, True]
    assert {one.editions for one in listed} == {("open", "partner")}
    assert all(one.bytes == sum(path.stat().st_size for path in layout.files_in(snapshots / one.id)) for one in listed)


def test_other_folders_are_no_snapshots(snapshots: Path) -> None:
    for name in (".staging-x", "20200101T000000Z", "backup"):
        (snapshots / name).mkdir()
    (snapshots / "20200101T000000Z-00000000").write_text("a file")
    assert len(snapshot.list_snapshots(snapshots)) == 2


def test_rollback_publishes_the_one_before(snapshots: Path) -> None:
    older, newer = snapshot_ids(snapshots)
    assert snapshot.rollback(snapshots) == older == snapshot.current_id(snapshots)
    with pytest.raises(SnapshotNotFoundError, match="no snapshot older than the current"):
        snapshot.rollback(snapshots)
    assert snapshot.rollback(snapshots, newer) == newer == snapshot.current_id(snapshots)
    assert snapshot_ids(snapshots) == [older, newer]


def test_rollback_to_what_is_not_there_changes_nothing(snapshots: Path) -> None:
    before = snapshot.current_id(snapshots)
    for name in ("20200101T000000Z-00000000", "..", ""):
        with pytest.raises(SnapshotNotFoundError):
            snapshot.rollback(snapshots, name)
    assert snapshot.current_id(snapshots) == before


def test_rollback_refuses_a_damaged_snapshot(snapshots: Path) -> None:
    older, newer = snapshot_ids(snapshots)
    (snapshots / older / "open" / layout.FACTS).write_bytes(b"other")
    with pytest.raises(SnapshotCorruptError, match=r"open/facts\.parquet"):
        snapshot.rollback(snapshots)
    assert snapshot.current_id(snapshots) == newer


def test_prune_keeps_the_newest(snapshots: Path) -> None:
    older, newer = snapshot_ids(snapshots)
    assert snapshot.prune(snapshots, 2) == ()
    assert snapshot.prune(snapshots, 1) == (older,)
    assert snapshot_ids(snapshots) == [newer]
    assert snapshot.prune(snapshots, 1) == ()


def test_prune_never_deletes_the_published_one(snapshots: Path) -> None:
    older, newer = snapshot_ids(snapshots)
    snapshot.rollback(snapshots)
    assert snapshot.prune(snapshots, 1) == ()
    assert snapshot.prune(snapshots, 0) == ()
    assert snapshot_ids(snapshots) == [older, newer]


def test_prune_without_a_published_snapshot_deletes_nothing(snapshots: Path) -> None:
    (snapshots / "current").unlink()
    with pytest.raises(SnapshotNotFoundError):
        snapshot.prune(snapshots, 1)
    assert len(snapshot_ids(snapshots)) == 2


def test_a_reader_always_finds_a_whole_snapshot_while_the_pointer_moves(snapshots: Path) -> None:
    ids = snapshot_ids(snapshots)
    stop = threading.Event()
    seen: set[str] = set()
    failures: list[BaseException] = []

    def read() -> None:
        while not stop.is_set():
            try:
                opened = snapshot.open_snapshot(snapshots, verify=False)
                assert {edition.snapshot for edition in opened.editions.values()} == {opened.id}
                seen.add(opened.id)
            except BaseException as error:  # noqa: BLE001 - told to the test
                failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(100):
        point_to(snapshots, ids[turn % 2])
    stop.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert seen == set(ids)
