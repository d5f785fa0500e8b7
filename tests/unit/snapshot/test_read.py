"""Opening a snapshot and reading slices of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from geointel import snapshot
from geointel.errors import SnapshotNotFoundError
from geointel.snapshot import Edition

from ...client.small_snapshot import CATEGORIES, RESOLUTIONS, WINDOWS, Counts

COUNTS = Counts.draw(2)
MAPS = [(r, w, c) for r in RESOLUTIONS for w in WINDOWS for c in CATEGORIES]


@pytest.fixture(scope="module")
def edition(written: Path) -> Edition:
    return snapshot.open_snapshot(written).edition("open")


def as_drawn(edition: Edition, resolution: int, window: str, category: str) -> bool:
    """Whether a map's rows are the counts behind the snapshot."""
    rows = edition.rows("incidents", resolution=resolution, window=window, category=category)
    cells, totals, supported = COUNTS.at(resolution, window, category)
    expected = [total if there else None for total, there in zip(totals.tolist(), supported.tolist(), strict=True)]
    same = {name: rows[name].unique().to_pylist() for name in ("resolution", "window", "category")}
    assert same == {"resolution": [resolution], "window": [window], "category": [category]}
    assert rows["cell"].to_pylist() == cells.tolist()
    return bool(rows["value"].to_pylist() == expected)


def test_a_snapshots_folder_or_one_of_its_snapshots(written: Path) -> None:
    newest = snapshot.open_snapshot(written)
    assert newest.id == snapshot.current_id(written)
    oldest = snapshot.list_snapshots(written)[0].id
    assert snapshot.open_snapshot(written / oldest).id == oldest
    assert set(newest.editions) == {"open", "partner"}


def test_what_is_not_there_is_not_found(written: Path, edition: Edition) -> None:
    wrong: list[Any] = [
        lambda: snapshot.open_snapshot(written / "20200101T000000Z-00000000"),
        lambda: snapshot.open_snapshot(written).edition("secret"),
        lambda: edition.spec("nothing"),
        lambda: edition.tiles("../facts"),
        lambda: edition.rows("incidents", resolution=9, window="2025-12", category="all"),
        lambda: edition.rows("incidents", resolution=8, window="2024-12", category="all"),
        lambda: edition.rows("incidents", resolution=8, window="2025-12", category="robbery"),
        lambda: edition.area_rows("drug-hotspot"),
    ]
    for ask in wrong:
        with pytest.raises(SnapshotNotFoundError) as caught:
            ask()
        assert caught.value.remedy


@pytest.mark.parametrize(("resolution", "window", "category"), MAPS)
def test_rows_of_one_map(edition: Edition, resolution: int, window: str, category: str) -> None:
    assert as_drawn(edition, resolution, window, category)


def test_facts_of_one_cell(edition: Edition) -> None:
    cells, totals, _ = COUNTS.at(7, "2025-12", "drugs")
    for cell, total in zip(cells.tolist(), totals.tolist(), strict=True):
        rows = edition.facts(cell).to_pylist()
        assert {row["cell"] for row in rows} <= {cell}
        found = [row["value"] for row in rows if (row["window"], row["category"]) == ("2025-12", "drugs")]
        assert found == ([total] if total else [])
    assert edition.facts(int(cells[0]) ^ (1 << 52)).num_rows == 0


def test_areas_and_places(edition: Edition) -> None:
    assert edition.area_facts("lad", "E06000009").num_rows > 0
    assert edition.area_facts("lad", "E06000000").num_rows == 0
    rows = edition.area_rows("incidents", level="lad", window="2025-12", category="all").to_pylist()
    assert {row["code"] for row in rows} == {"E06000009", "E07000119"}
    cell = int(COUNTS.leaves[0])
    assert edition.place(cell) == {"name": "Blackpool", "district_code": "E06000009", "district": "Blackpool"}
    assert edition.place(1) is None
    assert edition.areas().num_rows == 3
    assert edition.tiles("incidents").is_file()


def test_many_readers_at_once_read_what_one_reads(written: Path) -> None:
    opened = snapshot.open_snapshot(written).edition("open")
    order = np.random.default_rng(5).permutation(len(MAPS) * 4) % len(MAPS)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda number: as_drawn(opened, *MAPS[number]), order.tolist()))
        tables = list(pool.map(lambda cell: opened.facts(cell).num_rows, COUNTS.leaves.tolist()))
    assert tables == [opened.facts(cell).num_rows for cell in COUNTS.leaves.tolist()]


def test_a_reader_keeps_its_snapshot_while_another_is_published(snapshots: Path) -> None:
    opened = snapshot.open_snapshot(snapshots).edition("open")
    before = opened.rows("incidents", resolution=8, window="2025-12", category="all")
    snapshot.rollback(snapshots)
    after = opened.rows("incidents", resolution=8, window="2025-11", category="all")
    assert before["cell"].equals(after["cell"])
    assert snapshot.open_snapshot(snapshots).id != opened.snapshot


def test_a_row_group_holds_one_resolution_and_window(written: Path) -> None:
    path = written / snapshot.current_id(written) / "open" / "layers" / "incidents.parquet"
    file = pq.ParquetFile(path)
    assert file.num_row_groups == len(RESOLUTIONS) * len(WINDOWS)
    for number in range(file.num_row_groups):
        group = file.read_row_group(number)
        assert len(group["resolution"].unique()) == len(group["window"].unique()) == 1
