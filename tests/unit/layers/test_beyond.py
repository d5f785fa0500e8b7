"""What lies beyond the border, in the cube and in layers that look around a cell."""

from __future__ import annotations

from dataclasses import replace

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pytest

from geointel.grid import neighbours, parents
from geointel.hotspots import Beyond, benjamini_hochberg, gi_star, randomisation_tail, signed_bins
from geointel.layers.cube import Cube, make_cube, with_beyond
from geointel.layers.hotspot import LAYER
from geointel.layers.lattice import MapCounts
from geointel.model import FACTS, SUPPORT, ReleasedFacts

from .conftest import AREAS, LEAVES, RESOLUTIONS, WINDOWS, drawn, request

YEAR = WINDOWS[-1]
Split = tuple[Cube, dict[int, tuple[np.ndarray, np.ndarray]]]


def cut(
    facts: ReleasedFacts, *, source: str = "police"
) -> tuple[ReleasedFacts, dict[int, np.ndarray], dict[int, np.ndarray]]:
    """The small map with a corner taken out, and given back as what lies beyond; cells of both by resolution."""
    away = parents(LEAVES, 7)
    own = ~np.isin(away, np.unique(away)[:9])
    inside = {r: np.unique(parents(LEAVES[own], r)) for r in RESOLUTIONS}
    outside = {r: np.unique(parents(LEAVES[~own], r)) for r in RESOLUTIONS}
    every = np.concatenate(list(outside.values()))
    there = np.isin(facts.cells["cell"].to_numpy(), every)
    beyond = facts.cells.filter(pa.array(there)).to_pylist()
    return (
        replace(
            facts,
            cells=facts.cells.filter(pa.array(~there)),
            beyond=pa.Table.from_pylist([{**row, "source": source} for row in beyond], FACTS),
        ),
        inside,
        outside,
    )


def made(facts: ReleasedFacts, *, source: str = "police", snapped: bool = True) -> Split:
    """Cube of the cut map, and the supported cells inside and beyond of each resolution."""
    given, inside, outside = cut(facts, source=source)
    cube = make_cube(given, inside, area_codes={"lad": AREAS}, snapped=snapped, sources=("police",))
    cube = with_beyond(cube, given, outside, km=20, sources=("police",))
    seen = {r: np.unique(parents(LEAVES, r))[drawn().seen(r)] for r in RESOLUTIONS}
    return cube, {r: (np.intersect1d(inside[r], seen[r]), np.intersect1d(outside[r], seen[r])) for r in RESOLUTIONS}


@pytest.fixture(scope="module")
def split(facts: ReleasedFacts) -> Split:
    return made(facts)


@pytest.mark.parametrize("rings", [1, 2])
def test_neighbours_beyond_are_those_with_a_record(split: Split, rings: int) -> None:
    cube, cells = split
    for lattice in cube.lattices:
        own, other = cells[lattice.resolution]
        assert lattice.beyond.tolist() == other.tolist()
        across = (lattice.ring_beyond if rings == 1 else lattice.rings_beyond).toarray()
        assert across.shape == (len(own), len(other))
        for place, cell in enumerate(own.tolist()):
            found = set(other[across[place] > 0].tolist())
            assert found == set(h3.grid_disk(cell, rings)) & set(other.tolist())
        assert across.any()
        assert (lattice.ring != neighbours(own, 1)).nnz == 0


def test_counts_beyond_are_the_released_ones(split: Split) -> None:
    cube, cells = split
    for lattice in cube.lattices:
        known = dict(
            zip(
                np.unique(parents(LEAVES, lattice.resolution)).tolist(),
                drawn().total(lattice.resolution, YEAR, "drugs").tolist(),
                strict=True,
            )
        )
        own, other = cells[lattice.resolution]
        counts = cube.map_counts(lattice, YEAR.id, "drugs")
        assert counts.inside.tolist() == [known[cell] for cell in own.tolist()]
        assert counts.beyond.tolist() == [known[cell] for cell in other.tolist()]
        every = {*own.tolist(), *other.tolist()}
        expected = [sum(known[c] for c in h3.grid_disk(cell, 1) if c in every) for cell in own.tolist()]
        assert lattice.around(counts).tolist() == expected
    assert cube.edge_km == 20


def test_another_source_s_records_do_not_make_land_a_neighbour(facts: ReleasedFacts) -> None:
    """The map beyond is empty when only another force's records lie there: it is not zero."""
    _, _, outside = cut(facts)
    every = set(np.concatenate(list(outside.values())).tolist())
    rows = facts.support.to_pylist()
    moved = [{**row, "source": "other" if row["cell"] in every else "police"} for row in rows]
    cube, _ = made(replace(facts, support=pa.Table.from_pylist(moved, SUPPORT)), source="other")
    for lattice in cube.lattices:
        assert lattice.beyond.tolist() == []
        assert lattice.ring_beyond.shape == (lattice.supported.sum(), 0)
        assert cube.map_counts(lattice, YEAR.id, "drugs").beyond.tolist() == []


def test_hotspots_and_their_stability_look_beyond(split: Split) -> None:
    """By hand: Gi* of one and two rings at both resolutions, with the map's own mean, variance and distribution."""
    cube, cells = split
    layer = LAYER.compute(cube, request("hotspot", "drugs", windows=("year",))).cells.to_pylist()
    found = {row["cell"]: row for row in layer if row["window"] == YEAR.id and row["status"] != "no-support"}
    hot: list[tuple[int, dict[int, bool]]] = []
    for lattice in cube.lattices:
        own, other = cells[lattice.resolution]
        counts = cube.map_counts(lattice, YEAR.id, "drugs")
        for rings in (1, 2):
            across = neighbours(np.union1d(own, other), rings)
            both = np.union1d(own, other)
            here, there = np.isin(both, own), np.isin(both, other)
            outside = Beyond(across[here][:, there], counts.beyond)
            gi = gi_star(counts.inside, neighbours(own, rings), beyond=outside)
            tail = randomisation_tail(counts.inside, total=gi.total, weight=gi.weight, beyond=outside.number)
            q = benjamini_hochberg(np.where(tail.insufficient, np.nan, tail.p))
            is_hot = (signed_bins(gi.z, q) > 0).tolist()
            said = zip(own.tolist(), is_hot, tail.insufficient.tolist(), strict=True)
            hot.append((lattice.resolution, {cell: there for cell, there, silent in said if not silent}))
            if rings == 1:
                mean = counts.inside.mean()
                for place, cell in enumerate(own.tolist()):
                    row = found[cell]
                    assert (row["support"], row["p"]) == (gi.total[place], tail.p[place])
                    assert row["value"] == gi.z[place]
                    assert row["expected"] == pytest.approx(gi.weight[place] * mean)
    for cell, row in found.items():
        each = [known[h3.cell_to_parent(cell, r)] for r, known in hot if r <= h3.get_resolution(cell)
                and h3.cell_to_parent(cell, r) in known]  # fmt: skip
        if h3.get_resolution(cell) == RESOLUTIONS[-1]:
            assert row["stability"] == pytest.approx(sum(each) / len(each))


def test_counts_of_a_map_are_subtracted_on_both_sides() -> None:
    one = MapCounts(np.array([3.0, 2]), np.array([5.0]))
    rest = one - MapCounts(np.array([1.0, 2]), np.array([4.0]))
    assert (rest.inside.tolist(), rest.beyond.tolist()) == ([2, 0], [1])


def test_emerging_hotspots_count_what_lies_beyond_in_every_month(facts: ReleasedFacts) -> None:
    """Support of a cell inside is that of the whole map, and only cells within a ring of the cut have another z than without."""
    from geointel.layers.emerging import LAYER as EMERGING

    cube, cells = made(facts)
    asked = request("emerging", "drugs", windows=("year",))
    whole = EMERGING.compute(make_whole(facts), asked).cells.to_pylist()
    found, alone = (EMERGING.compute(one, asked).cells.to_pylist() for one in (cube, without_beyond(cube)))
    every = {(row["window"], row["cell"]): row["support"] for row in whole if row["resolution"] == 8}
    own = [row for row in found if row["resolution"] == 8 and row["support"] is not None]
    assert own
    assert all(row["support"] == every[row["window"], row["cell"]] for row in own)
    near = set(np.concatenate([h3.grid_disk(int(cell), 1) for cell in cells[8][1]]).tolist())
    moved = {
        a["cell"] for a, b in zip(found, alone, strict=True) if a["resolution"] == 8 and a["last_z"] != b["last_z"]
    }
    assert moved
    assert moved <= near


def make_whole(facts: ReleasedFacts) -> Cube:
    study = {resolution: np.unique(parents(LEAVES, resolution)) for resolution in RESOLUTIONS}
    return make_cube(facts, study, area_codes={"lad": AREAS}, snapped=True, sources=("police",))


def without_beyond(cube: Cube) -> Cube:
    lattices = tuple(replace(lattice, beyond=np.empty(0, dtype=np.int64)) for lattice in cube.lattices)
    return replace(cube, lattices=lattices, beyond={})
