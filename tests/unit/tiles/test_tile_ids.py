"""Compact ids: reversible, exact as doubles, as short as promised."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geointel.errors import GridError
from geointel.tiles import cells_of_ids, compact_ids

points = st.tuples(st.floats(-90, 90), st.floats(-180, 180), st.integers(0, 14))


@given(st.lists(points, min_size=1, max_size=30))
def test_an_id_gives_back_its_cell_and_survives_a_double(places: list[tuple[float, float, int]]) -> None:
    cells = np.array([h3.latlng_to_cell(*place) for place in places], dtype=np.int64)
    ids = compact_ids(cells)
    assert ids.dtype == np.uint64
    assert cells_of_ids(ids).tolist() == cells.tolist()
    assert ids.astype(np.float64).astype(np.uint64).tolist() == ids.tolist()
    for number, (_, _, resolution) in zip(ids.tolist(), places, strict=True):
        assert number & 15 == resolution
        assert number.bit_length() <= 7 + 3 * resolution + 4 <= 53


def test_h3_indexes_themselves_do_not_survive_a_double() -> None:
    cell = h3.latlng_to_cell(53.8, -2.6, 8)
    assert int(float(cell)) != cell


@pytest.mark.parametrize("resolution", [0, 1, 2])
def test_every_coarse_cell_has_an_id_of_its_own(resolution: int) -> None:
    cells = np.array([c for base in h3.get_res0_cells() for c in h3.cell_to_children(base, resolution)], dtype=np.int64)
    ids = compact_ids(cells)
    assert np.unique(ids).size == cells.size
    assert cells_of_ids(ids).tolist() == cells.tolist()


def test_order_of_ids_is_order_of_cells() -> None:
    cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(53.8, -2.6, 9), 20)), dtype=np.int64)
    assert (np.diff(compact_ids(cells).astype(np.int64)) > 0).all()


def test_an_id_at_resolution_8_in_britain_has_32_bits() -> None:
    cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(53.8, -2.6, 8), 20)), dtype=np.int64)
    assert int(compact_ids(cells).max()).bit_length() <= 32


def test_resolution_15_is_refused() -> None:
    cells = np.array([h3.latlng_to_cell(53.8, -2.6, 15)], dtype=np.int64)
    with pytest.raises(GridError, match="resolution 15"):
        compact_ids(cells)
    with pytest.raises(GridError, match="resolution 15"):
        cells_of_ids(np.array([15], dtype=np.uint64))


def test_no_cells_have_no_ids() -> None:
    assert compact_ids(np.empty(0, dtype=np.int64)).size == 0
