"""``excess``: a category against everything recorded in the same place."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest

from geointel.grid import neighbours
from geointel.hotspots import benjamini_hochberg, dispersion, excess, signed_bins
from geointel.layers.cube import Cube
from geointel.layers.excess import LAYER
from geointel.model import ALL, SIGNED_CLASSES, Layer

from .conftest import LEAVES, WINDOWS, drawn, request

YEAR = WINDOWS[-1]
NUMBERS = ("value", "expected", "lower", "upper", "p", "q", "count")


@pytest.fixture(scope="module")
def layer(cube: Cube) -> Layer:
    return LAYER.compute(cube, request("excess", "drugs"))


def rows(layer: Layer, window: str) -> list[dict[str, object]]:
    return [row for row in layer.cells.to_pylist() if (row["resolution"], row["window"]) == (8, window)]


@pytest.mark.parametrize("window", [WINDOWS[0], YEAR], ids=lambda window: window.id)
def test_the_numbers_are_the_kernel_s_on_supported_cells(layer: Layer, window) -> None:
    seen = drawn().seen(8)
    ring = neighbours(LEAVES[seen], 1)
    own, every = (drawn().total(8, window, category)[seen].astype(np.int64) for category in ("drugs", ALL))
    longest = [drawn().total(8, YEAR, category)[seen].astype(np.int64) for category in ("drugs", ALL)]
    floor = dispersion(*longest)
    found = excess(own, every, neighbours=ring, rho_floor=floor)
    q = benjamini_hochberg(np.where(found.insufficient, np.nan, found.p))
    shown = [row for row in rows(layer, window.id) if row["status"] != "no-support"]
    for name, values in (("value", found.ratio), ("lower", found.lower), ("upper", found.upper), ("q", q)):
        assert [row[name] for row in shown] == [None if np.isnan(one) else one for one in values.tolist()]
    assert [row["support"] for row in shown] == found.events.tolist()
    assert [row["count"] for row in shown] == own.tolist()
    assert [row["status"] for row in shown] == np.where(found.insufficient, "insufficient", "shown").tolist()
    bins = signed_bins(found.ratio - 1, q).tolist()
    classes = [None if no else SIGNED_CLASSES[one + 3] for one, no in zip(bins, found.insufficient, strict=True)]
    assert [row["class"] for row in shown] == classes
    assert layer.spec.parameters["dispersion_floor"]["8"]["drugs"] == floor


def test_the_busy_middle_is_more_than_expected(layer: Layer) -> None:
    ratio = {row["cell"]: row["value"] for row in rows(layer, YEAR.id) if row["value"] is not None}
    middle = [ratio[cell] for cell in h3.grid_disk(int(LEAVES[100]), 1) if cell in ratio]
    assert min(middle) > 1.5
    assert sum(value < 1 for value in ratio.values()) > len(ratio) / 2


def test_a_cell_without_support_has_no_number(layer: Layer) -> None:
    gone = [row for row in rows(layer, YEAR.id) if row["status"] == "no-support"]
    assert len(gone) == (~drawn().seen(8)).sum()
    assert {row[name] for row in gone for name in (*NUMBERS, "class", "support")} == {None}


def test_an_insufficient_cell_keeps_its_value_and_has_no_class(layer: Layer) -> None:
    thin = [row for row in rows(layer, WINDOWS[0].id) if row["status"] == "insufficient" and row["value"] is not None]
    assert thin
    assert {row["class"] for row in thin} == {row["q"] for row in thin} == {None}


def test_a_category_without_a_record_is_insufficient(cube: Cube) -> None:
    layer = LAYER.compute(cube, request("excess", "burglary", windows=("year",)))
    assert set(layer.cells["status"].to_pylist()) == {"insufficient", "no-support"}
    assert set(layer.cells["class"].to_pylist()) == {None}


def test_everything_cannot_be_more_than_everything() -> None:
    assert list(LAYER.refuses) == [ALL]
