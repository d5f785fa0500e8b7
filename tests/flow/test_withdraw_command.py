"""``geointel withdraw`` on the command line: killed at any moment it ends when run again; the ledger is kept unless asked."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from geointel import snapshot
from geointel.build.gate import ledger_folder
from geointel.cli.main import app
from geointel.disclosure import ledger
from geointel.errors import SnapshotNotFoundError
from geointel.snapshot.decisions import read_decisions

from ..client.small_snapshot import write_snapshot

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 6
SEED = 7
ASKED = ("--source", "health", "--by", "B. Person")
PLANTED = b"drug_misuse_deaths"


def start(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "geointel.cli", "withdraw", str(folder), *ASKED]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def kept(folder: Path) -> list[str]:
    """Files at any place beneath that hold the planted word, in one that is not packed, or the source's id in a manifest."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "decisions.jsonl"]
    return [str(path) for path in files if PLANTED in path.read_bytes() or b'"health"' in path.read_bytes()]


def shown(folder: Path) -> bool:
    """Whether a reader can open an edition that knows the source."""
    try:
        found = snapshot.open_snapshot(folder)
    except SnapshotNotFoundError:
        return False
    return any(one["id"] == "health" for e in found.editions.values() for one in e.manifest["sources"])


@pytest.mark.slow
def test_killed_at_any_moment_it_hides_the_source_and_ends_when_run_again(tmp_path: Path) -> None:
    whole = tmp_path / "whole" / "snapshots"
    write_snapshot(whole)
    assert kept(whole)
    started = time.monotonic()
    assert start(whole).wait() == 0
    took = time.monotonic() - started
    assert not kept(whole)
    moments, killed = random.Random(SEED), 0  # noqa: S311 - moments, not secrets
    for number in range(KILLS):
        folder = tmp_path / str(number) / "snapshots"
        write_snapshot(folder)
        work = start(folder)
        try:
            work.wait(timeout=moments.uniform(0.5, 0.98) * took)
        except subprocess.TimeoutExpired:
            os.killpg(work.pid, signal.SIGKILL)
            work.wait()
            killed += 1
        if "health" in read_decisions(folder).blocked:
            assert not shown(folder), "decided, and yet a reader sees it"
        assert start(folder).wait() == 0
        assert not kept(folder.parent), "something of it is left"
        assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
        now = folder / snapshot.current_id(folder)
        assert snapshot.verify(now) == ()
        assert not shown(folder)
    assert killed >= KILLS // 2, "most ended before they were killed: the test shows nothing"


@pytest.fixture
def with_ledger(tmp_path: Path) -> Path:
    """A snapshots folder and a release ledger of two sources in two editions."""
    folder = tmp_path / "snapshots"
    write_snapshot(folder)
    line = ledger.spelled(ledger.Line("geography", frozenset({"2025-12"}), frozenset({"2025"})))
    for edition in ("open", "partner"):
        for source in ("health", "health-2"):
            ledger.write(ledger_folder(folder), edition, source, line)
    return folder


def lines(folder: Path) -> list[str]:
    return sorted(f"{path.parent.name}/{path.stem}" for path in ledger_folder(folder).glob("*/*"))


EVERY = ["open/health", "open/health-2", "partner/health", "partner/health-2"]


def test_the_ledger_is_kept(with_ledger: Path) -> None:
    done = CliRunner().invoke(app, ["withdraw", str(with_ledger), *ASKED])
    assert done.exit_code == 0, done.output
    assert lines(with_ledger) == EVERY


@pytest.mark.parametrize("earlier", [False, True])
def test_asked_to_it_forgets_this_source_and_says_what_that_means(with_ledger: Path, *, earlier: bool) -> None:
    if earlier:
        snapshot.withdraw(with_ledger, "health", by="A", at=datetime(2026, 2, 1, tzinfo=UTC))
    done = CliRunner().invoke(app, ["withdraw", str(with_ledger), *ASKED, "--erase-ledger"])
    assert done.exit_code == 0, done.output
    assert lines(with_ledger) == ["open/health-2", "partner/health-2"]
    assert "subtract one from the other" in done.output


def test_it_does_not_forget_what_may_come_back(with_ledger: Path) -> None:
    done = CliRunner().invoke(app, ["withdraw", str(with_ledger), *ASKED, "--lift", "--erase-ledger"])
    assert done.exit_code != 0
    assert lines(with_ledger) == EVERY


@pytest.mark.parametrize("source", ["*", "../open/health", "?ealth"])
def test_a_name_is_no_pattern(with_ledger: Path, source: str) -> None:
    assert ledger.erase(ledger_folder(with_ledger), source) == ()
    assert lines(with_ledger) == EVERY
