"""A snapshot is the one that was published, byte for byte, or it says what is not."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from geointel import snapshot
from geointel.errors import SnapshotCorruptError, SnapshotNotFoundError
from geointel.snapshot import layout
from geointel.snapshot.verify import read_manifest, require_sound, verify


def flip(path: Path, bit: int) -> None:
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(bytes(content))


def named(folder: Path) -> set[str]:
    return {problem.path for problem in verify(folder)}


def test_a_published_snapshot_is_sound(current: Path) -> None:
    assert verify(current) == ()
    require_sound(current)
    assert len(layout.files_in(current)) == 30


def test_a_snapshot_may_be_named_from_inside(current: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(current)
    for path in (Path(), Path("open/..")):
        assert verify(path) == ()


def test_a_changed_bit_in_any_file_is_found_and_the_file_is_named(current: Path) -> None:
    draw = random.Random(7)  # noqa: S311 - not for secrets
    for path in layout.files_in(current):
        bits = path.stat().st_size * 8
        for bit in {0, bits - 1, draw.randrange(bits)}:
            flip(path, bit)
            assert path.relative_to(current).as_posix() in named(current), (path, bit)
            flip(path, bit)
    assert verify(current) == ()


def test_every_bit_of_a_manifest_counts(current: Path) -> None:
    path = current / "open" / layout.MANIFEST
    whole = path.read_bytes()
    draw = random.Random(8)  # noqa: S311 - not for secrets
    places = [0, len(whole) - 1, *(draw.randrange(len(whole)) for _ in range(150))]
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << draw.randrange(8)
        path.write_bytes(bytes(changed))
        with pytest.raises(SnapshotCorruptError):
            read_manifest(path.parent)


@pytest.mark.parametrize("change", [b"\n", b" ", b"{}"])
def test_a_manifest_with_more_in_it_is_not_the_one_published(current: Path, change: bytes) -> None:
    path = current / "open" / layout.MANIFEST
    path.write_bytes(path.read_bytes() + change)
    assert named(current) == {"open/manifest.json"}


def test_a_manifest_that_was_written_anew_still_has_to_fit_its_folder(current: Path) -> None:
    path = current / "open" / layout.MANIFEST
    document = json.loads(path.read_bytes())
    document["snapshot"] = "20200101T000000Z-00000000"
    path.write_bytes(layout.manifest_bytes(document))
    assert verify(current)[0].what == "belongs to the snapshot '20200101T000000Z-00000000'"


def test_files_and_hashes_changed_together_do_not_fit_the_id(current: Path) -> None:
    target = current / "open" / layout.FACTS
    target.write_bytes(b"other facts")
    path = current / "open" / layout.MANIFEST
    document = json.loads(path.read_bytes())
    document["files"][layout.FACTS] = {"sha256": layout.sha256(target), "bytes": target.stat().st_size}
    path.write_bytes(layout.manifest_bytes(document))
    (problem,) = verify(current)
    assert (problem.path, problem.what) == (current.name, "its files are not those that the id was made from")


def test_any_missing_file_is_named(current: Path, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    for path in layout.files_in(current):
        path.rename(aside)
        assert path.relative_to(current).as_posix() in named(current)
        aside.rename(path)


@pytest.mark.parametrize(
    "name", ["extra.txt", "open/extra.parquet", "open/layers/extra.parquet", "partner/deep/er/x", "open/.hidden"]
)
def test_an_extra_file_is_named(current: Path, name: str) -> None:
    path = current / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    assert [(problem.path, problem.what) for problem in verify(current)] == [(name, "does not belong here")]


def test_an_extra_edition_is_named(current: Path) -> None:
    (current / "secret").mkdir()
    assert named(current) == {"secret/manifest.json"}
    shutil.copytree(current / "open", current / "secret", dirs_exist_ok=True)
    assert named(current) == {current.name}


def test_a_missing_edition_is_seen(current: Path) -> None:
    shutil.rmtree(current / "partner")
    assert named(current) == {current.name}
    shutil.rmtree(current / "open")
    assert verify(current)[0].what == "holds no edition"


def test_a_file_swapped_with_another_is_named(current: Path) -> None:
    one, other = current / "open" / layout.FACTS, current / "open" / layout.PLACES
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    assert named(current) == {"open/facts.parquet", "open/places.parquet"}


def test_a_snapshot_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SnapshotNotFoundError):
        verify(tmp_path / "20200101T000000Z-00000000")


def test_a_damaged_snapshot_is_not_opened(snapshots: Path, current: Path) -> None:
    flip(current / "open" / "layers" / "incidents.parquet", 4000)
    flip(current / "partner" / layout.FACTS, 4000)
    with pytest.raises(SnapshotCorruptError, match=r"open/layers/incidents\.parquet.* and 1 more") as caught:
        snapshot.open_snapshot(snapshots)
    assert "rollback" in caught.value.remedy


def test_opening_without_verifying_still_reads_manifests_as_published(snapshots: Path, current: Path) -> None:
    flip(current / "open" / layout.FACTS, 4000)
    snapshot.open_snapshot(snapshots, verify=False)
    flip(current / "open" / layout.MANIFEST, 4000)
    with pytest.raises(SnapshotCorruptError, match=r"manifest\.json"):
        snapshot.open_snapshot(snapshots, verify=False)
