"""Blocks and intervals of draws."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.gaps import draws
from geointel.gaps.draws import blocks, interval_over


def test_blocks_cover_every_row_once_and_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "NUMBERS_AT_ONCE", 10)
    assert [(b.start, b.stop) for b in blocks(7, width=4)] == [(0, 2), (2, 4), (4, 6), (6, 7)]
    assert [(b.start, b.stop) for b in blocks(2, width=99)] == [(0, 1), (1, 2)]
    assert list(blocks(0, width=1)) == []


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_it_is_numpy_s_quantile_without_what_is_undefined(level: float) -> None:
    values = np.random.default_rng(1).gamma(2, size=(31, 4, 3))
    values[:7, 1, 2] = np.nan
    ends = [(1 - level) / 2, (1 + level) / 2]
    np.testing.assert_allclose(interval_over(values, level=level), np.nanquantile(values, ends, axis=0), rtol=1e-12)


def test_nothing_defined_has_no_interval() -> None:
    assert np.isnan(interval_over(np.full((3, 2), np.nan))).all()
    assert interval_over([4.0]).tolist() == [4, 4]


@pytest.mark.parametrize(("values", "level"), [([], 0.95), (1.0, 0.95), ([1.0], 0.0), ([1.0], 1.0)])
def test_no_draw_and_no_level_are_refused(values: list[float], level: float) -> None:
    with pytest.raises(MethodError, match="interval"):
        interval_over(values, level=level)
