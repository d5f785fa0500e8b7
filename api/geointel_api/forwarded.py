"""Behind a proxy: what it says of its visitor, taken only as far as the operator trusts it.

Every proxy adds the address that it was called from at the right end of ``X-Forwarded-For``. What stands further left was
sent by the visitor, and may be made up. So with ``n`` trusted proxies the ``n``-th entry from the right is the visitor's.
"""

from __future__ import annotations

import logging
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope

log = logging.getLogger(__name__)

FOR, PROTO = b"x-forwarded-for", b"x-forwarded-proto"
SCHEMES = ("http", "https")


class Forwarded:
    """Puts the visitor's address and scheme into a request, with a number of trusted proxies; with none, nothing."""

    def __init__(self, proxies: int) -> None:
        self.proxies = proxies
        self._warned = False

    def placed(self, scope: Scope) -> Scope:
        """The request as the first proxy received it."""
        said = _entries(scope, FOR)
        if not self.proxies:
            if said and not self._warned:
                self._warned = True
                log.warning(
                    "Requests come through a proxy, which counts as one visitor. If you run it, set GEOINTEL_PROXY=1."
                )
            return dict(scope)
        placed = dict(scope)
        if len(said) >= self.proxies and _is_address(said[-self.proxies]):
            placed["client"] = (said[-self.proxies], 0)
        # A proxy that overwrites the scheme sends one, a chain that adds to it as many as there are proxies.
        schemes = _entries(scope, PROTO)
        if schemes and (scheme := schemes[-min(self.proxies, len(schemes))]) in SCHEMES:
            placed["scheme"] = scheme
        return placed


def _entries(scope: Scope, name: bytes) -> list[str]:
    """Entries of a header, also where it was sent in several lines."""
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return [entry.strip() for line in lines for entry in line.split(",") if entry.strip()]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
