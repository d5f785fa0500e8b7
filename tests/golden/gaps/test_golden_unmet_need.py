"""Unmet need against a table worked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geointel.gaps.unmet_need import unmet_need

from .cases import ROOM, columns, needs_golden, numbers

FILES = sorted((ROOM / "unmet_need").rglob("*.csv"))
NONE = [pytest.param(None, id="unmet_need-none", marks=pytest.mark.skip(reason="no case of unmet_need"))]
COLUMNS = {
    "unmet_rate": "value",
    "unmet_rate_lo": "lower",
    "unmet_rate_hi": "upper",
    "unmet_n": "people",
    "unmet_n_lo": "people_lower",
    "unmet_n_hi": "people_upper",
    "flag_more_in_treatment_than_lower_bound": "above_lower",
    "flag_more_in_treatment_than_estimate": "above_estimate",
}


@needs_golden
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in FILES] or NONE)
def test_golden_unmet_need(path: Path, column: str) -> None:
    table = columns(path)
    if column not in table:
        pytest.skip(f"{path.name} has no {column}")
    treated, estimate, lower, upper = (numbers(table[name]) for name in ("in_treatment", "ocu_est", "ocu_lo", "ocu_hi"))
    found = getattr(unmet_need(treated, estimate, lower=lower, upper=upper), COLUMNS[column])
    if column.startswith("flag"):
        assert [str(bool(flag)) for flag in found] == [text.capitalize() for text in table[column]]
    else:
        np.testing.assert_allclose(found, numbers(table[column]), rtol=0, atol=1e-12)
