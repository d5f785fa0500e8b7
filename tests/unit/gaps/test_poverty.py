"""FGT against persons written out one by one."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.gaps.poverty import poverty

from .towns import Town, in_towns


@in_towns
def test_it_is_the_mean_over_persons(town: Town) -> None:
    line = float(np.median(town.access)) or 0.5
    x = town.each(town.access)
    found = poverty(town.access, town.people, line=line)
    shortfalls = [(line - value) / line if value < line else None for value in x.tolist()]
    for power, value in enumerate((found.share, found.gap, found.severity)):
        wanted = sum(short**power for short in shortfalls if short is not None) / x.size
        assert float(value) == pytest.approx(wanted, abs=1e-12)


def test_who_is_at_the_line_is_not_below_it_and_draws_stand_in_front() -> None:
    found = poverty([[2, 2], [1, 2]], [3, 1], line=2)
    assert found.share.tolist() == [0, 0.75]
    assert found.severity.tolist() == [0, 0.1875]


def test_nobody_has_no_share_and_a_line_must_be_one() -> None:
    assert np.isnan(poverty([1], [0], line=1).gap)
    for line in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(MethodError, match="standard"):
            poverty([1], [1], line=line)
