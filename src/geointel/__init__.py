"""geointel: recorded drug offences, services and drug driving on one hexagon map."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geointel import grid, hotspots
    from geointel.build.build import build as build_snapshot
    from geointel.config import load as load_partnership
    from geointel.demo import write_demo
    from geointel.errors import ConfigError, GeointelError, SnapshotError, SourceError
    from geointel.notebook import SnapshotEdition, SnapshotLayer, open_snapshot, write_html

__version__ = "0.1.0"

__all__ = [
    "ConfigError",
    "GeointelError",
    "SnapshotEdition",
    "SnapshotError",
    "SnapshotLayer",
    "SourceError",
    "__version__",
    "build_snapshot",
    "grid",
    "hotspots",
    "load_partnership",
    "open_snapshot",
    "write_demo",
    "write_html",
]

_ROOMS = {
    "ConfigError": "geointel.errors",
    "GeointelError": "geointel.errors",
    "SnapshotEdition": "geointel.notebook",
    "SnapshotError": "geointel.errors",
    "SnapshotLayer": "geointel.notebook",
    "SourceError": "geointel.errors",
    "build_snapshot": "geointel.build:build",
    "grid": "geointel.grid:",
    "hotspots": "geointel.hotspots:",
    "load_partnership": "geointel.config:load",
    "open_snapshot": "geointel.notebook",
    "write_demo": "geointel.demo",
    "write_html": "geointel.notebook",
}
"""Room of each name, with the name there when it is another; nothing behind the colon is the room itself."""


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: ``import geointel`` itself stays light."""
    if name not in _ROOMS:
        message = f"module 'geointel' has no attribute {name!r}"
        raise AttributeError(message)
    room, colon, inside = _ROOMS[name].partition(":")
    module = import_module(room)
    return module if colon and not inside else getattr(module, inside or name)


def __dir__() -> list[str]:
    return sorted(__all__)
