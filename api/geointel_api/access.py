"""Who sees what: credential → role → editions. The only file that decides it.

This version issues no keys: a visitor without a credential has the anonymous role, and every
credential is unknown. What a role may open stands in each edition's manifest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel_api.errors import CredentialError, EditionRefusedError
from geointel_api.state.log import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geointel.snapshot import Snapshot
    from geointel_api.opened import OpenEdition

OPEN, PUBLIC = "open", "public"
"""The edition that everybody may read, and the role of everybody."""
CREDENTIAL_HEADERS = (b"authorization", b"x-api-key")
"""Headers that carry a credential. Answers vary by them."""


def role_of(headers: Iterable[tuple[bytes, bytes]], anonymous_role: str) -> str:
    """Role of a visitor with these headers (names in lower case). Raises ``CredentialError`` for an unknown credential."""
    for name, _ in headers:
        if name in CREDENTIAL_HEADERS:
            message = "This credential is not known."
            raise CredentialError(message, remedy="Ask without a credential: this version issues none.")
    return anonymous_role


def is_open(edition: OpenEdition) -> bool:
    """Whether an edition is for everybody: it is called open, or the public may open it, whatever it is called."""
    return edition.name == OPEN or PUBLIC in edition.manifest["roles"]


def may_act(edition: OpenEdition) -> bool:
    """Whether who reads this edition may report and grade: only where it is not for everybody."""
    return not is_open(edition)


def person_of(said: str, role: str) -> Person:
    """The person who acts: until there are keys, the one whom the request names."""
    return Person(said, role)


def editions_of(snapshot: Snapshot, role: str) -> tuple[str, ...]:
    """Editions that ``role`` may open, its default first."""
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
