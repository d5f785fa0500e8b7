"""What a layer says about itself: the words of its kind, and what the partnership asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geointel import content
from geointel.layers import rows
from geointel.model import Column, LayerSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube
    from geointel.model import ClassStyle, Window


def describe(
    cube: Cube,
    request: LayerRequest,
    windows: Sequence[Window],
    *,
    classes: Sequence[ClassStyle],
    columns: Sequence[str | Column],
    parameters: Mapping[str, Any],
    variant: str = "",
    **own: Any,
) -> LayerSpec:
    """Spec of a layer of ``request.kind``.

    ``columns`` are those of its table in the order in which people read them, ``value`` first; a name takes heading and
    decimals from the content file. ``own`` are the fields of ``LayerSpec`` that only some kinds fill, or fill otherwise.
    ``variant`` names the words of a kind that an option changes; it stands in the notes, for those who write sentences.
    """
    words = content.layer_words(request.kind, variant, special_points=request.special_points)
    notes = {**own.pop("notes", {}), **({"variant": variant} if variant else {})}
    given: dict[str, Any] = {
        "title": request.title or words.title,
        "tests": words.tests,
        "default": rows.default_view(tuple(windows), request),
        "caveats": words.caveats,
        "method": words.method,
        "notes": notes,
        **own,
    }
    return LayerSpec(
        id=request.id,
        kind=request.kind,
        question=words.question,
        unit=words.unit,
        value_label=words.value_label,
        parameters=parameters,
        resolutions=cube.resolutions,
        windows=tuple(window.id for window in windows),
        categories=request.categories,
        classes=tuple(classes),
        columns=tuple(_column(column, words.value_label) for column in columns),
        **given,
    )


def tests(cube: Cube) -> dict[str, int]:
    """How many cells of each resolution are tested together."""
    return {str(lattice.resolution): int(lattice.supported.sum()) for lattice in cube.lattices}


def edge(cube: Cube) -> dict[str, Any]:
    """How far beyond the border neighbours count, and how many cells of each resolution lie there and have records."""
    return {"km": cube.edge_km, "cells": {str(lattice.resolution): len(lattice.beyond) for lattice in cube.lattices}}


def _column(column: str | Column, value_label: str) -> Column:
    if isinstance(column, Column):
        return column
    label = value_label if column == "value" else content.column(column)
    return Column(column, label, digits=content.digits(column))
