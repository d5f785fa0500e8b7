"""Who is asking, for limits and for the log of accesses. The only place that says it.

This version issues no keys: everybody is anonymous, and has the role of the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import Scope

    from geointel_api.door import Visit

SEEN = "seen"
"""Where a request's state has its ``Seen``."""
_NETWORK = 64
"""Bits of an address of IPv6 that one household or office has to itself."""


@dataclass(frozen=True)
class Visitor:
    """Who: label of a key or subject of a token, nothing that identifies anybody who sent neither. How; and in which role."""

    who: str
    how: str
    role: str

    @property
    def known(self) -> bool:
        """Whether a credential says who it is."""
        return self.how != NONE


NONE = "none"
NOBODY = Visitor("anonymous", NONE, "")


@dataclass
class Seen:
    """What the door found out about one request; written inside, read outside when the answer has left."""

    visitor: Visitor = NOBODY
    visit: Visit | None = None


def visitor_of(scope: Scope) -> Visitor:
    """The visitor of a request that the door has let in; nobody before."""
    visit: Visit | None = scope.get("state", {}).get("visit")
    return NOBODY if visit is None else Visitor(NOBODY.who, NONE, visit.role)


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
