"""Run the service with uvicorn: what ``geointel serve`` calls."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import uvicorn

from geointel_api.app import create_app
from geointel_api.settings import read_settings

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from geointel_api.settings import Settings

log = logging.getLogger("uvicorn.error")


class Server(uvicorn.Server):
    """A server that says where the map is, once it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        for server in self.servers if self.started else ():
            for each in server.sockets:
                host, port = each.getsockname()[:2]
                log.info("The map is at http://%s:%d/map", f"[{host}]" if ":" in host else host, port)


def run(snapshots: Path, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve the current snapshot until the process is told to stop.

    Other settings come from ``GEOINTEL_*`` environment variables. Raises ``ConfigError``, ``SnapshotNotFoundError`` or
    ``SnapshotCorruptError`` before it listens.
    """
    settings = read_settings(snapshots=snapshots, host=host, port=port)
    Server(server_config(settings)).run()


def server_config(settings: Settings) -> uvicorn.Config:
    """Settings of uvicorn. No line per request: a map asks for many tiles, and addresses are personal data."""
    return uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        server_header=False,
        access_log=False,
        proxy_headers=False,  # GEOINTEL_PROXY says whose word counts
    )
