"""Siting against spopt with HiGHS and the OR-Library: objectives only, because several plans can be optimal."""

import json
import re

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from geointel.gaps.siting import Terms, backup_cover, center, cover_all, cover_most, median

from .cases import columns, each, numbers


def complete(costs):
    n, k = costs.shape
    return csr_array((costs.ravel(), np.tile(np.arange(k), n), np.arange(0, n * k + 1, k)), shape=(n, k))


def solved(kind, minutes, people, *, terms, radius):
    if kind == "MCLP":
        return cover_most(minutes, people, radius=radius, terms=terms)
    if kind == "PMEDIAN":
        return median(minutes, people, terms=terms)
    if kind == "PCENTER":
        return center(minutes, terms=terms)
    if kind == "LSCP":
        return cover_all(minutes, None if terms.capacity is None else people, radius=radius, terms=terms)
    if kind == "LSCPB":
        return backup_cover(minutes, radius=radius, terms=terms)
    return pytest.skip(f"no model is called {kind}")


@each("facility", "cost_matrix.csv")
def test_golden_objectives(case):
    table = columns(case / "cost_matrix.csv")
    costs = np.column_stack([numbers(values) for name, values in table.items() if name])
    people = numbers(columns(case / "weights.csv")["weight"])
    minutes, k = complete(costs), costs.shape[1]
    for name, expected in json.loads((case / "expected.json").read_text(encoding="utf-8"))["results"].items():
        kind, size = name.split("_")[0], re.search(r"_p(\d+)", name)
        locked = (0, 1) if name.endswith("predefined01") else ()
        # spopt sends the whole of a cell to one facility in its p-median, but shares it in its LSCP.
        capacity = np.full(k, expected["capacity_each"]) if "capacity_each" in expected else None
        new = int(size.group(1)) - len(locked) if size else None
        terms = Terms(new=new, locked=locked, capacity=capacity, whole_cells=kind == "PMEDIAN" and capacity is not None)
        radius = float(re.search(r"_R([\d.]+)", name).group(1)) if "_R" in name else None
        radius = expected.get("radius", radius)
        objective = expected.get("objective")
        if objective is None:
            # spopt leaves the variable of a client free that only one candidate reaches, and counts it as backed up.
            objective = expected["objective_clients_with_backup"] - ((costs <= radius).sum(axis=1) == 1).sum()
        plan = solved(kind, minutes, people, terms=terms, radius=radius)
        assert plan.status == "proven", name
        assert plan.objective == pytest.approx(objective, rel=1e-6), name
        assert set(locked) <= set(plan.sites), name


@each("facility", "edges.csv")
def test_golden_network(case):
    """Edges repeat in the OR-Library, and the last one holds."""
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    table = columns(case / "edges.csv")
    lengths = np.zeros((expected["n"], expected["n"]))
    for a, b, cost in zip(*table.values(), strict=True):
        lengths[int(a) - 1, int(b) - 1] = lengths[int(b) - 1, int(a) - 1] = float(cost)
    minutes, terms = complete(shortest_path(lengths, directed=False)), Terms(new=expected["p"])
    assert median(minutes, np.ones(expected["n"]), terms=terms).objective == expected["pmedian_objective"]
    assert center(minutes, terms=terms).objective == expected["pcenter_objective_recomputed_here"]
