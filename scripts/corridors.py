"""The corridors of West Yorkshire's collisions of 2024, and how often chance alone makes one: ``docs/validation/corridors.md``.

Run from the root of the repository with the data folder::

    python scripts/corridors.py ../shared/data --out docs/validation/corridors.md

It builds the layer ``corridor`` over the open collisions, reads it through the files of the snapshot as any reader would, and asks how
often the same roads have a corridor where collisions fall on them by chance.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from geointel.build import build
from geointel.config import load
from geointel.hotspots import Along, corridors, join_stretches, reach_along, road_windows
from geointel.ingest import numbered_roads, snap
from geointel.sources.stats19 import SIGNS

MOST, MAPS, LEVEL, WITHIN, SEED = 10, 200, 0.05, 500.0, 1
AREAS = "boundaries/west-yorkshire-lsoa21.geojson.gz"
COLLISIONS = "stats19/2024-west-yorkshire-collision.csv"
CONFIG = f"""
[partnership]
id = "west-yorkshire"
name = "West Yorkshire"
[[area.level]]
id = "lsoa"
file = "{AREAS}"
code = "LSOA21CD"
name = "LSOA21NM"
[grid]
leaf = 9
publish = [7, 8]
[[source]]
id = "collisions"
kind = "stats19"
files = "stats19/2024-west-yorkshire-*.csv"
[[layer]]
id = "corridors"
kind = "corridor"
"""
HEAD = """\
# Corridors of collisions

Along which roads of West Yorkshire were there more collisions in 2024 than such roads usually have? The layer [`corridor`](../methods-roads-and-signals.md#corridor) over the open
files of STATS19: {all:,} collisions, {on:,} of them on roads with a number. There is no road network in the data, so roads are **drawn through collisions that
the police gave the same number to**: {km:,.0f} km. The other {off:,.0f} collisions, nearly all on roads without a number, are on none of them.

The {most} corridors with the most collisions above expectation, of {found}. It is **not a ranking of danger**: how much traffic a road has is not in the data, and a
busy road has more collisions. **Usual** is what roads of its class have here for its length ({usual}); **times as many** leans on how much
roads differ here, with the range in which it lies in 95 of 100 cases; **above** is that in collisions. Severity is as recorded.

"""
TAIL = """
Do they make sense? They are radial and inner ring roads of Bradford and Leeds, where shops, crossings and turning traffic are: roads on which
collisions can be expected to be many for their length. That is what the data can say, and no more: with traffic counts some of them would be usual.

## How often chance makes a corridor

On {maps} maps with as many collisions ({on:,}) on the same stretches of road, spread by chance in proportion to what is usual, {false} had a corridor (bar: 16 of 200).

Run it again with `python scripts/corridors.py ../shared/data --out docs/validation/corridors.md`.
"""


@dataclass(frozen=True)
class Roads:
    """Stretches as the layer has them, with what is expected of each."""

    along: Along
    expected: np.ndarray


def main() -> int:
    """Build, read, and write or print the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path, help="data folder of the examples")
    parser.add_argument("--out", type=Path, help="file to write; default: print")
    options = parser.parse_args()
    text = page(options.data.resolve())
    if options.out is None:
        print(text)
    else:
        options.out.write_text(text, encoding="utf-8")
    return 0


def page(data: Path) -> str:
    """The whole page."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "partnership.toml"
        config.write_text(CONFIG, encoding="utf-8")
        path = build(load(config), data=data, out=Path(folder) / "snapshots").path / "open"
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        lines = gpd.read_parquet(path / "features" / "corridors.parquet")
    notes = manifest["layers"][0]["notes"]
    window = max(notes["maps"]["all"])
    said = notes["maps"]["all"][window]
    own = lines[(lines["category"] == "all") & (lines["window"] == window) & (lines["resolution"] == 8)].sort_values(
        "rank"
    )
    facts = {
        "all": int(said["all"]),
        "on": int(said["all"] - said["on_no_road"]),
        "off": int(said["on_no_road"]),
        "km": notes["km"],
        "most": min(MOST, len(own)),
        "found": len(own),
        "usual": ", ".join(
            f"{rate:.1f} for each kilometre of {name.replace('-', ' ').replace('a r', 'A r').replace('b r', 'B r')}"
            for name, rate in said["usual"].items()
        ),
        "maps": MAPS,
    }
    rows = "".join(_row(row, data) for row in own.head(MOST).to_dict("records"))
    table = "| road | where | km | collisions | killed or seriously hurt | usual | times as many | above |\n|---|---|--:|--:|--:|--:|--:|--:|\n"
    return HEAD.format(**facts) + table + rows + TAIL.format(false=noise(data, facts["on"]), **facts)


def _row(row: dict[str, Any], data: Path) -> str:
    ratio = f"{row['ratio']:.1f} ({row['lower']:.1f} to {row['upper']:.1f})"
    counts = (
        f"{row['km']:.1f} | {row['events']} | {row['severe']} | {row['expected']:.1f} | {ratio} | {row['excess']:.1f}"
    )
    return f"| {row['road']} | {_where(row['geometry'], data)} | {counts} |\n"


def _where(line: Any, data: Path) -> str:
    """Districts that a line runs through, each with its neighbourhoods (LSOA names without their last letter)."""
    areas = gpd.read_file(f"/vsigzip/{data / AREAS}")
    found: dict[str, set[str]] = {}
    for name in areas[areas.intersects(line)]["LSOA21NM"]:
        district, _, code = name[:-1].rpartition(" ")
        found.setdefault(district, set()).add(code)
    return "; ".join(f"{district} {', '.join(sorted(codes))}" for district, codes in sorted(found.items()))


def noise(data: Path, events: int) -> int:
    """How many of ``MAPS`` maps of chance alone have a corridor."""
    roads = stretches(data)
    random = np.random.default_rng(SEED)
    false = 0
    for _ in range(MAPS):
        count = random.multinomial(events, roads.expected / roads.expected.sum()).astype(np.float64)
        tested = road_windows(count, roads.expected, roads.along.near)
        false += bool(corridors(count, roads.expected, roads.along, tested=tested, level=LEVEL))
    return false


def stretches(data: Path) -> Roads:
    """The roads that the layer draws, and what is usual on each of their stretches: collisions of their class for their length."""
    files = pd.read_csv(data / COLLISIONS, dtype=str)
    named = files[files["first_road_class"].isin(list(SIGNS)) & ~files["first_road_number"].isin(["0", "-1"])]
    names = [
        SIGNS[kind][0] + number + SIGNS[kind][1:]
        for kind, number in zip(named["first_road_class"], named["first_road_number"], strict=True)
    ]
    points = pa.table(
        {
            "x": named["longitude"].astype(float).to_numpy(),
            "y": named["latitude"].astype(float).to_numpy(),
            "osgb": [False] * len(named),
            "road": names,
        }
    )
    drawn = numbered_roads.drawn(points, source="collisions", leaf=9)
    number = np.unique(drawn["road"].cast("string").to_numpy(zero_copy_only=False), return_inverse=True)[1]
    group = np.unique(drawn["road_class"].cast("string").to_numpy(zero_copy_only=False), return_inverse=True)[1]
    metres = drawn["metres"].to_numpy()
    graph = join_stretches(drawn["start"].to_numpy(), drawn["end"].to_numpy(), metres, number)
    on = snap.stretch_of_points(points, drawn)
    count = np.bincount(on[on >= 0], minlength=len(metres))
    rate = np.bincount(group, weights=count) / np.bincount(group, weights=metres)
    return Roads(Along(graph, reach_along(graph, WITHIN)), metres * rate[group])


if __name__ == "__main__":
    sys.exit(main())
