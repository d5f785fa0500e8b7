"""What a request brings to prove who asks: a key, a token, or the cookie of a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from geointel_api.access import CREDENTIAL_HEADERS
from geointel_api.errors import CredentialError
from geointel_api.identity.key_form import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

    Headers = Iterable[tuple[bytes, bytes]]

API_KEY, COOKIE = b"x-api-key", b"cookie"
BEARER = "bearer"
LONGEST = 16_384
"""Letters of a credential. Tokens that list many groups have a few thousand."""


@dataclass(frozen=True)
class Credential:
    """What was brought. Its value is never printed."""

    kind: Literal["key", "token", "session"]
    value: str = field(repr=False)


def credential_of(headers: Headers, cookie: str = "") -> Credential | None:
    """The credential of a request; header names are in lower case. A key or token goes before a cookie.

    Raises ``CredentialError`` for one of no known form, and for two at once: it is not ours to choose between them.
    """
    sent = [(name, value.decode("latin-1")) for name, value in headers if name in CREDENTIAL_HEADERS]
    if not sent:
        session = cookie_of(headers, cookie) if cookie else ""
        return Credential("session", session) if session else None
    name, text = sent[0]
    if len(sent) > 1 or len(text) > LONGEST:
        raise unknown()
    if name == API_KEY:
        return Credential("key", text.strip())
    scheme, _, value = text.strip().partition(" ")
    value = value.strip()
    if scheme.lower() != BEARER or not value:
        raise unknown()
    return Credential("key" if value.startswith(PREFIX) else "token", value)


def cookie_of(headers: Headers, name: str) -> str:
    """Value of a cookie; empty without it."""
    for header, value in headers:
        for part in value.decode("latin-1").split(";") if header == COOKIE else ():
            found, _, content = part.strip().partition("=")
            if found == name:
                return content[:LONGEST]
    return ""


def unknown() -> CredentialError:
    """Say the same of every credential that does not hold: unknown, expired, revoked, or somebody else's."""
    message = "This credential is not known, or no longer holds."
    return CredentialError(
        message, remedy="Ask whoever runs this service for a new one, or ask without for what is open to everybody."
    )
