"""Places of an edition and how they add up, from its own outlines: what any reader of the map can work out.

A leaf that touches the first level is in the study area and belongs to the area with which it overlaps most, so
cells and areas are sets of leaves, and every sum between them is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geointel.audit.lattice import NO_BLOCK, Sums
from geointel.grid.cells import format_cell, parents
from geointel.grid.cover import shares, touching_cells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Owner = NDArray[np.int64]

NOWHERE = -1


@dataclass(frozen=True)
class Ground:
    """Study leaves, sorted, and the area of each level to which each belongs.

    ``codes`` are the areas of a level, sorted; ``owner`` the position of each leaf's area among them, −1 for none.
    """

    leaves: NDArray[np.int64]
    publish: tuple[int, ...]
    codes: Mapping[str, tuple[str, ...]]
    owner: Mapping[str, Owner]

    def cells(self, resolution: int) -> NDArray[np.int64]:
        """Study cells of a resolution, sorted."""
        return np.unique(parents(self.leaves, resolution))


@dataclass(frozen=True)
class Places:
    """Entries of the axis of places: published cells, areas, and parts of a finest cell that areas cut.

    ``keys`` says what an entry is: ``(resolution, cell)``, ``(level, code)`` or ``("part", number)``; a part is never published.
    """

    keys: tuple[tuple[Any, Any], ...]
    names: tuple[str, ...]
    sums: Sums
    block: NDArray[np.int64]


def read_ground(areas: pa.Table, *, leaf: int, publish: Sequence[int], levels: Sequence[str]) -> Ground:
    """The ground of an edition's outlines (``level, code, geometry`` as WKB); the first level is the study area."""
    outlines = {level: _outlines(areas, level) for level in levels}
    first = outlines[levels[0]]
    touched = {code: touching_cells(shape, leaf) for code, shape in first.items()}
    leaves = np.unique(np.concatenate(list(touched.values())))
    owner: dict[str, Owner] = {}
    for level in levels:
        groups = _groups(first, outlines[level]) if level != levels[0] else None
        owner[level] = (
            _owners(outlines[level], leaves, leaf) if groups is None else _regrouped(groups, owner[levels[0]])
        )
    return Ground(leaves, tuple(sorted(publish)), {level: tuple(outlines[level]) for level in levels}, owner)


def places_of(ground: Ground, *, levels: Sequence[str]) -> Places:
    """The axis of places over cells and the areas of some levels."""
    keys: list[tuple[Any, Any]] = []
    blocks: list[int] = []
    members: list[NDArray[np.int64]] = []
    whole = np.arange(len(ground.leaves))
    coarsest = np.unique(parents(ground.leaves, ground.publish[0]), return_inverse=True)[1]

    def add(key: tuple[Any, Any], owner: NDArray[np.int64]) -> None:
        for number, group in enumerate(_split(owner)):
            if len(group):
                keys.append((key[0], key[1][number]))
                members.append(whole[group])
                inside = np.unique(coarsest[group])
                blocks.append(int(inside[0]) if len(inside) == 1 else NO_BLOCK)

    for resolution in ground.publish:
        cells, position = np.unique(parents(ground.leaves, resolution), return_inverse=True)
        add((resolution, cells.tolist()), position)
    for level in levels:
        add((level, ground.codes[level]), ground.owner[level])
    add(("part", range(len(whole))), _parts(ground, levels))
    names = tuple(format_cell(key[1]) if isinstance(key[0], int) else f"{key[0]}:{key[1]}" for key in keys)
    return Places(tuple(keys), names, _sums(keys, members), np.array(blocks, dtype=np.int64))


def _outlines(areas: pa.Table, level: str) -> dict[str, Any]:
    rows = areas.filter(pc.equal(areas["level"].cast(pa.string()), level))
    shapes = shapely.from_wkb(rows["geometry"].to_pylist())
    found = zip(rows["code"].cast(pa.string()).to_pylist(), shapes, strict=True)
    return dict(sorted(found, key=lambda pair: str(pair[0])))


def _owners(outlines: Mapping[str, Any], leaves: NDArray[np.int64], leaf: int) -> Owner:
    """The area with the largest overlap, tie to the lowest code."""
    best = np.zeros(len(leaves))
    owner = np.full(len(leaves), NOWHERE, dtype=np.int64)
    for number, shape in enumerate(outlines.values()):
        cells = np.intersect1d(touching_cells(shape, leaf), leaves, assume_unique=True)
        share, where = shares(shape, cells), np.searchsorted(leaves, cells)
        better = (share > best[where]) | (owner[where] == NOWHERE)
        owner[where[better]], best[where[better]] = number, share[better]
    return owner


def _groups(first: Mapping[str, Any], other: Mapping[str, Any]) -> Owner | None:
    """Position of the other level's area for each first-level area, where the other level is groups of whole areas."""
    points = [shape.representative_point() for shape in first.values()]
    found = np.full(len(first), NOWHERE, dtype=np.int64)
    for number, shape in enumerate(other.values()):
        found[shapely.contains(shape, points)] = number
    shapes = np.array(list(first.values()), dtype=object)
    for number, shape in enumerate(other.values()):
        joined = shapely.area(shapes[found == number]).sum()
        if not np.isclose(joined, shapely.area(shape), rtol=1e-4):
            return None
    return found


def _regrouped(groups: Owner, first: Owner) -> Owner:
    return np.where(first == NOWHERE, NOWHERE, groups[first])


def _split(owner: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Positions of each owner, by its number; those of nobody are left out."""
    order = np.argsort(owner, kind="stable")
    ends = np.searchsorted(owner[order], np.arange(owner.max(initial=NOWHERE) + 2))
    return [order[ends[number] : ends[number + 1]] for number in range(len(ends) - 1)]


def _parts(ground: Ground, levels: Sequence[str]) -> NDArray[np.int64]:
    """Number of the part to which each leaf belongs, −1 where its finest cell lies in the same areas as a whole."""
    finest = np.unique(parents(ground.leaves, ground.publish[-1]), return_inverse=True)[1]
    columns = [finest, *(ground.owner[level] for level in levels)]
    kinds, part = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    cut = np.bincount(kinds[:, 0])[kinds[:, 0]] > 1
    number = np.where(cut, np.cumsum(cut) - 1, NOWHERE)
    return np.asarray(number[part.ravel()], dtype=np.int64)


def _sums(keys: Sequence[tuple[Any, Any]], members: Sequence[NDArray[np.int64]]) -> Sums:
    """Every place as the sum of the coarsest published places inside it that fill it, and of those of the next kind."""
    kinds = list(dict.fromkeys(key[0] for key in keys))
    cells = [kind for kind in kinds if isinstance(kind, int)]
    filler = {
        kind: {int(leaf): e for e, key in enumerate(keys) if key[0] == kind for leaf in members[e]} for kind in kinds
    }
    pairs: set[tuple[int, tuple[int, ...]]] = set()
    finer: list[list[Any]]
    for entry, key in enumerate(keys):
        inside = set(members[entry].tolist())
        if isinstance(key[0], int):
            finer = [[kind] for kind in cells[cells.index(key[0]) + 1 :][:1]] or [["part"]]
        elif key[0] == "part":
            continue
        else:
            others = [kind for kind in kinds if not isinstance(kind, int) and kind not in {key[0], "part"}]
            finer = [[*cells, "part"], [cells[-1], "part"], *([kind] for kind in others)]
        for order in finer:
            parts = _filled(inside, [filler.get(kind, {}) for kind in order], members)
            if parts and parts != (entry,) and (isinstance(key[0], int) or len(parts) > 1):
                pairs.add((entry, parts))
    return Sums.of([(whole, list(parts)) for whole, parts in sorted(pairs)], size=len(keys))


def _filled(
    inside: set[int], fillers: Sequence[Mapping[int, int]], members: Sequence[NDArray[np.int64]]
) -> tuple[int, ...] | None:
    """Places that fill a set of leaves exactly, larger kinds first; None where there are none."""
    left, found = set(inside), set()
    for filler in fillers:
        for entry in {filler[leaf] for leaf in left if leaf in filler}:
            leaves = members[entry].tolist()
            if left.issuperset(leaves):
                found.add(entry)
                left.difference_update(leaves)
    return None if left else tuple(sorted(found))
