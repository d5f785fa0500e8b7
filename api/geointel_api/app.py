"""Wiring of the web service, and nothing else.

A request passes: ``Watch`` (proxies, safety, log of accesses) → CORS (if any origin is allowed) → ``Door`` (snapshot,
visitor, edition) → ``Limited`` (rate limits) → tiles, or ``Bodies`` → ``TimeLimit`` → ``Delivery`` (tags, compression,
caching) → FastAPI.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from anyio import to_thread
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from geointel.errors import GeointelError
from geointel_api.accessed import Routes
from geointel_api.alerts import Alerts
from geointel_api.audit_log import AuditLog
from geointel_api.bodies import Bodies
from geointel_api.counts import Counts
from geointel_api.current import Current
from geointel_api.delivery import Delivery
from geointel_api.description import describe
from geointel_api.door import Door
from geointel_api.handlers import answer_error
from geointel_api.identity.identity import Identity
from geointel_api.jobs import Jobs
from geointel_api.rate_limits import Limited, RateLimits
from geointel_api.routes import (
    alerts as alert_routes,
)
from geointel_api.routes import (
    areas,
    auth,
    cells,
    collections,
    health,
    layers,
    page,
    places,
    root,
    scenarios,
    signals,
    sites,
    snapshot,
    subscriptions,
    tilesets,
)
from geointel_api.settings import Settings
from geointel_api.tile_app import TileApp
from geointel_api.time_limit import TimeLimit
from geointel_api.watch import Watch
from geointel_api.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp

ROUTERS = tuple(
    module.router
    for module in (
        root,
        snapshot,
        layers,
        cells,
        areas,
        places,
        scenarios,
        sites,
        signals,
        alert_routes,
        subscriptions,
        tilesets,
        collections,
        page,
        auth,
        health,
    )
)


def create_app(settings: Settings | None = None) -> ASGIApp:
    """Open the published snapshot and return the service over it.

    Parameters
    ----------
    settings
        Where to find what; without them, ``GEOINTEL_*`` environment variables are read, once.

    Raises
    ------
    SnapshotNotFoundError, SnapshotCorruptError
        If there is nothing to serve, or a file is not the one that was published.
    StateError
        If alerts or signing in are on, and their database cannot be used.
    """
    settings = settings or Settings()
    current = Current(settings.snapshots)
    counts = Counts()
    audit, limits = AuditLog(settings, counts), RateLimits(settings, counts)
    identity = Identity(settings)
    api = create_api(current, Alerts(settings, current), identity)
    api.state.audit, api.state.counts = audit, counts
    api.state.frame_ancestors = settings.frame_ancestors
    api.state.gauges = (lambda: {"audit_waiting": audit.waiting}) if settings.metrics else None
    answering = TimeLimit(Delivery(api), seconds=settings.time_limit, counts=counts)
    door = Door(
        current,
        identity,
        tiles=Limited(TileApp(settings.tile_cache_bytes), limits),
        rest=Limited(Bodies(answering, seconds=settings.time_limit), limits),
    )
    routes = Routes(lambda: api.openapi()["paths"])
    return Watch(_shared(door, settings), settings, limits=limits, audit=audit, routes=routes)


def _shared(app: ASGIApp, settings: Settings) -> ASGIApp:
    """The same, with the headers that let pages of other origins read it, if any may. Cookies are never let through."""
    if not settings.cors_origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=settings.cors_origins,
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["Authorization", "Content-Type", "X-API-Key"],
        expose_headers=[
            "ETag",
            "Geointel-Marking",
            "Geointel-Snapshot",
            "RateLimit",
            "RateLimit-Policy",
            "Retry-After",
        ],
    )


def description_text() -> str:
    """Spell the OpenAPI description as it is committed in ``schemas/openapi.json``."""
    return json.dumps(create_api().openapi(), indent=1, ensure_ascii=False) + "\n"


def create_api(
    current: Current | None = None, alerts: Alerts | None = None, identity: Identity | None = None
) -> FastAPI:
    """Return the described addresses without door and delivery. Without a snapshot they can only be described."""
    api = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=_life)
    api.state.current = current
    api.state.alerts = alerts
    api.state.identity = identity
    api.state.worlds = Worlds()
    api.state.jobs = Jobs()
    api.openapi = lambda: describe(api)  # type: ignore[method-assign]
    for router in ROUTERS:
        api.include_router(router)
    for error in (GeointelError, RequestValidationError, HTTPException):
        api.add_exception_handler(error, answer_error)
    return api


@asynccontextmanager
async def _life(api: FastAPI) -> AsyncIterator[None]:
    """What runs beside the answers, from the server's start to its end."""
    alerts: Alerts = api.state.alerts
    identity: Identity = api.state.identity
    alerts.start()
    try:
        yield
    finally:
        await to_thread.run_sync(alerts.stop)
        await to_thread.run_sync(api.state.audit.stop)
        await to_thread.run_sync(identity.close)
