"""How often a visitor may ask: a moving window for each visitor and kind of request.

Fields as in draft-ietf-httpapi-ratelimit-headers-10: ``RateLimit-Policy: "requests";q=600;w=60`` is the rule, and
``RateLimit: "requests";r=598;t=12`` what is left of it, and after how many seconds there is more. A status of 429 and
``Retry-After`` are those of RFC 6585 and RFC 9110.
"""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from anyio import to_thread
from limits import RateLimitItem, parse
from limits.errors import ConfigurationError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from geointel_api.delivery import send_problem
from geointel_api.door import is_probe, is_tile, route_path
from geointel_api.errors import Problem, StateError
from geointel_api.visitors import network_of, note_visit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from geointel_api.counts import Counts
    from geointel_api.settings import Settings

log = logging.getLogger(__name__)

REQUESTS, TILES, HEAVY, CREDENTIALS = "requests", "tiles", "heavy", "credentials"
"""Kinds of request, each with a rule of its own. The last counts refused credentials."""
OFF = "off"
ASSETS = "/map-assets/"
WORKED_OUT = ("/v1/scenarios", "/v1/sites", "/v1/areas/summary")
"""Addresses that work something out for each question."""
SIGNING_IN = "/auth/"
PREFIX = "geointel"


@dataclass(frozen=True)
class Left:
    """What a visitor has left of a rule."""

    kind: str
    item: RateLimitItem
    allowed: bool
    remaining: int
    reset: int
    """Whole seconds until there is more."""

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The fields of an answer that the rule applies to."""
        found = [
            (b"ratelimit-policy", f'"{self.kind}";q={self.item.amount};w={self.item.get_expiry()}'.encode()),
            (b"ratelimit", f'"{self.kind}";r={self.remaining};t={self.reset}'.encode()),
        ]
        return found if self.allowed else [*found, (b"retry-after", str(self.reset).encode())]


class RateLimits:
    """The rules of one server, and where it counts.

    Raises
    ------
    StateError
        If the store is not known, or its driver is not installed.
    """

    def __init__(self, settings: Settings, counts: Counts) -> None:
        rules = {
            REQUESTS: settings.rate_limit,
            TILES: settings.rate_limit_tiles,
            HEAVY: settings.rate_limit_heavy,
            CREDENTIALS: settings.rate_limit_credentials,
        }
        self.items: Mapping[str, RateLimitItem] = {kind: parse(rule) for kind, rule in rules.items() if rule != OFF}
        self.counts = counts
        try:
            storage = storage_from_string(settings.rate_limit_storage.get_secret_value())
            if not isinstance(storage, Storage):
                raise ConfigurationError  # noqa: TRY301 - one for asyncio: as good as one that is not known
            self._window = MovingWindowRateLimiter(storage)
        except (ConfigurationError, NotImplementedError, ImportError):
            message = "GEOINTEL_RATE_LIMIT_STORAGE cannot be used: it is not known, or its driver is not installed."
            raise StateError(message, remedy="Leave it out, or write redis://host:6379 and install redis.") from None
        self._near = isinstance(storage, MemoryStorage)

    async def take(self, kind: str, visitor: str) -> Left | None:
        """Count one request; what is left, or ``None`` where there is no rule."""
        return await self._ask(kind, visitor, count=True)

    async def look(self, kind: str, visitor: str) -> Left | None:
        """What is left, without counting."""
        return await self._ask(kind, visitor, count=False)

    async def _ask(self, kind: str, visitor: str, *, count: bool) -> Left | None:
        item = self.items.get(kind)
        if item is None:
            return None
        if self._near:
            return self._left(kind, item, visitor, count=count)
        try:
            return await to_thread.run_sync(lambda: self._left(kind, item, visitor, count=count))
        except Exception:
            # Whoever stops the store must not stop the service with it.
            log.exception("the store of the rate limits does not answer")
            self.counts.add("limits_unknown")
            return None

    def _left(self, kind: str, item: RateLimitItem, visitor: str, *, count: bool) -> Left:
        allowed = (self._window.hit if count else self._window.test)(item, PREFIX, kind, visitor)
        stats = self._window.get_window_stats(item, PREFIX, kind, visitor)
        reset = max(1, math.ceil(stats.reset_time - time.time()))
        return Left(kind, item, allowed, stats.remaining, reset)


class Limited:
    """Lets an application answer visitors who have something left. It stands behind the door, which says who they are."""

    def __init__(self, app: ASGIApp, limits: RateLimits) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request, then answer it or refuse it; either way say what is left."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visitor = note_visit(scope)
        path = route_path(scope)
        key = f"who:{visitor.id}" if visitor.known else f"from:{network_of(scope)}"
        left = None if is_probe(path) else await self.limits.take(kind_of(path), key)
        if left is None:
            await self.app(scope, receive, send)
        elif left.allowed:
            await self.app(scope, receive, telling(left, send))
        else:
            await refuse(left, scope, send, counts=self.limits.counts)


def kind_of(path: str) -> str:
    """Which rule a request falls under."""
    if is_tile(path) or path.startswith(ASSETS):
        return TILES
    return HEAVY if path in WORKED_OUT or path.startswith(SIGNING_IN) else REQUESTS


def telling(left: Left, send: Send) -> Send:
    """A way out that adds what is left."""
    fields = left.headers()

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *fields]
        await send(message)

    return told


async def refuse(left: Left, scope: Scope, send: Send, *, counts: Counts) -> None:
    """Answer 429."""
    counts.add("limited")
    what = "This was one request too many."
    if left.kind == CREDENTIALS:
        what = "Too many credentials from here were refused."
    problem = Problem(HTTPStatus.TOO_MANY_REQUESTS, what, f"Wait {left.reset} seconds, then go on more slowly.")
    await send_problem(problem, scope, telling(left, send))
