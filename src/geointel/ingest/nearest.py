"""Postcodes that no source knows, each with the nearest one that is known."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from geointel.ingest.postcodes import INWARD, spelt

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import ibis.expr.types as ir

    from geointel.engine.base import Engine

SECTOR = INWARD - 1
"""Letters after the sector."""
AFTER_AREA = re.compile("[^A-Z].*$")


@dataclass(frozen=True)
class NotFound:
    """A postcode that no source knows, how many rows have it, and the nearest one that is known."""

    postcode: str
    rows: int
    nearest: str | None

    def __str__(self) -> str:
        rows = "1 row" if self.rows == 1 else f"{self.rows} rows"
        guess = f"; the nearest that is known is {self.nearest}" if self.nearest else ""
        return f"the postcode {self.postcode!r} ({rows}) was not found{guess}"


def not_found(engine: Engine, wanted: ir.Table, known: ir.Table, *, most: int) -> list[NotFound]:
    """The first ``most`` postcodes that were not found (``wanted`` has ``postcode``, normal, and ``n``).

    The nearest is one of the same sector, else one that differs by one letter, else one of the same district. Of a
    postcode area of which nothing is known there is none: its file is missing, and no letter is wrong.
    """
    rows = engine.collect(wanted.order_by("postcode").limit(most)).to_pylist()
    lost = {str(row["postcode"]): int(row["n"]) for row in rows}
    nearby = _nearby(engine, lost, known)
    return [NotFound(_written(name), n, _nearest(name, nearby)) for name, n in lost.items()]


def _nearby(engine: Engine, lost: Iterable[str], known: ir.Table) -> dict[str, list[str]]:
    """Known postcodes by district and by their last three letters, of those that a lost one has; and every area."""
    districts, endings = sorted({name[:-INWARD] for name in lost}), sorted({name[-INWARD:] for name in lost})
    begin = engine.register("lost_districts", pa.table({"begin": pa.array(districts, pa.string())}))
    ends = engine.register("lost_ends", pa.table({"ends": pa.array(endings, pa.string())}))
    known = known.select("postcode")
    outward = known.postcode.substr(0, known.postcode.length() - INWARD)
    alike = known.semi_join(begin, outward == begin.begin)
    ending = known.semi_join(ends, known.postcode.right(INWARD) == ends.ends)
    found = engine.collect(ibis.union(alike, ending, distinct=True).order_by("postcode"))["postcode"].to_pylist()
    groups: dict[str, list[str]] = defaultdict(list)
    for name in found:
        groups[name[:-INWARD]].append(name)
        groups[f"-{name[-INWARD:]}"].append(name)
    areas = known.select(area=known.postcode.re_extract("^[A-Z]*", 0)).distinct()
    return groups | {f"{area}*": [] for area in engine.collect(areas)["area"].to_pylist()}


def _nearest(name: str, nearby: dict[str, list[str]]) -> str | None:
    district = nearby.get(name[:-INWARD], [])
    if not district and f"{AFTER_AREA.sub('', name)}*" not in nearby:
        return None
    sector = [other for other in district if other[:-SECTOR] == name[:-SECTOR]]
    one_away = [other for other in (*nearby.get(f"-{name[-INWARD:]}", []), *district) if one_edit(name, other)]
    return _closest(name, sector) or _closest(name, one_away) or _closest(name, district)


def _closest(name: str, others: Sequence[str]) -> str | None:
    close = get_close_matches(name, others, n=1, cutoff=0)
    return spelt(close[0]) if close else None


def one_edit(one: str, other: str) -> bool:
    """Whether one letter was changed, added or left out, or two neighbours were swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    first, second = one[start:], other[start:]
    swapped = first[:2] == second[1::-1] and first[2:] == second[2:]
    return first[1:] == second[1:] or first[1:] == second or first == second[1:] or swapped


def _written(postcode: str) -> str:
    return spelt(postcode) if len(postcode) > INWARD + 1 else postcode
