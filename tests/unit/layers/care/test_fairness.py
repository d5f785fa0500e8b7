"""Access by tenths of deprivation."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.gaps import gini
from geointel.layers.care.fairness import fairness

from .town import DECILE, PEOPLE, computed, service, town

BY_DECILE = PEOPLE[:, None] * (np.arange(10) == DECILE[:, None])
PLACES = np.random.default_rng(5).uniform(0, 3, len(PEOPLE))


def test_means_and_shares_are_those_of_the_residents_of_a_tenth() -> None:
    within = (PLACES > 1).astype(float)
    found = fairness(PLACES, within, BY_DECILE, places=True)
    for tenth in (0, 7):
        mine = tenth == DECILE
        assert found["mean_by_decile"]["value"][tenth] == pytest.approx(
            np.average(PLACES[mine], weights=PEOPLE[mine]), abs=1e-4
        )
        share = np.average(within[mine], weights=PEOPLE[mine])
        assert found["within_by_decile"]["value"][tenth] == pytest.approx(share, abs=1e-4)
        assert found["within_by_decile"]["lower"][tenth] <= share <= found["within_by_decile"]["upper"][tenth]
    assert found["mean_by_decile"]["value"][3] is None
    assert found["gini"]["value"] == pytest.approx(float(gini(PLACES, PEOPLE)), abs=1e-4)
    assert found["gini"]["lower"] <= found["gini"]["value"] <= found["gini"]["upper"]


def test_of_minutes_no_measure_is_given_in_which_more_is_better() -> None:
    assert set(fairness(PLACES, PLACES > 1, BY_DECILE, places=False)) == {"mean_by_decile", "within_by_decile"}


def test_cells_that_nobody_reaches_from_are_left_out() -> None:
    values = PLACES.copy()
    values[:50] = np.nan
    found = fairness(values, PLACES > 1, BY_DECILE, places=True)
    mine = (DECILE == 0) & ~np.isnan(values)
    assert found["mean_by_decile"]["value"][0] == pytest.approx(
        np.average(PLACES[mine], weights=PEOPLE[mine]), abs=1e-4
    )


def test_a_layer_says_it_where_deprivation_was_supplied() -> None:
    cube = town(service("a", 5))
    with_it = computed("access", cube, "drug-treatment", deprivation="deprivation").spec.notes["equity"][
        "drug-treatment"
    ]
    assert with_it["mean_by_decile"]["value"][0] < with_it["mean_by_decile"]["value"][7]
    assert computed("access", cube, "drug-treatment").spec.notes["equity"] == {}
