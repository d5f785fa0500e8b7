"""One row of a layer in plain English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geointel import content
from geointel_api.view import variant_of, window_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geointel_api.view import View

DIGITS = 2


def sentence_of(view: View, row: Mapping[str, Any]) -> str:
    """Say what a row says; for a layer kind that the content file does not know, its value and class."""
    label = window_label(view.edition, view.window)
    try:
        return content.sentence(
            view.spec["kind"],
            row,
            slug=view.category,
            window=label,
            variant=variant_of(view),
            special_points=content.special_points_of(view.spec),
        )
    except KeyError:
        value = content.number(row["value"], DIGITS)
        return f"{view.spec['value_label']}: {value} {view.spec['unit']} in {content.when(label)}."
