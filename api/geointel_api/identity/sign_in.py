"""Signing in on the page: OpenID Connect's code flow with PKCE (RFC 7636), state and nonce.

What must come back with the browser lies in a cookie of ten minutes. It is not signed: only our own pages can set it, it
serves one attempt, and each part is checked again when it is back.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote_plus, urlencode

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from geointel_api.access import Visitor
from geointel_api.errors import SignInError
from geointel_api.identity.addresses import is_local_path
from geointel_api.identity.fetching import ask_json
from geointel_api.identity.tokens import claims_of, roles_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geointel_api.identity.issuer import Issuer
    from geointel_api.settings import Settings

CALLBACK = "/auth/callback"
MINUTES = 10
HOME = "/map"


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in: what the issuer must give back, what only we know, and where to go then."""

    next: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    def spelt(self) -> str:
        """As the value of a cookie."""
        parts = [self.next, self.state, self.nonce, self.verifier]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def read_attempt(text: str) -> Attempt:
    """The attempt of a cookie. Raises ``SignInError`` for anything else."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        parts = None
    if not isinstance(parts, list) or len(parts) != 4 or not all(isinstance(one, str) and one for one in parts):
        raise failed("Signing in took too long, or was begun in another browser or window.")
    return Attempt(*parts)


class SignIn:
    """How people sign in at one issuer."""

    def __init__(self, settings: Settings, issuer: Issuer) -> None:
        self._settings = settings
        self._issuer = issuer

    def begin(self, wanted: str | None) -> tuple[str, Attempt]:
        """Where to send the browser, and what it must bring back. Blocks."""
        attempt = Attempt(wanted if wanted and is_local_path(wanted) else HOME)
        url = prepare_grant_uri(
            self._issuer.about().authorization,
            self._settings.oidc_client_id,
            "code",
            redirect_uri=self._callback,
            scope=self._settings.oidc_scope,
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return str(url), attempt

    def exchange(self, query: Mapping[str, str], attempt: Attempt) -> str:
        """The ID token for the code that the browser brought. Blocks. Raises ``SignInError``."""
        if not hmac.compare_digest(query.get("state", "").encode(), attempt.state.encode()):
            raise failed("This answer belongs to another attempt to sign in.")
        if query.get("iss", self._issuer.name) != self._issuer.name:  # RFC 9207
            raise failed("This answer comes from somebody else.")
        if not query.get("code"):
            raise failed("Your organisation did not sign you in.")
        settings = self._settings
        secret = settings.oidc_client_secret.get_secret_value()
        form = {
            "grant_type": "authorization_code",
            "code": query["code"],
            "redirect_uri": self._callback,
            "code_verifier": attempt.verifier,
            **({} if secret else {"client_id": settings.oidc_client_id}),
        }
        user = (_form_encoded(settings.oidc_client_id), _form_encoded(secret)) if secret else None
        answer: Mapping[str, Any] = ask_json(self._issuer.about().token, form, user=user)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise failed("Your organisation did not say who you are.")
        return token

    async def visitor(self, token: str, attempt: Attempt) -> Visitor:
        """Who an ID token is about. Raises ``CredentialError``, and ``NoRoleError`` for somebody without a role."""
        settings = self._settings
        claims = await claims_of(token, self._issuer, audience=settings.oidc_client_id, nonce=attempt.nonce)
        if claims.get("azp", settings.oidc_client_id) != settings.oidc_client_id:
            raise failed("This answer was meant for another service.")
        return visitor_of(claims, settings, "session")

    def end_session(self) -> str:
        """Where people can sign out of their organisation too; empty where it has no such page. Blocks."""
        url = self._issuer.about().end_session
        return str(prepare_end(url, self._settings.oidc_client_id)) if url else ""

    @property
    def _callback(self) -> str:
        return f"{self._settings.public_url}{CALLBACK}"


def prepare_end(url: str, client: str) -> str:
    """Address of an issuer's page for signing out, for this client."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'client_id': client})}"


def visitor_of(claims: Mapping[str, Any], settings: Settings, how: Literal["token", "session"]) -> Visitor:
    """Who the claims of a checked token are about. Raises ``SignInError`` when they do not name a person."""
    roles = roles_of(claims, settings.oidc_role_claim, settings.oidc_roles)
    person = text_of(claims, settings.oidc_person_claim)
    subject = text_of(claims, "sub")
    if not person or not subject:
        raise failed("The token does not name a person.")
    name = text_of(claims, "name", "preferred_username") or person
    return Visitor(roles, person, how, f"person:{subject}", name)


def failed(why: str) -> SignInError:
    """Signing in did not work; ``why`` is told to the person."""
    return SignInError(why, remedy="Go back to the map and sign in again.")


def _form_encoded(text: str) -> str:
    """RFC 6749 section 2.3.1: name and secret are encoded before they go into HTTP Basic."""
    return quote_plus(text)
