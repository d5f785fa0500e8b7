"""Which numbers are a place, and which cell it lies in."""

from __future__ import annotations

import h3.api.basic_int as h3
import ibis
import numpy as np
import pyarrow as pa
import pytest

from geointel.ingest.points import PLACEHOLDER, cell_of_points, is_place

DEGREES = {
    (-3.05, 53.82): True,
    (-180.0, -90.0): True,
    (180.0, 90.0): True,
    (0.0, 51.5): True,
    (-3.0, 0.0): True,
    (0.0, 0.0): False,
    (-0.0, -0.0001): True,
    PLACEHOLDER: False,
    (PLACEHOLDER[0], 54.460577): True,
    (180.1, 53.0): False,
    (-3.0, 90.1): False,
    (float("nan"), 53.0): False,
    (-3.0, float("inf")): False,
    (331_000.0, 436_000.0): False,
}
METRES = {
    (331_000.0, 436_000.0): True,
    (0.0, 5.0): True,
    (0.0, 0.0): False,
    (-1.0, 436_000.0): False,
    (700_001.0, 436_000.0): False,
    (331_000.0, 1_300_001.0): False,
}


def judged(points: list[tuple[float | None, float | None]], *, osgb: bool) -> list[bool | None]:
    rows = pa.table(
        {
            "x": pa.array([x for x, _ in points], pa.float64()),
            "y": pa.array([y for _, y in points], pa.float64()),
            "osgb": [osgb] * len(points),
            "n": list(range(len(points))),
        }
    )
    table = ibis.memtable(rows)
    told = table.select("n", place=is_place(table.x, table.y, table.osgb)).order_by("n")
    return list(ibis.duckdb.connect().to_pyarrow(told)["place"].to_pylist())


def test_degrees() -> None:
    assert judged(list(DEGREES), osgb=False) == list(DEGREES.values())


def test_metres_of_the_british_grid() -> None:
    assert judged(list(METRES), osgb=True) == list(METRES.values())


def test_half_a_point_is_no_place() -> None:
    assert not any(judged([(None, 53.0), (-3.0, None), (None, None)], osgb=False))


def points(*rows: tuple[float, float, bool]) -> pa.Table:
    x, y, osgb = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table(
        {"x": pa.array(x, pa.float64()), "y": pa.array(y, pa.float64()), "osgb": pa.array(osgb, pa.bool_())}
    )


@pytest.mark.parametrize("resolution", [6, 9])
def test_a_point_in_degrees(resolution: int) -> None:
    cells = cell_of_points(points((-3.05, 53.82, False)), resolution)
    assert cells.dtype == np.int64
    assert cells.tolist() == [h3.latlng_to_cell(53.82, -3.05, resolution)]


def test_a_point_of_the_british_grid_is_moved_to_wgs_84() -> None:
    """Blackpool Tower: SD 3061 3605, 53.8159 north, 3.0554 west."""
    both = cell_of_points(points((330_610, 436_050, True), (-3.0554, 53.8159, False)), 9)
    assert both[0] == both[1]


def test_no_points() -> None:
    assert cell_of_points(points(), 9).tolist() == []
