"""Small road networks drawn by hand: nodes on a grid of degrees, edges with their lengths."""

from __future__ import annotations

from typing import Any

import numpy as np

Edge = tuple[int, int, float]
LAT, LNG, STEP = 53.8, -2.7, 0.05


def place(node: int) -> tuple[float, float]:
    return LAT + STEP * (node // 10), LNG + STEP * (node % 10)


def places(nodes: list[int]) -> tuple[np.ndarray, np.ndarray]:
    lat, lng = np.array([place(node) for node in nodes]).reshape(-1, 2).T
    return lat, lng


def roads(edges: list[Edge], **given: Any) -> dict[str, Any]:
    """Columns of edges that everybody may use both ways, unless ``given`` says otherwise."""
    size = len(edges)
    start, end = np.array([edge[:2] for edge in edges], dtype=np.int64).reshape(-1, 2).T
    usual = {name: np.ones(size, dtype=bool) for name in ("walk", "cycle", "drive", "forward", "backward")}
    (start_lat, start_lng), (end_lat, end_lng) = places(start.tolist()), places(end.tolist())
    return {
        **usual,
        "start": start,
        "end": end,
        "metres": np.array([edge[2] for edge in edges], dtype=np.float64),
        "road_class": ["residential"] * size,
        "speed": np.full(size, np.nan),
        "start_lat": start_lat,
        "start_lng": start_lng,
        "end_lat": end_lat,
        "end_lng": end_lng,
        **given,
    }
