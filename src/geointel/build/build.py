"""``build``: one function that reads like the flow."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING

from geointel import snapshot
from geointel.build.compute import compute
from geointel.build.gather import gather
from geointel.build.manifest import manifest, uses
from geointel.build.places import write_areas, write_features, write_places
from geointel.build.report import BuildReport, LayerReport
from geointel.build.withdrawn import withdrawn
from geointel.build.workroom import log_build, workroom
from geointel.config import expired, open_editions
from geointel.disclosure.policy import SourceTerms
from geointel.disclosure.release import release
from geointel.engine.duckdb import DuckDBEngine
from geointel.errors import ConfigError
from geointel.ingest.areas import LevelChoice, read_study_area
from geointel.ingest.edge import with_edge
from geointel.layers.base import kinds
from geointel.snapshot.layout import AREAS, FEATURES, PLACES, TILES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from geointel.build.compute import Computed
    from geointel.build.gather import Gathered
    from geointel.config import Partnership
    from geointel.ingest.areas import StudyArea
    from geointel.model import Layer, ReleasedFacts
    from geointel.snapshot import Staging

    Announce = Callable[[str], None]


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
        Day of the build: a source whose agreement has expired by then is not read, nor is one that was withdrawn.

    Raises
    ------
    GeointelError
        Nothing was published then.
    """
    started = time.monotonic()
    data, out = data.resolve(), out.resolve()
    today = today or date.today()  # noqa: DTZ011 - the day where the data is
    blocked = (*expired(partnership, today), *withdrawn(partnership, out))
    if blocked:
        raise ConfigError(partnership.path, blocked)
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
    computed: dict[tuple[bool, tuple[SourceTerms, ...]], Computed] = {}
    public = open_editions(partnership)
    for edition in partnership.editions:
        announce(f"Computing the edition {edition}")
        terms = _terms(partnership, edition)
        calendar = gathered.calendar([term.source for term in terms if term.admitted])
        released = release(gathered.facts, terms, edition=edition, windows=calendar.windows)
        staging.write_facts(released)
        parts = []
        for closed in (False,) if edition in public else (False, True):
            same = closed, tuple(term.effect for term in terms)
            if same not in computed:
                choices = [choice for choice in partnership.layers if kinds()[choice.kind].partner_only == closed]
                computed[same] = compute(partnership, study, released, calendar, staging, choices=choices)
            parts.append(computed[same])
        describe = partial(manifest, partnership, study, gathered, edition=edition, calendar=calendar)
        written[edition] = _write_edition(partnership, study, describe, released=released, parts=parts, staging=staging)
    return written


def _write_edition(
    partnership: Partnership,
    study: StudyArea,
    describe: Callable[..., dict[str, Any]],
    *,
    released: ReleasedFacts,
    parts: Sequence[Computed],
    staging: Staging,
) -> _Written:
    """Layers, names, tiles and manifest of one edition; its layers come in ``parts``, some from an edition with the same facts."""
    edition = released.edition
    folder = staging.edition(edition)
    order = [choice.id for choice in partnership.layers]
    found = [(replace(layer, edition=edition), part.tiles) for part in parts for layer in part.layers]
    found.sort(key=lambda pair: order.index(pair[0].spec.id))
    layers = tuple(layer for layer, _ in found)
    for layer, tiles in found:
        staging.write_layer(layer)
        if layer.features is not None:
            write_features(layer.features, folder / FEATURES / f"{layer.spec.id}.parquet")
        if tiles != folder / TILES:
            (folder / TILES).mkdir(exist_ok=True)
            shutil.copy2(tiles / f"{layer.spec.id}.pmtiles", folder / TILES)
    described = describe(cube=parts[0].cube, layers=layers)
    used = {name: sources for part in parts for name, sources in part.uses.items()}
    described["uses"] = uses(used, released.names, called=described["names"])
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
