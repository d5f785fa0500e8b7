"""Counts of one source and financial year as one array, for methods that work on all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.disclosure.cell_key import without_key
from geointel.disclosure.partition import COARSENED, SUPPRESSED
from geointel.disclosure.totals import main_measure
from geointel.errors import DisclosureError
from geointel.grid import parents
from geointel.model import ALL, HIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.disclosure.geography import Geography

Kind = int | str
"""The resolution of cells, or the level of areas."""


@dataclass(frozen=True)
class Places:
    """Cells and areas in one order: those of each kind after the other, sorted or as their codes.

    ``of_leaf`` says for each kind at which place of it every leaf lies, -1 for none.
    """

    names: Mapping[Kind, NDArray[np.int64] | tuple[str, ...]]
    start: Mapping[Kind, int]
    of_leaf: Mapping[Kind, NDArray[np.int64]]

    @property
    def size(self) -> int:
        """How many there are."""
        return sum(len(names) for names in self.names.values())

    def of(self, kind: Kind) -> NDArray[np.int64]:
        """Positions of the places of a kind."""
        return self.start[kind] + np.arange(len(self.names[kind]))

    def position(self, rows: pa.Table) -> NDArray[np.int64]:
        """Where the place of each row of cells, or of areas, stands; -1 for a place that is not one of them."""
        area = "code" in rows.column_names
        kinds = rows["level" if area else "resolution"].to_pylist()
        names = rows["code" if area else "cell"].to_pylist()
        known = {
            (kind, name): self.start[kind] + at
            for kind, members in self.names.items()
            if isinstance(kind, str) == area
            for at, name in enumerate(members.tolist() if isinstance(members, np.ndarray) else members)
        }
        return np.array([known.get(pair, -1) for pair in zip(kinds, names, strict=True)], dtype=np.int64)


def places_of(geography: Geography) -> Places:
    """Cells, the coarsest first, and areas."""
    resolutions = sorted(geography.cells)
    names: dict[Kind, NDArray[np.int64] | tuple[str, ...]] = {r: geography.cells[r] for r in resolutions}
    of_leaf: dict[Kind, NDArray[np.int64]] = {
        r: np.searchsorted(geography.cells[r], parents(geography.leaves, r)) for r in resolutions
    }
    for level, codes in geography.areas.items():
        names[level] = codes
        of_leaf[level] = geography.area_of_leaf[level].astype(np.int64)
    sizes = np.cumsum([0, *[len(members) for members in names.values()]]).tolist()
    return Places(names, dict(zip(names, sizes, strict=False)), of_leaf)


def categories_of(rows: pa.Table, known: Sequence[str]) -> tuple[str, ...]:
    """The categories of a source in one order, ``all`` first where its rows are added up.

    Raises ``DisclosureError`` for a row of another category: whether one is listed must not depend on the records.
    """
    found = set(rows["category"].cast(pa.string()).unique().to_pylist())
    stray = sorted(found - {*known, ALL})
    if not found:
        return (ALL, *sorted(known))
    if stray:
        message = (
            f"The source {rows['source'][0].as_py()!r} has counts of {stray[0]!r}, which is none of its categories."
        )
        raise DisclosureError(message, remedy='Give it the method "cell-key", or keep it out of the edition.')
    return (*([ALL] if ALL in found else []), *sorted(known))


def counts_of(tables: Sequence[pa.Table], places: Places, categories: Sequence[str]) -> NDArray[np.int64]:
    """Counts of each place and category, shape ``(places, categories)``. Raises ``DisclosureError`` for one that is not whole."""
    found = np.zeros((places.size, len(categories)))
    order = {category: at for at, category in enumerate(categories)}
    for rows in tables:
        at = places.position(rows)
        column = np.array([order[name] for name in rows["category"].to_pylist()], dtype=np.int64)
        found[at[at >= 0], column[at >= 0]] = rows["value"].to_numpy()[at >= 0]
    if (found != np.rint(found)).any():
        message = (
            "Counts of a source are not whole: its records are weighed, and a year of them cannot be made to add up."
        )
        raise DisclosureError(message, remedy='Give the source the method "cell-key" or "rounding".')
    return found.astype(np.int64)


def in_year(rows: pa.Table, window: str) -> pa.Table:
    """Rows of one window, of the measure that counts records, without their keys."""
    rows = main_measure(rows)
    return without_key(rows.filter(pc.equal(rows["window"].cast(pa.string()), window)))


def unseen(geography: Geography, shown: Geography, *, source: str, year: str) -> pa.Table:
    """Rows of ``HIDDEN`` of what is not shown in a year, whatever it holds: all that ``shown`` has less than ``geography``."""
    rows: list[dict[str, object]] = [
        {"resolution": r, "cell": cell, "status": COARSENED}
        for r, cells in geography.cells.items()
        if r not in shown.cells
        for cell in cells.tolist()
    ]
    rows += [
        {"level": level, "code": code, "status": SUPPRESSED}
        for level, codes in geography.areas.items()
        if level not in shown.areas
        for code in codes
    ]
    return pa.Table.from_pylist([{"source": source, "year": year, **row} for row in rows], HIDDEN)
