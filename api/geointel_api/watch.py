"""The outermost wall, as plain ASGI: what every request meets first and every answer last.

A request is placed behind its proxies, refused unread if nobody honest sends it, and held back after too many refused
credentials. An answer gets its safety headers, is counted, and is taken down in the log of accesses. Whatever goes wrong
inside, the visitor gets an answer without a word of how.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from geointel_api.access import is_open
from geointel_api.accessed import take_down
from geointel_api.delivery import send_problem
from geointel_api.errors import problem_of
from geointel_api.forwarded import Forwarded
from geointel_api.rate_limits import CREDENTIALS, refuse
from geointel_api.safety import refusal_of, safe_headers
from geointel_api.visitors import CREDENTIAL_HEADERS, SEEN, Seen, network_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from geointel_api.accessed import Routes
    from geointel_api.audit_log import AuditLog
    from geointel_api.counts import Counts
    from geointel_api.rate_limits import RateLimits
    from geointel_api.settings import Settings

ANY_ORIGIN = b"access-control-allow-origin"


class Watch:
    """Stands round the door."""

    def __init__(
        self, app: ASGIApp, settings: Settings, *, limits: RateLimits, audit: AuditLog, routes: Routes
    ) -> None:
        self.app = app
        self.settings = settings
        self.limits = limits
        self.audit = audit
        self.routes = routes
        self._forwarded = Forwarded(settings.proxy)

    @property
    def counts(self) -> Counts:
        """What is counted."""
        return self.limits.counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (or pass the life-span messages on)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = self._forwarded.placed(scope)
        seen = Seen()
        scope["state"] = {**scope.get("state", {}), SEEN: seen}
        way = _Way(send, scope, seen, self.settings)
        try:
            await self._answer(scope, receive, way.send)
        except Exception as error:
            if way.status:
                raise  # half an answer is out: the server breaks the connection off
            await send_problem(problem_of(error), scope, way.send)
        finally:
            if way.status:
                await self._after(scope, seen, way.status)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = refusal_of(scope)
        if refusal is not None:
            await send_problem(refusal, scope, send)
            return
        if any(name in CREDENTIAL_HEADERS for name, _ in scope["headers"]):
            left = await self.limits.look(CREDENTIALS, network_of(scope))
            if left is not None and not left.allowed:
                await refuse(left, scope, send, counts=self.counts)
                return
        await self.app(scope, receive, send)

    async def _after(self, scope: Scope, seen: Seen, status: int) -> None:
        self.counts.add(f"answers_{status // 100}xx")
        if status == HTTPStatus.UNAUTHORIZED:
            await self.limits.take(CREDENTIALS, network_of(scope))
        root = self.settings.root_path
        placed = {**scope, "root_path": root} if root else scope
        take_down(placed, seen, status, audit=self.audit, routes=self.routes)


class _Way:
    """The way out of one answer."""

    def __init__(self, send: Send, scope: Scope, seen: Seen, settings: Settings) -> None:
        self._send = send
        self._seen = seen
        self._strict = settings.hsts if scope["scheme"] == "https" else 0
        self._listed = {origin.encode() for origin in settings.cors_origins}
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            visit = self._seen.visit
            everybody = visit is not None and is_open(visit.edition)
            headers = [
                (name, value)
                for name, value in message.get("headers", ())
                # `*` lets the pages of every site read what is for everybody, and nothing else
                if name != ANY_ORIGIN or everybody or (value != b"*" and value in self._listed)
            ]
            headers += safe_headers(headers, everybody=everybody, strict_transport=self._strict)
            message = {**message, "headers": headers}
        await self._send(message)
