"""``build``: one function that reads like the flow."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING

from geointel import snapshot
from geointel.build.compute import compute
from geointel.build.gate import allowed, entry, geography, ledger_folder, terms, told, too_late
from geointel.build.gather import gather
from geointel.build.manifest import manifest, uses
from geointel.build.places import write_areas, write_features, write_places
from geointel.build.report import BuildReport, LayerReport
from geointel.build.secret import same_mark
from geointel.build.utility import utility
from geointel.build.withdrawn import withdrawn
from geointel.build.workroom import log_build, workroom
from geointel.config import expired, open_editions
from geointel.disclosure import ledger
from geointel.disclosure.release import release
from geointel.engine.duckdb import DuckDBEngine
from geointel.errors import ConfigError
from geointel.ingest.areas import LevelChoice, read_study_area
from geointel.ingest.edge import with_edge
from geointel.layers.base import kinds
from geointel.snapshot.layout import AREAS, FEATURES, PLACES, TILES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from geointel.build.compute import Computed
    from geointel.build.gate import Entry
    from geointel.build.gather import Gathered
    from geointel.build.utility import Utility
    from geointel.config import Partnership
    from geointel.disclosure.policy import SourceTerms
    from geointel.ingest.areas import StudyArea
    from geointel.model import Layer, ReleasedFacts
    from geointel.snapshot import Staging

    Announce = Callable[[str], None]


@dataclass(frozen=True)
class _Written:
    layers: tuple[Layer, ...]
    manifest: dict[str, Any]
    added: Entry
    utility: tuple[Utility, ...]


def build(
    partnership: Partnership,
    *,
    data: Path,
    out: Path,
    announce: Announce = lambda _: None,
    today: date | None = None,
    environment: Mapping[str, str] = os.environ,
    new_secret: bool = False,
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
    environment
        Where the secrets are, by the names that the configuration gives them.
    new_secret
        Whether counts may be changed by another secret than those that were released before.

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
    secret = same_mark(partnership, environment, ledger_folder(out), new_secret=new_secret)
    with workroom(out) as scratch:
        announce("Reading boundaries")
        study = read_study_area(levels_of(partnership), data, partnership.grid.leaf)
        study = with_edge(study, partnership.grid.publish, km=partnership.area.edge_km)
        with closing(DuckDBEngine(scratch)) as engine:
            gathered = gather(
                partnership, study, engine, data=data, scratch=scratch, announce=announce, environment=environment
            )
        with snapshot.stage(out) as staging:
            written = _write_editions(partnership, study, gathered, staging, announce=announce)
            _keep(written, ledger_folder(out), secret)
            announce("Publishing")
            manifests = {edition: found.manifest for edition, found in written.items()}
            path = staging.publish(manifests, datetime.now(UTC).replace(microsecond=0))
        seconds = round(time.monotonic() - started, 1)
        layers = _layer_reports(written)
        useful = tuple(one for found in written.values() for one in found.utility)
        report = BuildReport(path.name, path, tuple(written), seconds, gathered.reports, layers, useful)
        _log(report, out, announce)
    return report


def _keep(written: dict[str, _Written], folder: Path, secret: str | None) -> None:
    """Write the release ledger, before what it holds is published."""
    for found in written.values():
        found.added.write(folder)
    if secret is not None:
        ledger.write_mark(folder, secret)


def _log(report: BuildReport, out: Path, announce: Announce) -> None:
    """Add to the operator's log. The snapshot is published by then: without it, say so and go on."""
    try:
        log_build(out, report.to_json())
    except OSError as error:
        announce(f"Published, but the operator's log could not be written ({error.strerror})")


def _write_editions(
    partnership: Partnership, study: StudyArea, gathered: Gathered, staging: Staging, *, announce: Announce
) -> dict[str, _Written]:
    """Release, compute and write every edition.

    Editions that let the same sources pass unchanged have the same facts, and are computed once.
    """
    written: dict[str, _Written] = {}
    computed: dict[tuple[bool, str, tuple[SourceTerms, ...]], Computed] = {}
    public, places = open_editions(partnership), geography(partnership, study)
    for edition in partnership.editions:
        announce(f"Computing the edition {edition}")
        own = terms(partnership, edition)
        folder = ledger_folder(staging.snapshots)
        late = too_late(partnership, edition, folder)
        calendar = allowed(gathered.calendar([term.source for term in own if term.admitted]), own, late)
        before = ledger.read(folder, edition)
        released = release(
            gathered.facts, own, edition=edition, windows=calendar.windows, geography=places, ledger=before
        )
        added = entry(released, own, before=before, calendar=calendar, geography=places)
        staging.write_facts(released)
        parts = []
        for closed in (False,) if edition in public else (False, True):
            same = closed, edition if added.contents else "", tuple(term.effect for term in own)
            if same not in computed:
                choices = [choice for choice in partnership.layers if kinds()[choice.kind].partner_only == closed]
                computed[same] = compute(partnership, study, released, calendar, staging, choices=choices)
            parts.append(computed[same])
        describe = partial(
            _described, partnership, study, gathered, edition=edition, calendar=calendar, released=released
        )
        written[edition] = _write_edition(
            partnership, study, describe, released=released, parts=parts, staging=staging, added=added
        )
        useful = utility(gathered.facts, released, own, calendar.windows)
        written[edition] = replace(written[edition], utility=useful)
    return written


def _write_edition(
    partnership: Partnership,
    study: StudyArea,
    describe: Callable[..., dict[str, Any]],
    *,
    released: ReleasedFacts,
    parts: Sequence[Computed],
    staging: Staging,
    added: Entry,
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
    described = describe(cube=parts[0].cube, layers=layers, added=added)
    used = {name: sources for part in parts for name, sources in part.uses.items()}
    described["uses"] = uses(used, released.names, called=described["names"])
    write_areas(study, folder / AREAS)
    publish = partnership.grid.publish
    write_places(study, released, folder / PLACES, resolutions=publish, names=described["names"])
    return _Written(layers=layers, manifest=described, added=added, utility=())


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


def _described(
    partnership: Partnership,
    study: StudyArea,
    gathered: Gathered,
    *,
    released: ReleasedFacts,
    added: Entry,
    **more: Any,
) -> dict[str, Any]:
    """Manifest of an edition, with what it says of the gate."""
    found = manifest(partnership, study, gathered, **more)
    return {**found, "disclosure": told(partnership, released, added)}


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
