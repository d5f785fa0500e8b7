"""Who is asking, for limits and for the log of accesses. The only place that says it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import Scope

    from geointel_api.door import Visit

CREDENTIAL_HEADERS = (b"authorization", b"x-api-key")
"""Headers in which somebody may guess."""
SEEN = "seen"
"""Where a request's state has its ``Seen``."""
_NETWORK = 64
"""Bits of an address of IPv6 that one household or office has to itself."""


ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Visitor:
    """Who: name of a key or of a person whom a token names, or nobody in particular. How that was shown; and in which role."""

    who: str = ANONYMOUS
    how: str = ANONYMOUS
    role: str = ""
    id: str = ""
    """The same at every visit of somebody who is known; requests are counted by it."""

    @property
    def known(self) -> bool:
        """Whether a credential says who it is."""
        return self.how != ANONYMOUS


NOBODY = Visitor()


@dataclass
class Seen:
    """What the door found out about one request; written inside, read outside when the answer has left."""

    visitor: Visitor = NOBODY
    visit: Visit | None = None


def visitor_of(scope: Scope) -> Visitor:
    """The visitor of a request, as far as the door knows: whom a credential names, and the role in the edition that answers."""
    state: dict[str, Any] = scope.get("state", {})
    visit: Visit | None = state.get("visit")
    role = "" if visit is None else visit.role
    proved = state.get("visitor")
    if proved is None or proved.how == ANONYMOUS:
        return Visitor(role=role)
    return Visitor(who=proved.person or proved.id, how=proved.how, role=role, id=proved.id)


def note_visit(scope: Scope) -> Visitor:
    """Write down who was let in, for those outside the door; return the visitor."""
    state: dict[str, Any] = scope.get("state", {})
    visitor = visitor_of(scope)
    seen: Seen | None = state.get(SEEN)
    if seen is not None:
        seen.visitor, seen.visit = visitor, state.get("visit")
    return visitor


def network_of(scope: Scope) -> str:
    """Where a request comes from, as it is counted: an address of IPv4, or the network of one of IPv6."""
    host = str((scope.get("client") or ("unknown", 0))[0])
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> _NETWORK << _NETWORK)}/{_NETWORK}"
