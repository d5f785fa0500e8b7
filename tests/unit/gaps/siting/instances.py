"""Small siting instances, and the best plan of each by trying every set of sites."""

import itertools

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from geointel.gaps.siting import Terms


@st.composite
def instances(draw):
    """Minutes (n, k) with few distinct times, some 0 and some out of reach (NaN); people; terms without capacity."""
    n, k = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    time = st.one_of(st.just(np.nan), st.integers(0, 6).map(float))
    minutes = np.array(draw(st.lists(time, min_size=n * k, max_size=n * k))).reshape(n, k)
    people = np.array(draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)), dtype=float)
    locked = tuple(sorted(draw(st.sets(st.integers(0, k - 1), max_size=2))))
    new = draw(st.one_of(st.none(), st.integers(0, 3)))
    costs = budget = None
    if draw(st.booleans()):
        costs = np.array(draw(st.lists(st.integers(0, 5), min_size=k, max_size=k)), dtype=float)
        budget = costs[list(locked)].sum() + draw(st.integers(0, 9))
    return minutes, people, Terms(new=new, locked=locked, costs=costs, budget=budget)


def sparse(minutes):
    """Stored pairs are those that are not NaN; a 0 is stored."""
    row, column = np.nonzero(~np.isnan(minutes))
    indptr = np.searchsorted(row, np.arange(len(minutes) + 1))
    return csr_array((minutes[row, column], column, indptr), shape=minutes.shape)


def choices(terms, k):
    """Every set of sites that the terms allow."""
    for size in range(k + 1):
        for sites in itertools.combinations(range(k), size):
            fresh = set(sites) - set(terms.locked)
            if not set(terms.locked) <= set(sites) or (terms.new is not None and len(fresh) > terms.new):
                continue
            if terms.budget is not None and np.asarray(terms.costs)[list(sites)].sum() > terms.budget:
                continue
            if any(set(excluded) - set(terms.locked) <= fresh for excluded in terms.excluded):
                continue
            yield list(sites)


def in_range(minutes, sites, radius):
    return (minutes[:, sites] <= radius).any(axis=1)


def journey(minutes, sites):
    """Minutes to the nearest of the sites; infinite where none is in reach."""
    return np.where(np.isnan(minutes[:, sites]), np.inf, minutes[:, sites]).min(axis=1, initial=np.inf)


def best(values, *, most):
    """Best of the values that are finite, or None."""
    found = [value for value in values if np.isfinite(value)]
    return (max(found) if most else min(found)) if found else None


def shared(minutes, people, *, sites, capacity, costs, everybody, disadvantaged=None):
    """Least costs (per person and pair; NaN pairs closed) of sharing people among sites; inf if it cannot be."""
    n, k = minutes.shape
    pairs = [(i, j) for i in range(n) for j in sites if not np.isnan(minutes[i, j])]
    if not pairs:
        return 0.0 if not everybody or not people.any() else np.inf
    by_cell = np.array([[float(i == cell) for i, _ in pairs] for cell in range(n)])
    by_site = np.array([[float(j == site) for _, j in pairs] for site in range(k)])
    upper, limits = [by_site], [np.asarray(capacity, dtype=float)]
    if disadvantaged is not None:
        share = {i: disadvantaged[i] / people[i] if people[i] else 0.0 for i in range(n)}
        lean = np.array([[people.sum() / disadvantaged.sum() * share[i] - 1.0 for i, _ in pairs]])
        upper, limits = [*upper, -lean], [*limits, [1e-9]]
    kind = {"A_eq": by_cell, "b_eq": people} if everybody else {}
    if not everybody:
        upper, limits = [*upper, by_cell], [*limits, people]
    found = linprog([costs[i, j] for i, j in pairs], np.vstack(upper), np.concatenate(limits), **kind)
    return found.fun if found.status == 0 else np.inf
