"""Which cells and areas of a financial year are shown of a source, whatever they hold in it.

A family, the children of one cell, is shown whole or not at all: where six of seven are seen, the seventh is their parent less the others.
The decision rests on changed counts, so it says nothing that these do not; where few persons or places make up a count it rests on them too,
and is then taken once and kept for the year (``ledger``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from geointel.disclosure.contributors import concentrated
from geointel.disclosure.policy import year_id
from geointel.disclosure.totals import residents, totals
from geointel.grid import parents
from geointel.model import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.disclosure.geography import Geography
    from geointel.disclosure.noise import Noise
    from geointel.disclosure.policy import Rule

COARSENED, SUPPRESSED = "coarsened", "suppressed"
SHOWN, COARSER, NOWHERE = 0, 1, 2
"""A cell: shown, replaced by one of its parents, or by none."""
WORDS = np.array(["", COARSENED, SUPPRESSED], dtype=object)


@dataclass(frozen=True)
class Grounds:
    """What the partition of one source and year is drawn from.

    ``cells`` and ``areas`` are raw rows of the source, ``months`` those that decide; ``concentration`` are the counts of the year that few persons or
    places make up; ``people`` are rows of public sources, for residents.
    """

    source: str
    year: int
    months: Sequence[int]
    cells: pa.Table
    areas: pa.Table
    concentration: pa.Table
    people: pa.Table


def partition(grounds: Grounds, rule: Rule, noise: Noise, geography: Geography) -> pa.Table:
    """Rows of ``HIDDEN``: what is not shown of a source in a year."""
    cells, words = _hidden_cells(grounds, rule, noise, geography)
    areas = _hidden_areas(grounds, rule, noise, geography)
    by_cell = {
        "resolution": pa.array(np.concatenate([np.full(len(own), r) for r, own in cells.items()]), pa.int8()),
        "cell": pa.array(np.concatenate(list(cells.values())), pa.int64()),
        "status": pa.array(words, pa.string()),
    }
    by_area = {
        "level": pa.array([level for level, _ in areas], pa.string()),
        "code": pa.array([code for _, code in areas], pa.string()),
        "status": pa.array([SUPPRESSED] * len(areas), pa.string()),
    }
    found = pa.concat_tables([pa.table(by_cell), pa.table(by_area)], promote_options="default")
    for name, value in (("source", grounds.source), ("year", year_id(grounds.year))):
        found = found.append_column(name, pa.array([value] * found.num_rows, pa.string()))
    return found.select(HIDDEN.names).cast(HIDDEN)


def _hidden_cells(
    grounds: Grounds, rule: Rule, noise: Noise, geography: Geography
) -> tuple[dict[int, NDArray[np.int64]], list[str]]:
    """Cells of each resolution that are not shown, and the status of each of them in that order."""
    found = totals(grounds.cells, grounds.months, noise, place=("resolution", "cell"))
    at, cell = found.rows["resolution"].to_numpy(), found.rows["cell"].to_numpy()
    state: dict[int, NDArray[np.int8]] = {}
    above: int | None = None
    for resolution in sorted(geography.cells):
        study = geography.cells[resolution]
        count = np.zeros(len(study))
        own = (at == resolution) & np.isin(cell, study)
        count[np.searchsorted(study, cell[own])] = found.shown[own]
        few = np.isin(study, concentrated(grounds.concentration, rule)[0])
        if above is None:
            state[resolution] = np.where(_never_one(few, count, rule.max_share), NOWHERE, SHOWN).astype(np.int8)
        else:
            small = _too_small(count, residents(grounds.people, resolution, study), rule)
            small |= rule.finest is not None and resolution > rule.finest
            family = np.searchsorted(geography.cells[above], parents(study, above))
            state[resolution] = _family_state(small | few, family, state[above])
        above = resolution
    hidden = {r: geography.cells[r][states > SHOWN] for r, states in state.items()}
    return hidden, [word for states in state.values() for word in WORDS[states[states > SHOWN]].tolist()]


def _too_small(count: NDArray[np.float64], people: NDArray[np.float64] | None, rule: Rule) -> NDArray[np.bool_]:
    """Cells that are not empty, and have too few incidents or residents to be shown."""
    small = count < rule.coarsen_below
    if people is not None:
        small |= people < rule.coarsen_population
    return np.asarray((count > 0) & small)


def _family_state(refused: NDArray[np.bool_], family: NDArray[np.int64], above: NDArray[np.int8]) -> NDArray[np.int8]:
    """State of cells: a family with one that is refused goes whole, and so does one whose parent is not shown."""
    broken = np.bincount(family, weights=refused, minlength=len(above))[family] > 0
    return np.where(above[family] > SHOWN, above[family], np.where(broken, COARSER, SHOWN)).astype(np.int8)


def _never_one(refused: NDArray[np.bool_], count: NDArray[np.float64], share: float) -> NDArray[np.bool_]:
    """The same places and, where they are a single one, the smallest others beside it: one alone is the total less the rest.

    As many as it takes for the one to be no more than ``share`` of them together, by what is shown of each.
    """
    more = refused.copy()
    if refused.sum() != 1:
        return more
    own = count[refused][0]
    for other in np.argsort(np.where(~refused & (count > 0), count, np.inf), kind="stable").tolist():
        hidden = count[more].sum()
        if refused[other] or count[other] <= 0 or (more.sum() > 1 and own <= share * hidden):
            break
        more[other] = True
    return more


def _hidden_areas(grounds: Grounds, rule: Rule, noise: Noise, geography: Geography) -> list[tuple[str, str]]:
    """Level and code of every area that is not shown."""
    found = totals(grounds.areas, grounds.months, noise, place=("level", "code"))
    counts = dict(
        zip(zip(*(found.rows[name].to_pylist() for name in ("level", "code")), strict=True), found.shown, strict=True)
    )
    _, by_level = concentrated(grounds.concentration, rule)
    hidden: list[tuple[str, str]] = []
    for level, codes in geography.areas.items():
        few = np.isin(codes, sorted(by_level.get(level, ())))
        count = np.array([counts.get((level, code), 0.0) for code in codes])
        if level in geography.coarse:
            refused = _never_one(few, count, rule.max_share)
            for members in geography.groups.values() if level == geography.coarse[0] else ():
                refused = _never_one_of_each(refused, count, codes=codes, groups=members, share=rule.max_share)
        else:
            small = (count > 0) & (count < rule.coarsen_below)
            refused = np.full(len(codes), rule.finest is not None or bool((few | small).any()))
        hidden += [(level, code) for code, gone in zip(codes, refused, strict=True) if gone]
    return hidden


def _never_one_of_each(
    refused: NDArray[np.bool_],
    count: NDArray[np.float64],
    *,
    codes: Sequence[str],
    groups: Mapping[str, Sequence[str]],
    share: float,
) -> NDArray[np.bool_]:
    """``_never_one`` within each group of areas."""
    more = refused.copy()
    for members in groups.values():
        own = np.flatnonzero(np.isin(codes, list(members)))
        more[own] = _never_one(more[own], count[own], share)
    return more
