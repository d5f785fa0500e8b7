"""Reference implementations' results for Gi* and multiple testing, one test per column of a case.

How cases are found stands in ``cases.py``; the other methods have a file each beside this one. A room
without a single case fails.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import spatial

from geointel.hotspots import GiStar, benjamini_hochberg, benjamini_yekutieli, gi_star, signed_bins

from .cases import (
    ROOM,
    agree,
    cases,
    cell_neighbours,
    each,
    edges_to_adjacency,
    header,
    listed_neighbours,
    needs_golden,
    numbers,
    read,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

KINDS = (
    "gistar_h3_", "local_moran_h3_", "areas_", "eb_h3_", "mann_kendall_", "fdr_", "emerging_categories_", "pai_pei_",
    "scan_llr_", "alerts_farrington_ears_", "poisson_change_", "wdd_naus_", "kde_", "sfhotspot_gistar_",
    "sfhotspot_change_", "spacetime_gistar_", "spacetime_trend_", "knox_events_", "knox_nearrepeat_", "scan_poisson_",
    "scan_stp_", "moran_global_",
)  # fmt: skip

pytestmark = needs_golden


def test_the_room_has_cases() -> None:
    """A missing folder or a misspelt name must not look like success."""
    assert [path for prefix in KINDS for path in cases(prefix)], f"{ROOM.name}: not a single case"


def test_no_case_is_left_out() -> None:
    found = {path for prefix in KINDS for path in cases(prefix)}
    # Inputs stand in the cases that name them.
    named = "".join(path.read_text(encoding="utf-8") for path in found if path.suffix == ".json")
    assert [path.name for path in cases("") if path not in found and path.name not in named] == []


# --- gistar_h3_: counts on H3 cells, rings of one and two steps ---------------------------------------


@cache
def on_cells(path: Path, k: int, *, include_self: bool = True) -> GiStar:
    columns = read(path)
    return gi_star(numbers(columns["count"]), cell_neighbours(columns["h3"], k), include_self=include_self)


H3_COLUMNS: dict[str, Callable[[GiStar], NDArray[Any]]] = {
    "n_neighbours_incl_self": lambda found: found.weight,
    "gistar_z": lambda found: found.z,
    "p_two_sided": lambda found: found.p_normal,
    "q_bh": lambda found: benjamini_hochberg(found.p_normal),
    "bin_fdr": lambda found: signed_bins(found.z, benjamini_hochberg(found.p_normal)),
    "bin_raw": lambda found: signed_bins(found.z, found.p_normal),
    "gi_z": lambda found: found.z,
}


def ring_columns(path: Path) -> list[str]:
    """Each column for each ring the case has; for a case without any, those of ring 1 (skipped)."""
    rings = {match[1] for name in header(path) if (match := re.match(r"k(\d+)_", name))} or {"1"}
    return [f"k{k}_{name}" for k in sorted(rings) for name in H3_COLUMNS]


@each("gistar_h3_", ring_columns)
def test_golden_gi_star_on_h3(path: Path, column: str) -> None:
    ring, name = column[1:].split("_", 1)
    found = on_cells(path, int(ring), include_self=name != "gi_z")
    tolerance = 0.0 if name.startswith(("bin_", "n_")) else 1e-9
    agree(H3_COLUMNS[name](found), read(path), column, rtol=tolerance, atol=tolerance)


# --- areas_: areas with a list of neighbours' row numbers -----------------------------------------------


@each("areas_", lambda _: ("gistar_z_events", "gistar_p_two_sided", "gistar_q_bh"))
def test_golden_gi_star_on_areas(path: Path, column: str) -> None:
    columns = read(path)
    found = gi_star(numbers(columns["events"]), listed_neighbours(columns))
    answers = {
        "gistar_z_events": found.z,
        "gistar_p_two_sided": found.p_normal,
        "gistar_q_bh": benjamini_hochberg(found.p_normal),
    }
    agree(answers[column], columns, column)


# --- sfhotspot_gistar_: centroids, neighbours within the cell size times the root of two ---------------


@each("sfhotspot_gistar_", lambda _: ("gistar", "pvalue", "pvalue_BH_all_cells"))
def test_golden_gi_star_of_sfhotspot(path: Path, column: str) -> None:
    columns = read(path)
    points = np.column_stack([numbers(columns["cx"]), numbers(columns["cy"])])
    tree = spatial.KDTree(points)
    cell_size = np.asarray(tree.query(points, k=2)[0])[:, 1].min()
    # Coordinates are rounded: a neighbour that sits exactly on the bound is within it.
    close = tree.query_pairs(cell_size * np.sqrt(2) * (1 + 1e-6), output_type="ndarray")
    both = np.concatenate([close, close[:, ::-1]])
    found = gi_star(numbers(columns["n"]), edges_to_adjacency(both.tolist(), len(points)))
    answers = {
        "gistar": found.z,
        "pvalue": found.p_normal,
        "pvalue_BH_all_cells": benjamini_hochberg(found.p_normal),
    }
    agree(answers[column], columns, column, rtol=1e-8, atol=1e-8)


# --- fdr_: vectors of p-values --------------------------------------------------------------------------


@each("fdr_", lambda _: ("bh_adjusted", "by_adjusted", "bh_reject"))
def test_golden_false_discovery_rate(path: Path, column: str) -> None:
    checked = 0
    for name, case in json.loads(path.read_text(encoding="utf-8")).items():
        q = benjamini_hochberg(case["p"])
        if column == "bh_reject" and name != "exact_boundary":  # decided there by floating point
            flags = [key for key in case if key.startswith("bh_reject_")]
            for key in flags:
                level = float(key.removeprefix("bh_reject_").replace("_", "."))
                np.testing.assert_array_equal(q <= level, case[key], err_msg=f"{name} {key}")
            checked += len(flags)
        elif column in case:
            found = q if column == "bh_adjusted" else benjamini_yekutieli(case["p"])
            np.testing.assert_allclose(found, np.array(case[column], dtype=float), rtol=1e-12, atol=1e-12, err_msg=name)
            checked += 1
    if not checked:
        pytest.skip(f"the case has no {column}")
