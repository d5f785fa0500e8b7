"""Whether a request that acts comes from our own page: a browser sends the cookie of a session with every site's requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel_api.errors import CrossSiteError
from geointel_api.identity.addresses import origin_of

if TYPE_CHECKING:
    from collections.abc import Iterable

SAFE = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing."""


def refuse_other_sites(method: str, headers: Iterable[tuple[bytes, bytes]], public_url: str) -> None:
    """Refuse what acts by a session unless the browser says that it comes from a page of ours. Raises ``CrossSiteError``.

    Browsers say so in ``Sec-Fetch-Site`` and ``Origin``, which scripts cannot set. Saying nothing is not enough.
    """
    if method in SAFE:
        return
    said = {name: value.decode("latin-1") for name, value in headers if name in (b"sec-fetch-site", b"origin")}
    site, origin = said.get(b"sec-fetch-site"), said.get(b"origin")
    ours = {site == "same-origin"} if site is not None else set()
    ours |= {origin == origin_of(public_url)} if origin is not None else set()
    if ours != {True}:
        message = "This request does not come from a page of this service."
        raise CrossSiteError(message, remedy="Open the map and try again there, or use an API key.")
