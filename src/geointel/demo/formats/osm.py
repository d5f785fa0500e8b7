"""The made-up roads as OpenStreetMap XML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import numpy as np

from geointel.demo.scene import Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geointel.demo.road_grid import Way
    from geointel.demo.scene import Scene

PATHS = ("roads/demo.osm",)
LETTER = {"motorway": "M", "primary": "A", "secondary": "B"}


def write(scene: Scene) -> tuple[Written, ...]:
    """Write nodes and ways."""
    path = scene.directory / PATHS[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_lines(scene)) + "\n", encoding="utf-8")
    what = "made-up straight roads between the settlements as OpenStreetMap XML"
    return (Written(PATHS[0], what, len(scene.roads.ways)),)


def _lines(scene: Scene) -> Iterator[str]:
    nodes = scene.roads.nodes
    yield "<?xml version='1.0' encoding='UTF-8'?>"
    yield '<osm version="0.6" generator="geointel demo (synthetic)">'
    (west, south), (east, north) = nodes.min(axis=0), nodes.max(axis=0)
    yield f' <bounds minlat="{south:.6f}" minlon="{west:.6f}" maxlat="{north:.6f}" maxlon="{east:.6f}"/>'
    for i, (lng, lat) in enumerate(np.round(nodes, 6).tolist(), 1):
        yield f' <node id="{i}" version="1" lat="{lat:.6f}" lon="{lng:.6f}"/>'
    for i, way in enumerate(scene.roads.ways, 1):
        yield f' <way id="{i}" version="1">'
        yield from (f'  <nd ref="{node + 1}"/>' for node in way.nodes)
        yield from (f"  <tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in _tags(way).items())
        yield " </way>"
    yield "</osm>"


def _tags(way: Way) -> dict[str, str]:
    tags = {"highway": way.kind, "name": way.name, "maxspeed": f"{way.speed} mph"}
    if way.number:
        tags["ref"] = f"{LETTER[way.kind]}{way.number}"
    if way.one_way:
        tags["oneway"] = "yes"
    return tags
