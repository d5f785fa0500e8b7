"""Who sees what: visitor → roles → editions. The only file that decides it.

Who a visitor is, ``identity`` finds out from a key, a token or a session. What a role may open stands in each edition's
manifest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from geointel_api.errors import EditionRefusedError
from geointel_api.state.log import Person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.snapshot import Snapshot
    from geointel_api.opened import OpenEdition

    How = Literal["anonymous", "key", "token", "session"]

OPEN, PUBLIC = "open", "public"
"""The edition that everybody may read, and the role of everybody."""
CREDENTIAL_HEADERS = (b"authorization", b"x-api-key")
"""Headers that carry a key or token. Answers vary by them, and by the cookie of a session."""


@dataclass(frozen=True)
class Visitor:
    """Who asks, as far as it was proved. Equal visitors see the same."""

    roles: tuple[str, ...]
    """Every role they have; the first decides which edition they see by default."""
    person: str | None = None
    """Who acts, for the log of alerts: label of a key, or the claim that names a person. ``None``: nobody proved it."""
    how: How = "anonymous"
    id: str = ""
    """The same at every visit: ``key:…`` or ``person:…``; empty without a credential. Never a secret."""
    name: str = ""
    """How the page greets them. People may choose it themselves, so nothing is decided by it."""


def is_open(edition: OpenEdition) -> bool:
    """Whether an edition is for everybody: it is called open, or the public may open it, whatever it is called."""
    return edition.name == OPEN or PUBLIC in edition.manifest["roles"]


def may_act(edition: OpenEdition) -> bool:
    """Whether who reads this edition may report and grade: only where it is not for everybody."""
    return not is_open(edition)


def role_in(edition: OpenEdition, visitor: Visitor) -> str:
    """The role by which a visitor opens an edition: the first that may. Empty if none does."""
    return next((role for role in visitor.roles if role in edition.manifest["roles"]), "")


def person_of(said: str, role: str, visitor: Visitor) -> Person:
    """The person who acts: whom the credential names, and what the request says only where nobody proved who they are."""
    return Person(visitor.person or said, role)


def editions_of(snapshot: Snapshot, roles: Sequence[str]) -> tuple[str, ...]:
    """Editions that somebody with these roles may open: those of the first role in its order, then what others add."""
    return tuple(dict.fromkeys(name for role in roles for name in _of_one(snapshot, role)))


def _of_one(snapshot: Snapshot, role: str) -> tuple[str, ...]:
    places: Mapping[str, int] = {
        name: edition.manifest["roles"][role]
        for name, edition in snapshot.editions.items()
        if role in edition.manifest["roles"]
    }
    return tuple(sorted(places, key=lambda name: (places[name], name)))


def choose_edition(visible: tuple[str, ...], wanted: str | None) -> str:
    """The edition to answer from.

    A name that the role lacks is refused in the same words whether or not such an edition exists,
    so that the answer gives nothing away.
    """
    if wanted in visible:
        return wanted
    if wanted is None and visible:
        return visible[0]
    message = (
        f"Your role may not open the edition {wanted[:40]!r}." if wanted else "Your role may not open any edition."
    )
    raise EditionRefusedError(message, remedy=f"Editions open to you: {', '.join(visible) or 'none'}.")
