"""One source that is not public, as an edition whose policy changes its counts may know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.disclosure import ledger
from geointel.disclosure.cell_key import KEY, perturbed
from geointel.disclosure.partition import Grounds, partition
from geointel.disclosure.perturbation import perturbation_table
from geointel.disclosure.policy import year_id, year_of
from geointel.disclosure.totals import trailing
from geointel.disclosure.twin import surplus, with_public
from geointel.errors import DisclosureError
from geointel.model import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.disclosure.geography import Geography
    from geointel.disclosure.ledger import Line
    from geointel.disclosure.perturbation import PerturbationTable
    from geointel.disclosure.policy import Rule, SourceTerms
    from geointel.model import HexFacts, Window

COUNTED = ("cells", "areas", "unmapped")
"""Tables of counts. Others of such a source (hours, roads, names, support, land beyond the border) do not pass."""


@dataclass(frozen=True)
class Protected:
    """What passes of one source: tables of counts, and what is hidden."""

    tables: Mapping[str, pa.Table]
    hidden: pa.Table


def protect(
    facts: HexFacts, terms: SourceTerms, *, windows: Sequence[Window], geography: Geography, line: Line | None
) -> Protected:
    """Change the counts of a source, hide what may not be shown, and keep what was shown before.

    ``windows`` are those that the edition may have of it. Raises ``DisclosureError`` for a source whose records have no keys, or
    that has something else than counts.
    """
    rule = terms.rule
    if rule is None:
        raise DisclosureError(
            f"There is no rule for the source {terms.source!r}.", remedy="This is a fault: report it."
        )
    _require_counts_alone(facts, terms.source)
    noise = perturbation_table(rule.max_noise, rule.variance, never_show=rule.never_show, stay=rule.stay)
    ids = [window.id for window in windows]
    raw = {name: _of(getattr(facts, name), terms.source) for name in COUNTED}
    grounds = {table: rows.filter(_in(rows["window"], ids)) for table, rows in raw.items()}
    years = sorted({year_of(window.months[-1]) for window in windows})
    parts = [
        partition(_grounds(facts, raw, terms, rule, windows=windows, year=year), rule, noise, geography)
        for year in years
    ]
    hidden = pa.concat_tables([HIDDEN.empty_table(), *parts]).unify_dictionaries()
    hidden = ledger.kept(hidden, line, table="hidden", windows=[year_id(year) for year in years])
    tables = {}
    for table, rows in grounds.items():
        public = _of(getattr(facts, table), terms.twin_of) if terms.twin_of else None
        found = _changed(rows, noise, public)
        found = _without_hidden(found, hidden, {window.id: year_id(year_of(window.months[-1])) for window in windows})
        tables[table] = ledger.kept(found, line, table=table, windows=ids)
    return Protected(tables, hidden)


def _changed(rows: pa.Table, noise: PerturbationTable, public: pa.Table | None) -> pa.Table:
    """Changed counts. Of a source that repeats public rows only what it has beside them is changed."""
    if public is None:
        return perturbed(rows, noise)
    return with_public(perturbed(surplus(rows, public), noise), rows, public)


def _grounds(
    facts: HexFacts,
    raw: Mapping[str, pa.Table],
    terms: SourceTerms,
    rule: Rule,
    *,
    windows: Sequence[Window],
    year: int,
) -> Grounds:
    months = trailing([window.months[0] for window in windows if window.kind == "month"], year)
    return Grounds(
        source=terms.source,
        year=year,
        months=months,
        cells=raw["cells"],
        areas=raw["areas"],
        concentrated=_concentrated(
            _of(facts.concentration, terms.source), rule, [w.id for w in windows if year_of(w.months[-1]) == year]
        ),
        people=facts.cells.filter(pc.is_null(facts.cells[KEY])) if KEY in facts.cells.column_names else facts.cells,
    )


def _concentrated(
    rows: pa.Table, rule: Rule, windows: Sequence[str]
) -> tuple[NDArray[np.int64], dict[str, frozenset[str]]]:
    """Cells, and areas by level, of which some window's count breaks the rule on persons and places."""
    rows = rows.filter(_in(rows["window"], windows))
    value, largest = rows["value"].to_numpy(), rows["largest"].to_numpy()
    few = rows["contributors"].to_numpy() < rule.min_contributors
    broken = (value >= rule.min_contributors) & (few | (largest > rule.max_share * value))
    rows = rows.filter(pa.array(broken))
    areas: dict[str, set[str]] = {}
    for level, code in zip(rows["level"].to_pylist(), rows["code"].to_pylist(), strict=True):
        if level is not None:
            areas.setdefault(level, set()).add(code)
    return np.unique(rows["cell"].drop_null().to_numpy()), {level: frozenset(codes) for level, codes in areas.items()}


def _without_hidden(rows: pa.Table, hidden: pa.Table, years: Mapping[str, str]) -> pa.Table:
    """Rows without those of cells and areas that are not shown in their financial year."""
    place = "cell" if "cell" in rows.column_names else "code" if "code" in rows.column_names else None
    if place is None or not hidden.num_rows:
        return rows
    year = pa.array([years[window] for window in rows["window"].to_pylist()], pa.string())
    level = rows["level"].cast(pa.string()) if place == "code" else None
    own = _named(year, rows[place].cast(pa.string()), level)
    gone = hidden.filter(pc.is_valid(hidden[place]))
    other = _named(
        gone["year"].cast(pa.string()).combine_chunks(),
        gone[place].cast(pa.string()),
        gone["level"].cast(pa.string()) if place == "code" else None,
    )
    return rows.filter(pc.invert(pc.is_in(own, value_set=other.combine_chunks())))


def _named(year: pa.Array, place: pa.ChunkedArray, level: pa.ChunkedArray | None) -> pa.ChunkedArray:
    """Year and place of each row as one word."""
    parts = [pa.chunked_array([year]), *([] if level is None else [level]), place]
    return pc.binary_join_element_wise(*parts, "\t")


def _require_counts_alone(facts: HexFacts, source: str) -> None:
    """Raise ``DisclosureError`` for a source that has what no change of counts protects."""
    for name in ("services", "figures", "roads", "travel"):
        if _of(getattr(facts, name), source).num_rows:
            message = (
                f"The source {source!r} is not public, and its {name} are no counts of records that could be changed."
            )
            raise DisclosureError(
                message, remedy='Give it the method "none", or keep it out of the edition with `editions`.'
            )


def _of(table: pa.Table, source: str) -> pa.Table:
    return table.filter(pc.equal(table["source"].cast(pa.string()), source))


def _in(column: pa.ChunkedArray, values: Sequence[str]) -> pa.ChunkedArray:
    return pc.is_in(column.cast(pa.string()), value_set=pa.array(values, pa.string()))
