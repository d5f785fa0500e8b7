"""Trends, space-time Gi* and the emerging categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.hotspots import GiStar, benjamini_hochberg
from geointel.hotspots.emerging import emerging_codes, emerging_names
from geointel.hotspots.mann_kendall import mann_kendall, sen_slope
from geointel.hotspots.space_time import space_time_gi_star

from .cases import agree, beside, cell_neighbours, close, each, given, load, needs_golden, numbers, read

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from .cases import Columns

pytestmark = needs_golden

TREND = {
    "s": "s",
    "var_s": "variance",
    "z": "z",
    "p_two_sided": "p",
    "tau_a": "tau_a",
    "tau_b": "tau_b",
    "n_used": "steps",
}
WORDS = {"increasing": 1, "decreasing": -1, "no trend": 0}


@each("mann_kendall_", load)
def test_golden_mann_kendall(path: Path, column: str) -> None:
    case = load(path)[column]
    series = np.array([case["x"]], dtype=float)
    found = mann_kendall(series)
    for name, ours in TREND.items():
        if name in case:
            tolerance = 0 if name in {"s", "n_used"} else 1e-9
            close(getattr(found, ours)[0], case[name], name, rtol=tolerance, atol=tolerance)
    if "sen_slope" in case:
        close(sen_slope(series)[0], case["sen_slope"], "sen_slope")
    if "trend_alpha_0_05" in case:
        assert np.sign(found.z[0]) * (found.p[0] < 0.05) == WORDS[case["trend_alpha_0_05"]]


# --- spacetime_gistar_ with spacetime_trend_: a cube of cells and steps -----------------------------------


def cube(columns: Columns, values: NDArray[np.float64]) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """Cells in the order of their numbers, and the values by cell and step."""
    cells, row = np.unique(columns["h3"], return_inverse=True)
    step = columns["t"].astype(int)
    table = np.full((len(cells), step.max() + 1), np.nan)
    table[row, step] = values
    return cells, table


def on_cube(columns: Columns) -> tuple[GiStar, NDArray[np.int64], NDArray[np.int64]]:
    cells, counts = cube(columns, numbers(columns["count"]))
    row = np.searchsorted(cells, columns["h3"])
    return space_time_gi_star(counts, cell_neighbours(cells)), row, columns["t"].astype(np.int64)


@each("spacetime_gistar_", lambda _: ("gistar_z", "p_two_sided", "q_bh_whole_cube"))
def test_golden_space_time_gi_star(path: Path, column: str) -> None:
    columns = read(path)
    found, row, step = on_cube(columns)
    answers = {
        "gistar_z": found.z,
        "p_two_sided": found.p_normal,
        "q_bh_whole_cube": benjamini_hochberg(found.p_normal),
    }
    agree(answers[column][row, step], columns, column)


TREND_COLUMNS = [f"mk_{series}_{name}" for series in ("gi", "count") for name in ("s", "var_s", "z", "p")]


@each("spacetime_trend_", lambda _: TREND_COLUMNS)
def test_golden_trend_of_a_cube(path: Path, column: str) -> None:
    source = read(beside(path, path.name.replace("_trend_", "_gistar_")))
    given(read(path), column)
    cells, counts = cube(source, numbers(source["count"]))
    _, series, name = column.split("_", 2)
    # The producer's z stand in the file with twelve digits, which ties nothing that was not tied.
    values = counts if series == "count" else on_cube(source)[0].z.round(11)
    found = mann_kendall(values)
    answer = {"s": found.s, "var_s": found.variance, "z": found.z, "p": found.p}[name]
    columns = read(path)
    tolerance = 0.0 if name == "s" else 1e-9
    agree(answer[np.searchsorted(cells, columns["h3"])], columns, column, rtol=tolerance, atol=tolerance)


# --- emerging_categories_: sequences of signed bins --------------------------------------------------------


@each("emerging_categories_", lambda path: [case["id"] for case in load(path)["cases"]])
def test_golden_emerging_category(path: Path, column: str) -> None:
    case = next(case for case in load(path)["cases"] if case["id"] == column)
    trend = {"up": 1, "down": -1, "none": 0}[case["mk_trend_of_z"]]
    if len(case["bins"]) < 10:
        with pytest.raises(MethodError, match="10 steps"):
            emerging_codes([case["bins"]], [trend])
        return
    found = emerging_names(emerging_codes([case["bins"]], [trend]))
    assert found.tolist() == [case["expected"].replace("_", "-")]
