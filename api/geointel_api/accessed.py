"""What of a request goes into the log of accesses, and what does not.

No query, no body, no credential, no name that somebody typed: only the template of the address, the layer if there is one of
that name, and the area or cell if it has the form of one.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from geointel_api.access import is_open
from geointel_api.door import is_probe, is_tile, route_path
from geointel_api.state.accesses import Access

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.types import Scope

    from geointel_api.audit_log import AuditLog
    from geointel_api.visitors import Seen

REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
UNKNOWN = "-"
"""Route of an address that there is not."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_TILES = (
    "/tiles/{layer}/{z}/{x}/{y}.mvt",
    "/collections/{layer}/tiles/WebMercatorQuad/{z}/{y}/{x}",
    "/map-assets/{name}",
)
_CELL = re.compile(r"[0-9a-f]{15}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_COARSE = 0.1
"""Degrees to which a box is widened: about seven by eleven kilometres."""


class Routes:
    """Templates of the addresses that there are, asked for when the first is needed."""

    def __init__(self, described: Callable[[], Iterable[str]]) -> None:
        self._described = described

    @cached_property
    def _known(self) -> list[tuple[re.Pattern[str], str]]:
        templates = sorted({*self._described(), *_TILES}, key=lambda template: (template.count("{"), template))
        return [(re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(one))), one) for one in templates]

    def find(self, path: str) -> tuple[str, dict[str, str]]:
        """Template of a path, and what stands in its places."""
        for pattern, template in self._known:
            found = pattern.fullmatch(path)
            if found is not None:
                return template, found.groupdict()
        return UNKNOWN, {}


def take_down(scope: Scope, seen: Seen, status: int, *, audit: AuditLog, routes: Routes) -> None:
    """Put one request into the log, if it belongs there."""
    path = route_path(scope)
    if is_probe(path) or not _wanted(seen, status, audit.kept):
        return
    visit, visitor = seen.visit, seen.visitor
    route, parts = routes.find(path)
    layers = {spec["id"] for spec in visit.edition.manifest["layers"]} if visit else set()
    # Whoever is not let in writes the log if what they ask for goes into it: such requests are only counted.
    gather = is_tile(path) or (status in REFUSALS and not visitor.known)
    access = Access(
        at=datetime.now(UTC),
        who=visitor.who,
        how=visitor.how,
        role=visitor.role,
        address=str((scope.get("client") or ("",))[0]) if audit.with_address else "",
        snapshot=visit.snapshot.id if visit else "",
        edition=visit.edition.name if visit else "",
        method=scope["method"] if scope["method"] in METHODS else UNKNOWN,
        route=route,
        layer=parts["layer"] if parts.get("layer") in layers else "",
        place="" if gather else place_of(parts, scope["query_string"], answered=status < HTTPStatus.BAD_REQUEST),
        status=status,
    )
    audit.add(access, gather=gather)


def _wanted(seen: Seen, status: int, kept: str) -> bool:
    if kept == "off":
        return False
    if kept == "all" or status in REFUSALS:
        return True
    return seen.visit is not None and not is_open(seen.visit.edition)


def place_of(parts: dict[str, str], query_string: bytes, *, answered: bool) -> str:
    """The cell, the area as ``level:code``, or the box in tenths of a degree that was asked for; of areas and boxes, only what was answered."""
    cell = parts.get("cell", "").lower()
    if _CELL.fullmatch(cell):
        return cell
    if not answered:
        return ""
    level, code = parts.get("level"), parts.get("code")
    query = parse_qs(query_string.decode("latin-1"))
    if code is None and "area" in query:
        level, _, code = query["area"][0].partition(":")
    if code is not None and level is not None:
        return f"{level}:{code}" if _CODE.fullmatch(level) and _CODE.fullmatch(code) else ""
    return _coarse_box(query["bbox"][0]) if "bbox" in query else ""


def _coarse_box(text: str) -> str:
    """The box, widened to tenths of a degree."""
    try:
        edges = [float(part) for part in text.split(",")]
        west, south, east, north = edges if len(edges) != 6 else (edges[0], edges[1], edges[3], edges[4])
    except ValueError:
        return ""
    if not all(map(math.isfinite, (west, south, east, north))):
        return ""
    rounded = [
        math.floor(west / _COARSE),
        math.floor(south / _COARSE),
        math.ceil(east / _COARSE),
        math.ceil(north / _COARSE),
    ]
    return "box:" + ",".join(f"{edge * _COARSE:.1f}" for edge in rounded)
