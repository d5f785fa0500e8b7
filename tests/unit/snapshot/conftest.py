"""Small snapshots, written by the real writer."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from geointel import snapshot

from ...client.small_snapshot import write_snapshot

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshots folder with two snapshots of different content; no test changes it."""
    folder = tmp_path_factory.mktemp("written") / "snapshots"
    for seed in (1, 2):
        write_snapshot(folder, seed)
    return folder


@pytest.fixture
def snapshots(written: Path, tmp_path: Path) -> Path:
    """The same, for one test to change."""
    return shutil.copytree(written, tmp_path / "snapshots")


@pytest.fixture
def current(snapshots: Path) -> Path:
    """The published snapshot's folder."""
    return snapshots / snapshot.current_id(snapshots)
