"""Which area codes a build knows: those of the study area, and those that lookups and outlines add."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from geointel.errors import SchemaError
from geointel.ingest import figures
from geointel.ingest.areas import NOWHERE
from geointel.ingest.lookups import read_pairs
from geointel.ingest.vintages import successors

if TYPE_CHECKING:
    from geointel.build.taken import Site
    from geointel.ingest.spread import Areas
    from geointel.ingest.vintages import Successors
    from geointel.sources.base import FigureKind


def known_codes(kind: FigureKind, site: Site) -> figures.Known:
    """Codes of the study area's levels, and those that the levels' lookups bring to them or to others."""
    inside: set[str] = set()
    elsewhere: set[str] = set()
    for number in levels_of(kind, site):
        choice, codes = site.partnership.area.levels[number], site.study.levels[number].codes
        inside |= set(codes)
        for lookup in choice.lookup:
            pairs = _pairs(site, lookup.file, (lookup.source_code, lookup.level_code))
            inside |= {own for own, code in pairs if code in codes}
            elsewhere |= {name for own, code in pairs if code not in codes for name in (own, code)}
    return figures.Known(frozenset(inside), frozenset(elsewhere - inside))


def levels_of(kind: FigureKind, site: Site) -> list[int]:
    """Levels whose codes the files may use: the one that the source names, else those with codes of their own.

    A level that groups areas has names for codes, and one name may mean several things: Lancashire the county,
    and Lancashire the police force. Raises ``SchemaError`` for a level that is not there.
    """
    levels = site.partnership.area.levels
    if kind.level is None:
        return [number for number, level in enumerate(levels) if level.members_of is None]
    found = [number for number, level in enumerate(levels) if level.id == kind.level]
    if not found:
        have = ", ".join(level.id for level in levels)
        message = f"there is no level {kind.level!r} of areas."
        raise SchemaError(message, file=site.partnership.path, remedy=f"Use one of {have} as `level` of the source.")
    return found


def _pairs(site: Site, file: str, columns: tuple[str, str]) -> list[tuple[str, str]]:
    return read_pairs(site.data / file, columns, remedy="Correct `lookup` of the area level.")


def districts(site: Site) -> dict[str, str | None]:
    """Area code → area of the first level, as its lookups say; None for one of another place."""
    codes = set(site.study.levels[0].codes)
    found: dict[str, str | None] = {}
    for lookup in site.partnership.area.levels[0].lookup:
        for own, code in _pairs(site, lookup.file, (lookup.source_code, lookup.level_code)):
            found[own] = code if code in codes else None
    return found


def links_of(kind: FigureKind, site: Site) -> Successors:
    """Which codes of one vintage became which of another, as the source says."""
    if kind.vintages is None:
        return {}
    columns = (kind.vintages.old, kind.vintages.new)
    return successors(read_pairs(site.data / kind.vintages.file, columns, remedy="Correct `vintages` of the source."))


def known_areas(areas: Areas, links: Successors, *, elsewhere: frozenset[str]) -> figures.Known:
    """Codes of the outlines, and codes of another vintage whose areas are all among them.

    ``elsewhere`` are codes that lookups know to be of other places.
    """
    place = {code: number for number, code in enumerate(areas.codes)}
    district: dict[str, bool] = {code: bool(areas.district[n] != NOWHERE) for code, n in place.items()}
    for code, others in links.items():
        if code not in place and all(other in place for other in others):
            district[code] = any(areas.district[place[other]] != NOWHERE for other in others)
    inside = frozenset(code for code, ours in district.items() if ours)
    official = pc.match_substring_regex(pa.array(areas.codes, pa.string()), figures.OFFICIAL).to_numpy(
        zero_copy_only=False
    )
    entities = frozenset(code[1:3] for code in areas.codes) if official.all() else frozenset()
    return figures.Known(inside, (elsewhere | frozenset(district)) - inside, entities)
