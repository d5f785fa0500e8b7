"""What a partnership file means where it is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geointel.config.editions import OPEN, public_role
from geointel.config.partnership import LayerChoice, Source
from geointel.config.policy import Edition, Policy
from geointel.config.series import categories_of, configured, event_series, sources_of
from geointel.layers.base import SERVICES
from geointel.model import ALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from geointel.config.document import Document, LayerTable, SourceTable
    from geointel.config.kinds import Kinds
    from geointel.config.series import Configured

DRUGS = "drugs"
USUAL_RESOLUTION = 8
STANDARD_LAYERS: tuple[tuple[str, str, tuple[str, ...] | None], ...] = (
    ("incident-count", "count", None),
    ("hotspot", "hotspot", (DRUGS, ALL)),
    ("excess", "excess", (DRUGS,)),
)
"""Id, kind and categories (None: every one) of the layers built when the file names none."""


def open_policy() -> Policy:
    """Return the policy of the open edition."""
    return Policy(
        method="cell-key", max_noise=8, variance=3, never_show=2, stay=0.5, coarsen_below=10, coarsen_population=500
    )


def editions(document: Document) -> dict[str, Edition]:
    """Return the file's editions, or one open edition."""
    return dict(document.edition) or {OPEN: Edition(policy=open_policy())}


def roles(document: Document) -> dict[str, tuple[str, ...]]:
    """Return the file's roles, or a public role that may open the open (else the first) edition."""
    return dict(document.role) or public_role(list(editions(document)))


def default_resolution(publish: tuple[int, ...]) -> int:
    """Return 8 where it is published, else the middle one."""
    return USUAL_RESOLUTION if USUAL_RESOLUTION in publish else publish[len(publish) // 2]


def sources(tables: Iterable[SourceTable], kinds: Kinds) -> tuple[Source, ...]:
    """Return the sources, with their kinds' defaults."""
    return tuple(_source(table, kinds) for table in tables)


def _source(table: SourceTable, kinds: Kinds) -> Source:
    kind = kinds.sources[table.kind]
    options = kind.options.model_validate(table.own)
    return Source(
        id=table.id,
        kind=table.kind,
        files=table.files,
        public=kind.public if table.public is None else table.public,
        covers=table.covers,
        editions=table.editions,
        categories=tuple(kind.configured(options).categories),
        options=options,
        agreement=table.agreement,
        twin_of=table.twin_of,
        extent=table.extent,
    )


def layers(document: Document, kinds: Kinds) -> tuple[LayerChoice, ...]:
    """Return the layers asked for, or the standard set."""
    usual = default_resolution(document.grid.publish)
    sources = configured(document.source, kinds) or ()
    if document.layer:
        return tuple(_layer(table, kinds, sources, usual) for table in document.layer)
    return tuple(_standard(kinds, sources, usual))


def _layer(table: LayerTable, kinds: Kinds, sources: Sequence[Configured], usual: int) -> LayerChoice:
    kind = kinds.layers[table.kind]
    own = sources_of(table, kind, sources)
    options = kind.options.model_validate(table.own)
    categories = kind.categories(options) or categories_of(own, sources) or (ALL,)
    return LayerChoice(
        id=table.id,
        kind=table.kind,
        sources=own,
        title=table.title,
        categories=table.categories or _meaningful(categories, kind.refused(options)),
        default_resolution=usual if table.default_resolution is None else table.default_resolution,
        windows=table.windows,
        options=options,
    )


def _standard(kinds: Kinds, sources: Sequence[Configured], usual: int) -> Iterator[LayerChoice]:
    """Yield the standard layers of the first series of events, a count of each other one, and services."""
    for number, names in enumerate(event_series(sources)):
        categories = categories_of(names, sources)
        for name, kind, wanted in STANDARD_LAYERS if number == 0 else ((f"{names[0]}-count", "count", None),):
            asked = tuple(slug for slug in categories if wanted is None or slug in wanted)
            if kind in kinds.layers and asked:
                options = kinds.layers[kind].options.model_validate({})
                title = None if number == 0 else _title(names[0], sources)
                yield LayerChoice(name, kind, names, title, asked, usual, None, options)
    lists = tuple(name for name, source in sources if source.grain == SERVICES)
    if lists and SERVICES in kinds.layers:
        options = kinds.layers[SERVICES].options.model_validate({})
        yield LayerChoice(SERVICES, SERVICES, lists, None, categories_of(lists, sources), usual, None, options)


def _title(name: str, sources: Sequence[Configured]) -> str:
    """What a count of a source is called: by its category where it has only one, else as the kind is."""
    kind = dict(sources)[name]
    only = next(iter(kind.categories.items()))
    return only[1] if len(kind.categories) == 1 else kind.title


def _meaningful(categories: tuple[str, ...], refuses: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(slug for slug in categories if slug not in refuses)
