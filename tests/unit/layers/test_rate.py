"""``rate``: smoothed per 1,000 of a denominator that is named, exact for areas, and nothing where nobody is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pydantic
import pytest
from scipy import stats

from geointel import content
from geointel.errors import MethodError
from geointel.grid import neighbours, parents
from geointel.layers.cube import Cube
from geointel.layers.rate import LAYER, Options
from geointel.model import ALL, Layer

from .conftest import AREAS, LEAVES, RESOLUTIONS, WINDOWS, drawn, request, residents

YEAR = WINDOWS[-1]


@pytest.fixture(scope="module")
def layer(cube: Cube) -> Layer:
    return LAYER.compute(cube, request("rate"))


def rows(layer: Layer, resolution: int = 8, window: str = YEAR.id, category: str = "drugs") -> list[dict[str, Any]]:
    key = {"resolution": resolution, "window": window, "category": category}
    return [row for row in layer.cells.to_pylist() if all(row[name] == value for name, value in key.items())]


def of(resolution: int, leaves: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    _, place = np.unique(parents(LEAVES, resolution), return_inverse=True)
    return np.bincount(place, weights=leaves)


def marshall(e: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> tuple[float, float]:
    """Mean and variance of the rates, cell by cell."""
    m = e.sum() / b.sum()
    squares = sum(bi * (ei / bi - m) ** 2 for ei, bi in zip(e, b, strict=True) if bi > 0)
    return m, max(0.0, squares / b.sum() - m * sum(b > 0) / b.sum())


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_a_rate_is_that_of_a_gamma_around_the_area_s_rate(layer: Layer, resolution: int) -> None:
    """Value, interval and chance by scipy's gamma distribution."""
    e, b, seen = drawn().total(resolution, YEAR, "drugs"), of(resolution, residents()), drawn().seen(resolution)
    m, a = marshall(e[seen], b[seen])
    assert a > 0
    for row, events, people, there in zip(rows(layer, resolution), e, b, seen, strict=True):
        if not there or people == 0:
            continue
        known = stats.gamma(m * m / a + events, scale=1 / (m / a + people))
        assert row["value"] == pytest.approx(1000 * known.mean())
        assert (row["lower"], row["upper"]) == pytest.approx(tuple(1000 * known.ppf([0.025, 0.975])))
        assert row["p_exceed"] == pytest.approx(known.sf(1.5 * m), abs=1e-12)
        assert row["raw"] == pytest.approx(1000 * events / people)
        assert (row["support"], row["denominator"]) == (events, pytest.approx(people))
        assert min(row["raw"], 1000 * m) - 1e-9 <= row["value"] <= max(row["raw"], 1000 * m) + 1e-9


def test_the_ring_is_leant_on_where_it_is_asked_for(cube: Cube) -> None:
    asked = replace(request("rate", "drugs"), options=Options(residents="residents", reference="ring"))
    seen, e, b = drawn().seen(8), drawn().total(8, YEAR, "drugs"), of(8, residents())
    e, b = e[seen], b[seen]
    ring = neighbours(cube.lattices[1].cells[seen], 1).toarray() > 0
    found = [row for row in rows(LAYER.compute(cube, asked)) if row["status"] != "no-support"]
    for place, row in enumerate(found):
        around = ring[place] | (np.arange(len(e)) == place)
        if row["status"] == "shown":
            m, a = marshall(e[around], b[around])
            weight = a * b[place] / (a * b[place] + m) if a > 0 else 0.0
            assert row["value"] == pytest.approx(1000 * (weight * e[place] / b[place] + (1 - weight) * m))
            assert row["lower"] < row["upper"]


def test_where_nobody_lives_there_is_no_rate_and_it_is_said_why(layer: Layer) -> None:
    empty = [row for row in rows(layer) if row["denominator"] == 0]
    assert any(row["support"] > 0 for row in empty)
    for row in empty:
        assert row["status"] == "insufficient"
        assert {row[name] for name in ("value", "class", "raw", "lower", "upper", "p_exceed")} == {None}
    said = content.sentence("rate", empty[0], slug="drugs", window=YEAR.label)
    assert said.startswith("Too few people are counted as living here")


def test_a_cell_that_is_mostly_the_average_has_no_class(layer: Layer) -> None:
    """A moor must not have the colour of the towns that make the average."""
    seen, people = drawn().seen(8), of(8, residents())
    m, a = marshall(drawn().total(8, YEAR, "drugs")[seen], people[seen])
    for row, there, b in zip(rows(layer), seen, people, strict=True):
        if there:
            assert (row["status"] == "insufficient") == (a * b < m)
            assert (row["class"] is None) == (a * b < m)
            assert (row["value"] is None) == (b == 0)


def test_one_incident_at_half_a_person_is_no_rate_of_thousands(cube: Cube) -> None:
    """What smoothing is for: elsewhere 1 incident for 500 people, here 1 for half a person."""
    cells = cube.lattices[1].cells
    places, people = np.arange(len(cells)), np.full(len(cells), 500.0)
    people[3] = 0.5
    lattice = replace(cube.lattices[1], supported=np.ones(len(cells), dtype=bool))
    counts = {
        measure: replace(cube.cells[8], slices={key: (places, values)})
        for measure, key, values in (
            ("events", ("incidents", YEAR.id, "drugs"), np.ones(len(cells))),
            ("people", ("residents", "2021-03", ALL), people),
        )
    }
    beside = replace(cube.beside["residents"], cells={8: counts["people"]})
    planted = replace(cube, lattices=(lattice,), cells={8: counts["events"]}, beside={"residents": beside})
    found = rows(LAYER.compute(planted, request("rate", "drugs", windows=("year",))))
    assert found[3]["raw"] == 2000
    assert 2 < found[3]["value"] < 20
    assert found[3]["class"] is None
    assert max(abs(row["value"] - 2) for row in found[4:]) < 0.1


def test_rates_of_areas_are_exact_and_have_no_class(layer: Layer) -> None:
    assert layer.areas is not None
    found = [row for row in layer.areas.to_pylist() if (row["window"], row["category"]) == (YEAR.id, "drugs")]
    events = np.bincount(drawn().area, weights=drawn().total(8, YEAR, "drugs"))
    people = np.bincount(drawn().area, weights=residents())
    assert [row["code"] for row in found] == list(AREAS)
    for row, e, b in zip(found, events, people, strict=False):
        assert row["value"] == row["raw"] == pytest.approx(1000 * e / b)
        assert stats.poisson.sf(e - 1, row["lower"] / 1000 * b) == pytest.approx(0.025)
        assert stats.poisson.cdf(e, row["upper"] / 1000 * b) == pytest.approx(0.025)
    assert (found[2]["status"], found[2]["value"], found[2]["upper"]) == ("insufficient", None, None)
    assert {row["class"] for row in found} == {None}


def test_of_all_incidents_it_is_a_share_and_never_above_all_of_them(cube: Cube) -> None:
    asked = replace(request("rate", "robbery"), options=Options(denominator="incidents"))
    layer = LAYER.compute(cube, asked)
    every = drawn().total(8, YEAR, ALL)
    for row, total in zip(rows(layer, category="robbery"), every, strict=True):
        if row["status"] == "shown":
            assert row["denominator"] == total
            assert row["value"] <= row["upper"] <= 1000
    assert layer.areas is not None
    area = next(r for r in layer.areas.to_pylist() if (r["window"], r["code"]) == (YEAR.id, "E"))
    known = stats.binomtest(int(area["support"]), int(area["denominator"])).proportion_ci(method="exact")
    assert (area["lower"], area["upper"]) == pytest.approx((1000 * known.low, 1000 * known.high))
    assert layer.spec.unit == "per 1,000 recorded incidents"
    assert layer.spec.caveats[0] == "rate-incidents"
    said = content.sentence(
        "rate",
        rows(layer, category="robbery")[0] | {"status": "shown"},
        slug="robbery",
        window="May 2025",
        variant=layer.spec.notes["variant"],
    )
    assert "per 1,000 recorded incidents" in said


def test_what_it_is_divided_by_stands_in_every_word(layer: Layer) -> None:
    spec = layer.spec
    assert all("1,000 residents" in text for text in (spec.title, spec.unit, spec.value_label, spec.method))
    assert "town centre" in content.caveat(spec.caveats[0]).short.lower()
    assert spec.parameters["denominator"] == "residents"
    assert spec.parameters["counted"] == "2021-03"
    row = next(row for row in rows(layer) if row["support"])
    said = content.sentence("rate", row, slug="drugs", window=YEAR.label)
    assert "per 1,000 residents in the 12 months to December 2025" in said
    assert content.number(row["value"], 2) in said


def test_classes_come_from_one_set_of_breaks_for_each_length_of_window(layer: Layer) -> None:
    for kind in ("month", "year"):
        every = [row for w in WINDOWS if w.kind == kind for row in rows(layer, window=w.id)]
        values = [row["value"] for row in every if row["status"] == "shown" and row["value"] > 0]
        quintiles = np.round(np.quantile(values, (0.2, 0.4, 0.6, 0.8)), 2)
        bounds = sorted({bound for bound in quintiles.tolist() if bound > 0})
        assert layer.spec.breaks["8"]["drugs"][kind] == bounds
        for row in rows(layer, window=next(w.id for w in WINDOWS if w.kind == kind)):
            expected = None if row["status"] != "shown" else str(1 + sum(row["value"] > bound for bound in bounds))
            assert row["class"] == expected


def test_a_map_without_incidents_has_rates_of_zero_and_no_class(cube: Cube) -> None:
    asked = request("rate", "burglary", windows=("month",))
    found = [row for row in LAYER.compute(cube, asked).cells.to_pylist() if row["value"] is not None]
    assert {
        (row["status"], row["value"], row["raw"], row["lower"], row["class"], row["p_exceed"]) for row in found
    } == {("insufficient", 0.0, 0.0, 0.0, None, None)}
    assert all(row["upper"] > 0 for row in found)


def test_a_rate_of_residents_needs_their_source(cube: Cube) -> None:
    with pytest.raises(pydantic.ValidationError, match="needs a source of residents"):
        Options()
    assert LAYER.beside(Options(residents="people")).needed == ("people",)
    assert LAYER.beside(Options(denominator="incidents")).needed == ()
    for wrong in (replace(cube, beside={}), replace(cube, beside={"residents": cube})):
        with pytest.raises(MethodError, match="finds no residents"):
            LAYER.compute(wrong, request("rate", "drugs"))


def test_everything_of_everything_is_refused() -> None:
    assert list(LAYER.refused(Options(denominator="incidents"))) == [ALL]
    assert LAYER.refused(Options(residents="people")) == {}
