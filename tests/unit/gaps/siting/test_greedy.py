"""Greedy plans are within the terms, never above the optimum, and their bounds never below it."""

import numpy as np
import pytest
from hypothesis import given, settings

from geointel.errors import MethodError
from geointel.gaps.siting import NoPlanError, Terms, cover_most, greedy_cover, greedy_curve, greedy_median, median

from .instances import best, choices, in_range, instances, journey, sparse

few = settings(max_examples=200, deadline=None)
RADIUS = 3.0


@few
@given(instances())
def test_cover_between_what_it_says_and_its_bound(instance):
    minutes, people, terms = instance
    allowed = list(choices(terms, minutes.shape[1]))
    expected = best((people[in_range(minutes, sites, RADIUS)].sum() for sites in allowed), most=True)
    plan = greedy_cover(sparse(minutes), people, radius=RADIUS, terms=terms)
    assert list(plan.sites) in allowed
    assert plan.objective == pytest.approx(people[in_range(minutes, list(plan.sites), RADIUS)].sum())
    assert plan.objective - 1e-9 <= expected <= plan.bound + 1e-9
    assert plan.status == "greedy"


def total(minutes, people, sites):
    return people @ np.minimum(journey(minutes, sites), 9.0)


@few
@given(instances())
def test_median_between_its_bound_and_what_it_says(instance):
    minutes, people, terms = instance
    allowed = list(choices(terms, minutes.shape[1]))
    plan = greedy_median(sparse(minutes), people, terms=terms, beyond=9.0)
    assert list(plan.sites) in allowed
    assert plan.objective == pytest.approx(total(minutes, people, list(plan.sites)))
    assert plan.bound - 1e-9 <= min(total(minutes, people, sites) for sites in allowed) <= plan.objective + 1e-9


@few
@given(instances())
def test_no_single_exchange_helps(instance):
    minutes, people, terms = instance
    if terms.budget is not None:
        return
    plan = greedy_cover(sparse(minutes), people, radius=RADIUS, terms=terms)
    for old in set(plan.sites) - set(terms.locked):
        for site in set(range(minutes.shape[1])) - set(plan.sites):
            other = [*(set(plan.sites) - {old}), site]
            assert people[in_range(minutes, other, RADIUS)].sum() <= plan.objective + 1e-9


def test_exchange_leaves_the_trap_of_the_first_step():
    """The middle site is the best single one, and in no best pair."""
    minutes = sparse(np.array([[1, 1, np.nan], [1, np.nan, np.nan], [np.nan, 1, 1], [np.nan, np.nan, 1]], dtype=float))
    people = [3, 2, 3, 2]
    assert greedy_curve(minutes, people, radius=1, terms=Terms(new=2))[1].tolist() == [0, 6, 8]
    assert greedy_cover(minutes, people, radius=1, terms=Terms(new=2)).objective == 10


def test_with_a_budget_the_dear_site_does_not_crowd_out_the_cheap_ones():
    minutes = sparse(np.array([[1, 1, np.nan], [1, np.nan, 1], [1, np.nan, np.nan]], dtype=float))
    terms = Terms(budget=2, costs=[2, 1, 1])
    assert greedy_cover(minutes, [4, 4, 1], radius=1, terms=terms).objective == 9
    assert greedy_cover(minutes, [4, 4, 0], radius=1, terms=Terms(budget=2, costs=[3, 1, 1])).sites == (1, 2)


def test_close_to_the_proof_on_a_county():
    random = np.random.default_rng(3)
    cells, sites = random.uniform(0, 60, (300, 2)), random.uniform(0, 60, (30, 2))
    minutes = sparse(np.hypot(*(cells[:, None] - sites[None]).transpose(2, 0, 1)))
    people, terms = random.integers(0, 200, 300), Terms(new=4, locked=(4,))
    cover = [call(minutes, people, radius=9, terms=terms).objective for call in (greedy_cover, cover_most)]
    walk = [call(minutes, people, terms=terms).objective for call in (greedy_median, median)]
    assert 0.97 * cover[1] <= cover[0] <= cover[1] + 1e-6
    assert walk[1] - 1e-6 <= walk[0] <= 1.05 * walk[1]


def test_curve_adds_less_each_time_and_ends_where_nothing_is_left():
    minutes = sparse(np.array([[1, np.nan, 1], [1, np.nan, np.nan], [np.nan, 1, np.nan]], dtype=float))
    order, values = greedy_curve(minutes, [3, 2, 4], radius=1, terms=Terms())
    assert order == (0, 1)
    assert values.tolist() == [0, 5, 9]


def test_people_greedy_cannot_reach_are_said():
    apart = sparse(np.array([[1.0, np.nan], [np.nan, 1.0]]))
    with pytest.raises(NoPlanError, match="1 cells without a site"):
        greedy_median(apart, [1, 1], terms=Terms(new=1))
    with pytest.raises(MethodError, match="exclude plans"):
        greedy_cover(apart, [1, 1], radius=1, terms=Terms(new=1, excluded=((0,),)))
    with pytest.raises(MethodError, match="no capacity"):
        greedy_median(apart, [1, 1], terms=Terms(new=1, capacity=[1, 1]))
