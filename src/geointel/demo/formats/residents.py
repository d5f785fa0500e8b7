"""Who lives in the small areas, by age band, and the areas' outlines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import shapely

from geointel.demo import table
from geointel.demo.scene import Written
from geointel.demo.small_areas import BANDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geointel.demo.scene import Scene

COLUMNS = (
    "area_code", "area_name", "district_code", "district_name", "residents", *(f"age_{band}" for band in BANDS),
)  # fmt: skip
PATHS = ("population/demo-residents.csv", "boundaries/demo-small-areas.geojson")


def write(scene: Scene) -> tuple[Written, ...]:
    """Write the table and the outlines."""
    count = table.write(scene.directory / PATHS[0], COLUMNS, _rows(scene))
    path = scene.directory / PATHS[1]
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = list(_features(scene))
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8")
    areas = scene.areas
    planted = {
        "residents": int(areas.residents.sum()),
        "by_district": {
            code: int(areas.residents[areas.district == number].sum())
            for number, code in enumerate(scene.copy.geography.codes)
        },
    }
    return (
        Written(PATHS[0], "made-up residents of the small areas by age band", count, planted),
        Written(PATHS[1], "made-up small areas that tile the districts; those of the street files", len(lines)),
    )


def _rows(scene: Scene) -> Iterator[list[object]]:
    areas, geography = scene.areas, scene.copy.geography
    for i, code in enumerate(areas.codes):
        district, people = int(areas.district[i]), areas.residents[i].tolist()
        yield [code, areas.names[i], geography.codes[district], geography.names[district], sum(people), *people]


def _features(scene: Scene) -> Iterator[str]:
    areas = scene.areas
    for i, (code, name) in enumerate(zip(areas.codes, areas.names, strict=True)):
        district = scene.copy.geography.codes[areas.district[i]]
        feature = {
            "type": "Feature",
            "properties": {"code": code, "name": name, "district": district, "synthetic": True},
            "geometry": json.loads(shapely.to_geojson(areas.outlines[i])),
        }
        yield json.dumps(feature, separators=(",", ":"))
