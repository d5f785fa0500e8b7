"""Layers from released facts: which sources each may see in an edition, and the cube that it is computed from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from geointel.build.caveats import with_caveats
from geointel.build.gate import terms
from geointel.build.labels import labelled
from geointel.build.manifest import attribution, outline_credits
from geointel.build.pyramid import write_tiles
from geointel.config import protected_in
from geointel.disclosure.protect import ZERO_HIDDEN
from geointel.layers.base import BESIDE_ALONE, LayerRequest, kinds
from geointel.layers.cube import make_cube, with_beyond
from geointel.layers.hidden import with_hidden
from geointel.model import in_order
from geointel.snapshot.layout import TILES
from geointel.sources.base import kinds as source_kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from geointel.build.gather import Calendar
    from geointel.config import LayerChoice, Partnership
    from geointel.ingest.areas import StudyArea
    from geointel.layers.cube import Cube
    from geointel.model import Layer, ReleasedFacts
    from geointel.snapshot import Staging

WINDOW_KINDS = ("month", "quarter", "year")


@dataclass(frozen=True)
class Computed:
    """Layers over one set of released facts, and the folder that has their tiles.

    ``uses`` names, by layer, every source that anything in it rests on: what must go if one of them is withdrawn.
    """

    cube: Cube
    layers: tuple[Layer, ...]
    tiles: Path
    uses: Mapping[str, tuple[str, ...]]


def compute(
    partnership: Partnership,
    study: StudyArea,
    released: ReleasedFacts,
    calendar: Calendar,
    staging: Staging,
    *,
    choices: Sequence[LayerChoice],
) -> Computed:
    """Some layers and their tiles from released facts alone.

    A layer without a source in this edition is left out, and so is one of hours or roads where its source's counts are changed, since none of
    these pass, and one that asks for months of a source of which it shows only years.
    """
    cube_of = _cubes(partnership, study, released, calendar)
    known = {choice.id: _shown_sources(partnership, choice, released.edition, cube_of) for choice in partnership.layers}
    kind_of = {s.id: source_kinds()[s.kind].configured(s.options) for s in partnership.sources}
    changed = {s.id for s in partnership.sources if released.edition in protected_in(partnership, s)}
    policy_for = partnership.editions[released.edition].policy_for
    floored = {name for name in changed if policy_for(name).floor in ZERO_HIDDEN}
    tiles = staging.edition(released.edition) / TILES
    layers: list[Layer] = []
    uses: dict[str, tuple[str, ...]] = {}
    for choice in choices:
        beside = _beside(partnership, choice, released.edition)
        kind = kinds()[choice.kind]
        alone, finer = kind.needs == BESIDE_ALONE, kind.timed or kind.on_roads
        if (known[choice.id] or alone) and beside is not None and not (finer and changed & set(known[choice.id])):
            cube = replace(cube_of(known[choice.id]), beside={name: cube_of(names) for name, names in beside.items()})
            sources = tuple(dict.fromkeys((*known[choice.id], *beside)))
            layer = kinds()[choice.kind].compute(cube, _request(choice))
            layer = with_hidden(layer, released, known[choice.id], zero_hidden=floored)
            layer = replace(
                layer,
                spec=replace(layer.spec, sources=sources, notes=labelled(layer, [kind_of[name] for name in sources])),
            )
            methods = {policy_for(name).method for name in sources if name in changed}
            layers.append(with_caveats(layer, [kind_of[name] for name in sources], methods=methods))
            counted = (known[choice.id], *beside.values())
            uses[choice.id] = _used(partnership, released.edition, (*sources, *(n for names in counted for n in names)))
            credit = [*(attribution(partnership, name) for name in sources), *outline_credits(partnership)]
            write_tiles(layer, tiles / f"{layer.spec.id}.pmtiles", attribution=credit)
    first = next((known[choice.id] for choice in partnership.layers if known[choice.id]), ())
    return Computed(cube=cube_of(first), layers=tuple(layers), tiles=tiles, uses=uses)


def _used(partnership: Partnership, edition: str, sources: Sequence[str]) -> tuple[str, ...]:
    """Sources of a layer, and those whose records say where there are map points, if its own are snapped to them."""
    snapped = [s.id for s in partnership.sources if getattr(source_kinds()[s.kind], "snapped", False)]
    points = _known_sources(partnership, snapped, edition) if set(sources) & set(snapped) else ()
    return tuple(sorted({*sources, *points}))


def _shown_sources(
    partnership: Partnership, choice: LayerChoice, edition: str, cube_of: Callable[[tuple[str, ...]], Cube]
) -> tuple[str, ...]:
    """Sources of a layer that an edition admits; none where it shows only years of one of them, and the layer asks for others."""
    sources = _known_sources(partnership, choice.sources, edition)
    yearly = {term.source for term in terms(partnership, edition) if term.yearly}
    if yearly & set(sources):
        kinds_shown = {window.kind for window in cube_of(sources).windows}
        return sources if kinds_shown & set(choice.windows or WINDOW_KINDS) else ()
    return sources


def _beside(partnership: Partnership, choice: LayerChoice, edition: str) -> dict[str, tuple[str, ...]] | None:
    """Each source that a layer asks for beside its own, with those that are counted together with it.

    None where the edition may not know one that the layer cannot do without.
    """
    asked = kinds()[choice.kind].beside(choice.options)
    found = _known_sources(partnership, (*asked.needed, *asked.wanted), edition)
    if not set(asked.needed) <= set(found):
        return None
    return {name: _known_sources(partnership, partnership.series[name], edition) for name in found}


def _known_sources(partnership: Partnership, sources: Sequence[str], edition: str) -> tuple[str, ...]:
    """Those of some sources that an edition admits."""
    admitted = {s.id for s in partnership.sources if s.editions is None or edition in s.editions}
    return tuple(name for name in sources if name in admitted)


def _cubes(
    partnership: Partnership, study: StudyArea, released: ReleasedFacts, calendar: Calendar
) -> Callable[[tuple[str, ...]], Cube]:
    """Released facts of some sources as a cube, each made once."""
    kind_of = {source.id: source_kinds()[source.kind] for source in partnership.sources}
    cells = {resolution: study.cells(resolution) for resolution in partnership.grid.publish}
    membership = study.membership()

    @cache
    def cube_of(sources: tuple[str, ...]) -> Cube:
        common = [frozenset(calendar.windows[name]) for name in sources if name in calendar.windows]
        cube = make_cube(
            released,
            cells,
            area_codes={level.id: level.codes for level in study.levels},
            snapped=bool(sources) and all(getattr(kind_of[name], "snapped", False) for name in sources),
            sources=sources,
            windows=in_order(frozenset.intersection(*common) if common else ()),
            membership=membership,
        )
        return with_beyond(cube, released, study.beyond, km=partnership.area.edge_km, sources=sources)

    return cube_of


def _request(choice: LayerChoice) -> LayerRequest:
    return LayerRequest(
        id=choice.id,
        kind=choice.kind,
        title=choice.title or "",
        categories=choice.categories,
        default_resolution=choice.default_resolution,
        window_kinds=choice.windows or WINDOW_KINDS,
        options=choice.options,
    )
