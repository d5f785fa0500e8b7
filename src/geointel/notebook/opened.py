"""The library's door to a snapshot: one edition, its layers, each as a table, a frame or a map."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geointel import content, snapshot
from geointel.notebook.deck import make_deck
from geointel.notebook.frame import area_frame, cell_frame
from geointel.notebook.view import select

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pyarrow as pa
    import pydeck

    from geointel.notebook.view import View
    from geointel.snapshot import Edition


@dataclass(frozen=True)
class SnapshotLayer:
    """One layer of one edition.

    Every method takes ``window``, ``category`` and ``resolution``; what is left out is what the layer
    shows first. They raise ``SnapshotNotFoundError`` for one that the layer does not have.
    """

    id: str
    title: str
    _edition: Edition = field(repr=False)

    @property
    def spec(self) -> Mapping[str, Any]:
        """What the layer says about itself: question, method, windows, categories, classes, breaks."""
        return self._edition.spec(self.id)

    @property
    def caveats(self) -> tuple[str, ...]:
        """What must be said beside every figure of the layer, the most important first."""
        return tuple(content.caveat(name).long for name in self.spec["caveats"])

    def to_arrow(
        self, *, window: str | None = None, category: str | None = None, resolution: int | None = None
    ) -> pa.Table:
        """One row for every study cell, as published; ``cell`` is an int64."""
        return self._select(window, category, resolution).rows()

    def to_geodataframe(
        self, *, window: str | None = None, category: str | None = None, resolution: int | None = None
    ) -> gpd.GeoDataFrame:
        """One row for every study cell, with place, district and outline (WGS 84).

        ``cell`` is the 15-character string. A missing value is NaN, never zero; ``status`` says why.
        ``attrs`` hold title, edition, snapshot, sources and caveats.
        """
        return cell_frame(self._select(window, category, resolution))

    def deck(
        self, *, window: str | None = None, category: str | None = None, resolution: int | None = None
    ) -> pydeck.Deck:
        """A map in the layer's own colours, without a base map, so that it asks for nothing outside.

        Title, key, caveats and attribution stand in its description. Keep it with ``write_html``.
        """
        return make_deck(self._select(window, category, resolution))

    def _select(self, window: str | None, category: str | None, resolution: int | None) -> View:
        return select(self._edition, self.id, window=window, category=category, resolution=resolution)


@dataclass(frozen=True)
class SnapshotEdition:
    """One edition of a published snapshot: all that its readers may know, and nothing else."""

    snapshot: str
    name: str
    layers: Mapping[str, SnapshotLayer]
    _edition: Edition = field(repr=False)

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What the edition says about itself: period, sources, layers, caveats, hashes of its files."""
        return self._edition.manifest

    @property
    def synthetic(self) -> bool:
        """Whether every record is made up."""
        return bool(self.manifest["synthetic"])

    def layer(self, name: str) -> SnapshotLayer:
        """One layer by its id. Raises ``SnapshotNotFoundError``."""
        self._edition.spec(name)
        return self.layers[name]

    def areas(self, level: str | None = None) -> gpd.GeoDataFrame:
        """Outlines of the areas: ``level, code, name, geometry`` (WGS 84); of one level or of all."""
        return area_frame(self._edition, level)


def open_snapshot(path: Path | str, edition: str = "open", *, verify: bool = True) -> SnapshotEdition:
    """Open one edition of a snapshot folder, or of the published snapshot of a snapshots folder.

    Every file is checked against its hash first, unless ``verify`` is false. Raises
    ``SnapshotNotFoundError`` or ``SnapshotCorruptError``.
    """
    opened = snapshot.open_snapshot(Path(path), verify=verify)
    chosen = opened.edition(edition)
    layers = {name: SnapshotLayer(name, str(spec["title"]), chosen) for name, spec in chosen.layers.items()}
    return SnapshotEdition(opened.id, edition, layers, chosen)
