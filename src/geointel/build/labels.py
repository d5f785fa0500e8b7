"""What a layer's categories are called, where only its sources have words for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geointel import content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geointel.model import Layer
    from geointel.sources.base import SourceKind


def labelled(layer: Layer, sources: Sequence[SourceKind]) -> dict[str, Any]:
    """Notes of a layer, with the labels of categories that the content file does not know. A kind's own labels stay."""
    own = {slug: label for source in sources for slug, label in source.categories.items()}
    labels = {slug: own[slug] for slug in layer.spec.categories if slug in own and not content.knows_category(slug)}
    notes = dict(layer.spec.notes)
    return {**notes, "labels": {**labels, **notes.get("labels", {})}} if labels else notes
