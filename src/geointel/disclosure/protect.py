"""One source that is not public, as an edition whose policy changes its counts may know it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.disclosure import ledger
from geointel.disclosure.additive import additive
from geointel.disclosure.cell_key import KEY, perturbed, require_keys
from geointel.disclosure.noise import noise_of
from geointel.disclosure.partition import Grounds, partition
from geointel.disclosure.policy import KEYED, Rule, year_id, year_of
from geointel.disclosure.private import large, private
from geointel.disclosure.rows import among, of_source
from geointel.disclosure.source_floor import source_floor
from geointel.disclosure.totals import main_of, trailing
from geointel.disclosure.twin import counted
from geointel.disclosure.yearly import categories_of, in_year, unseen
from geointel.errors import DisclosureError
from geointel.model import AREA_FACTS, FACTS, HIDDEN, UNMAPPED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.disclosure.geography import Geography
    from geointel.disclosure.ledger import Line
    from geointel.disclosure.noise import Noise
    from geointel.disclosure.policy import Floor, SourceTerms
    from geointel.model import HexFacts, Window

COUNTED = ("cells", "areas", "unmapped")
"""Tables of counts. Others of such a source (hours, roads, names, support, land beyond the border) do not pass."""
ZERO_HIDDEN = frozenset({"ndtms"})
"""Floors under which a 0 is not shown either: which of the small numbers are zeros would tell which are not."""
NO_COUNTS = ("services", "figures", "roads", "travel")


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
    if terms.rule is None:
        message = f"There is no rule for the source {terms.source!r}."
        raise DisclosureError(message, remedy="Give its edition a policy whose method is built.")
    _require_counts_alone(facts, terms.source)
    for name in COUNTED:
        require_keys(of_source(getattr(facts, name), terms.source))
    ledger.require_same_windows(line, source=terms.source, shown=windows, yearly=terms.yearly)
    years = {window.id: year_of(window.months[-1]) for window in windows}
    method = _keyed if terms.rule.method in KEYED else _yearly
    found = method(facts, terms, windows=windows, geography=geography, line=line)
    names = {window: year_id(year) for window, year in years.items()}
    tables = {}
    for table, changed in found.tables.items():
        rows = _without_hidden(_floored(changed, terms.rule.floor), found.hidden, names)
        tables[table] = ledger.kept(rows, line, table=table, windows=list(years))
    return Protected(tables, found.hidden)


def _keyed(
    facts: HexFacts, terms: SourceTerms, *, windows: Sequence[Window], geography: Geography, line: Line | None
) -> Protected:
    """Every count changed by the keys of its records, and what is hidden."""
    rule = terms.rule or Rule()
    noise = noise_of(rule, terms.finer)
    parts = []
    for year in sorted({year_of(window.months[-1]) for window in windows}):
        grounds = _grounds(facts, terms.source, windows=windows, year=year)
        parts.append(_hidden(grounds, rule, noise, geography=geography, line=line))
    tables = {}
    for table in COUNTED:
        rows = of_source(getattr(facts, table), terms.source)
        public = of_source(getattr(facts, table), terms.twin_of) if terms.twin_of else None
        tables[table] = _changed(rows.filter(among(rows["window"], [window.id for window in windows])), noise, public)
    return Protected(tables, pa.concat_tables([HIDDEN.empty_table(), *parts]).unify_dictionaries())


def _yearly(
    facts: HexFacts, terms: SourceTerms, *, windows: Sequence[Window], geography: Geography, line: Line | None
) -> Protected:
    """Financial years that were not released before, each worked out as a whole; what has no place is in none of them."""
    rule = terms.rule or Rule()
    if rule.method == "suppress" and terms.twin_of:
        message = f"The source {terms.source!r} repeats public rows: true counts less those would be counts that nothing hides."
        raise DisclosureError(
            message, remedy='Give it the method "cell-key" or "rounding", or keep it out of the edition.'
        )
    own = {name: of_source(getattr(facts, name), terms.source) for name in (*COUNTED, "concentration", "bounded")}
    shown = geography.upto(rule.finest)
    shown = large(shown) if rule.method == "dp" else shown
    cells, areas = [FACTS.empty_table()], [AREA_FACTS.empty_table()]
    for window in windows:
        if line is None or window.id not in line.windows:
            parts = _year(own, terms.source, rule, window=window, geography=shown, known=terms.categories)
            cells.append(parts[0])
            areas.append(parts[1])
    hidden = [unseen(geography, shown, source=terms.source, year=window.id) for window in windows]
    tables = {"cells": cells, "areas": areas, "unmapped": [UNMAPPED.empty_table()]}
    joined = {name: pa.concat_tables(found).unify_dictionaries() for name, found in tables.items()}
    return Protected(joined, pa.concat_tables([HIDDEN.empty_table(), *hidden]).unify_dictionaries())


def _year(
    own: Mapping[str, pa.Table], source: str, rule: Rule, *, window: Window, geography: Geography, known: Sequence[str]
) -> tuple[pa.Table, pa.Table]:
    """Rows of cells and areas of one financial year."""
    cells, areas = (in_year(own[name], window.id) for name in ("cells", "areas"))
    if rule.method == "dp":
        if own["bounded"].num_rows:
            most = own["bounded"].filter(pc.equal(own["bounded"]["most"], rule.max_records))
            cells = in_year(most.drop_columns(["most"]), window.id)
        measures = own["cells"]["measure"].cast(pa.string()).unique().to_pylist()
        told = {"source": source, "window": window.id, "measure": main_of(measures)}
        return private(cells, categories_of(own["cells"], known), rule=rule, geography=geography, told=told)
    few = own["concentration"].filter(among(own["concentration"]["window"], [window.id]))
    return additive(cells, areas, few, rule=rule, geography=geography, known=known)


def _hidden(grounds: Grounds, rule: Rule, noise: Noise, *, geography: Geography, line: Line | None) -> pa.Table:
    """What is hidden in a financial year.

    Cells that were drawn once as large enough stay so for the year. What few persons or places make up in a month that is new
    is hidden from then on: windows that were shown before stay as they are.
    """
    year = year_id(grounds.year)
    if line is None or year not in line.years:
        return partition(grounds, rule, noise, geography)
    persons_alone = replace(rule, coarsen_below=0, coarsen_population=0)
    return ledger.grown(line, partition(grounds, persons_alone, noise, geography), year=year)


def _changed(rows: pa.Table, noise: Noise, public: pa.Table | None) -> pa.Table:
    """Changed counts. Of a source that repeats public rows only the distance from them is changed."""
    return perturbed(rows, noise, None if public is None else counted(rows, public))


def _floored(rows: pa.Table, floor: Floor) -> pa.Table:
    """Rows as the data's owner allows them to be shown. What is hidden where 0 is hidden too has no row, as a 0 has none."""
    if floor == "none":
        return rows
    known = rows.filter(pc.is_valid(rows["value"]))
    found = source_floor(known["value"].to_numpy().astype(np.int64), floor)
    value = pa.array(found.value, pa.float64(), mask=found.hidden)
    known = known.set_column(known.schema.get_field_index("value"), "value", value)
    status = pa.array(found.status, pa.string()).dictionary_encode().cast(rows.schema.field("status").type)
    known = known.set_column(known.schema.get_field_index("status"), "status", status)
    if floor in ZERO_HIDDEN:
        return known.filter(pc.is_valid(known["value"]))
    hidden = rows.filter(pc.is_null(rows["value"]))
    return pa.concat_tables([known.cast(rows.schema), hidden]).unify_dictionaries()


def _grounds(facts: HexFacts, source: str, *, windows: Sequence[Window], year: int) -> Grounds:
    own = [window.id for window in windows if year_of(window.months[-1]) == year]
    few = of_source(facts.concentration, source)
    return Grounds(
        source=source,
        year=year,
        months=trailing([window.months[0] for window in windows if window.kind == "month"], year),
        cells=of_source(facts.cells, source),
        areas=of_source(facts.areas, source),
        concentration=few.filter(among(few["window"], own)),
        people=facts.cells.filter(pc.is_null(facts.cells[KEY])) if KEY in facts.cells.column_names else facts.cells,
    )


def _without_hidden(rows: pa.Table, hidden: pa.Table, years: Mapping[str, str]) -> pa.Table:
    """Rows without those of cells and areas that are not shown in their financial year."""
    place = "cell" if "cell" in rows.column_names else "code" if "code" in rows.column_names else None
    if place is None or not hidden.num_rows:
        return rows
    year = pa.array([years[window] for window in rows["window"].to_pylist()], pa.string())
    gone = hidden.filter(pc.is_valid(hidden[place]))
    others = _named(gone["year"].cast(pa.string()).combine_chunks(), gone, place=place)
    return rows.filter(pc.invert(pc.is_in(_named(year, rows, place=place), value_set=others.combine_chunks())))


def _named(year: pa.Array, rows: pa.Table, *, place: str) -> pa.ChunkedArray:
    """Year and place of each row as one word."""
    names = ("level", "code") if place == "code" else ("cell",)
    parts = [pa.chunked_array([year]), *(rows[name].cast(pa.string()) for name in names)]
    return pc.binary_join_element_wise(*parts, "\t")


def _require_counts_alone(facts: HexFacts, source: str) -> None:
    """Raise ``DisclosureError`` for a source that has what no change of counts protects."""
    for name in NO_COUNTS:
        if of_source(getattr(facts, name), source).num_rows:
            message = f"The source {source!r} is not public, and its {name} are no counts of records."
            remedy = 'Give it the method "none", or keep it out of the edition with `editions`.'
            raise DisclosureError(message, remedy=remedy)
