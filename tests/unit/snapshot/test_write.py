"""Staged out of sight, published whole."""

from __future__ import annotations

import os
import re
import stat
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geointel import snapshot
from geointel.errors import SnapshotCorruptError, SnapshotError
from geointel.model.tables import WORD
from geointel.snapshot import layout
from geointel.snapshot.write import write_sorted

from ...client.small_snapshot import write_snapshot

WHEN = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)


def publish(folder: Path, content: str = "x", editions: tuple[str, ...] = ("open",)) -> Path:
    """Publish a snapshot of one small file an edition."""
    with snapshot.stage(folder) as staging:
        for edition in editions:
            (staging.edition(edition) / "a.txt").write_text(content)
        return staging.publish({edition: {"edition": edition} for edition in editions}, WHEN)


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in layout.files_in(folder)}


def test_an_id_is_the_time_and_the_content(tmp_path: Path) -> None:
    first, other = publish(tmp_path, "x"), publish(tmp_path, "y")
    assert re.fullmatch(r"20260105T083000Z-[0-9a-f]{8}", first.name)
    assert first.name.partition("-")[2] != other.name.partition("-")[2]


@pytest.mark.parametrize("contents", ["xxx", "xyz", "zyx"])
def test_snapshots_of_the_same_second_follow_each_other(tmp_path: Path, contents: str) -> None:
    ids = [publish(tmp_path, content).name for content in contents]
    assert [name.partition("-")[0] for name in ids] == ["20260105T083000Z", "20260105T083001Z", "20260105T083002Z"]
    assert len({name.partition("-")[2] for name in ids}) == len(set(contents))
    assert [listed.id for listed in snapshot.list_snapshots(tmp_path)] == ids
    assert all(snapshot.verify(tmp_path / name) == () for name in ids)
    assert snapshot.current_id(tmp_path) == ids[-1]


def test_a_manifest_has_the_hash_of_every_file_of_its_own_edition(tmp_path: Path) -> None:
    path = publish(tmp_path, editions=("open", "partner"))
    opened = snapshot.open_snapshot(path)
    for name, edition in opened.editions.items():
        assert edition.manifest["files"] == {"a.txt": {"sha256": layout.sha256(path / name / "a.txt"), "bytes": 1}}
        assert edition.manifest["snapshot"] == path.name
        assert edition.manifest["created"] == "2026-01-05T08:30:00Z"


def test_nothing_is_seen_before_it_is_whole(tmp_path: Path) -> None:
    publish(tmp_path)
    before = everything(tmp_path)
    with snapshot.stage(tmp_path) as staging:
        (staging.edition("open") / "a.txt").write_text("half")
        assert len(snapshot.list_snapshots(tmp_path)) == 1
        assert {name: content for name, content in everything(tmp_path).items() if ".staging" not in name} == before
    assert everything(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    publish(tmp_path)
    before = everything(tmp_path)

    def fail() -> None:
        with snapshot.stage(tmp_path) as staging:
            (staging.edition("open") / "a.txt").write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert everything(tmp_path) == before


def test_a_file_that_changes_while_publishing_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path)
    before = everything(tmp_path)

    def damage(path: Path) -> None:
        if path.name == "a.txt":
            path.write_text("z")

    monkeypatch.setattr("geointel.snapshot.write._sync", damage)
    with pytest.raises(SnapshotCorruptError, match=r"open/a\.txt"):
        publish(tmp_path, "y")
    assert everything(tmp_path) == before


@pytest.mark.parametrize("step", ["rename", "replace"])
def test_a_refused_rename_leaves_the_old_one_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    first = publish(tmp_path)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, step, refuse)
        with pytest.raises(OSError, match="No space"):
            publish(tmp_path, "y")
    assert snapshot.current_id(tmp_path) == first.name
    assert snapshot.verify(first) == ()
    assert [path for path in tmp_path.iterdir() if path.name.startswith(layout.STAGING)] == []
    assert snapshot.current_id(tmp_path) != publish(tmp_path, "y").name != first.name


def test_what_a_killed_build_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / f"{layout.STAGING}abc" / "open"
    left.mkdir(parents=True)
    (left / "a.txt").write_text("half")
    publish(tmp_path)
    assert not left.parent.exists()


@pytest.mark.parametrize("where", ["file/snapshots", "file"])
def test_a_folder_that_cannot_be_made(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SnapshotError, match="cannot be written") as caught:
        publish(tmp_path / where)
    assert "--out" in caught.value.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(SnapshotError, match="cannot be written"):
            publish(tmp_path)
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_others_may_read_a_published_snapshot(tmp_path: Path) -> None:
    """A web server seldom runs as the one who builds."""
    assert stat.S_IMODE(publish(tmp_path).stat().st_mode) == 0o755


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    ids = [write_snapshot(folder) for folder in folders]
    assert ids[0] == ids[1]
    assert everything(folders[0] / ids[0]) == everything(folders[1] / ids[1])


def test_rows_are_sorted_whatever_order_they_came_in(tmp_path: Path) -> None:
    rows = [
        {"cell": cell, "window": window, "value": float(cell), "status": "shown"}
        for cell in (3, 1, 2)
        for window in ("2025-02", "2025-01")
    ]
    schema = pa.schema([("cell", pa.int64()), ("window", WORD), ("value", pa.float64()), ("status", WORD)])
    for number, order in enumerate((rows, rows[::-1])):
        write_sorted(pa.Table.from_pylist(order, schema), tmp_path / f"{number}.parquet", ("cell",))
    found = pq.read_table(tmp_path / "0.parquet")
    assert [(row["cell"], row["window"]) for row in found.to_pylist()] == [
        (cell, window) for cell in (1, 2, 3) for window in ("2025-01", "2025-02")
    ]
    assert pa.types.is_dictionary(found.schema.field("window").type)
    assert (tmp_path / "0.parquet").read_bytes() == (tmp_path / "1.parquet").read_bytes()


def test_a_table_without_rows_can_be_written(tmp_path: Path) -> None:
    schema = pa.schema([("cell", pa.int64()), ("window", WORD), ("value", pa.float64()), ("status", WORD)])
    write_sorted(schema.empty_table(), tmp_path / "none.parquet", ("cell",))
    assert pq.read_table(tmp_path / "none.parquet").num_rows == 0
