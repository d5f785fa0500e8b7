"""Requests that are refused unread, and the headers that keep an answer safe.

Sources: OWASP Secure Headers Project; RFC 9110 (414), RFC 6585 (431), RFC 6797 (HSTS).
"""

from __future__ import annotations

import re
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from geointel_api import plain_pages
from geointel_api.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.types import Scope

LONGEST_ADDRESS = 16_000
"""Bytes of path and query. The page's address can carry a scenario of twenty actions."""
LONGEST_HEADERS = 32_000
MOST_HEADERS = 100
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

NOTHING_RUNS = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Policy of an answer for programs: opened in a browser, nothing in it runs, is fetched or can be framed."""
PICTURE = f"{NOTHING_RUNS}; style-src 'unsafe-inline'"
"""Policy of a drawn map, whose shapes are styled."""
ALWAYS: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=(), browsing-topics=()",
}


def refusal_of(scope: Scope) -> Problem | None:
    """What to say to a request that nobody honest sends; ``None`` to all others."""
    asked = len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"])
    if asked > LONGEST_ADDRESS:
        detail = f"The address has more than {LONGEST_ADDRESS:,} bytes."
        return Problem(HTTPStatus.REQUEST_URI_TOO_LONG, detail, "Ask for less, or send the question in a body.")
    headers = scope["headers"]
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > LONGEST_HEADERS:
        detail = f"The request has more than {MOST_HEADERS} headers, or more than {LONGEST_HEADERS:,} bytes of them."
        return Problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail, "Send fewer cookies and headers.")
    if _CONTROL.search(scope["path"]):
        return Problem(HTTPStatus.BAD_REQUEST, "The address has a control character in it.", "Leave it out.")
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) > 1 or not all(map(_is_host, hosts)):
        return Problem(HTTPStatus.BAD_REQUEST, "The header Host is not the name of a server.", "Correct it.")
    return None


def safe_headers(
    given: Iterable[tuple[bytes, bytes]], *, everybody: bool, strict_transport: int = 0
) -> list[tuple[bytes, bytes]]:
    """Headers to add to an answer that has the headers ``given``; what it says of its own accord stands.

    ``everybody``: the answer is of an edition for everybody, so other sites may show it. ``strict_transport``: seconds for
    which browsers shall use TLS only, 0 to say nothing.
    """
    known = dict(given)
    wanted = _headers(
        everybody=everybody,
        strict_transport=strict_transport,
        policy=_policy_of(known.get(b"content-type", b"")),
    )
    return [pair for pair in wanted if pair[0] not in known]


def _policy_of(content_type: bytes) -> str:
    """Policy of an answer that gives none: of a page without script, of a drawing, or of what is for programs."""
    if content_type.startswith(b"text/html"):
        return plain_pages.POLICY
    return PICTURE if content_type.startswith(b"image/svg") else NOTHING_RUNS


@lru_cache(maxsize=16)
def _headers(*, everybody: bool, strict_transport: int, policy: str) -> tuple[tuple[bytes, bytes], ...]:
    wanted = {
        **ALWAYS,
        "cross-origin-resource-policy": "cross-origin" if everybody else "same-origin",
        "content-security-policy": policy,
    }
    if strict_transport:
        wanted["strict-transport-security"] = f"max-age={strict_transport}"
    return tuple((name.encode(), value.encode()) for name, value in wanted.items())


@lru_cache(maxsize=64)
def _is_host(value: bytes) -> bool:
    return _HOST.fullmatch(value.decode("latin-1")) is not None
