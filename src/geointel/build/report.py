"""What a build did: the one place where raw counts stand."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class SourceReport:
    """What became of every row of one source: ``read == mapped + sum(unmapped.values())``."""

    id: str
    kind: str
    files: int
    read: int
    mapped: int
    unmapped: Mapping[str, int]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LayerReport:
    """One layer as published, and in which editions."""

    id: str
    kind: str
    editions: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class BuildReport:
    """The answer of ``geointel build --json``."""

    snapshot: str
    path: Path
    editions: tuple[str, ...]
    seconds: float
    sources: tuple[SourceReport, ...]
    layers: tuple[LayerReport, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, in the contract's shape."""
        found = asdict(self)
        found["path"] = str(self.path)
        for source in found["sources"]:
            source.pop("notes")
        return dict(json.loads(json.dumps(found)))
