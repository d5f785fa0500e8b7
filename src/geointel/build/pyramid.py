"""One tile archive per layer and edition: the latest window of each category."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from geointel import tiles
from geointel.tiles.properties import PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geointel.model import Layer


def write_tiles(layer: Layer, path: Path, *, attribution: Sequence[str]) -> None:
    """Write the archive of a layer's latest window: the latest of the longest windows."""
    spec = layer.spec
    window = spec.default["window"]
    rows = layer.cells.filter(pc.equal(layer.cells["window"].cast(pa.string()), window))
    frames = {}
    for resolution in spec.resolutions:
        part = rows.filter(pc.equal(rows["resolution"], resolution))
        size = part.num_rows // len(spec.categories)
        categories = {
            category: tiles.columns_from_table(part.slice(number * size, size), PROPERTIES)
            for number, category in enumerate(spec.categories)
        }
        frames[resolution] = tiles.Frame(cells=part["cell"].slice(0, size).to_numpy(), categories=categories)
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {
        "name": spec.title,
        "description": f"{spec.question} {window}",
        "attribution": " ".join(dict.fromkeys(attribution)),
        "window": window,
        "fields": {"value": spec.value_label},
    }
    tiles.write_archive(path, frames, metadata=metadata)
