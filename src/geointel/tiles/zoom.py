"""Which resolution a map shows at which zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.errors import GridError

if TYPE_CHECKING:
    from collections.abc import Iterable

MINZOOM = 5
MAXZOOM = 13

_WANTED = ((7, 6), (9, 7), (11, 8))
"""(last zoom, resolution): a hexagon's edge stays about 3 px or longer."""
_CLOSEST = 9


def resolution_for_zoom(zoom: int, publish: Iterable[int]) -> int:
    """Resolution drawn at a zoom: 6 up to zoom 7, 7 up to 9, 8 up to 11, then 9.

    Where that one is not among ``publish``, the nearest published, and of two equally near the
    coarser. Raises ``GridError`` when nothing is published.
    """
    published = sorted(set(publish))
    if not published:
        message = "No resolution is published."
        raise GridError(message, remedy="Give at least one in [grid] publish.")
    wanted = next((resolution for last, resolution in _WANTED if zoom <= last), _CLOSEST)
    return min(published, key=lambda resolution: abs(resolution - wanted))


def resolutions_by_zoom(publish: Iterable[int]) -> dict[int, int]:
    """Resolution of every zoom from ``MINZOOM`` to ``MAXZOOM``."""
    published = tuple(publish)
    return {zoom: resolution_for_zoom(zoom, published) for zoom in range(MINZOOM, MAXZOOM + 1)}
