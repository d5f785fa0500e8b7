"""Raw facts written by hand: records with keys, counted for the gate by brute force."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa

from geointel.disclosure.geography import Geography
from geointel.model import (
    ALL,
    AREA_FACTS,
    CONCENTRATION,
    FACTS,
    INCIDENTS,
    KEY,
    UNMAPPED,
    HexFacts,
    Window,
    parse_month,
    windows_over,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

SOURCE = "ambulance"
RESOLUTIONS = (6, 7, 8)
TOP = h3.latlng_to_cell(53.82, -3.05, 6)
MONTHS = tuple(range(parse_month("2024-04"), parse_month("2025-07")))
"""A whole financial year, and three months of the next."""
WINDOWS = windows_over(MONTHS, rolling=False)


def cells_at(resolution: int, tops: Sequence[int] = (TOP,)) -> list[int]:
    return sorted(cell for top in tops for cell in h3.cell_to_children(top, resolution))


def leaf(cell: int) -> int:
    """One leaf in a cell."""
    return int(h3.cell_to_center_child(cell, 9))


@dataclass(frozen=True)
class Record:
    leaf: int
    month: str
    category: str = "overdose"
    person: int | None = None
    number: int = 0

    @property
    def key(self) -> int:
        text = f"{self.leaf} {self.month} {self.category} {self.number}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def records(
    cell: int, months: Iterable[str], each: int = 1, *, person: int | None = None, start: int = 0
) -> list[Record]:
    """``each`` records in every one of some months; one person's, or of as many persons."""
    made = []
    for month in months:
        for n in range(each):
            number = start + len(made)
            made.append(Record(leaf(cell), month, person=number if person is None else person, number=number))
            assert n < each
    return made


def geography(areas: Callable[[int], str] | None = None, tops: Sequence[int] = (TOP,)) -> Geography:
    """The children of some cells; areas by leaf, all in one group."""
    of = areas or (lambda _: "E1")
    leaves = cells_at(9, tops)
    codes = tuple(sorted({of(cell) for cell in leaves}))
    return Geography(
        cells={r: np.array(cells_at(r, tops), dtype=np.int64) for r in RESOLUTIONS},
        areas={"lad": codes, "cdp": ("all",)},
        coarse=("lad", "cdp"),
        groups={"cdp": {"all": codes}},
        leaves=np.array(leaves, dtype=np.int64),
        area_of_leaf={
            "lad": np.array([codes.index(of(cell)) for cell in leaves], dtype=np.int32),
            "cdp": np.zeros(len(leaves), dtype=np.int32),
        },
        digest="one",
    )


def counted(
    given: Sequence[Record], areas: Callable[[int], str] | None = None, *, source: str = SOURCE, keyed: bool = True
) -> HexFacts:
    """Count records for every place, window and category, with the sums of their keys."""
    of = areas or (lambda _: "E1")
    sums: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    for record in given:
        places: list[tuple[Any, ...]] = [("cell", r, h3.cell_to_parent(record.leaf, r)) for r in RESOLUTIONS]
        places += [("area", "lad", of(record.leaf)), ("area", "cdp", "all")]
        for window in windows_of(record.month):
            for place in places:
                for category in (record.category, ALL):
                    sums[*place, window.id, category].append(record)
    rows = {"cell": [], "area": []}
    few = []
    for (what, one, other, window, category), found in sums.items():
        place = {"resolution": one, "cell": other} if what == "cell" else {"level": one, "code": other}
        row = {**place, "window": window, "source": source, "category": category, "value": float(len(found))}
        key = sum(record.key for record in found) % 2**64
        rows[what].append({**row, "measure": INCIDENTS, "status": "shown", "key": key if keyed else None})
        persons = [record.person for record in found]
        largest = max(persons.count(person) for person in persons)
        few.append({**row, "of": "person", "contributors": len(set(persons)), "largest": float(largest)})
    told = [
        row for row in few if row["value"] > 1 and (row["contributors"] < 10 or row["largest"] > 0.5 * row["value"])
    ]
    return HexFacts(
        cells=pa.Table.from_pylist(rows["cell"], FACTS.append(KEY)),
        areas=pa.Table.from_pylist(rows["area"], AREA_FACTS.append(KEY)),
        unmapped=UNMAPPED.append(KEY).empty_table(),
        concentration=pa.Table.from_pylist(told if keyed else [], CONCENTRATION),
    )


def windows_of(month: str) -> list[Window]:
    return [window for window in WINDOWS if parse_month(month) in window.months]


def both(*facts: HexFacts) -> HexFacts:
    """Facts of several sources."""
    return HexFacts(
        **{
            name: pa.concat_tables(
                [getattr(each, name) for each in facts], promote_options="default"
            ).unify_dictionaries()
            for name in ("cells", "areas", "unmapped", "concentration")
        }
    )
