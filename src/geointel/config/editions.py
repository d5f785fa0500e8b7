"""Which editions the public may open, and what stands in the others alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.config.faults import key_path
from geointel.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from geointel.config.draft import Draft
    from geointel.config.kinds import Kinds
    from geointel.config.partnership import Partnership, Source

OPEN = "open"
PUBLIC = "public"
"""The role of a visitor without a credential."""
SENSITIVE = "OFFICIAL-SENSITIVE"


def edition_names(draft: Draft) -> tuple[str, ...]:
    """Names of the editions: those of the file, else the default one."""
    return draft.names("edition") or (OPEN,)


def public_role(editions: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The roles of a file that names none: the public may open the open edition, else the first."""
    return {PUBLIC: (OPEN if OPEN in editions else editions[0],)}


def open_editions(partnership: Partnership) -> frozenset[str]:
    """Editions that the public may open, and the one that is called open, whoever may."""
    return _open(partnership.editions, partnership.roles)


def protected_in(partnership: Partnership, source: Source) -> frozenset[str]:
    """Editions whose policy changes the counts of a source."""
    if source.public:
        return frozenset()
    return frozenset(
        name
        for name, edition in partnership.editions.items()
        if (source.editions is None or name in source.editions) and edition.policy_for(source.id).method != "none"
    )


def partner_only(draft: Draft, kinds: Kinds) -> Iterator[Fault]:
    """Layers that may stand in no edition which the public may open, where there is no other."""
    editions = edition_names(draft)
    roles = draft.raw.get("role")
    named = roles if isinstance(roles, dict) and roles else public_role(editions)
    if set(editions) - _open(editions, named):
        return
    for number, layer in draft.layers.items():
        kind = kinds.layers.get(layer.kind)
        if kind is not None and kind.partner_only:
            message = (
                f"A layer of the kind {layer.kind!r} stands only in editions that the role {PUBLIC!r} may not open, "
                "and there is none."
            )
            remedy = f"Add an edition for partners, such as [edition.partner], and leave it out of `role.{PUBLIC}`."
            yield Fault(key_path(("layer", number, "kind")), message, remedy)


def marked_open(draft: Draft, _: Kinds) -> Iterator[Fault]:
    """Editions that the public may open and that are marked as if it may not."""
    editions = edition_names(draft)
    roles = draft.raw.get("role")
    named = roles if isinstance(roles, dict) and roles else public_role(editions)
    for name in sorted(_open(editions, named)):
        table = draft.editions.get(name)
        if table is not None and table.marking == SENSITIVE:
            message = f"The edition {name!r} is marked {SENSITIVE}, and everybody may open it."
            remedy = f'Write marking = "OFFICIAL", or take the edition out of `role.{PUBLIC}` and call it something other than {OPEN!r}.'
            yield Fault(key_path(("edition", name, "marking")), message, remedy)


def _open(editions: Iterable[str], roles: Mapping[str, object]) -> frozenset[str]:
    named = roles.get(PUBLIC, ())
    return frozenset(editions) & {OPEN, *(named if isinstance(named, tuple) else ())}
