"""Faults between the tables of a partnership file: names that must agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pydantic

from geointel.config.beside import beside_suppression
from geointel.config.editions import edition_names, marked_open, partner_only
from geointel.config.faults import Location, key_path, to_faults
from geointel.config.kinds import LAYER_KINDS, SOURCE_KINDS, did_you_mean, unknown_kind
from geointel.config.series import can_answer, categories_of, configured, layer_categories, sources_of
from geointel.config.shape import ID_RULE, is_id
from geointel.errors import Fault
from geointel.layers.base import BESIDE_ALONE
from geointel.sources.base import EventKind, OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geointel.config.document import LayerTable, SourceTable
    from geointel.config.draft import Draft
    from geointel.config.kinds import Kinds


def between_tables(draft: Draft, kinds: Kinds) -> list[Fault]:
    """Return every fault that needs more than one table to be seen."""
    checks: tuple[Callable[[Draft, Kinds], Iterator[Fault]], ...] = (
        _repeated_ids, _levels, _sources, _shared, _joined, _layers, _editions, _unprotected, _roles, partner_only, marked_open,
    )  # fmt: skip
    return [fault for check in checks for fault in check(draft, kinds)]


def _repeated_ids(draft: Draft, _: Kinds) -> Iterator[Fault]:
    for location in (("area", "level"), ("source",), ("agreement",), ("layer",)):
        seen: dict[str, str] = {}
        for where, name in draft.ids(*location):
            key = key_path(where)
            if name in seen:
                yield Fault(key, f"The id {name!r} is taken by {seen[name]}.", "Give each its own id.")
            seen.setdefault(name, key)


def _levels(draft: Draft, _: Kinds) -> Iterator[Fault]:
    have = [name for _, name in draft.ids("area", "level")]
    groups = {level.id for level in draft.levels.values() if level.file is None}
    for number, level in draft.levels.items():
        key = key_path(("area", "level", number, "members_of"))
        if level.members_of is None:
            continue
        if number == 0:
            message = "The first level is the study area, so it needs outlines of its own."
            yield Fault(key, message, "Put a level with a file first.")
        elif level.members_of not in have:
            yield Fault(key, f"There is no level {level.members_of!r}.", did_you_mean(level.members_of, have))
        elif level.members_of in groups:
            message = f"The level {level.members_of!r} has no outlines of its own to group."
            yield Fault(key, message, "Group a level that has a file.")
        elif level.members_of not in have[:number]:
            yield Fault(key, f"The level {level.members_of!r} comes later.", "Put the level that is grouped first.")


def _sources(draft: Draft, kinds: Kinds) -> Iterator[Fault]:
    editions = edition_names(draft)
    for number, source in draft.sources.items():
        at: Location = ("source", number)
        fault = unknown_kind(key_path((*at, "kind")), source.kind, kinds.sources, SOURCE_KINDS)
        if fault is not None:
            yield fault
        else:
            yield from _options(source, kinds.sources[source.kind].options, at)
            yield from _files(source, kinds, at)
        for place, name in enumerate(source.editions or ()):
            if name not in editions:
                key = key_path((*at, "editions", place))
                yield Fault(key, f"There is no edition {name!r}.", did_you_mean(name, editions))


def _shared(draft: Draft, kinds: Kinds) -> Iterator[Fault]:
    """Agreements that sources name and that are not there, and twins of what is not there or not public."""
    agreements = [name for _, name in draft.ids("agreement")]
    names = [name for _, name in draft.ids("source")]
    public = {source.id for source in draft.sources.values() if _is_public(source, kinds)}
    for number, source in draft.sources.items():
        at: Location = ("source", number)
        if source.agreement is not None and source.agreement not in agreements:
            remedy = did_you_mean(source.agreement, agreements) if agreements else "Add it, as [[agreement]]."
            yield Fault(key_path((*at, "agreement")), f"There is no agreement {source.agreement!r}.", remedy)
        if source.twin_of is None:
            continue
        key = key_path((*at, "twin_of"))
        if source.twin_of not in names or source.twin_of == source.id:
            others = [name for name in names if name != source.id]
            yield Fault(key, f"There is no other source {source.twin_of!r}.", did_you_mean(source.twin_of, others))
        elif source.twin_of not in public:
            message = f"The source {source.twin_of!r} is not public, so no other can be an extract of its public rows."
            yield Fault(key, message, "Name the public source, or leave `twin_of` out.")


def _is_public(source: SourceTable, kinds: Kinds) -> bool:
    kind = kinds.sources.get(source.kind)
    return kind is not None and kind.public if source.public is None else source.public


def _files(source: SourceTable, kinds: Kinds, at: Location) -> Iterator[Fault]:
    known = configured([source], kinds)
    if not source.files and known is not None and known[0][1].package is None:
        description = "file names or patterns under the data folder."
        yield Fault(key_path((*at, "files")), "The key 'files' is missing.", f"Add it: {description}")


def _joined(draft: Draft, kinds: Kinds) -> Iterator[Fault]:
    """Outcomes whose incidents no source has."""
    for number, source in draft.sources.items():
        kind = kinds.sources.get(source.kind)
        if not isinstance(kind, OutcomeKind):
            continue
        have = [other.id for other in draft.sources.values() if other.kind == kind.joins]
        wanted = source.own.get("of")
        closed = [
            o.id for o in draft.sources.values() if o.id in have and not _is_public(o, kinds) and wanted in {None, o.id}
        ]
        if closed and _is_public(source, kinds):
            message = f"The outcomes of {source.id!r} stand at the places of {closed[0]!r}, which is not public, and would show them."
            remedy = "Write public = false for the outcomes too, and keep them in editions that may know true counts."
            yield Fault(key_path(("source", number, "public")), message, remedy)
        if isinstance(wanted, str) and wanted not in have:
            message = f"There is no source {wanted!r} of the kind {kind.joins!r}."
            yield Fault(key_path(("source", number, "of")), message, did_you_mean(wanted, have))
        elif not have:
            message = f"The outcomes of {source.id!r} belong to rows of a source of the kind {kind.joins!r}, and there is none."
            yield Fault(key_path(("source", number)), message, "Add the source that they belong to.")


def _layers(draft: Draft, kinds: Kinds) -> Iterator[Fault]:
    for number, layer in draft.layers.items():
        at: Location = ("layer", number)
        fault = unknown_kind(key_path((*at, "kind")), layer.kind, kinds.layers, LAYER_KINDS)
        if fault is not None:
            yield fault
        else:
            yield from _options(layer, kinds.layers[layer.kind].options, at)
        yield from _layer_sources(layer, at, draft, kinds)
        yield from _layer_categories(layer, at, draft, kinds)
        yield from _layer_resolution(layer, at, draft)
        yield from _layer_beside(layer, at, draft, kinds)


def _layer_sources(layer: LayerTable, at: Location, draft: Draft, kinds: Kinds) -> Iterator[Fault]:
    """Sources that the layer names and that are not there, or are not what it needs."""
    have = [name for _, name in draft.ids("source")]
    known = dict(configured(list(draft.sources.values()), kinds) or ())
    kind = kinds.layers.get(layer.kind)
    for place, name in enumerate(layer.source or ()):
        key = key_path((*at, "source", place))
        if name not in have:
            yield Fault(key, f"There is no source {name!r}.", did_you_mean(name, have))
        elif kind is not None and name in known and not can_answer(known[name], kind):
            message = f"A layer of the kind {layer.kind!r} cannot be computed from the source {name!r}."
            yield Fault(key, message, "Name a source of another kind, or leave `source` out.")


def _layer_categories(layer: LayerTable, at: Location, draft: Draft, kinds: Kinds) -> Iterator[Fault]:
    sources = configured(list(draft.sources.values()), kinds)
    kind = kinds.layers.get(layer.kind)
    if sources is None or kind is None:
        return
    refused = (
        kind.refuses if _options(layer, kind.options, at) else kind.refused(kind.options.model_validate(layer.own))
    )
    own = sources_of(layer, kind, sources)
    usual = categories_of(own or [name for name, source in sources if source.grain == kind.needs], sources)
    have = layer_categories(layer, kind) or usual
    for place, name in enumerate(layer.categories or ()):
        key = key_path((*at, "categories", place))
        if name not in have:
            yield Fault(key, f"No source has the category {name!r}.", did_you_mean(name, have))
        elif name in refused:
            yield Fault(key, refused[name], f"Leave {name!r} out.")
        elif name in (layer.categories or ())[:place]:
            yield Fault(key, f"The category {name!r} is listed twice.", "List it once.")
    if not own and kind.needs != BESIDE_ALONE and all(name in have for name in layer.categories or ()):
        message = "No one source has all that this layer asks for."
        yield Fault(key_path(at), message, "Make a layer of each source, with `source`, or name fewer categories.")


def _layer_resolution(layer: LayerTable, at: Location, draft: Draft) -> Iterator[Fault]:
    wanted = layer.default_resolution
    if wanted is None or draft.grid is None or wanted in draft.grid.publish:
        return
    listed = ", ".join(str(resolution) for resolution in draft.grid.publish)
    message = f"Resolution {wanted} is not published."
    yield Fault(key_path((*at, "default_resolution")), message, f"Choose from {listed}, or add it to grid.publish.")


def _layer_beside(layer: LayerTable, at: Location, draft: Draft, kinds: Kinds) -> Iterator[Fault]:
    """Sources that the layer asks for beside its own, and that are not there."""
    kind = kinds.layers.get(layer.kind)
    have = [name for _, name in draft.ids("source")]
    if kind is None or _options(layer, kind.options, at):
        return
    asked = kind.beside(kind.options.model_validate(layer.own))
    for name in (*asked.needed, *asked.wanted):
        if name not in have:
            yield Fault(key_path(at), f"There is no source {name!r}.", did_you_mean(name, have))


def _options(table: SourceTable | LayerTable, model: type[pydantic.BaseModel], at: Location) -> list[Fault]:
    """Faults of the kind's own keys. An unknown key may be a misspelt one of the table itself."""
    try:
        model.model_validate(table.own)
    except pydantic.ValidationError as error:
        known = [*type(table).model_fields, *model.model_fields]
        return [_with_suggestion(fault, known, at) for fault in to_faults(error, model, at)]
    return []


def _with_suggestion(fault: Fault, known: list[str], at: Location) -> Fault:
    prefix = f"{key_path(at)}."
    name = fault.key.removeprefix(prefix)
    if fault.message != f"There is no key {name!r} here.":
        return fault
    return Fault(fault.key, fault.message, did_you_mean(name, known))


def _editions(draft: Draft, _: Kinds) -> Iterator[Fault]:
    sources = [name for _, name in draft.ids("source")]
    for edition, table in draft.editions.items():
        for name in table.source:
            if name not in sources:
                key = key_path(("edition", edition, "source", name))
                yield Fault(key, f"There is no source {name!r}.", did_you_mean(name, sources))
    for edition in draft.names("edition"):
        yield from _named("edition", edition)


def _unprotected(draft: Draft, kinds: Kinds) -> Iterator[Fault]:
    """Sources that are not public and whose counts an edition changes: there must be counts, and a secret to change them by."""
    secret = (draft.raw.get("secrets") or {}).get("cell_key") if isinstance(draft.raw.get("secrets"), dict) else None
    for number, source in draft.sources.items():
        if source.kind not in kinds.sources or _is_public(source, kinds):
            continue
        changed = [
            edition for edition in source.editions or edition_names(draft) if _changes(draft, edition, source.id)
        ]
        if not changed:
            continue
        yield from beside_suppression(draft, source)
        what = f"The source {source.id!r} is not public, and the edition {changed[0]!r} changes its counts"
        if kinds.sources[source.kind].grain != EventKind.grain:
            message = f"{what}, but it has no records that could be counted."
            yield Fault(key_path(("source", number)), message, _KEEP_OUT)
        elif secret is None:
            message = f"{what} by a secret, but the file does not say where that is."
            yield Fault("secrets.cell_key", message, 'Write cell_key = "env:GEOINTEL_CELL_KEY" under [secrets].')


def _changes(draft: Draft, edition: str, source: str) -> bool:
    """Whether an edition changes the counts of a source that is not public. One that is not described has the default policy."""
    if edition not in edition_names(draft):
        return False
    table = draft.editions.get(edition)
    return table is None or table.policy_for(source).method != "none"


_KEEP_OUT = (
    'Keep the source out of the edition with `editions`, give it the method "none" there, or write public = true if every row is '
    "already published under an open licence."
)


def _roles(draft: Draft, _: Kinds) -> Iterator[Fault]:
    have = edition_names(draft)
    roles = draft.raw.get("role")
    for role, editions in roles.items() if isinstance(roles, dict) else ():
        yield from _named("role", role)
        if editions == ():
            yield Fault(key_path(("role", role)), "The role may open no edition.", "Name one, or remove the role.")
        for place, name in enumerate(editions if isinstance(editions, tuple) else ()):
            key = key_path(("role", role, place))
            if isinstance(name, str) and name not in have:
                yield Fault(key, f"There is no edition {name!r}.", did_you_mean(name, have))


def _named(table: str, name: str) -> Iterator[Fault]:
    if not is_id(name):
        yield Fault(key_path((table, name)), f"{name!r} cannot be a name.", ID_RULE)
