"""Colours of a map's hexagons, and the key to them. The colours are the manifest's: nothing is classed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from geointel import content
from geointel.model import ClassStyle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.notebook.view import View

NONE = "none"
OUTLINED = "#0b0c0c"


def fill(view: View, rows: pa.Table) -> tuple[list[str], tuple[ClassStyle, ...]]:
    """Colour of each row, and the key: its entries are the classes, then what has no class."""
    styles = _styles(view)
    slugs = _steps(view.spec["notes"]["fill"], rows) if "fill" in view.spec["notes"] else _classes(rows)
    colour = {style.id: style.colour for style in styles}
    blank, _ = content.blank_colours()
    key = [*content.in_key(styles, frozenset(slugs))]
    statuses = rows["status"].cast(pa.string()).to_pylist()
    empty = dict.fromkeys(status for slug, status in zip(slugs, statuses, strict=True) if slug not in colour)
    if empty:
        key.append(ClassStyle("blank", "; ".join(content.status_label(status) for status in empty), blank))
    return [colour.get(slug or "", blank) for slug in slugs], tuple(key)


def outlined(view: View, rows: pa.Table) -> NDArray[np.bool_]:
    """Which hexagons get a strong outline: those with a class where the fill shows something else."""
    if "fill" not in view.spec["notes"]:
        return np.zeros(rows.num_rows, dtype=bool)
    return np.array([slug not in (None, NONE) for slug in _classes(rows)])


def faint(view: View, rows: pa.Table) -> NDArray[np.bool_]:
    """Which hexagons are drawn faintly: those whose value rests on too little to be steady."""
    least = view.spec["notes"].get("fill", {}).get("faint_below")
    if least is None:
        return np.zeros(rows.num_rows, dtype=bool)
    expected = rows["expected"].to_numpy()
    return np.asarray(expected < least)  # False where nothing is expected: NaN


def rgb(colour: str) -> list[int]:
    """``#rrggbb`` as three numbers."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _styles(view: View) -> tuple[ClassStyle, ...]:
    """Classes of the fill, in order; bands of a value carry their bounds."""
    spec = view.spec
    if "fill" in spec["notes"]:
        return tuple(ClassStyle(**style) for style in spec["notes"]["fill"]["classes"])
    return content.key_classes(spec, resolution=view.resolution, category=view.category, window=view.window_kind)


def _classes(rows: pa.Table) -> list[str | None]:
    found: list[str | None] = rows["class"].cast(pa.string()).to_pylist()
    return found


def _steps(fill_spec: Mapping[str, Any], rows: pa.Table) -> list[str | None]:
    """Step of each value between upper-inclusive bounds; None without a value."""
    value = rows["value"].to_numpy()
    step = np.searchsorted(np.asarray(fill_spec["bounds"], dtype=np.float64), value, side="left")
    return [None if np.isnan(v) else str(s) for v, s in zip(value.tolist(), step.tolist(), strict=True)]
