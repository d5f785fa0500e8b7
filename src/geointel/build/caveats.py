"""Which caveats stand beside a layer: its kind's, and those of the sources that it is computed from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from geointel.sources.base import kinds

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from geointel.model import Layer
    from geointel.sources.base import SourceKind

MAP_POINTS = "map-points"
OF_MAP_POINTS = {"special-points", "no-support"}
"""Caveats that have no meaning where points are where things happened."""


OF_METHODS = {
    "cell-key": "changed-counts",
    "rounding": "changed-counts",
    "suppress": "hidden-counts",
    "dp": "private-counts",
}
"""Caveat of layers with a source whose counts pass each method."""


def with_caveats(layer: Layer, sources: Sequence[SourceKind], *, methods: Collection[str] = ()) -> Layer:
    """The layer with the caveats of its sources behind its first, and without those of other sources.

    ``methods`` are those that counts pass in the edition before the layer is computed from them.
    """
    own = dict.fromkeys(caveat for source in sources for caveat in source.caveats)
    own = dict.fromkeys(OF_METHODS[method] for method in sorted(methods) if method in OF_METHODS) | own
    others = {caveat for source in kinds().values() for caveat in source.caveats} - set(own)
    if MAP_POINTS not in own:
        others |= OF_MAP_POINTS
    kept = [caveat for caveat in layer.spec.caveats if caveat not in others]
    new = [caveat for caveat in own if caveat not in kept]
    return replace(layer, spec=replace(layer.spec, caveats=(*kept[:1], *new, *kept[1:])))
