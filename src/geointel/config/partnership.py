"""A partnership file after it was read: every default filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pydantic

    from geointel.config.agreement import Agreement
    from geointel.config.area import Area
    from geointel.config.document import Engine, FetchTable, Grid, Period
    from geointel.config.policy import Edition
    from geointel.model.period import WindowKind


@dataclass(frozen=True)
class Source:
    """One source. ``editions`` is None when every edition may use it.

    ``agreement`` is the id of that under which it is shared; ``twin_of`` the public source whose records it repeats.
    ``extent`` is the file of the outlines of all land that it covers; None when that is all within the edge.
    """

    id: str
    kind: str
    files: tuple[str, ...]
    public: bool
    covers: str | None
    editions: tuple[str, ...] | None
    categories: tuple[str, ...]
    options: pydantic.BaseModel
    agreement: str | None = None
    twin_of: str | None = None
    extent: str | None = None


@dataclass(frozen=True)
class LayerChoice:
    """One layer asked for. ``title`` and ``windows`` are None when the kind's own are meant.

    ``sources`` are the ids of those it is computed from.
    """

    id: str
    kind: str
    sources: tuple[str, ...]
    title: str | None
    categories: tuple[str, ...]
    default_resolution: int
    windows: tuple[WindowKind, ...] | None
    options: pydantic.BaseModel


@dataclass(frozen=True)
class Partnership:
    """Who publishes, for which area, from which sources, to whom.

    ``digest`` is the SHA-256 of the document as canonical JSON: comments and spacing do not count.
    ``secrets`` holds names of environment variables (``env:NAME``), never secrets.
    """

    id: str
    name: str
    synthetic: bool
    area: Area
    grid: Grid
    period: Period | None
    sources: tuple[Source, ...]
    agreements: Mapping[str, Agreement]
    fetch: tuple[FetchTable, ...]
    layers: tuple[LayerChoice, ...]
    editions: Mapping[str, Edition]
    roles: Mapping[str, tuple[str, ...]]
    secrets: Mapping[str, str]
    engine: Engine
    digest: str
    path: Path

    @property
    def series(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the sources that are counted together with each: of one kind, with the same categories."""
        alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for source in self.sources:
            alike.setdefault((source.kind, source.categories), []).append(source.id)
        return {name: tuple(names) for names in alike.values() for name in names}
