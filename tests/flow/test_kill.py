"""A build that is killed at any moment leaves the published snapshot as it was."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geointel import snapshot
from geointel.demo import write_demo
from geointel.snapshot import layout

KILLS = 20
SEED = 20251231


@pytest.fixture(scope="module")
def partnership(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killed") / "demo"
    return write_demo(folder, scale="town", seed=3, months=13, street_only=True).config


def _start(config: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "geointel.cli", "build", str(config), "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def _content(snapshot_id: str) -> str:
    return snapshot_id.rsplit("-", 1)[1]


@pytest.mark.slow
def test_a_killed_build_harms_nothing(partnership: Path, tmp_path: Path) -> None:
    """Twenty times ``kill -9`` at seeded moments: the old snapshot stays, is sound, and a rebuild is the same."""
    out = tmp_path / "snapshots"
    started = time.monotonic()
    assert _start(partnership, out).wait() == 0
    took = time.monotonic() - started
    first = snapshot.current_id(out)
    moments = random.Random(SEED)  # noqa: S311 - moments, not secrets
    killed = 0
    for _ in range(KILLS):
        build = _start(partnership, out)
        try:
            build.wait(timeout=moments.uniform(0.05, 1.0) * took)
        except subprocess.TimeoutExpired:
            os.killpg(build.pid, signal.SIGKILL)
            build.wait()
            killed += 1
        now = snapshot.current_id(out)
        assert _content(now) == _content(first)
        assert snapshot.verify(out / now) == ()
        assert snapshot.open_snapshot(out).edition("open").manifest["snapshot"] == now
    assert killed >= KILLS // 2, "most builds ended before they were killed: the test shows nothing"
    assert _start(partnership, out).wait() == 0
    assert _content(snapshot.current_id(out)) == _content(first)
    left = [path.name for path in out.iterdir() if not layout.ID.fullmatch(path.name)]
    assert left == ["current"]
    assert not (tmp_path / "snapshots.work" / "scratch").exists()
    assert all(snapshot.verify(out / listed.id) == () for listed in snapshot.list_snapshots(out))
    last = snapshot.current_id(out)
    assert _content(last) == _content(first)
    assert last > first
    assert [path.name for path in out.iterdir() if path.name.startswith(".")] == []
    assert not (out.parent / f"{out.name}.work" / "scratch").exists()
