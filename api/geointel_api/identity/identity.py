"""Who visits: from the headers of a request to a visitor with roles."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from geointel_api.access import Visitor
from geointel_api.identity.cookies import Cookie
from geointel_api.identity.credentials import credential_of, unknown
from geointel_api.identity.issuer import Issuer
from geointel_api.identity.keys import Keys
from geointel_api.identity.same_origin import refuse_other_sites
from geointel_api.identity.sessions import Sessions
from geointel_api.identity.sign_in import SignIn, visitor_of
from geointel_api.identity.tokens import claims_of
from geointel_api.state.database import exists, open_database, parse_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geointel_api.settings import Settings
    from geointel_api.state.database import Database

    Headers = Sequence[tuple[bytes, bytes]]

SESSION, FLOW = "geointel", "geointel-sign-in"
"""Cookies: who is signed in, and who is about to."""
MINUTE = 60.0


class Identity:
    """Keys, tokens and sessions of one server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.anonymous = Visitor((settings.anonymous_role,))
        self._url = parse_url(settings.state.get_secret_value(), settings.snapshots)
        self._database: Database | None = None
        self._lock = Lock()
        self.issuer = Issuer(settings.oidc_issuer, settings.oidc_jwks) if settings.oidc_issuer else None
        self.keys = Keys(self.database)
        self.sessions = Sessions(
            self.database,
            tuple(dict.fromkeys(role for _, role in settings.oidc_roles)),
            idle=settings.session_idle * MINUTE,
            longest=settings.session_longest * MINUTE,
        )
        self.sign_in = SignIn(settings, self.issuer) if self.issuer and settings.oidc_client_id else None
        secure = settings.public_url.startswith("https://")
        self.session_cookie, self.flow_cookie = Cookie(SESSION, secure), Cookie(FLOW, secure)
        if self.sign_in is not None:
            self.database()

    async def visitor_of(self, method: str, headers: Headers) -> Visitor:
        """Who asks.

        Raises
        ------
        CredentialError
            In the same words for every credential that does not hold.
        NoRoleError
            For a token of somebody whose groups have no role here.
        CrossSiteError
            When a page of another site acts by somebody's session.
        UnavailableError
            When the issuer cannot be asked, or too many ask at once.
        """
        brought = credential_of(headers, self.session_cookie.name if self.sign_in else "")
        if brought is None:
            return self.anonymous
        if brought.kind == "key":
            return await self.keys.visitor(brought.value)
        if brought.kind == "token":
            return await self._of_token(brought.value)
        found = await self.sessions.visitor(brought.value)
        if found is None:
            return self.anonymous
        refuse_other_sites(method, headers, self.settings.public_url)
        return found

    async def _of_token(self, token: str) -> Visitor:
        if self.issuer is None or not self.settings.oidc_audience:
            raise unknown()
        claims = await claims_of(token, self.issuer, audience=self.settings.oidc_audience)
        return visitor_of(claims, self.settings, "token")

    def database(self) -> Database | None:
        """The service's own database; ``None`` while there is none, and nobody can sign in."""
        with self._lock:
            if self._database is None and (self.sign_in is not None or exists(self._url)):
                self._database = open_database(self._url)
            return self._database

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None
