"""Kernel densities of weighted points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.hotspots.kde import kernel_density

from .cases import close, each, given, load, needs_golden

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_golden

COLUMNS = {
    "quartic_density_per_m2": ("quartic", False),
    "quartic_weighted": ("quartic", True),
    "gaussian": ("gaussian", False),
    "epanechnikov": ("epanechnikov", False),
    "quartic_unnormalised_sum_1_minus_u2_sq": ("quartic", False),
}


@each("kde_", lambda _: COLUMNS)
def test_golden_kernel_density(path: Path, column: str) -> None:
    case = load(path)
    given(case, column)
    kernel, weighted = COLUMNS[column]
    h = case["bandwidth"]
    weights = case.get("weights") if weighted else None
    found = kernel_density(case["grid"], case["points"], weights, bandwidth=h, spacing=0, kernel=kernel)
    scale = np.pi * h**2 / 3 if "unnormalised" in column else 1.0
    close(found * scale, case[column], column, rtol=1e-12, atol=1e-12 * scale * 1e-6)
