"""Raw facts to the facts of one edition: all windows, resolutions, areas and categories together."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from geointel.errors import NotInThisVersionError
from geointel.model import ReleasedFacts, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.disclosure.policy import SourceTerms
    from geointel.model import HexFacts, Window


def release(
    facts: HexFacts, terms: Sequence[SourceTerms], *, edition: str, windows: Mapping[str, Sequence[Window]]
) -> ReleasedFacts:
    """Return what ``edition`` may know.

    Rows of a public source, and of one whose method is ``none``, pass unchanged. A source that the edition
    does not admit is left out, and so is every window but those that ``windows`` gives for the source; a source
    that it does not name has no calendar of its own, such as a census. A travel time passes only where the source of its service is
    admitted too: times from many places would say where a service is that the edition may not know. Raises ``NotInThisVersionError`` for any
    other method: nothing passes that is not protected as the partnership asked.
    """
    for term in terms:
        if term.admitted and not term.public and term.method != "none":
            raise NotInThisVersionError(
                f"The policy {term.method!r} for the source {term.source!r} in the edition {edition!r}",
                remedy="Keep the source out of the edition (`editions` of the source), or give it the policy `none` there.",
            )
    admitted = [term for term in terms if term.admitted]
    names = pa.array([term.source for term in admitted], pa.string())
    dated = pa.array([term.source for term in admitted if term.source in windows], pa.string())
    known = pa.array(
        [f"{t.source}\t{w.id}" for t in admitted for w in windows.get(t.source, ()) if _may(t, w)], pa.string()
    )

    def pass_through(table: pa.Table) -> pa.Table:
        source = table["source"].cast(pa.string())
        keep = pc.is_in(source, value_set=names)
        if "window" in table.column_names:
            pair = pc.binary_join_element_wise(source, table["window"].cast(pa.string()), "\t")
            keep = pc.and_(keep, pc.or_(pc.is_in(pair, value_set=known), pc.invert(pc.is_in(source, value_set=dated))))
        if "destination" in table.column_names:
            service = pc.split_pattern(table["destination"].cast(pa.string()), ":", max_splits=1)
            keep = pc.and_(keep, pc.is_in(pc.list_element(service, 0), value_set=names))
        return table.filter(keep)

    return ReleasedFacts(
        edition=edition,
        windows=in_order([window for term in admitted for window in windows.get(term.source, ())]),
        **{field.name: pass_through(getattr(facts, field.name)) for field in fields(facts)},
    )


def _may(term: SourceTerms, window: Window) -> bool:
    """Whether an edition may have a window of a source: overlapping years can be differenced."""
    march = 2
    return term.rolling or window.kind != "year" or window.months[-1] % 12 == march
