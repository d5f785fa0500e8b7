"""What a source is, and how the kinds are found: the door of this room.

A source kind is one module of this folder (or of an installed package, by the entry point
``geointel.sources``) with a ``SOURCE`` constant, an instance of one of the ``grains``. Sources are strangers:
none imports another.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from geointel.sources.forms import (
    Door,
    Lines,
    NoOptions,
    Outlines,
    Package,
    RawFile,
    TextForm,
    Vintages,
    is_csv,
    iso_date,
    month_of,
)
from geointel.sources.grains import (
    EventKind,
    FigureKind,
    NoRoad,
    Origins,
    OutcomeKind,
    People,
    PostcodeKind,
    RasterKind,
    Road,
    RoadKind,
    ServiceKind,
    SourceKind,
    TextKind,
    TrafficKind,
    TravelKind,
)

__all__ = [
    "Door",
    "EventKind",
    "FigureKind",
    "Lines",
    "NoOptions",
    "NoRoad",
    "Origins",
    "OutcomeKind",
    "Outlines",
    "Package",
    "People",
    "PostcodeKind",
    "RasterKind",
    "RawFile",
    "Road",
    "RoadKind",
    "ServiceKind",
    "SourceKind",
    "TextForm",
    "TextKind",
    "TrafficKind",
    "TravelKind",
    "Vintages",
    "is_csv",
    "iso_date",
    "kinds",
    "month_of",
]


@cache
def kinds() -> dict[str, SourceKind]:
    """Every source kind there is, by its word in the configuration."""
    package = importlib.import_module("geointel.sources")
    modules = [
        importlib.import_module(f"geointel.sources.{info.name}") for info in pkgutil.iter_modules(package.__path__)
    ]
    found: list[Any] = [module.SOURCE for module in modules if hasattr(module, "SOURCE")]
    found += [entry.load() for entry in entry_points(group="geointel.sources")]
    return {source.kind: source for source in sorted(found, key=lambda s: s.kind)}
