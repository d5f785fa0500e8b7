"""Which sources a layer is computed from.

Sources of one kind with the same categories are one series: two police forces, say. They are counted together.
Different series never are: a stop and search is not an offence. All lists of services are one series.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pydantic

from geointel.layers.base import EVENTS, SERVICES
from geointel.model import ALL, INCIDENTS
from geointel.sources.base import EventKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.config.document import LayerTable, SourceTable
    from geointel.config.kinds import Kinds
    from geointel.layers.base import LayerKind
    from geointel.sources.base import SourceKind

Configured = tuple[str, "SourceKind"]
"""Id of a source, and its kind as its options make it."""


def configured(tables: Sequence[SourceTable], kinds: Kinds) -> tuple[Configured, ...] | None:
    """Return the sources with their kinds; None when a kind is unknown or its options are wrong."""
    found: list[Configured] = []
    for table in tables:
        kind = kinds.sources.get(table.kind)
        if kind is None:
            return None
        try:
            found.append((table.id, kind.configured(kind.options.model_validate(table.own))))
        except pydantic.ValidationError:
            return None
    return tuple(found)


def sources_of(layer: LayerTable, kind: LayerKind, sources: Sequence[Configured]) -> tuple[str, ...]:
    """Ids of the sources of a layer: those it names, else the first series that can answer it."""
    if layer.source:
        return tuple(layer.source)
    if layer_categories(layer, kind) is not None:
        return next((series(name, sources) for name, source in sources if can_answer(source, kind)), ())
    for names in dict.fromkeys(series(name, sources) for name, source in sources if can_answer(source, kind)):
        if set(layer.categories or ()) <= {*categories_of(names, sources), ALL}:
            return names
    return ()


def layer_categories(layer: LayerTable, kind: LayerKind) -> tuple[str, ...] | None:
    """Categories of a kind of layer that has its own; None where they are those of its sources, or its options are wrong."""
    try:
        return kind.categories(kind.options.model_validate(layer.own))
    except pydantic.ValidationError:
        return None


def series(name: str, sources: Sequence[Configured]) -> tuple[str, ...]:
    """Ids of the sources that are counted together with one."""
    own = dict(sources)[name]
    return tuple(other for other, kind in sources if _key(kind) == _key(own))


def categories_of(names: Sequence[str], sources: Sequence[Configured]) -> tuple[str, ...]:
    """Category slugs of sources, each once, with ``all``; none when they have none."""
    by_id: Mapping[str, SourceKind] = dict(sources)
    found = dict.fromkeys(slug for name in names if name in by_id for slug in by_id[name].categories)
    return (*found, ALL) if found else ()


def event_series(sources: Sequence[Configured]) -> list[tuple[str, ...]]:
    """Every series of events that are counted as incidents, in the order of the file."""
    return list(
        dict.fromkeys(
            series(name, sources) for name, kind in sources if kind.grain == EVENTS and _counts(kind, (INCIDENTS,))
        )
    )


def can_answer(source: SourceKind, kind: LayerKind) -> bool:
    """Whether a source is what the layer needs."""
    on_roads = not kind.on_roads or bool(isinstance(source, EventKind) and source.on_roads)
    return source.grain == kind.needs and on_roads and _counts(source, kind.counts)


def _counts(kind: SourceKind, measures: tuple[str, ...]) -> bool:
    """Whether a source counts what is asked for. Tests for drugs at the roadside, say, are not incidents."""
    return not isinstance(kind, EventKind) or set(measures) <= set(kind.measures)


def _key(kind: SourceKind) -> tuple[str, tuple[str, ...]]:
    """What the sources of a series share. Every list of services tells of the same thing: where help is."""
    return (SERVICES, ()) if kind.grain == SERVICES else (kind.kind, tuple(kind.categories))
