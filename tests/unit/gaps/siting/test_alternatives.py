"""Near-optimal plans and curves against trying every set of sites."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from geointel.errors import MethodError
from geointel.gaps.siting import Terms, alternatives, cover_all, cover_most, proven_curve

from .instances import choices, in_range, instances, sparse


@settings(max_examples=80, deadline=None)
@given(instances())
def test_each_is_the_best_that_does_not_hold_an_earlier_one(instance):
    minutes, people, terms = instance
    plans = alternatives(
        lambda asked: cover_most(sparse(minutes), people, radius=3, terms=asked), terms, count=4, within=0.2
    )
    excluded = []
    for plan in plans:
        allowed = choices(replace(terms, excluded=tuple(excluded)), minutes.shape[1])
        best = max(people[in_range(minutes, sites, 3)].sum() for sites in allowed)
        assert plan.objective == pytest.approx(best)
        assert plan.objective >= 0.8 * plans[0].objective - 1e-9
        excluded.append(plan.sites)
    assert len({plan.sites for plan in plans}) == len(plans)


def test_all_optimal_plans_are_found():
    """Three sites cover the same cell: three plans of one site, and no fourth."""
    minutes = sparse(np.ones((1, 3)))
    plans = alternatives(lambda terms: cover_all(minutes, radius=1, terms=terms), Terms(new=1), count=9)
    assert sorted(plan.sites for plan in plans) == [(0,), (1,), (2,)]


def test_curve_is_proven_at_every_number_and_silent_where_too_few():
    minutes = sparse(np.array([[1, np.nan, np.nan], [np.nan, 1, np.nan], [np.nan, np.nan, 1]]))
    people = [5, 3, 1]
    curve = proven_curve(lambda terms: cover_most(minutes, people, radius=1, terms=terms), Terms(), most=3)
    assert [plan.objective for plan in curve] == [5, 8, 9]
    assert proven_curve(lambda terms: cover_all(minutes, radius=1, terms=terms), Terms(), most=2) == (None, None)


def test_no_plans_asked_for_is_a_fault():
    with pytest.raises(MethodError):
        alternatives(lambda _: None, Terms(), count=0)
