"""Need: an authority's estimate shared out, with all that is not known about it."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.layers.base import kinds

from .care.town import EAST, ESTIMATES, PEOPLE, TREATED, computed, estimate, rows_of, town

ASKED = {"deprivation": "deprivation", "estimate": "treatment", "indicator": "people", "substances": ("opiate",)}


def test_the_cells_of_an_authority_add_up_to_its_estimate() -> None:
    found = rows_of(computed("need", town(), **ASKED))
    for mask, total in ((EAST, 300.0), (~EAST, 200.0)):
        assert found["value"][mask].sum() == pytest.approx(total, rel=0.05)
    assert (found["lower"] <= found["value"]).all()
    assert (found["value"] <= found["upper"]).all()


def test_areas_and_coarser_cells_have_the_same_total() -> None:
    layer = computed("need", town(), **ASKED)
    fine, coarse = rows_of(layer), rows_of(layer, resolution=7)
    assert layer.areas is not None
    areas = layer.areas["value"].to_pylist()
    assert fine["value"].sum() == pytest.approx(coarse["value"].sum(), rel=1e-9) == pytest.approx(sum(areas), rel=1e-9)


def test_the_range_of_a_cell_holds_what_the_weightings_disagree_about() -> None:
    """Without any doubt about the total, only the weightings are left; without deprivation there is but one."""
    sure = (estimate("E", 300.0, 300.0, 300.0), estimate("W", 200.0, 200.0, 200.0))
    alone = rows_of(computed("need", town(figures=sure), **{**ASKED, "deprivation": ""}))
    assert alone["upper"] == pytest.approx(alone["lower"])
    assert alone["value"][EAST] == pytest.approx(300 * PEOPLE[EAST] / PEOPLE[EAST].sum())


def test_unmet_need_is_what_is_left_beyond_treatment_and_never_below_zero() -> None:
    layer = computed("need", town(), **ASKED, treated="treatment", treated_indicator="treated")
    assert layer.areas is not None
    rows = {row["code"]: row for row in layer.areas.to_pylist()}
    assert rows["E"]["unmet"] == pytest.approx(rows["E"]["value"] - 120, abs=1)
    assert 0 <= rows["W"]["unmet_lower"] < rows["W"]["unmet"] < 60
    assert layer.spec.notes["need"]["opiate"]["treated_above_lower"] == ["W"]


def test_an_authority_without_an_estimate_has_no_data_and_is_no_zero() -> None:
    found = rows_of(computed("need", town(figures=ESTIMATES[:1]), **ASKED))
    assert set(found["status"][~EAST]) == {"no-data"}
    assert np.isnan(found["value"][~EAST].astype(float)).all()
    assert set(found["status"][EAST]) == {"shown"}


def test_without_any_estimate_it_is_residents_and_deprivation_and_adds_up_to_residents() -> None:
    layer = computed("need", town(), deprivation="deprivation")
    found = rows_of(layer)
    assert layer.spec.notes["variant"] == "residents"
    assert layer.spec.title == "Residents and deprivation"
    assert "estimate" in layer.spec.notes["need"]["all"]["not_supplied"]
    assert found["value"].sum() == pytest.approx(PEOPLE.sum())
    assert found["value"][EAST].sum() > PEOPLE[EAST].sum() * 1.2


def test_estimates_of_two_methods_are_never_one_series() -> None:
    old = estimate("E", 500.0, 400.0, 600.0, method="old")
    with pytest.raises(MethodError, match="methods"):
        computed("need", town(figures=(*ESTIMATES, old)), **ASKED)
    assert rows_of(computed("need", town(figures=(*ESTIMATES, old)), **ASKED, method="old"))["value"][EAST].sum() > 400


def test_the_last_period_counts_unless_another_is_asked_for() -> None:
    earlier = tuple(estimate(code, 50.0, 40.0, 60.0, period="2019/20") for code in ("E", "W"))
    figures = (*ESTIMATES, *earlier)
    last = rows_of(computed("need", town(figures=figures), **ASKED))["value"].sum()
    first = rows_of(computed("need", town(figures=figures), **ASKED, period="2019/20"))["value"].sum()
    assert last == pytest.approx(500, rel=0.06)
    assert first == pytest.approx(100, rel=0.06)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"estimate": "treatment"}, "indicator"),
        ({"substances": ("opiate",)}, "none is named"),
        ({"treated": "treatment", "treated_indicator": "treated"}, "estimate"),
    ],
)
def test_options_that_contradict_each_other_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kinds()["need"].options.model_validate({"residents": "residents", **options})


def test_a_seed_gives_the_same_map_again_and_another_seed_another() -> None:
    once, again, other = (rows_of(computed("need", town(), **ASKED, seed=seed))["upper"] for seed in (1, 1, 2))
    assert (once == again).all()
    assert (once != other).any()
    assert TREATED
