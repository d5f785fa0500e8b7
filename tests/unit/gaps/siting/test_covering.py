"""Covering models against trying every set of sites."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geointel.errors import MethodError
from geointel.gaps.siting import NoPlanError, Plan, Terms, backup_cover, cover_all, cover_most, greedy_cover

from .instances import best, choices, in_range, instances, shared, sparse

few = settings(max_examples=120, deadline=None)
RADIUS = 3.0


@few
@given(instances())
def test_most_people_are_covered(instance):
    minutes, people, terms = instance
    expected = best(
        (people[in_range(minutes, sites, RADIUS)].sum() for sites in choices(terms, minutes.shape[1])), most=True
    )
    plan = cover_most(sparse(minutes), people, radius=RADIUS, terms=terms)
    assert plan.objective == pytest.approx(expected)
    assert list(plan.sites) in list(choices(terms, minutes.shape[1]))
    assert (plan.status, plan.gap) == ("proven", 0.0)


@few
@given(instances(), st.data())
def test_the_disadvantaged_are_covered_as_well_as_all(instance, data):
    """Also where a plan could look equal by not counting people it does cover."""
    minutes, people, terms = instance
    some = np.array([data.draw(st.integers(0, int(count))) for count in people], dtype=float)
    if not some.sum():
        return
    values = []
    for sites in choices(terms, minutes.shape[1]):
        covered = in_range(minutes, sites, RADIUS)
        if some[covered].sum() / some.sum() >= people[covered].sum() / people.sum() - 1e-9:
            values.append(people[covered].sum())
    if not values:
        with pytest.raises(NoPlanError):
            cover_most(sparse(minutes), people, radius=RADIUS, terms=terms, disadvantaged=some)
        return
    assert cover_most(
        sparse(minutes), people, radius=RADIUS, terms=terms, disadvantaged=some
    ).objective == pytest.approx(max(values))


@few
@given(instances(), st.data())
def test_most_people_are_served_within_capacity(instance, data):
    minutes, people, terms = instance
    capacity = np.array([data.draw(st.integers(0, 12)) for _ in range(minutes.shape[1])], dtype=float)
    near = np.where(minutes <= RADIUS, minutes, np.nan)
    gain = -np.ones(minutes.shape)
    expected = max(
        -shared(near, people, sites=sites, capacity=capacity, costs=gain, everybody=False)
        for sites in choices(terms, minutes.shape[1])
    )
    limited = Terms(new=terms.new, locked=terms.locked, costs=terms.costs, budget=terms.budget, capacity=capacity)
    plan = cover_most(sparse(minutes), people, radius=RADIUS, terms=limited)
    assert plan.objective == pytest.approx(expected, abs=1e-6)
    quick = greedy_cover(sparse(minutes), people, radius=RADIUS, terms=limited)
    assert quick.objective <= expected + 1e-6 <= quick.bound + 2e-6


def test_capacity_and_equity_together_share_places_out():
    """Ten places, twenty people, half of them disadvantaged and in the smaller cell."""
    minutes, people = sparse(np.array([[1.0], [1.0]])), [15.0, 5.0]
    terms = Terms(new=1, capacity=[10.0])
    assert cover_most(minutes, people, radius=2, terms=terms, disadvantaged=[0, 5]).objective == pytest.approx(10.0)
    nobody = cover_most(sparse(np.array([[1.0], [np.nan]])), people, radius=2, terms=terms, disadvantaged=[0, 5])
    assert nobody.objective == pytest.approx(0.0)


@few
@given(instances())
def test_fewest_or_cheapest_sites_reach_everybody(instance):
    minutes, people, terms = instance
    k = minutes.shape[1]
    needed = (people > 0) & in_range(minutes, range(k), RADIUS)
    lost = np.flatnonzero((people > 0) & ~needed)
    costs = np.ones(k) if terms.costs is None else terms.costs
    expected = best(
        (costs[sites].sum() for sites in choices(terms, k) if in_range(minutes, sites, RADIUS)[needed].all()),
        most=False,
    )
    if len(lost):
        with pytest.raises(MethodError, match=f"No candidate reaches {len(lost)} of"):
            cover_all(sparse(minutes), people, radius=RADIUS, terms=terms)
    terms = Terms(**(vars(terms) | {"exclude_unreachable": True}))
    if expected is None:
        with pytest.raises(NoPlanError):
            cover_all(sparse(minutes), people, radius=RADIUS, terms=terms)
        return
    plan = cover_all(sparse(minutes), people, radius=RADIUS, terms=terms)
    assert plan.objective == pytest.approx(expected)
    assert plan.left_out == tuple(lost)


@few
@given(instances(), st.data())
def test_fewest_sites_serve_everybody_within_capacity(instance, data):
    minutes, people, terms = instance
    k = minutes.shape[1]
    capacity = np.array([data.draw(st.integers(0, 25)) for _ in range(k)], dtype=float)
    near = np.where(minutes <= RADIUS, minutes, np.nan)
    people = np.where(in_range(minutes, range(k), RADIUS), people, 0.0)
    costs = np.ones(k) if terms.costs is None else terms.costs
    free = np.zeros(minutes.shape)
    expected = best(
        (
            costs[sites].sum() + shared(near, people, sites=sites, capacity=capacity, costs=free, everybody=True)
            for sites in choices(terms, k)
        ),
        most=False,
    )
    limited = Terms(new=terms.new, locked=terms.locked, costs=terms.costs, budget=terms.budget, capacity=capacity)
    if expected is None:
        with pytest.raises(NoPlanError):
            cover_all(sparse(minutes), people, radius=RADIUS, terms=limited)
        return
    assert cover_all(sparse(minutes), people, radius=RADIUS, terms=limited).objective == pytest.approx(expected)


@few
@given(instances())
def test_backup_is_the_most_among_plans_of_fewest_sites(instance):
    minutes, people, terms = instance
    k = minutes.shape[1]
    people = np.where(in_range(minutes, range(k), RADIUS), people, 0.0)
    terms = Terms(locked=terms.locked, new=terms.new)
    full = [sites for sites in choices(terms, k) if in_range(minutes, sites, RADIUS)[people > 0].all()]
    if not full:
        return
    fewest = min(len(sites) for sites in full)
    twice = [people[(minutes[:, sites] <= RADIUS).sum(axis=1) >= 2].sum() for sites in full if len(sites) == fewest]
    assert backup_cover(sparse(minutes), people, radius=RADIUS, terms=terms).objective == pytest.approx(max(twice))


def test_a_site_at_exactly_the_radius_covers_and_a_stored_zero_is_a_time():
    minutes = sparse(np.array([[3.0, np.nan], [np.nan, 0.0]]))
    assert cover_most(minutes, [5, 7], radius=3, terms=Terms(new=2)).objective == 12
    assert cover_most(minutes, [5, 7], radius=2.999, terms=Terms(new=2)).objective == 7
    assert cover_most(minutes, [5, 7], radius=0, terms=Terms(new=2)).objective == 7


def test_a_plan_cut_short_says_so_and_keeps_an_honest_bound():
    """Without time the start comes back, with the tighter of both bounds."""
    random = np.random.default_rng(5)
    minutes = sparse(random.uniform(0, 30, (150, 30)))
    people, terms = random.integers(1, 50, 150), Terms(new=4)
    start = greedy_cover(minutes, people, radius=4, terms=terms)
    best_plan = cover_most(minutes, people, radius=4, terms=terms)
    plan = cover_most(minutes, people, radius=4, terms=terms, start=start, seconds=0.0)
    assert plan.status == "time-limit"
    assert start.objective <= plan.objective <= best_plan.objective <= plan.bound <= start.bound
    assert plan.gap == pytest.approx((plan.bound - plan.objective) / plan.bound)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"minutes": [[-1.0, 2.0]]}, "-1.0 minutes"),
        ({"people": [np.nan]}, "people of a cell at index 0"),
        ({"people": [1, 2]}, "shape"),
        ({"radius": np.nan}, "radius"),
        ({"terms": Terms(new=-1)}, "-1 new sites"),
        ({"terms": Terms(locked=(2,))}, "not among the 2 candidates"),
        ({"terms": Terms(budget=3)}, "budget"),
        ({"terms": Terms(budget=1, costs=[2, 1], locked=(0,))}, "locked sites cost 2"),
        ({"terms": Terms(capacity=[-1, 2])}, "capacity of a site at index 0"),
        ({"disadvantaged": [9.0]}, "among the people"),
        ({"disadvantaged": [0.0]}, "must be some"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change, said):
    asked = {"minutes": [[1.0, 2.0]], "people": [4.0], "radius": 3.0, "terms": Terms(new=1)} | change
    with pytest.raises(MethodError, match=said):
        cover_most(sparse(np.array(asked.pop("minutes"))), asked.pop("people"), **asked)


def test_nobody_and_nowhere_are_a_plan_of_nothing():
    nowhere = sparse(np.full((3, 2), np.nan))
    plan = cover_most(nowhere, [1, 2, 3], radius=5, terms=Terms(new=1))
    assert (plan.objective, plan.bound, plan.gap) == (0.0, 0.0, 0.0)
    assert cover_all(nowhere, [0, 0, 0], radius=5, terms=Terms()) == Plan((), 0.0, 0.0, "proven")
