"""The front door, as plain ASGI: every request takes hold of one snapshot and one edition here.

Nothing behind the door asks again which snapshot is current, so no answer can mix two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from geointel.errors import GeointelError
from geointel_api.access import choose_edition, editions_of, role_of
from geointel_api.delivery import send_problem
from geointel_api.errors import problem_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from geointel_api.current import Current
    from geointel_api.opened import OpenEdition, OpenSnapshot
    from geointel_api.settings import Settings

SNAPSHOT_HEADER = b"geointel-snapshot"
PROBES = ("/health/", "/metrics")
"""Beginnings of addresses for those who run the service: they carry no credential and need no edition."""

KEPT_VISITS = 2_000


@dataclass(frozen=True)
class Visit:
    """What one request holds: its snapshot, the edition that answers, its role, and the editions that may open."""

    snapshot: OpenSnapshot
    edition: OpenEdition
    visible: tuple[str, ...]
    query: Mapping[str, list[str]]
    """The parameters of the address that have a value."""
    role: str

    @property
    def lasting(self) -> bool:
        """Whether the request names its snapshot, so that its answer can never change."""
        return "snapshot" in self.query

    def parameter(self, name: str) -> str | None:
        """The first value of a parameter, if there is one."""
        return self.query.get(name, [None])[0]


class Door:
    """Pins snapshot and edition, then hands the request to the tiles or to the rest."""

    def __init__(self, current: Current, settings: Settings, *, tiles: ASGIApp, rest: ASGIApp) -> None:
        self.current = current
        self.settings = settings
        self.tiles = tiles
        self.rest = rest
        self._held: OpenSnapshot | None = None
        self._visits: dict[tuple[str, bytes], Visit] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (or pass the life-span messages on)."""
        if scope["type"] != "http":
            await self.rest(scope, receive, send)
            return
        scope = self._placed(scope)
        held = self.current.pin()
        scope["state"] = {**scope.get("state", {}), "held": held}
        try:
            visit = self._visit(scope, held)
            held = visit.snapshot
            scope["state"] |= {"visit": visit, "held": held}
        except GeointelError as error:
            if not is_probe(route_path(scope)):
                await send_problem(problem_of(error), scope, _stamped(send, held))
                return
        app = self.tiles if is_tile(route_path(scope)) else self.rest
        await app(scope, receive, _stamped(send, held))

    def _placed(self, scope: Scope) -> Scope:
        prefix = self.settings.root_path
        return {**scope, "root_path": prefix} if prefix else dict(scope)

    def _visit(self, scope: Scope, held: OpenSnapshot) -> Visit:
        """Return the visit of a request. Equal requests share one while the same snapshot is published."""
        if held is not self._held:
            self._held, self._visits = held, {}
        key = role_of(scope["headers"], self.settings.anonymous_role), scope["query_string"]
        visit = self._visits.get(key)
        if visit is None:
            visit = self._new_visit(*key, held)
            if len(self._visits) >= KEPT_VISITS:
                self._visits.clear()
            if visit.snapshot is held:
                self._visits[key] = visit
        return visit

    def _new_visit(self, role: str, query_string: bytes, held: OpenSnapshot) -> Visit:
        query = parse_qs(query_string.decode("latin-1"))
        snapshot, edition = (query.get(name, [None])[0] for name in ("snapshot", "edition"))
        now = editions_of(held.snapshot, role)
        pinned = held if snapshot is None else self.current.pin(snapshot)
        visible = now if pinned is held else tuple(e for e in editions_of(pinned.snapshot, role) if e in now)
        name = choose_edition(visible, edition)
        return Visit(pinned, pinned.edition(name), visible, query, role)


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
