"""What the numbers of an edition are still good for, beside the true ones: for the operator's report, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.stats import spearmanr

from geointel.disclosure.policy import year_id, year_of
from geointel.disclosure.totals import main_of
from geointel.layers.count import class_breaks, classify
from geointel.model import ALL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.disclosure.policy import SourceTerms
    from geointel.model import HexFacts, ReleasedFacts, Window

    Place = tuple[str, object]

TOP = 20
FEWEST = 3
"""Places below which ranks say nothing."""


@dataclass(frozen=True)
class Utility:
    """One protected source in one edition, in the longest of its latest windows.

    ``top`` is how many of the ``of`` busiest cells of the finest resolution are the same with true and with released counts, ``rank`` their rank
    correlation, ``same_class`` the share of cells that have the same class of count, and ``shown`` the share of cells with records that are shown: ``rank`` and
    ``same_class`` are of these. ``errors`` are mean absolute errors by resolution and area level, of places with records that are shown.
    """

    edition: str
    source: str
    window: str
    top: int
    of: int
    shown: float
    rank: float | None
    same_class: float | None
    errors: Mapping[str, float] = field(default_factory=dict)


def utility(
    facts: HexFacts, released: ReleasedFacts, sources: Sequence[SourceTerms], windows: Mapping[str, Sequence[Window]]
) -> tuple[Utility, ...]:
    """Compare what an edition shows of each protected source with the truth; a source without records is left out."""
    found = []
    for term in sources:
        own = windows.get(term.source, ())
        if term.admitted and not term.rolling and own:
            window = max(own, key=lambda w: (len(w.months), w.months[-1]))
            true = _counts(facts, term.source, window.id)
            if true:
                shown = _counts(released, term.source, window.id)
                hidden = _hidden(released, term.source, year_id(year_of(window.months[-1])))
                found.append(_compared(true, shown, hidden, about=(released.edition, term.source, window.id)))
    return tuple(found)


def _compared(
    true: Mapping[Place, float], shown: Mapping[Place, float], hidden: frozenset[object], *, about: tuple[str, str, str]
) -> Utility:
    finest = max(level for level, _ in true if level.isdigit())
    cells = [place for place in true if place[0] == finest]
    seen = [place for place in cells if place[1] not in hidden]
    of = min(TOP, len(cells))
    own = {place: value for place, value in shown.items() if place[0] == finest}
    real = np.array([true[place] for place in seen])
    told = np.array([own.get(place, 0.0) for place in seen])
    errors: dict[str, list[float]] = {}
    for place, value in true.items():
        if place[1] not in hidden:
            errors.setdefault(place[0], []).append(abs(shown.get(place, 0.0) - value))
    edition, source, window = about
    return Utility(
        edition=edition,
        source=source,
        window=window,
        top=len(_best(true, cells, of) & _best(own, list(own), of)),
        of=of,
        shown=len(seen) / len(cells),
        rank=_rank(real, told),
        same_class=_same_class(real, told),
        errors={level: float(np.mean(each)) for level, each in sorted(errors.items())},
    )


def _counts(facts: HexFacts | ReleasedFacts, source: str, window: str) -> dict[Place, float]:
    """Records of all categories together by level and place; a count that is not told is left out."""
    found: dict[Place, float] = {}
    for table, level, place in ((facts.cells, "resolution", "cell"), (facts.areas, "level", "code")):
        rows = table.filter(pc.equal(table["source"].cast(pa.string()), source))
        rows = rows.filter(pc.and_(pc.equal(rows["window"].cast(pa.string()), window), pc.is_valid(rows["value"])))
        rows = rows.filter(pc.equal(rows["measure"].cast(pa.string()), main_of(set(rows["measure"].to_pylist()))))
        if pc.any(pc.equal(rows["category"].cast(pa.string()), ALL)).as_py():
            rows = rows.filter(pc.equal(rows["category"].cast(pa.string()), ALL))
        for one, other, value in zip(*(rows[name].to_pylist() for name in (level, place, "value")), strict=True):
            found[str(one), other] = found.get((str(one), other), 0.0) + value
    return found


def _hidden(released: ReleasedFacts, source: str, year: str) -> frozenset[object]:
    rows = [row for row in released.hidden.to_pylist() if (row["source"], row["year"]) == (source, year)]
    return frozenset(row["cell"] if row["cell"] is not None else row["code"] for row in rows)


def _best(counts: Mapping[Place, float], places: Sequence[Place], of: int) -> set[Place]:
    return set(sorted(places, key=lambda place: (-counts[place], str(place[1])))[:of])


def _rank(
    real: np.ndarray[tuple[int], np.dtype[np.float64]], told: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> float | None:
    """Spearman's rank correlation; None where it has no meaning."""
    if len(real) < FEWEST or not np.ptp(real) or not np.ptp(told):
        return None
    return float(spearmanr(real, told).statistic)


def _same_class(
    real: np.ndarray[tuple[int], np.dtype[np.float64]], told: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> float | None:
    """Share of cells of one class by the breaks of each; None without cells."""
    if not len(real):
        return None
    ours = classify(told, class_breaks(told[told > 0]))
    return float(np.mean(ours == classify(real, class_breaks(real))))
