"""Every layer kind keeps the contract of layers, on a small map."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from geointel import content
from geointel.layers.base import EVENTS, LayerKind, kinds
from geointel.layers.cluster import Options
from geointel.layers.cube import Cube
from geointel.model import ALL, FACTS, Layer, ReleasedFacts, Window
from geointel.model.tables import WORD

from ..unit.layers.conftest import CATEGORIES, RESOLUTIONS, WINDOWS, cube_of, drawn, options_of, released, request

DOCS = Path(__file__).parents[2] / "docs"
FIRST = ["resolution", "cell", "window", "category", "value", "class", "support", "status"]
OWN = {
    "count": ["special_share"],
    "hotspot": ["count", "expected", "p", "q", "p_normal", "raw_class", "stability", "special_share"],
    "excess": ["count", "expected", "lower", "upper", "p", "q"],
    "rate": ["raw", "lower", "upper", "p_exceed", "denominator"],
    "density": ["count"],
    "profile": ["lower", "upper", "peak_weekday", "peak_hour", "untimed"],
    "change": [
        *["before", "after", "lower", "upper", "p", "q"],
        *["activity_before", "activity_after", "activity", "harm_before", "harm_after"],
    ],
    "emerging": ["trend_z", "trend_p", "last_z"],
    "cluster": ["cluster", "count", "expected", "months", "p", "llr"],
    "corridor": ["count", "expected", "road_km", "corridor"],
    "moran": ["count", "lag", "z", "p", "q"],
    "drug-driving": ["positives", "raw", "lower", "upper"],
    "collisions": [
        *["fatal", "serious", "slight", "adjusted_serious", "ksi"],
        *["raw", "lower", "upper", "expected_by_class", "times_expected", "denominator"],
    ],
}
"""Columns of each kind; the word for word lists of the contract."""
LATEST = Options().latest
STATUSES = {"shown", "suppressed", "coarsened", "no-support", "no-data", "insufficient"}


@pytest.fixture(scope="module")
def cube() -> Cube:
    return cube_of(released(drawn()))


@pytest.fixture(scope="module", params=sorted(name for name, kind in kinds().items() if kind.needs == EVENTS))
def kind(request: pytest.FixtureRequest) -> LayerKind:
    return kinds()[request.param]


def meaningful(kind: LayerKind) -> tuple[str, ...]:
    return tuple(category for category in (*CATEGORIES, ALL) if category not in kind.refused(options_of(kind.kind)))


LENGTHS = {"corridor": ("year",), "emerging": ("year",), "profile": ("year",)}
"""Lengths of window that a kind has maps of, where it has not all."""


def shortest(kind: LayerKind) -> tuple[str, ...]:
    """The one length of window that is quickest to compute."""
    return LENGTHS.get(kind.kind, ("month",))[:1]


def windows_of(kind: LayerKind) -> list[Window]:
    """Windows that a kind has a map of: a change needs the one before, hours twelve months, clusters are of the latest."""
    known = {window.months for window in WINDOWS}
    if kind.kind in LENGTHS:
        return [window for window in WINDOWS if window.kind in LENGTHS[kind.kind]]
    if kind.kind == "cluster":
        later = [
            [w for w in WINDOWS if (w.kind, w.months) > (one.kind, one.months) and w.kind == one.kind]
            for one in WINDOWS
        ]
        return [one for one, after in zip(WINDOWS, later, strict=True) if len(after) < LATEST]
    return [w for w in WINDOWS if kind.kind != "change" or tuple(m - len(w.months) for m in w.months) in known]


def resolutions_of(kind: LayerKind) -> tuple[int, ...]:
    """Resolutions that a kind has a map of: hours stand in the coarsest cells only, clusters up to those that were measured."""
    return RESOLUTIONS[:1] if kind.kind in {"profile", "cluster"} else RESOLUTIONS


@pytest.fixture(scope="module")
def layer(kind: LayerKind, cube: Cube) -> Layer:
    return kind.compute(cube, request(kind.kind, *meaningful(kind)))


def test_a_kind_has_a_question_a_unit_and_a_module_of_its_name(kind: LayerKind) -> None:
    assert kind.title
    assert kind.question.endswith("?")
    assert kind.unit
    assert kind.compute.__module__ == f"geointel.layers.{kind.kind.replace('-', '_')}"
    assert all(reason for reason in kind.refused(options_of(kind.kind)).values())


def test_columns_and_types_are_the_contract_s(kind: LayerKind, layer: Layer) -> None:
    assert layer.cells.column_names == FIRST + OWN[kind.kind]
    types = {field.name: field.type for field in layer.cells.schema}
    assert types["resolution"] == pa.int8()
    assert types["cell"] == pa.int64()
    assert types["support"] == pa.int32()
    assert {types[name] for name in ("window", "category", "class", "status")} == {WORD}
    assert types["value"] == FACTS.field("value").type
    assert {types[name] for name in OWN[kind.kind]} <= {pa.float64(), WORD}


def test_every_map_asked_for_is_there_in_order(kind: LayerKind, layer: Layer) -> None:
    """Resolution, then window, then category, cells ascending: readers cut maps out by position."""
    expected = [
        (resolution, window.id, category, cell)
        for resolution in resolutions_of(kind)
        for window in windows_of(kind)
        for category in meaningful(kind)
        for cell in study_cells(resolution)
    ]
    columns = [layer.cells[name].to_pylist() for name in ("resolution", "window", "category", "cell")]
    assert list(zip(*columns, strict=True)) == expected


def study_cells(resolution: int) -> list[int]:
    from geointel.grid import parents

    from ..unit.layers.conftest import LEAVES

    return np.unique(parents(LEAVES, resolution)).tolist()


def test_a_null_is_never_a_zero_and_nothing_is_shown_without_support(layer: Layer) -> None:
    seen = {(r, c) for r in RESOLUTIONS for c, there in zip(study_cells(r), drawn().seen(r), strict=True) if there}
    for row in layer.cells.to_pylist():
        assert row["status"] in STATUSES
        there = (row["resolution"], row["cell"]) in seen
        assert (row["status"] == "no-support") == (not there)
        assert (row["support"] is None) == (not there)
        if row["status"] == "shown":
            assert row["value"] is not None or row.get("before") == 0
            assert row["class"] is not None
        if not there:
            assert row["value"] is None
            assert row["class"] is None


def test_no_number_is_nan(layer: Layer) -> None:
    for name in layer.cells.column_names:
        if pa.types.is_floating(layer.cells.schema.field(name).type):
            known = layer.cells[name].drop_null().to_numpy()
            assert np.isfinite(known).all(), name


def test_the_spec_says_what_must_be_said(kind: LayerKind, layer: Layer) -> None:
    spec = layer.spec
    assert (spec.id, spec.kind) == (f"a-{kind.kind}", kind.kind)
    assert all((spec.title, spec.unit, spec.value_label, spec.method))
    assert spec.question.endswith("?")
    assert spec.resolutions == resolutions_of(kind)
    assert spec.windows == tuple(window.id for window in windows_of(kind))
    assert spec.categories == meaningful(kind)
    longest = max(windows_of(kind), key=lambda window: (len(window.months), window.months[-1]))
    assert spec.default == {"window": longest.id, "category": spec.categories[0], "resolution": spec.resolutions[-1]}
    assert {style.id for style in spec.classes} >= set(layer.cells["class"].to_pylist()) - {None}
    assert all(style.label and re.fullmatch(r"#[0-9a-f]{6}", style.colour) for style in spec.classes)
    assert {column.id for column in spec.columns} <= {"value", "support", *OWN[kind.kind]}
    assert spec.columns[0].id == "value"
    assert spec.caveats
    assert all(content.caveat(name).long for name in spec.caveats)


def test_the_spec_is_plain_json(layer: Layer) -> None:
    document = layer.spec.to_json()
    assert json.loads(json.dumps(document, allow_nan=False))["id"] == layer.spec.id


def test_computing_twice_gives_the_same(kind: LayerKind, cube: Cube, layer: Layer) -> None:
    again = kind.compute(cube, request(kind.kind, *meaningful(kind)))
    assert again.cells.equals(layer.cells)
    assert again.spec == layer.spec


def test_a_title_of_one_s_own_stands(kind: LayerKind, cube: Cube) -> None:
    from dataclasses import replace

    asked = replace(request(kind.kind, "drugs", windows=shortest(kind)), title="Ours")
    assert kind.compute(cube, asked).spec.title == "Ours"


def test_an_edition_without_any_fact_still_has_its_maps(kind: LayerKind) -> None:
    """A source that an edition leaves out may be the only one."""
    full = released(drawn())
    empty = ReleasedFacts(
        edition="open",
        windows=full.windows,
        cells=full.cells.slice(0, 0),
        areas=full.areas.slice(0, 0),
        unmapped=full.unmapped,
        support=full.support.slice(0, 0),
        names=full.names,
    )
    layer = kind.compute(cube_of(empty), request(kind.kind, "drugs", windows=shortest(kind)))
    assert set(layer.cells["status"].to_pylist()) == {"no-support"}
    assert set(layer.cells["value"].to_pylist()) == {None}


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.kind)
def test_a_kind_is_in_the_documentation(kind: LayerKind) -> None:
    pages = "\n".join(path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md"))
    assert f"`{kind.kind}`" in pages, f"Say in docs/ what the layer kind `{kind.kind}` shows."
