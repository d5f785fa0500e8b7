"""A withdrawn source: out of every file of every snapshot, at once out of sight, and not back by itself."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from geointel import snapshot
from geointel.errors import SnapshotError, SnapshotNotFoundError
from geointel.snapshot import layout
from geointel.snapshot.decisions import read_decisions

from ...client.small_snapshot import write_snapshot

AT = datetime(2026, 2, 1, 9, 30, tzinfo=UTC)


def health_out(folder: Path, **options: Any) -> tuple[snapshot.TakenOut, ...]:
    snapshot.withdraw(folder, "health", by="B. Person", at=AT)
    return snapshot.take_out(folder, at=AT, **options)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in layout.files_in(folder)}


def words_of(folder: Path) -> str:
    """Everything that can be read in a folder, packed or not."""
    text = []
    for path in layout.files_in(folder):
        text.append(path.read_bytes().decode("latin-1"))
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            text.append(str(table.to_pydict()))
            text += [str(c.dictionary) for col in table.columns if pa.types.is_dictionary(col.type) for c in col.chunks]
    return "\n".join(text)


def test_nothing_of_it_is_left(snapshots: Path) -> None:
    old = snapshot.snapshot_ids(snapshots)
    assert "drug_misuse_deaths" in words_of(snapshots)
    before = {name: bytes_of(snapshots / name) for name in old}
    done = health_out(snapshots)
    assert [one.old for one in done] == old
    new = snapshot.snapshot_ids(snapshots)
    assert [one.new for one in done] == new
    assert not set(old) & set(new)
    assert [name[:16] for name in new] == [name[:16] for name in old], "the time of the build stays"
    assert snapshot.current_id(snapshots) == new[-1]
    for was, name in zip(old, new, strict=True):
        assert snapshot.verify(snapshots / name) == ()
        left = words_of(snapshots / name)
        assert "drug_misuse_deaths" not in left
        assert '"health"' not in left
        after = bytes_of(snapshots / name)
        same = {path for path in before[was] if path.rpartition("/")[2] not in {"manifest.json", "figures.parquet"}}
        assert set(after) == same | {"open/manifest.json", "partner/manifest.json"}
        for path in same:
            assert pq.read_table(snapshots / name / path).equals(_table(before[was][path])) if path.endswith("parquet") else after[path] == before[was][path]  # fmt: skip
    assert sorted(path.name for path in snapshots.iterdir()) == sorted([*new, "current", "decisions.jsonl"])


def _table(found: bytes) -> pa.Table:
    return pq.read_table(pa.BufferReader(found))


def test_layers_that_used_it_are_gone_and_the_manifest_is_right(snapshots: Path) -> None:
    """The edition keeps its figures of health; all else was of the police."""
    old = snapshots / snapshot.current_id(snapshots)
    snapshot.withdraw(snapshots, "police", by="B", at=AT)
    snapshot.take_out(snapshots, at=AT)
    new = snapshots / snapshot.current_id(snapshots)
    assert snapshot.verify(new) == ()
    edition = snapshot.open_snapshot(snapshots).edition("partner")
    manifest = edition.manifest
    assert [source["id"] for source in manifest["sources"]] == ["health"]
    assert manifest["layers"] == []
    assert manifest["methods"] == {}
    assert manifest["windows"] == manifest["categories"] == []
    assert manifest["period"] == {"months": [], "missing": [], "data_through": None}
    assert manifest["policy"] == {"edition": {"method": "none"}, "source": {}}
    assert manifest["uses"] == {"layers": {}, "names": []}
    assert set(manifest["caveats"]) == {"area-indicator"}
    assert set(manifest["grid"]["supported"].values()) == {0}
    assert sorted(manifest["files"]) == ["areas.parquet", "areas/facts.parquet", "facts.parquet", "figures.parquet", "places.parquet", "unmapped.parquet"]  # fmt: skip
    assert edition.figures("lad", "E06000009").num_rows == 2
    places = edition.places()
    assert places["name"].to_pylist() == places["district"].to_pylist()
    assert "Talbot" not in words_of(new / "partner")
    assert not old.exists()


def test_only_the_layers_that_used_it_go(snapshots: Path) -> None:
    """Of layers with sources of their own, support is counted anew and the windows left are those left."""
    name = snapshot.current_id(snapshots)
    staged = snapshots / name
    for edition in ("open", "partner"):
        path = staged / edition / layout.MANIFEST
        manifest = json.loads(path.read_bytes())
        manifest["uses"]["layers"] |= {"drug-excess": ["health"], "drug-hotspot": ["police", "health"]}
        manifest["windows"].append({"id": "2020-01", "kind": "month", "label": "January 2020", "months": ["2020-01"]})
        path.write_bytes(layout.manifest_bytes(manifest))
    (done,) = [one for one in health_out(snapshots) if one.old == name]
    assert done.layers == {"open": ("drug-hotspot", "drug-excess"), "partner": ("drug-hotspot", "drug-excess")}
    edition = snapshot.open_snapshot(snapshots / done.new).edition("open")
    assert list(edition.layers) == ["incidents"]
    assert not [path for path in edition.manifest["files"] if "drug-" in path]
    windows = {window["id"] for window in edition.manifest["windows"]}
    assert windows == {"2025-11", "2025-12", "2025-Q4", "12m:2025-12"}
    rows = pq.read_table(edition.path / "layers" / "incidents.parquet")
    seen = rows.filter(
        pc.and_(pc.equal(rows["resolution"], 8), pc.not_equal(rows["status"].cast("string"), "no-support"))
    )
    assert edition.manifest["grid"]["supported"]["8"] == len(set(seen["cell"].to_pylist()))


def test_no_reader_sees_it_from_the_decision_on(snapshots: Path) -> None:
    snapshot.withdraw(snapshots, "health", by="B", at=AT)
    assert snapshot.open_snapshot(snapshots).editions == {}
    with pytest.raises(SnapshotError, match="withdrawn: health"):
        snapshot.rollback(snapshots)
    snapshot.take_out(snapshots, at=AT)
    assert set(snapshot.open_snapshot(snapshots).editions) == {"open", "partner"}
    snapshot.rollback(snapshots)


def test_a_build_that_was_running_does_not_publish_it(snapshots: Path) -> None:
    before = snapshot.current_id(snapshots)
    health_out(snapshots)
    with pytest.raises(SnapshotError, match="withdrawn: health"):
        write_snapshot(snapshots, 3)
    assert snapshot.current_id(snapshots)[:16] == before[:16]
    snapshot.lift(snapshots, "health", by="B", at=datetime.now(UTC))
    with pytest.raises(SnapshotError, match="withdrawn: health"):
        write_snapshot(snapshots, 3)  # built on 5 January, before it was withdrawn


def test_a_misspelt_source_is_refused(snapshots: Path) -> None:
    with pytest.raises(SnapshotNotFoundError, match="They know health, police"):
        snapshot.withdraw(snapshots, "polise", by="B", at=AT)
    with pytest.raises(SnapshotNotFoundError, match="is not withdrawn"):
        snapshot.lift(snapshots, "health", by="B", at=AT)
    assert read_decisions(snapshots).withdrawals == ()


def test_again_changes_nothing(snapshots: Path) -> None:
    health_out(snapshots)
    ids = snapshot.snapshot_ids(snapshots)
    kept = {name: bytes_of(snapshots / name) for name in ids}
    assert health_out(snapshots) == ()
    assert {name: bytes_of(snapshots / name) for name in snapshot.snapshot_ids(snapshots)} == kept
    assert len(read_decisions(snapshots).withdrawals) == 1


@pytest.mark.parametrize("why", ["old manifest", "strange file", "nothing else", "no column"])
def test_what_cannot_be_told_apart_is_removed_whole(tmp_path: Path, why: str) -> None:
    folder = tmp_path / "snapshots"
    write_snapshot(folder)
    path = folder / snapshot.current_id(folder)
    manifests = {name: json.loads((path / name / layout.MANIFEST).read_bytes()) for name in ("open", "partner")}
    partner = manifests["partner"]
    if why == "old manifest":
        del partner["uses"]
    elif why == "nothing else":
        partner["sources"] = [source for source in partner["sources"] if source["id"] == "health"]
    elif why == "strange file":
        (path / "partner" / "notes.parquet").write_bytes(b"x")
    else:
        table = pq.read_table(path / "partner" / "profile.parquet").drop_columns(["source"])
        pq.write_table(table, path / "partner" / "profile.parquet")
    _publish_again(folder, path, manifests)
    (done,) = health_out(folder)
    assert done.editions == ("partner",)
    assert set(snapshot.open_snapshot(folder).editions) == {"open"}


def test_a_snapshot_of_which_nothing_is_left_is_removed_and_nothing_published(tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    write_snapshot(folder)
    path = folder / snapshot.current_id(folder)
    manifests = {name: json.loads((path / name / layout.MANIFEST).read_bytes()) for name in ("open", "partner")}
    for manifest in manifests.values():
        del manifest["uses"]
    _publish_again(folder, path, manifests)
    (done,) = health_out(folder)
    assert (done.new, done.editions) == ("", ("open", "partner"))
    assert [path.name for path in folder.iterdir()] == ["decisions.jsonl"]


def _publish_again(folder: Path, path: Path, manifests: dict[str, dict[str, Any]]) -> None:
    """Publish changed files as a snapshot of their own, in place of the one that they were."""
    with snapshot.stage(folder) as staging:
        for edition in manifests:
            (path / edition).rename(staging.path / edition)
            (staging.path / edition / layout.MANIFEST).unlink()
        staging.publish(manifests, datetime(2026, 1, 6, tzinfo=UTC))
    path.rmdir()


def test_a_damaged_snapshot_is_removed_because_nobody_can_say_what_is_in_it(snapshots: Path) -> None:
    first, last = snapshot.snapshot_ids(snapshots)
    (snapshots / first / "open" / layout.MANIFEST).write_bytes(b"{}")
    done = health_out(snapshots)
    assert [(one.old, bool(one.new)) for one in done] == [(first, False), (last, True)]
    assert len(snapshot.snapshot_ids(snapshots)) == 1


def test_approvals_hold_for_what_did_not_change(tmp_path: Path) -> None:
    """Only the partner edition knows of health here: its approval is void, that of the open edition stays."""
    folder = tmp_path / "snapshots"
    write_snapshot(folder, approval=("open", "partner"))
    path = folder / snapshot.current_id(folder)
    manifests = {name: json.loads((path / name / layout.MANIFEST).read_bytes()) for name in ("open", "partner")}
    (path / "open" / "figures.parquet").unlink()
    manifests["open"]["sources"] = [source for source in manifests["open"]["sources"] if source["id"] == "police"]
    _publish_again(folder, path, manifests)
    for edition in ("open", "partner"):
        snapshot.approve(folder, edition, by=f"Approver of {edition}", at=AT)
    approved = {one.edition: one for one in read_decisions(folder).approvals}
    health_out(folder)
    assert set(snapshot.open_snapshot(folder).editions) == {"open"}
    (listed,) = snapshot.list_snapshots(folder)
    assert listed.waiting == ("partner",)
    (kept,) = listed.approvals
    assert (kept.by, kept.at, kept.carried_from) == ("Approver of open", approved["open"].at, approved["open"].manifest)


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


STEPS = ((os, "link"), (pq, "write_table"), (Path, "replace"), (Path, "rename"), (shutil, "rmtree"), (os, "fsync"))
"""Calls that change the disk."""


@pytest.mark.parametrize("when", range(1, 130, 9))
def test_stopped_at_any_step_it_shows_nothing_and_can_be_run_to_its_end(
    snapshots: Path, monkeypatch: pytest.MonkeyPatch, when: int
) -> None:
    """The process ends before the n-th call that changes the disk."""
    snapshot.withdraw(snapshots, "health", by="B", at=AT)
    before = snapshot.snapshot_ids(snapshots)
    done = 0

    def dying(call: Any) -> Any:
        def step(*args: Any, **options: Any) -> Any:
            nonlocal done
            done += 1
            if done == when:
                raise Killed
            return call(*args, **options)

        return step

    with monkeypatch.context() as patch:
        for owner, name in STEPS:
            patch.setattr(owner, name, dying(getattr(owner, name)))
        with contextlib.suppress(Killed):
            snapshot.take_out(snapshots, at=AT)
    now = snapshot.current_id(snapshots)
    assert snapshot.verify(snapshots / now) == ()
    for edition in snapshot.open_snapshot(snapshots).editions.values():
        assert "health" not in {source["id"] for source in edition.manifest["sources"]}
    snapshot.take_out(snapshots, at=AT)
    after = snapshot.snapshot_ids(snapshots)
    assert [name[:16] for name in after] == [name[:16] for name in before]
    assert snapshot.current_id(snapshots) == after[-1]
    assert all(snapshot.verify(snapshots / name) == () for name in after)
    assert "drug_misuse_deaths" not in words_of(snapshots)
    assert not [path for path in snapshots.iterdir() if path.name.startswith(".")]
