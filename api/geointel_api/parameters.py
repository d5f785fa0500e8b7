"""Parameters that many addresses share, and what routes are handed instead of a bare request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request

from geointel_api.door import Visit
from geointel_api.errors import RequestError
from geointel_api.links import base_of
from geointel_api.view import Choice

EditionName = Annotated[
    str | None, Query(description="one of the editions that your role may open; default: its first")
]
SnapshotId = Annotated[
    str | None, Query(description="id of the snapshot; default: the published one. 404 when it is not served")
]
WindowId = Annotated[str | None, Query(description="`2025-07`, `2025-Q3` or `12m:2025-12`; default: the layer's")]
CategoryId = Annotated[str | None, Query(description="category; default: the layer's")]
Resolution = Annotated[
    int | None, Query(description="H3 resolution, one of those published; default: the layer's", ge=0, le=15)
]


def visit_of(request: Request, edition: EditionName = None, snapshot: SnapshotId = None) -> Visit:  # noqa: ARG001 - read at the door
    """Return what the door pinned. A parameter that the address does not have is refused, never ignored."""
    route = request.scope["route"]
    described = request.app.openapi()["paths"][route.path][request.method.lower()]
    known = {entry["name"] for entry in described.get("parameters", ()) if entry["in"] == "query"}
    unknown = set(request.query_params) - known
    if unknown:
        message = f"This address has no parameter {min(unknown)[:40]!r}."
        raise RequestError(message, remedy=f"It has {', '.join(sorted(known))}.")
    visit: Visit = request.state.visit
    return visit


def loose_visit_of(request: Request, edition: EditionName = None, snapshot: SnapshotId = None) -> Visit:  # noqa: ARG001
    """Return what the door pinned. For the page: links to it may carry what others put there."""
    visit: Visit = request.state.visit
    return visit


def choice_of(window: WindowId = None, category: CategoryId = None, resolution: Resolution = None) -> Choice:
    """Return window, category and resolution as asked for."""
    return Choice(window, category, resolution)


def base(request: Request) -> str:
    """Return the address of the service."""
    return base_of(request)


Visiting = Annotated[Visit, Depends(visit_of)]
LooseVisiting = Annotated[Visit, Depends(loose_visit_of)]
Choosing = Annotated[Choice, Depends(choice_of)]
Base = Annotated[str, Depends(base)]
