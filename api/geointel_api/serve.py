"""Run the service with uvicorn: what ``geointel serve`` calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

from geointel_api.app import create_app
from geointel_api.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def run(snapshots: Path, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve the current snapshot until the process is told to stop.

    Other settings come from ``GEOINTEL_*`` environment variables. Raises ``SnapshotNotFoundError`` or
    ``SnapshotCorruptError`` before it listens.
    """
    settings = Settings(snapshots=snapshots, host=host, port=port)
    uvicorn.run(create_app(settings), host=settings.host, port=settings.port, server_header=False, log_level="info")
