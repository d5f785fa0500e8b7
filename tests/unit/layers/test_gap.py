"""Gap: much need and little help in one place, with its chance and its reasons."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError

from .care.town import EAST, PEOPLE, computed, rows_of, service, town

ASKED = {
    "deprivation": "deprivation",
    "estimate": "treatment",
    "indicator": "people",
    "substances": ("opiate",),
    "measure": "places",
}


def test_everybody_has_a_place_where_there_are_enough_and_nobody_where_there_are_none() -> None:
    plenty = [service(str(ring), ring, capacity=5000.0) for ring in (-6, 0, 6)]
    assert rows_of(computed("gap", town(*plenty), **ASKED))["people"].astype(float) == pytest.approx(0.0)
    ours = town(service("ours", 1, capacity=5000.0, eligible_areas=["E"]))
    found = rows_of(computed("gap", ours, **ASKED))
    assert np.nansum(found["people"][~EAST].astype(float)) == pytest.approx(200.0, rel=0.06)
    assert np.nansum(found["people"][EAST].astype(float)) == pytest.approx(0.0, abs=1e-6)


def test_the_people_short_and_the_places_add_up_to_the_need() -> None:
    """As long as no place stands empty: places given are need less those who are short."""
    layer = computed("gap", town(service("a", 0, capacity=30.0), service("b", 3, capacity=20.0)), **ASKED)
    found = rows_of(layer)
    need = layer.areas["support"].to_numpy().sum() if layer.areas is not None else 0
    assert np.nansum(found["people"].astype(float)) == pytest.approx(need - 50, abs=3)


def test_the_chances_add_up_to_a_fifth_of_the_places_where_anybody_lives() -> None:
    found = rows_of(computed("gap", town(service("a", 0)), **ASKED))
    lived = PEOPLE > 0
    assert np.nansum(found["p_gap"].astype(float)) == pytest.approx(0.2 * lived.sum(), rel=1e-6)
    assert set(found["status"][~lived]) <= {"no-data"}
    known = found["rank_lower"][lived].astype(float), found["rank_upper"][lived].astype(float)
    assert (known[0] <= known[1]).all()
    assert known[0].min() == 1


def test_more_need_and_a_longer_way_make_a_larger_gap() -> None:
    found = rows_of(computed("gap", town(service("a", -9)), **{**ASKED, "measure": "minutes"}))
    value = found["value"].astype(float)
    assert np.nanmean(value[EAST]) > np.nanmean(value[~EAST]) + 10


def test_the_reasons_name_the_service_its_crowding_and_the_hours() -> None:
    hours = {"tiny": None, "large": "tu 18:30-20:00; sa 10:00-12:00"}
    cube = town(
        service("tiny", 6, capacity=1.0, hours=hours["tiny"]),
        service("large", -6, capacity=900.0, hours=hours["large"]),
    )
    found = rows_of(computed("gap", cube, **ASKED, within=8))
    texts = [text for text in found["explanation"] if text is not None]
    assert any("Tiny" in text and "times as crowded as usual" in text for text in texts)
    assert any("Large" in text and "evening" not in text for text in texts)
    assert any(text == "No service in reach." for text in texts)
    assert all("evening" in text for text in texts if "Tiny" in text and "Large" not in text and "1 service" in text)


def test_an_unknown_kind_of_help_is_refused() -> None:
    with pytest.raises(MethodError, match="no service of the kind"):
        computed("gap", town(service("a", 0)), **ASKED, help="hospital")


def test_without_an_estimate_the_words_are_of_residents() -> None:
    layer = computed("gap", town(service("a", 0)), deprivation="deprivation")
    assert layer.spec.notes["variant"] == "residents"
    assert "residents-and-deprivation" in layer.spec.caveats
    assert "need-share" not in layer.spec.caveats


def test_too_few_places_have_ranks_and_no_chance() -> None:
    layer = computed("gap", town(service("a", 0)), **ASKED)
    assert layer.areas is not None
    assert layer.areas["p_gap"].to_pylist() == [None, None]
    assert set(layer.areas["rank_lower"].to_pylist()) <= {1.0, 2.0}
