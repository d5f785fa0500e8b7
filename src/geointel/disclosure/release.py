"""Raw facts to the facts of one edition: all windows, resolutions, areas and categories together."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.disclosure.cell_key import without_key
from geointel.disclosure.ledger import require_same_geography
from geointel.disclosure.protect import protect
from geointel.errors import NotInThisVersionError
from geointel.grid import resolutions
from geointel.model import FACTS, SUPPORT, ReleasedFacts, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.disclosure.geography import Geography
    from geointel.disclosure.ledger import Line
    from geointel.disclosure.policy import SourceTerms
    from geointel.disclosure.protect import Protected
    from geointel.model import HexFacts, Window

BEFORE_THE_GATE = ("concentration", "bounded")
"""Tables of raw facts that never pass."""


def release(
    facts: HexFacts,
    terms: Sequence[SourceTerms],
    *,
    edition: str,
    windows: Mapping[str, Sequence[Window]],
    geography: Geography,
    ledger: Mapping[str, Line],
) -> ReleasedFacts:
    """Return what ``edition`` may know.

    Rows of a public source, and of one whose method is ``none``, pass unchanged. Counts of a source with a rule pass as ``protect``
    changes them, and nothing else of it does. A source that the edition does not admit is left out, and so is every window but those
    that ``windows`` gives for the source and its terms allow; a source that it does not name has no calendar of its own, such as a census.
    A travel time passes only where the source of its service is admitted too: times from many places would say where a service is that the edition
    may not know.

    Parameters
    ----------
    geography
        Cells and areas that counts are released for.
    ledger
        What was released of each source in this edition before: it stays as it is.

    Raises
    ------
    NotInThisVersionError
        For any other method: nothing passes that is not protected as the partnership asked.
    DisclosureError
        If a source cannot be protected as asked, or was released under another geography.
    """
    admitted = [term for term in terms if term.admitted]
    _require_known(admitted, edition)
    shown = {term.source: term.allowed(windows[term.source]) for term in admitted if term.source in windows}
    changed: dict[str, Protected] = {}
    for term in admitted:
        if not term.rolling:
            line = ledger.get(term.source)
            require_same_geography(line, source=term.source, edition=edition, geography=geography.digest)
            own = shown.get(term.source, ())
            changed[term.source] = protect(facts, term, windows=own, geography=geography, line=line)
    unchanged = _Unchanged([term.source for term in admitted if term.rolling], shown, [t.source for t in admitted])
    tables = {
        field.name: unchanged.of(getattr(facts, field.name))
        for field in fields(facts)
        if field.name not in BEFORE_THE_GATE
    }
    for name in ("cells", "areas", "unmapped"):
        parts = [found.tables[name].cast(tables[name].schema) for found in changed.values()]
        tables[name] = pa.concat_tables([tables[name], *parts]).unify_dictionaries()
    tables["support"] = pa.concat_tables([tables["support"], *[_support(found) for found in changed.values()]])
    hidden = {"hidden": pa.concat_tables([found.hidden for found in changed.values()])} if changed else {}
    return ReleasedFacts(
        edition=edition, windows=in_order([window for own in shown.values() for window in own]), **tables, **hidden
    )


class _Unchanged:
    """What passes as it is, of sources that are admitted."""

    def __init__(self, sources: Sequence[str], windows: Mapping[str, Sequence[Window]], every: Sequence[str]) -> None:
        self.names = pa.array(sources, pa.string())
        self.every = pa.array(every, pa.string())
        self.dated = pa.array([name for name in sources if name in windows], pa.string())
        pairs = [f"{name}\t{w.id}" for name in sources for w in windows.get(name, ())]
        self.known = pa.array(pairs, pa.string())

    def of(self, table: pa.Table) -> pa.Table:
        """Rows of a table that pass."""
        table = without_key(table)
        source = table["source"].cast(pa.string())
        keep = pc.is_in(source, value_set=self.names)
        if "window" in table.column_names:
            pair = pc.binary_join_element_wise(source, table["window"].cast(pa.string()), "\t")
            undated = pc.invert(pc.is_in(source, value_set=self.dated))
            keep = pc.and_(keep, pc.or_(pc.is_in(pair, value_set=self.known), undated))
        if "destination" in table.column_names:
            service = pc.split_pattern(table["destination"].cast(pa.string()), ":", max_splits=1)
            keep = pc.and_(keep, pc.is_in(pc.list_element(service, 0), value_set=self.every))
        return table.filter(keep)


def _support(found: Protected) -> pa.Table:
    """Cells of a source whose counts are changed that have a count which is shown: nothing else says where its records are."""
    cells = found.tables["cells"]
    if not cells.num_rows:
        return SUPPORT.empty_table()
    own = np.unique(cells["cell"].to_numpy())
    columns = {
        "source": pa.array([cells["source"][0].as_py()] * len(own), pa.string()),
        "resolution": pa.array(resolutions(own), pa.int8()),
        "cell": pa.array(own, FACTS.field("cell").type),
    }
    return pa.table(columns).cast(SUPPORT)


def _require_known(admitted: Sequence[SourceTerms], edition: str) -> None:
    for term in admitted:
        if not term.rolling and term.rule is None:
            raise NotInThisVersionError(
                f"The policy {term.method!r} for the source {term.source!r} in the edition {edition!r}",
                remedy="Keep the source out of the edition (`editions` of the source), or give it the policy `none` there.",
            )
