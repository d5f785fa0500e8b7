"""``build``: one function that reads like the flow."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import TYPE_CHECKING

from geointel import snapshot
from geointel.build.caveats import with_caveats
from geointel.build.gather import gather
from geointel.build.manifest import attribution, manifest, outline_credits
from geointel.build.places import write_areas, write_features, write_places
from geointel.build.pyramid import write_tiles
from geointel.build.report import BuildReport, LayerReport
from geointel.build.workroom import log_build, workroom
from geointel.config import expired
from geointel.disclosure.policy import SourceTerms
from geointel.disclosure.release import release
from geointel.engine.duckdb import DuckDBEngine
from geointel.errors import ConfigError
from geointel.ingest.areas import LevelChoice, read_study_area
from geointel.ingest.edge import with_edge
from geointel.layers.base import BESIDE_ALONE, LayerRequest, kinds
from geointel.layers.cube import make_cube, with_beyond
from geointel.model import in_order
from geointel.snapshot.layout import AREAS, FEATURES, PLACES, TILES
from geointel.sources.base import kinds as source_kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from geointel.build.gather import Calendar, Gathered
    from geointel.config import LayerChoice, Partnership
    from geointel.ingest.areas import StudyArea
    from geointel.layers.cube import Cube
    from geointel.model import Layer, ReleasedFacts
    from geointel.snapshot import Staging

    Announce = Callable[[str], None]

WINDOW_KINDS = ("month", "quarter", "year")


@dataclass(frozen=True)
class _Computed:
    """Layers over one set of released facts, and the folder that has their tiles."""

    cube: Cube
    layers: tuple[Layer, ...]
    tiles: Path


@dataclass(frozen=True)
class _Written:
    layers: tuple[Layer, ...]
    manifest: dict[str, Any]


def build(
    partnership: Partnership,
    *,
    data: Path,
    out: Path,
    announce: Announce = lambda _: None,
    today: date | None = None,
) -> BuildReport:
    """Build and publish a snapshot of a partnership.

    Parameters
    ----------
    data
        Root of the relative file names in the configuration.
    out
        The snapshots folder. What it publishes now stays published until the new snapshot is whole.
    announce
        Told in one line what happens next.
    today
        Day of the build: a source whose agreement has expired by then is not read.

    Raises
    ------
    GeointelError
        Nothing was published then.
    """
    started = time.monotonic()
    blocked = tuple(expired(partnership, today or date.today()))  # noqa: DTZ011 - the day where the data is
    if blocked:
        raise ConfigError(partnership.path, blocked)
    data, out = data.resolve(), out.resolve()
    with workroom(out) as scratch:
        announce("Reading boundaries")
        study = read_study_area(levels_of(partnership), data, partnership.grid.leaf)
        study = with_edge(study, partnership.grid.publish, km=partnership.area.edge_km)
        engine = DuckDBEngine(scratch)
        try:
            gathered = gather(partnership, study, engine, data=data, scratch=scratch, announce=announce)
        finally:
            engine.close()
        with snapshot.stage(out) as staging:
            written = _write_editions(partnership, study, gathered, staging, announce=announce)
            announce("Publishing")
            manifests = {edition: found.manifest for edition, found in written.items()}
            path = staging.publish(manifests, datetime.now(UTC).replace(microsecond=0))
        report = BuildReport(
            snapshot=path.name,
            path=path,
            editions=tuple(written),
            seconds=round(time.monotonic() - started, 1),
            sources=gathered.reports,
            layers=_layer_reports(written),
        )
        try:
            log_build(out, report.to_json())
        except OSError as error:  # the snapshot is published: say so, and what is missing
            announce(f"Published, but the operator's log could not be written ({error.strerror})")
    return report


def _write_editions(
    partnership: Partnership, study: StudyArea, gathered: Gathered, staging: Staging, *, announce: Announce
) -> dict[str, _Written]:
    """Release, compute and write every edition.

    Editions that let the same sources pass unchanged have the same facts, and are computed once.
    """
    written: dict[str, _Written] = {}
    computed: dict[tuple[SourceTerms, ...], _Computed] = {}
    for edition in partnership.editions:
        announce(f"Computing the edition {edition}")
        terms = _terms(partnership, edition)
        calendar = gathered.calendar([term.source for term in terms if term.admitted])
        released = release(gathered.facts, terms, edition=edition, windows=calendar.windows)
        staging.write_facts(released)
        same = tuple(term.effect for term in terms)
        if same not in computed:
            computed[same] = _compute(partnership, study, released, calendar, staging)
        describe = partial(manifest, partnership, study, gathered, edition=edition, calendar=calendar)
        written[edition] = _write_edition(
            partnership, study, describe, released=released, computed=computed[same], staging=staging
        )
    return written


def _compute(
    partnership: Partnership, study: StudyArea, released: ReleasedFacts, calendar: Calendar, staging: Staging
) -> _Computed:
    """Layers and tiles from released facts alone. A layer without a source in this edition is left out."""
    cube_of = _cubes(partnership, study, released, calendar)
    known = {choice.id: _known_sources(partnership, choice.sources, released.edition) for choice in partnership.layers}
    kind_of = {s.id: source_kinds()[s.kind].configured(s.options) for s in partnership.sources}
    tiles = staging.edition(released.edition) / TILES
    layers: list[Layer] = []
    for choice in partnership.layers:
        beside = _beside(partnership, choice, released.edition)
        alone = kinds()[choice.kind].needs == BESIDE_ALONE
        if (known[choice.id] or alone) and beside is not None:
            cube = replace(cube_of(known[choice.id]), beside={name: cube_of(names) for name, names in beside.items()})
            sources = tuple(dict.fromkeys((*known[choice.id], *beside)))
            layer = kinds()[choice.kind].compute(cube, _request(choice))
            layer = replace(layer, spec=replace(layer.spec, sources=sources))
            layers.append(with_caveats(layer, [kind_of[name] for name in sources]))
            credit = [*(attribution(partnership, name) for name in sources), *outline_credits(partnership)]
            write_tiles(layer, tiles / f"{layer.spec.id}.pmtiles", attribution=credit)
    first = next((known[choice.id] for choice in partnership.layers if known[choice.id]), ())
    return _Computed(cube=cube_of(first), layers=tuple(layers), tiles=tiles)


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


def _write_edition(
    partnership: Partnership,
    study: StudyArea,
    describe: Callable[..., dict[str, Any]],
    *,
    released: ReleasedFacts,
    computed: _Computed,
    staging: Staging,
) -> _Written:
    """Layers, names, tiles and manifest of one edition."""
    edition = released.edition
    folder = staging.edition(edition)
    layers = tuple(replace(layer, edition=edition) for layer in computed.layers)
    for layer in layers:
        staging.write_layer(layer)
        if layer.features is not None:
            write_features(layer.features, folder / FEATURES / f"{layer.spec.id}.parquet")
    if computed.tiles != folder / TILES:
        shutil.copytree(computed.tiles, folder / TILES)
    described = describe(cube=computed.cube, layers=layers)
    write_areas(study, folder / AREAS)
    publish = partnership.grid.publish
    write_places(study, released, folder / PLACES, resolutions=publish, names=described["names"])
    return _Written(layers=layers, manifest=described)


def levels_of(partnership: Partnership) -> list[LevelChoice]:
    """What the partnership says of its area levels, as ``ingest`` reads it."""
    return [
        LevelChoice(
            id=level.id,
            title=level.title or level.id,
            file=level.file,
            code=level.code,
            name=level.name,
            only=level.only,
            members_of=level.members_of,
            members=level.members,
        )
        for level in partnership.area.levels
    ]


def _terms(partnership: Partnership, edition: str) -> list[SourceTerms]:
    """How each source stands towards an edition."""
    chosen = partnership.editions[edition]
    return [
        SourceTerms(
            source=source.id,
            public=source.public,
            method=chosen.policy_for(source.id).method,
            admitted=source.editions is None or edition in source.editions,
        )
        for source in partnership.sources
    ]


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


def _layer_reports(written: dict[str, _Written]) -> tuple[LayerReport, ...]:
    """One line per layer: in which editions it stands, and how many rows it has in the first of them."""
    reports: dict[str, LayerReport] = {}
    for edition, found in written.items():
        for layer in found.layers:
            known = reports.get(layer.spec.id)
            editions = (*known.editions, edition) if known else (edition,)
            rows = known.rows if known else layer.cells.num_rows
            reports[layer.spec.id] = LayerReport(layer.spec.id, layer.spec.kind, editions, rows)
    return tuple(reports.values())
