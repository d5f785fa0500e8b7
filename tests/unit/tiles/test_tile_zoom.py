"""Zoom to resolution, as the contract's section 4 says."""

from __future__ import annotations

import pytest

from geointel.errors import GridError
from geointel.tiles import MAXZOOM, MINZOOM, resolution_for_zoom, resolutions_by_zoom


def test_three_published_resolutions() -> None:
    assert (MINZOOM, MAXZOOM) == (5, 13)
    assert resolutions_by_zoom([6, 7, 8]) == {5: 6, 6: 6, 7: 6, 8: 7, 9: 7, 10: 8, 11: 8, 12: 8, 13: 8}


def test_resolution_9_is_drawn_from_zoom_12() -> None:
    assert [resolution_for_zoom(zoom, [6, 7, 8, 9]) for zoom in (10, 11, 12, 13)] == [8, 8, 9, 9]


@pytest.mark.parametrize(("zoom", "publish", "expected"), [
    (5, [8], 8),
    (13, [6], 6),
    (8, [8, 6], 6),  # 7 is missing, 6 and 8 are equally near: the coarser
    (10, [5, 7], 7),
    (12, [7, 10], 10),
    (0, [6, 7], 6),
    (22, [6, 9], 9),
])  # fmt: skip
def test_otherwise_the_nearest_published(zoom: int, publish: list[int], expected: int) -> None:
    assert resolution_for_zoom(zoom, publish) == expected


def test_nothing_published_is_refused() -> None:
    with pytest.raises(GridError, match="No resolution"):
        resolution_for_zoom(8, [])
