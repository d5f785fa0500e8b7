"""Neighbours: the lattice against grid_disk, restricted to the given cells."""

from __future__ import annotations

import subprocess
import sys

import h3.api.basic_int as h3
import numpy as np
import pytest

from geointel.errors import GridError
from geointel.grid import around, neighbours
from geointel.grid.neighbours import disk_pairs, lattice_pairs

HEREFORD = (52.056, -2.716)


def disk(cell: int, k: int) -> np.ndarray:
    return np.array(sorted(h3.grid_disk(cell, k)), dtype=np.int64)


def as_set(pairs: tuple[np.ndarray, np.ndarray]) -> set[tuple[int, int]]:
    return set(zip(pairs[0].tolist(), pairs[1].tolist(), strict=True))


def ragged(resolution: int, k: int, seed: int) -> np.ndarray:
    """Two thirds of a disk: holes, islands and a torn edge."""
    cells = disk(h3.latlng_to_cell(*HEREFORD, resolution), k)
    return np.sort(np.random.default_rng(seed).choice(cells, size=2 * len(cells) // 3, replace=False))


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("resolution", [6, 7, 8, 9])
def test_the_lattice_finds_what_grid_disk_finds(resolution: int, k: int) -> None:
    cells = ragged(resolution, 12, seed=resolution)
    found = lattice_pairs(cells, k)
    assert found is not None
    assert as_set(found) == as_set(disk_pairs(cells, k))
    assert len(found[0]) == len(as_set(found))


@pytest.mark.parametrize("k", [1, 2])
def test_cells_of_several_base_cells_share_one_lattice(k: int) -> None:
    cells = np.unique(np.concatenate([disk(h3.latlng_to_cell(49, lng, 4), 3) for lng in range(-5, 25)]))
    assert len({h3.get_base_cell_number(cell) for cell in cells.tolist()}) > 1
    found = lattice_pairs(cells, k)
    assert found is not None
    assert as_set(found) == as_set(disk_pairs(cells, k))


@pytest.mark.parametrize("pentagon", h3.get_pentagons(4)[::4])
def test_around_a_pentagon_grid_disk_answers(pentagon: int) -> None:
    cells = disk(pentagon, 5)
    assert lattice_pairs(cells, 1) is None
    adjacency = neighbours(cells)
    own = int(np.searchsorted(cells, pentagon))
    assert adjacency.indptr[own + 1] - adjacency.indptr[own] == 5
    for row, cell in enumerate(cells.tolist()):
        ring = set(h3.grid_disk(cell, 1)) - {cell}
        columns = adjacency.indices[adjacency.indptr[row] : adjacency.indptr[row + 1]]
        assert set(cells[columns].tolist()) == ring & set(cells.tolist())


def test_beyond_the_plane_grid_disk_answers() -> None:
    far = np.sort(np.concatenate([disk(h3.latlng_to_cell(*place, 7), 2) for place in (HEREFORD, (-33.9, 151.2))]))
    assert lattice_pairs(far, 1) is None
    adjacency = neighbours(far)
    assert adjacency.nnz == 2 * neighbours(disk(h3.latlng_to_cell(*HEREFORD, 7), 2)).nnz


@pytest.mark.parametrize("k", [1, 2])
def test_the_adjacency_is_binary_symmetric_sorted_and_without_self(k: int) -> None:
    adjacency = neighbours(ragged(8, 9, seed=k), k)
    assert set(np.unique(adjacency.data)) == {1.0}
    assert abs(adjacency - adjacency.T).nnz == 0
    assert not adjacency.diagonal().any()
    assert adjacency.has_sorted_indices
    for row in range(adjacency.shape[0]):
        columns = adjacency.indices[adjacency.indptr[row] : adjacency.indptr[row + 1]]
        assert (np.diff(columns) > 0).all()


def test_a_full_disk_has_six_neighbours_inside_and_eighteen_within_two() -> None:
    centre = h3.latlng_to_cell(*HEREFORD, 8)
    cells = disk(centre, 4)
    own = int(np.searchsorted(cells, centre))
    assert [int(neighbours(cells, k)[[own], :].sum()) for k in (1, 2, 3)] == [6, 18, 36]


def test_no_cell_and_one_cell_have_no_neighbours() -> None:
    cell = h3.latlng_to_cell(*HEREFORD, 8)
    assert neighbours(np.empty(0, dtype=np.int64)).shape == (0, 0)
    assert neighbours(np.array([cell])).nnz == 0
    assert neighbours(np.array([h3.get_pentagons(8)[0]])).nnz == 0


def test_what_has_no_neighbours_is_refused() -> None:
    cells = disk(h3.latlng_to_cell(*HEREFORD, 8), 1)
    with pytest.raises(GridError, match="resolutions 7, 8"):
        neighbours(np.sort(np.append(cells, h3.cell_to_parent(int(cells[0]), 7))))
    with pytest.raises(GridError, match="not sorted"):
        neighbours(cells[::-1])
    with pytest.raises(GridError, match="not sorted"):
        neighbours(np.repeat(cells, 2))
    with pytest.raises(GridError, match="0 steps"):
        neighbours(cells, 0)


def test_importing_the_grid_does_not_import_scipy() -> None:
    code = "import sys, geointel.grid.neighbours; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("k", [1, 2])
def test_around_are_the_cells_next_to_some_and_not_among_them(k: int) -> None:
    cells = ragged(8, 3, 5)
    known = set(cells.tolist())
    expected = {other for cell in known for other in h3.grid_disk(cell, k)} - known
    assert around(cells, k).tolist() == sorted(expected)
    assert around(cells[:0], k).tolist() == []
