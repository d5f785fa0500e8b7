"""Global and local Moran's I."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.hotspots.moran import LocalMoran, global_moran, local_moran

from .cases import (
    agree,
    beside,
    cell_neighbours,
    close,
    each,
    given,
    listed_neighbours,
    load,
    needs_golden,
    numbers,
    read,
)

if TYPE_CHECKING:
    from pathlib import Path

    from scipy import sparse

    from .cases import Columns

pytestmark = needs_golden

PERMUTATIONS = 99_999
"""Ten times those of the producer: the difference is nearly all its own."""

LOCAL = {
    "I": "i",
    "EI_total_randomisation": "expected_total",
    "VI_total_randomisation": "variance_total",
    "EIc_conditional": "expected",
    "VIc_conditional": "variance",
    "quadrant": "quadrant",
    "p_sim_one_sided_9999": "p",
    "p_sim_two_sided_9999": "p",
}
GLOBAL = {
    "I": "i", "EI": "expected", "VI_norm": "variance_normal", "VI_rand": "variance",
    "z_norm": "z_normal", "z_rand": "z", "p_rand_two_sided": "p",
}  # fmt: skip


def adjacency(columns: Columns) -> sparse.csr_array:
    return cell_neighbours(columns["h3"]) if "h3" in columns else listed_neighbours(columns)


@each("local_moran_h3_", lambda _: LOCAL)
def test_golden_local_moran_on_h3(path: Path, column: str) -> None:
    columns = read(path)
    given(columns, column)
    found = local_moran(numbers(columns["count"]), adjacency(columns), permutations=PERMUTATIONS, seed=1)
    assert_column(found, columns, column, LOCAL[column])


AREAS = {"local_moran_I_rate": "i", "local_moran_quadrant_rate": "quadrant", "local_moran_p_sim_one_sided_9999": "p"}


@each("areas_", lambda _: AREAS)
def test_golden_local_moran_of_areas(path: Path, column: str) -> None:
    columns = read(path)
    given(columns, column)
    rate = numbers(columns["events"]) / numbers(columns["population"])
    found = local_moran(rate, adjacency(columns), permutations=PERMUTATIONS, seed=1)
    assert_column(found, columns, column, AREAS[column])


def assert_column(found: LocalMoran, columns: Columns, column: str, ours: str) -> None:
    if ours == "p":
        # Rounding decides whether the producer counts permutations that are equal: we give both answers.
        # A doubled p has twice the error of simulation.
        sides = 2 if "two_sided" in column else 1
        rarer = [np.minimum(share, 1 - share) for share in (found.upper, found.lower)]
        low, high = (
            sides * (pick(*rarer) * PERMUTATIONS + 1) / (PERMUTATIONS + 1) for pick in (np.minimum, np.maximum)
        )
        agree(np.clip(numbers(columns[column]), low, high), columns, column, rtol=0, atol=0.015 * sides)
        return
    # The producer's moments are those of I times n / (n − 1).
    n, power = len(found.i), {"expected": 1, "variance": 2}.get(ours.split("_", maxsplit=1)[0], 0)
    tolerance = 0.0 if ours == "quadrant" else 1e-9
    agree(getattr(found, ours) * (n / (n - 1)) ** power, columns, column, rtol=tolerance, atol=tolerance)


@each(
    "moran_global_",
    lambda path: [
        f"{name}-{kind}" for name, case in load(path).items() for kind in case if kind.startswith(("row", "bin"))
    ],
)
def test_golden_global_moran(path: Path, column: str) -> None:
    name, kind = column.split("-")
    case = load(path)[name]
    columns = read(beside(path, case["file"]))
    given(columns, case.get("column", "count"))
    values = numbers(columns[case.get("column", "count")])
    found = global_moran(values, adjacency(columns), row_standardised=kind == "row_standardised")
    for key, ours in GLOBAL.items():
        if key in case[kind]:
            close(
                np.asarray(getattr(found, ours)), case[kind][key], f"{column} {key}", atol=1e-9 if key[0] != "p" else 0
            )
