"""The front door, as plain ASGI: every request takes hold of one snapshot and one edition here.

Nothing behind the door asks again which snapshot is current, so no answer can mix two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.responses import HTMLResponse

from geointel.errors import GeointelError
from geointel_api.access import choose_edition, editions_of, role_in
from geointel_api.delivery import header, send_answer, send_problem
from geointel_api.errors import problem_of
from geointel_api.links import prefers_html
from geointel_api.plain_pages import refusal_page, way_in
from geointel_api.visitors import note_visit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from geointel_api.access import Visitor
    from geointel_api.current import Current
    from geointel_api.identity.identity import Identity
    from geointel_api.opened import OpenEdition, OpenSnapshot

SNAPSHOT_HEADER = b"geointel-snapshot"
PROBES = ("/health/", "/metrics")
"""Beginnings of addresses for those who run the service: they carry no credential and need no edition."""
PAGE = "/map"
AUTH = "/auth/"
"""Who signs in may have no edition yet."""

KEPT_VISITS = 2_000


@dataclass(frozen=True)
class Visit:
    """What one request holds: its snapshot, the edition that answers, who asks, and the editions that may open."""

    snapshot: OpenSnapshot
    edition: OpenEdition
    visible: tuple[str, ...]
    query: Mapping[str, list[str]]
    """The parameters of the address that have a value."""
    visitor: Visitor

    @property
    def role(self) -> str:
        """The role by which the edition is open to the visitor."""
        return role_in(self.edition, self.visitor)

    @property
    def lasting(self) -> bool:
        """Whether the request names its snapshot, so that its answer can never change."""
        return "snapshot" in self.query

    def parameter(self, name: str) -> str | None:
        """The first value of a parameter, if there is one."""
        return self.query.get(name, [None])[0]


class Door:
    """Pins snapshot and edition, then hands the request to the tiles or to the rest."""

    def __init__(self, current: Current, identity: Identity, *, tiles: ASGIApp, rest: ASGIApp) -> None:
        self.current = current
        self.identity = identity
        self.tiles = tiles
        self.rest = rest
        self._held: OpenSnapshot | None = None
        self._visits: dict[tuple[Visitor, bytes], Visit] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (or pass the life-span messages on)."""
        if scope["type"] != "http":
            await self.rest(scope, receive, send)
            return
        scope = self._placed(scope)
        held = self.current.pin()
        scope["state"] = {**scope.get("state", {}), "held": held}
        path = route_path(scope)
        try:
            if not is_probe(path):
                held = await self._let_in(scope, held, path)
        except GeointelError as error:
            await self._refuse(error, scope, _stamped(send, held))
            return
        app = self.tiles if is_tile(path) else self.rest
        await app(scope, receive, _stamped(send, held))

    async def _refuse(self, error: GeointelError, scope: Scope, send: Send) -> None:
        """Say why not; of the page to a person who may sign in, as a page with the way in: their session may be over."""
        visitor = scope["state"].get("visitor")
        asks = visitor is not None and visitor.how == "anonymous" and self.identity.sign_in is not None
        if asks and route_path(scope) == PAGE and prefers_html(header(scope, b"accept")):
            page = HTMLResponse(
                refusal_page(problem_of(error), way_in(scope["query_string"])), problem_of(error).status
            )
            await send_answer(scope, send, status=page.status_code, headers=page.headers, body=bytes(page.body))
            return
        await send_problem(problem_of(error), scope, send)

    async def _let_in(self, scope: Scope, held: OpenSnapshot, path: str) -> OpenSnapshot:
        """Put ``visitor`` into the state of a request, and ``visit`` unless it signs in; give the snapshot that answers."""
        visitor = await self.identity.visitor_of(scope["method"], scope["headers"])
        scope["state"]["visitor"] = visitor
        note_visit(scope)
        if path.startswith(AUTH):
            return held
        visit = self._visit(visitor, scope["query_string"], held)
        scope["state"] |= {"visit": visit, "held": visit.snapshot}
        return visit.snapshot

    def _placed(self, scope: Scope) -> Scope:
        prefix = self.identity.settings.root_path
        return {**scope, "root_path": prefix} if prefix else dict(scope)

    def _visit(self, visitor: Visitor, query_string: bytes, held: OpenSnapshot) -> Visit:
        """Return the visit of a request. Equal requests share one while the same snapshot is published."""
        if held is not self._held:
            self._held, self._visits = held, {}
        key = visitor, query_string
        visit = self._visits.get(key)
        if visit is None:
            visit = self._new_visit(*key, held)
            if len(self._visits) >= KEPT_VISITS:
                self._visits.clear()
            if visit.snapshot is held:
                self._visits[key] = visit
        return visit

    def _new_visit(self, visitor: Visitor, query_string: bytes, held: OpenSnapshot) -> Visit:
        query = parse_qs(query_string.decode("latin-1"))
        snapshot, edition = (query.get(name, [None])[0] for name in ("snapshot", "edition"))
        now = editions_of(held.snapshot, visitor.roles)
        pinned = held if snapshot is None else self.current.pin(snapshot)
        visible = now if pinned is held else tuple(e for e in editions_of(pinned.snapshot, visitor.roles) if e in now)
        name = choose_edition(visible, edition)
        return Visit(pinned, pinned.edition(name), visible, query, visitor)


def route_path(scope: Scope) -> str:
    """Path of a request below the prefix."""
    path, prefix = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(prefix) if prefix and path.startswith(f"{prefix}/") else path


def is_probe(path: str) -> bool:
    """Whether a path is for those who run the service."""
    return path.startswith(PROBES)


def is_tile(path: str) -> bool:
    """Whether a path is that of a tile (not of a description of tiles)."""
    if path.startswith("/tiles/"):
        return path.endswith(".mvt")
    return path.startswith("/collections/") and "/tiles/WebMercatorQuad/" in path


def _stamped(send: Send, held: OpenSnapshot) -> Send:
    stamp = (SNAPSHOT_HEADER, held.id.encode())

    async def stamped(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), stamp]
        await send(message)

    return stamped
