"""Shortest journeys in sum against trying every set of sites."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geointel.errors import MethodError
from geointel.gaps.siting import NoPlanError, Terms, median

from .instances import best, choices, instances, journey, shared, sparse

few = settings(max_examples=120, deadline=None)


def person_minutes(people, minutes):
    return sum(count * time for count, time in zip(people, minutes, strict=True) if count)


@few
@given(instances(), st.sampled_from([None, 6.0, 20.0]))
def test_fewest_person_minutes(instance, beyond):
    minutes, people, terms = instance
    k = minutes.shape[1]
    if beyond is None:
        people = np.where(np.isnan(minutes).all(axis=1), 0.0, people)
    limit = np.inf if beyond is None else beyond
    expected = best(
        (person_minutes(people, np.minimum(journey(minutes, sites), limit)) for sites in choices(terms, k)), most=False
    )
    if expected is None:
        with pytest.raises(NoPlanError):
            median(sparse(minutes), people, terms=terms, beyond=beyond)
        return
    plan = median(sparse(minutes), people, terms=terms, beyond=beyond)
    assert plan.objective == pytest.approx(expected)
    assert list(plan.sites) in list(choices(terms, k))
    assert plan.status == "proven"


@few
@given(instances(), st.data())
def test_fewest_person_minutes_within_capacity(instance, data):
    minutes, people, terms = instance
    k = minutes.shape[1]
    people = np.where(np.isnan(minutes).all(axis=1), 0.0, people)
    capacity = np.array([data.draw(st.integers(0, 25)) for _ in range(k)], dtype=float)
    expected = best(
        (
            shared(minutes, people, sites=sites, capacity=capacity, costs=minutes, everybody=True)
            for sites in choices(terms, k)
        ),
        most=False,
    )
    limited = Terms(new=terms.new, locked=terms.locked, costs=terms.costs, budget=terms.budget, capacity=capacity)
    if expected is None:
        with pytest.raises(NoPlanError):
            median(sparse(minutes), people, terms=limited)
        return
    assert median(sparse(minutes), people, terms=limited).objective == pytest.approx(expected, abs=1e-6)


def test_people_without_room_count_the_minutes_beyond():
    minutes = sparse(np.array([[2.0], [4.0]]))
    plan = median(minutes, [6, 6], terms=Terms(new=1, capacity=[9.0]), beyond=10)
    assert plan.objective == pytest.approx(6 * 2 + 3 * 4 + 3 * 10)


def test_a_cell_out_of_reach_is_named_or_left_out():
    minutes = sparse(np.array([[1.0, 2.0], [np.nan, np.nan]]))
    with pytest.raises(MethodError, match=r"1 of 2 cells \(index 1\)"):
        median(minutes, [1, 1], terms=Terms(new=1))
    plan = median(minutes, [1, 1], terms=Terms(new=1, exclude_unreachable=True))
    assert (plan.sites, plan.objective, plan.left_out) == ((0,), 1.0, (1,))


def test_beyond_cannot_be_nearer_than_a_journey():
    with pytest.raises(MethodError, match="journeys of 9"):
        median(sparse(np.array([[9.0]])), [1], terms=Terms(new=1), beyond=5)
