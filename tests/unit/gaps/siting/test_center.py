"""Shortest longest journey against trying every set of sites."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geointel.gaps.siting import NoPlanError, Terms, center

from .instances import best, choices, instances, journey, shared, sparse

few = settings(max_examples=60, deadline=None)


@few
@given(instances())
def test_least_longest_journey(instance):
    minutes, people, terms = instance
    k = minutes.shape[1]
    people = np.where(np.isnan(minutes).all(axis=1), 0.0, people)
    expected = best((journey(minutes, sites)[people > 0].max(initial=0.0) for sites in choices(terms, k)), most=False)
    if expected is None:
        with pytest.raises(NoPlanError):
            center(sparse(minutes), people, terms=terms)
        return
    plan = center(sparse(minutes), people, terms=terms)
    assert (plan.objective, plan.bound, plan.status) == (expected, expected, "proven")
    assert journey(minutes, list(plan.sites))[people > 0].max(initial=0.0) <= expected


@few
@given(instances(), st.data())
def test_least_longest_journey_within_capacity(instance, data):
    minutes, people, terms = instance
    k = minutes.shape[1]
    people = np.where(np.isnan(minutes).all(axis=1), 0.0, people)
    capacity = np.array([data.draw(st.integers(0, 25)) for _ in range(k)], dtype=float)
    limited = Terms(new=terms.new, locked=terms.locked, costs=terms.costs, budget=terms.budget, capacity=capacity)
    free, expected = np.zeros(minutes.shape), None
    for radius in np.unique(minutes[~np.isnan(minutes)]):
        near = np.where(minutes <= radius, minutes, np.nan)
        if any(
            shared(near, people, sites=sites, capacity=capacity, costs=free, everybody=True) == 0
            for sites in choices(terms, k)
        ):
            expected = radius
            break
    if not people.any():
        return
    if expected is None:
        with pytest.raises(NoPlanError):
            center(sparse(minutes), people, terms=limited)
        return
    assert center(sparse(minutes), people, terms=limited).objective == expected


def test_too_few_sites_are_said():
    apart = sparse(np.array([[1.0, np.nan], [np.nan, 1.0]]))
    with pytest.raises(NoPlanError, match="at most 1 new sites"):
        center(apart, terms=Terms(new=1))


def test_a_search_cut_short_keeps_an_honest_bound():
    random = np.random.default_rng(1)
    minutes = sparse(random.uniform(1, 60, (60, 20)))
    proven = center(minutes, terms=Terms(new=3))
    try:
        plan = center(minutes, terms=Terms(new=3), seconds=0.02)
    except NoPlanError:
        return
    assert plan.bound <= proven.objective <= plan.objective
