"""Nothing raw of a source that is not public is left on disk: after a build, a failed one, a killed one and what tidies up."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from geointel.build.workroom import forget_builds, forget_source, log_build, workroom
from geointel.cli.main import app
from geointel.snapshot.write import Staging

from .test_protected_build import ENVIRONMENT, calls, made, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEAF = 9
KILLS = 5
PLANTED = ("REF-QZX", "WHO-QZX")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A partnership with a partner's records; each has an id, a person and coordinates that stand nowhere else."""
    draw = random.Random(5)  # noqa: S311 - not for secrets
    rows = [
        (f"{PLANTED[0]}{n}", when, f"{float(lat) + draw.uniform(0, 1e-5):.9f}", lng, f"{PLANTED[1]}{n % 40}")
        for n, (_, when, lat, lng, _) in enumerate(calls())
    ]
    return written(tmp_path, rows)


def raw_places(config: Path) -> set[float]:
    lines = (config.parent / "data" / "calls" / "calls.csv").read_text(encoding="utf-8").splitlines()[1:]
    return {float(line.split(",")[2]) for line in lines}


def told_raw(path: Path, places: set[float]) -> Iterator[str]:
    """What a file says of a single record."""
    content = path.read_bytes()
    yield from (f"{path}: {word}" for word in PLANTED if word.encode() in content)
    if path.suffix != ".parquet":
        return
    for name, column in zip((table := pq.read_table(path)).column_names, table.columns, strict=True):
        plain = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
        values = set(plain.to_pylist()) - {None}
        if pa.types.is_floating(column.type) and values & places:
            yield f"{path}: {name} is a coordinate"
        if pa.types.is_string(plain.type) and any(word in text for text in values for word in PLANTED):
            yield f"{path}: {name} is an id"
        if name == "cell" and any(h3.get_resolution(cell) >= LEAF for cell in values if cell):
            yield f"{path}: {name} is a leaf"


def left(config: Path, *folders: Path, but: str = "scratch") -> list[str]:
    """Raw things at any place that a build writes to."""
    places = raw_places(config)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and but not in path.parts]
    return [said for path in files for said in told_raw(path, places)]


def modes(out: Path) -> dict[str, int]:
    """Files and folders of the workroom and the ledger that others than the owner may look into; the folder of raw rows shuts its files in."""
    rooms = [room for room in out.glob("snapshots.*") if room.is_dir()]
    paths = [*rooms, *(path for room in rooms for path in room.rglob("*"))]
    inside = [path for path in paths if "scratch" not in path.relative_to(out).parts[1:-1]]
    return {str(path): path.stat().st_mode & 0o777 for path in inside if path.stat().st_mode & 0o077}


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_the_search_finds_what_is_planted(config: Path) -> None:
    """Raw rows beside the data would be seen, as text and as Parquet."""
    kept = config.parent / "kept"
    kept.mkdir()
    lat = min(raw_places(config))
    pq.write_table(pa.table({"lat": [lat], "cell": [h3.latlng_to_cell(lat, -3.0, LEAF)]}), kept / "rows.parquet")
    assert len(left(config, kept)) == 2
    assert left(config, config.parent / "data")


def test_after_a_build(config: Path, temporary: Path) -> None:
    out = made(config).parents[1]
    assert out.name == "out"
    assert left(config, out, temporary, but="-") == []
    assert not (out / "snapshots.work" / "scratch").exists()
    assert modes(out) == {}


def test_after_a_failed_build(config: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        message = "no space left"
        raise OSError(message)

    monkeypatch.setattr(Staging, "publish", fail)
    with pytest.raises(OSError, match="no space"):
        made(config)
    out = config.parent / "out"
    assert left(config, out, temporary, but="-") == []
    assert not (out / "snapshots.work" / "scratch").exists()
    assert modes(out) == {}


@pytest.mark.slow
def test_after_a_killed_build_and_prune(config: Path, temporary: Path) -> None:
    """Raw rows stand in the private scratch folder alone, and ``prune`` removes that."""
    out = config.parent / "out"
    command = [sys.executable, "-m", "geointel.cli", "build", str(config), "--data", str(config.parent / "data")]
    command += ["--out", str(out / "snapshots")]
    environment = {**os.environ, **ENVIRONMENT, "TMPDIR": str(temporary)}

    def begin() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip

    started = time.monotonic()
    assert begin().wait() == 0
    took, killed = time.monotonic() - started, 0
    for number in range(KILLS):
        build = begin()
        try:
            build.wait(timeout=took * (0.4 + 0.1 * number))
        except subprocess.TimeoutExpired:
            os.killpg(build.pid, signal.SIGKILL)
            build.wait()
            killed += 1
        assert left(config, out, temporary) == []
        assert modes(out) == {}
    assert killed >= KILLS // 2, "most builds ended before they were killed: the test shows nothing"
    done = CliRunner().invoke(app, ["prune", str(out / "snapshots"), "--keep", "1"])
    assert done.exit_code == 0, done.output
    assert not (out / "snapshots.work" / "scratch").exists()
    assert left(config, out, temporary, but="-") == []


def test_the_log_forgets_builds_and_sources(tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    with workroom(folder):
        for name in ("a", "b", "c"):
            log_build(folder, {"snapshot": name, "sources": [{"id": "calls", "rows": 7}, {"id": "street", "rows": 9}]})
        forget_source(folder, "calls")
        assert forget_builds(folder, {"b": "b2", "c": "c"}) == 1
    log = tmp_path / "snapshots.work" / "builds.jsonl"
    entries = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert entries == [{"snapshot": name, "sources": [{"id": "street", "rows": 9}]} for name in ("b2", "c")]
    assert log.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in log.parent.iterdir()) == ["builds.jsonl", "lock"]


def test_a_workroom_begins_and_ends_empty(tmp_path: Path) -> None:
    with workroom(tmp_path / "snapshots") as scratch:
        assert scratch.stat().st_mode & 0o777 == 0o700
        (scratch / "raw").write_text("row", encoding="utf-8")
    assert not scratch.exists()
