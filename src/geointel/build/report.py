"""What a build did: the one place where raw counts stand."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from geointel.build.utility import Utility
    from geointel.config import Source
    from geointel.ingest.text import StagedFile

BAD_ROW = "bad-row"
BROKEN_SHOWN = 5


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


def reconciled(
    source: Source,
    staged: Sequence[StagedFile],
    counted: Mapping[str | None, int],
    *,
    reasons: Sequence[str],
    notes: Sequence[str] = (),
) -> SourceReport:
    """Report of a source whose rows are counted by reason, None for those that are mapped.

    Lines that were no rows are added to ``bad-row``, and named in a note.
    """
    bad = sum(file.bad_lines for file in staged)
    counted = {**counted, BAD_ROW: counted.get(BAD_ROW, 0) + bad}
    broken = [f"{file.raw.name}: {file.bad_lines} lines are not rows" for file in staged if file.bad_lines]
    unmapped = {reason: counted[reason] for reason in reasons if counted.get(reason)}
    mapped = counted.get(None, 0)
    return SourceReport(
        id=source.id,
        kind=source.kind,
        files=len(staged),
        read=mapped + sum(unmapped.values()),
        mapped=mapped,
        unmapped=unmapped,
        notes=(*notes, *broken[:BROKEN_SHOWN]),
    )


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
    utility: tuple[Utility, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, in the contract's shape; ``utility`` too where an edition changes counts."""
        found = asdict(self)
        if not self.utility:
            del found["utility"]
        found["path"] = str(self.path)
        for source in found["sources"]:
            source.pop("notes")
        return dict(json.loads(json.dumps(found)))
