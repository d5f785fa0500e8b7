"""A layer: one question answered per cell, and all that must be said beside the answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from geointel.model.period import Window

SIGNED_CLASSES = ("cold-99", "cold-95", "cold-90", "none", "hot-90", "hot-95", "hot-99")
"""Class slugs in the order of the signed bin −3 … 3."""


@dataclass(frozen=True)
class ClassStyle:
    """One class of a layer's key: slug in the table, words and colour on the page."""

    id: str
    label: str
    colour: str


@dataclass(frozen=True)
class Column:
    """One column of a layer's table, in words. ``digits`` is how many decimals people are shown."""

    id: str
    label: str
    unit: str = ""
    digits: int = 0


@dataclass(frozen=True)
class LayerSpec:
    """What a layer says about itself; stands in the manifest word for word.

    ``breaks`` maps resolution to category to window kind to ascending upper-inclusive class
    bounds; empty when classes do not come from breaks. ``notes`` holds the kind's own findings,
    such as the share of hot cells that are hot for all other crime too. ``accuracy`` says how much of the next
    month its hottest cells held, by resolution, category and kind of window; empty where a layer is not judged.
    """

    id: str
    kind: str
    title: str
    question: str
    unit: str
    value_label: str
    method: str
    parameters: Mapping[str, Any]
    tests: str
    resolutions: tuple[int, ...]
    windows: tuple[str, ...]
    categories: tuple[str, ...]
    default: Mapping[str, Any]
    classes: tuple[ClassStyle, ...]
    columns: tuple[Column, ...]
    caveats: tuple[str, ...]
    breaks: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)
    accuracy: Mapping[str, Any] = field(default_factory=dict)
    features: bool = False
    """Whether the layer has features of its own beside its cells."""
    sources: tuple[str, ...] = ()
    """Ids of the sources that it is computed from."""

    def to_json(self) -> dict[str, Any]:
        """The spec as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Layer:
    """A computed layer of one edition.

    ``cells`` holds every study cell for every resolution, window and category, sorted by
    them in this order: ``resolution, cell, window, category, value, class, support, status``
    and the kind's own columns. ``areas`` has ``level, code`` in place of the first two, or is
    ``None`` for a kind that has no meaning by area. ``features`` are points (``id, lat, lng``, WGS 84) or
    shapes (``id, geometry`` as WKB) and what the kind says of each, sorted by ``id``; those of one map have
    ``window, category, resolution``. ``windows`` are those of its own, that no calendar of events has. ``inputs`` are tables that it keeps beside its rows: what it was computed from, released already,
    for those who ask what would change it, or lists of its own, such as signals.
    """

    edition: str
    spec: LayerSpec
    cells: pa.Table
    areas: pa.Table | None = None
    features: pa.Table | None = None
    windows: tuple[Window, ...] = ()
    inputs: Mapping[str, pa.Table] = field(default_factory=dict)
