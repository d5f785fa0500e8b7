"""``count``: values, classes and breaks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geointel.layers.count import LAYER, class_breaks, classify
from geointel.layers.cube import Cube
from geointel.model import ALL, SPECIAL, Layer

from .conftest import AREAS, CATEGORIES, RESOLUTIONS, WINDOWS, drawn, request


@pytest.fixture(scope="module")
def layer(cube: Cube) -> Layer:
    return LAYER.compute(cube, request("count"))


def rows(layer: Layer, resolution: int, window: str, category: str) -> list[dict[str, object]]:
    key = {"resolution": resolution, "window": window, "category": category}
    return [row for row in layer.cells.to_pylist() if all(row[name] == value for name, value in key.items())]


@pytest.mark.parametrize(
    ("values", "breaks"),
    [
        ([], []),
        ([1], [1]),
        ([1, 1, 1, 1, 1], [1]),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [3, 5, 6, 8]),
        ([1, 1, 1, 1, 1, 1, 1, 2, 9, 50], [1, 3]),
        ([10, 20, 30, 40, 50], [18, 26, 34, 42]),
    ],
)
def test_breaks_are_whole_and_distinct(values: list[int], breaks: list[int]) -> None:
    assert class_breaks(np.array(values, dtype=np.float64)) == breaks


@pytest.mark.parametrize(
    ("breaks", "classes"),
    [
        ([3, 5, 6, 8], {0: 0, 1: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 4, 8: 4, 9: 5, 1000: 5}),
        ([1, 3], {0: 0, 1: 1, 2: 2, 3: 2, 4: 3}),
        ([1], {0: 0, 1: 1, 2: 2}),
        ([], {0: 0, 1: 1}),
    ],
)
def test_classes_are_upper_inclusive_and_zero_is_its_own(breaks: list[int], classes: dict[int, int]) -> None:
    found = classify(np.array(list(classes), dtype=np.float64), breaks)
    assert found.tolist() == list(classes.values())


def test_every_study_cell_of_every_map_is_there_once(layer: Layer) -> None:
    keys = [
        tuple(row[name] for name in ("resolution", "window", "category", "cell")) for row in layer.cells.to_pylist()
    ]
    cells = sum(len(drawn().total(resolution, WINDOWS[0], ALL)) for resolution in RESOLUTIONS)
    assert len(keys) == len(set(keys)) == cells * len(WINDOWS) * 3


@pytest.mark.parametrize("window", [WINDOWS[0], WINDOWS[-1]], ids=lambda window: window.id)
def test_values_support_and_status(layer: Layer, window) -> None:
    for resolution in RESOLUTIONS:
        found = rows(layer, resolution, window.id, "drugs")
        totals, seen = drawn().total(resolution, window, "drugs").tolist(), drawn().seen(resolution).tolist()
        for row, total, there in zip(found, totals, seen, strict=True):
            assert row["value"] == row["support"] == (total if there else None)
            assert row["status"] == ("shown" if there else "no-support")
            assert (row["class"] is None) == (not there)
            assert (row["class"] == "0") == (there and total == 0)


def test_special_share_is_null_where_nothing_is(layer: Layer) -> None:
    window = WINDOWS[-1]
    found = rows(layer, 8, window.id, ALL)
    special = drawn().total(8, window, ALL, measure=SPECIAL).tolist()
    for row, own, total in zip(found, special, drawn().total(8, window, ALL).tolist(), strict=True):
        assert row["special_share"] == (own / total if total else None)


def test_one_set_of_breaks_for_each_length_of_window(layer: Layer) -> None:
    for category in (*CATEGORIES, ALL):
        for kind in ("month", "quarter", "year"):
            values = np.concatenate([drawn().total(8, w, category) for w in WINDOWS if w.kind == kind])
            assert layer.spec.breaks["8"][category][kind] == class_breaks(values[values > 0])
    assert set(layer.spec.breaks) == {"7", "8"}


def test_a_class_is_the_breaks_own(layer: Layer) -> None:
    for window in (WINDOWS[0], WINDOWS[-1]):
        bounds = layer.spec.breaks["8"]["drugs"][window.kind]
        for row in rows(layer, 8, window.id, "drugs"):
            if row["value"] is not None:
                assert row["class"] == str(classify(np.array([row["value"]]), bounds)[0])


def test_areas_have_counts_and_no_class(layer: Layer) -> None:
    assert layer.areas is not None
    found = [row for row in layer.areas.to_pylist() if (row["window"], row["category"]) == ("12m:2025-12", ALL)]
    total = drawn().total(8, WINDOWS[-1], ALL)
    own = np.bincount(drawn().area, weights=total).tolist()
    assert [(row["code"], row["value"]) for row in found] == list(zip(AREAS, [*own, 0.0], strict=True))
    assert {row["class"] for row in found} == {None}
    assert math.isclose(sum(row["value"] for row in found), total.sum())
    assert found[2]["special_share"] is None


def test_only_the_windows_and_categories_asked_for(cube: Cube) -> None:
    layer = LAYER.compute(cube, request("count", "drugs", windows=("year",)))
    assert set(layer.cells["window"].to_pylist()) == {window.id for window in WINDOWS if window.kind == "year"}
    assert set(layer.cells["category"].to_pylist()) == {"drugs"}
    assert layer.spec.default == {"window": "12m:2025-12", "category": "drugs", "resolution": 8}
