"""Raw facts to the facts of one edition: all windows, resolutions, areas and categories together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from geointel.errors import NotInThisVersionError
from geointel.model import ReleasedFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geointel.disclosure.policy import SourceTerms
    from geointel.model import HexFacts, Window


def release(facts: HexFacts, terms: Sequence[SourceTerms], *, edition: str, windows: Sequence[Window]) -> ReleasedFacts:
    """Return what ``edition`` may know.

    Rows of a public source, and of one whose method is ``none``, pass unchanged. A source that the
    edition does not admit is left out, and so is every window but ``windows``. Raises ``NotInThisVersionError`` for any other method: nothing
    passes that is not protected as the partnership asked.
    """
    for term in terms:
        if term.admitted and not term.public and term.method != "none":
            raise NotInThisVersionError(
                f"The policy {term.method!r} for the source {term.source!r} in the edition {edition!r}",
                remedy="Keep the source out of the edition (`editions` of the source), or give it the policy `none` there.",
            )
    admitted = [term for term in terms if term.admitted]
    names = pa.array([term.source for term in admitted], pa.string())
    rolling = pa.array([term.source for term in admitted if term.rolling], pa.string())
    known = pa.array([w.id for w in windows], pa.string())
    calendar = pa.array([w.id for w in windows if w.kind != "year" or _financial(w)], pa.string())

    def pass_through(table: pa.Table) -> pa.Table:
        keep = _is_in(table["source"], names)
        if "window" in table.column_names:
            keep = pc.and_(keep, _is_in(table["window"], known))
            keep = pc.and_(keep, pc.or_(_is_in(table["source"], rolling), _is_in(table["window"], calendar)))
        return table.filter(keep)

    return ReleasedFacts(
        edition=edition,
        windows=tuple(windows),
        cells=pass_through(facts.cells),
        areas=pass_through(facts.areas),
        unmapped=pass_through(facts.unmapped),
        support=pass_through(facts.support),
        names=pass_through(facts.names),
    )


def _financial(window: Window) -> bool:
    """Whether a twelve-month window is a financial year, April to March."""
    march = 2
    return window.months[-1] % 12 == march


def _is_in(column: pa.ChunkedArray, values: pa.Array) -> pa.ChunkedArray:
    return pc.is_in(column.cast(pa.string()), value_set=values)
