"""How severe collisions were: as recorded, and adjusted for how forces record injuries where the files have that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel import content
from geointel.model import ADJUSTED, ADJUSTED_SERIOUS, ALL, INCIDENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from geointel.layers.counts import Counts
    from geointel.model import Window

KSI = "collision-ksi"
"""The category of those killed or seriously injured: fatal collisions, and serious ones as adjusted."""
SEVERITIES = {"fatal": "collision-fatal", "serious": "collision-serious", "slight": "collision-slight"}
"""Column → category as recorded."""


def collisions(counts: Counts, window: Window, category: str) -> NDArray[np.float64]:
    """Collisions of a category at every place; of those killed or seriously injured as adjusted, so not always whole."""
    if category != KSI:
        return counts.dense(INCIDENTS, window.id, category)
    return counts.dense(INCIDENTS, window.id, SEVERITIES["fatal"]) + counts.dense(ADJUSTED_SERIOUS, window.id, ALL)


def recorded(counts: Counts, window: Window, category: str, *, measure: str = INCIDENTS) -> NDArray[np.float64]:
    """The same as recorded, so whole, of any measure that counts collisions."""
    slugs = (SEVERITIES["fatal"], SEVERITIES["serious"]) if category == KSI else (category,)
    found: NDArray[np.float64] = np.sum([counts.dense(measure, window.id, slug) for slug in slugs], axis=0)
    return found


def by_severity(counts: Counts, window: Window) -> dict[str, NDArray[np.float64]]:
    """Columns of the collisions of all categories; ``adjusted_serious`` is NaN where no file of the window has it."""
    found = {name: counts.dense(INCIDENTS, window.id, slug) for name, slug in SEVERITIES.items()}
    serious = counts.dense(ADJUSTED_SERIOUS, window.id, ALL)
    adjusted = counts.dense(ADJUSTED, window.id, ALL).any()
    blank = np.full(len(serious), np.nan)
    return {**found, "adjusted_serious": serious if adjusted else blank, "ksi": found["fatal"] + serious}


def adjusted_shares(counts: Counts, windows: Iterable[Window]) -> dict[str, float]:
    """Share of the collisions of each window that has any whose file has the adjustment."""
    found = {}
    for window in windows:
        every = float(counts.dense(INCIDENTS, window.id, ALL).sum())
        if every:
            found[window.id] = float(counts.dense(ADJUSTED, window.id, ALL).sum()) / every
    return found


def told(adjusted: Mapping[str, float]) -> tuple[str, str]:
    """What the severity of windows is, in words, and the caveat that belongs to it."""
    least, most = min(adjusted.values(), default=0.0), max(adjusted.values(), default=0.0)
    if least == 1:
        return content.notice("severity_adjusted"), "severity-adjusted"
    part = content.notice("severity_part", least=f"{least:.0%}", most=f"{most:.0%}")
    return part if most > 0 else content.notice("severity_recorded"), "severity-recorded"
