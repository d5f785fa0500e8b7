"""How far areas made of cells agree with the area codes in police records: ``docs/validation/areas.md``.

Run from the root of the repository, with the data folder that the examples need::

    python scripts/area_agreement.py ../shared/data --out docs/validation/areas.md
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas
import pyarrow.compute as pc
import shapely
from pyarrow import csv

from geointel.build import build
from geointel.config import Partnership, Period, load
from geointel.grid import centres, latlng_to_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
YEAR = {"from": "2025-01", "to": "2026-01"}
EXAMPLES = {
    "pan-lancashire": "Pan-Lancashire",
    "herefordshire-worcestershire": "Herefordshire and Worcestershire",
}
COUNTS = ("by_cell", "by_code", "both", "lost")

HEAD = """\
# Areas made of hexagons, and the records' own area codes

A leaf (a hexagon of resolution 9) that touches the study area is in it, and belongs to the district with which it overlaps
most. Every total by area is a sum of such leaves. The police rows carry an area code of their own: the small area (LSOA) of their
map point. Here both are compared, for police.uk records of January to December 2025 that have a place.

- **by hexagon**: records that the map counts in the district.
- **by own code**: records whose small area lies in the district.
- **both**: records for which the two agree.
- **elsewhere**: records of the district by own code, counted in another district of the study area.
- **outside**: records of the district by own code, counted in no district at all.

Run it again with:

```
python scripts/area_agreement.py ../shared/data --out docs/validation/areas.md
```

The same figures, for every build, stand in the manifest under `area.agreement`.
"""
RESULT = """\
## What it shows

- With good outlines nothing is lost at the edge. Of Blackpool's {blackpool} drug records by own code, {both} are counted in
  Blackpool, {elsewhere} in a neighbouring district, and {outside} outside. Had we kept the hexagons of resolution 8 whose centre is in
  the area, {by_centre} of these records would be lost on the sea front.
- Over a whole area, {lancashire} of Pan-Lancashire's drug records are counted in another district than their own code
  says.
- The quality of the outlines decides. The outlines that the Herefordshire and Worcestershire example names are strongly simplified: {simple}
  of all its records are counted elsewhere or outside. With the outlines in `data/boundaries`, it is {own}.
- Map points stand for streets. Where a district's border runs along a street, no rule is right for every record.
"""


@dataclass(frozen=True)
class Table:
    """Agreement of one partnership with one set of outlines; rows as the manifest has them."""

    title: str
    outlines: str
    rows: tuple[dict[str, Any], ...]

    def total(self, category: str, name: str | None = None) -> dict[str, int]:
        """Counts over all districts, or of one."""
        rows = [row for row in self.rows if row["category"] == category and name in (None, row["name"])]
        return {key: sum(row[key] for row in rows) for key in COUNTS}


def disagreement(counts: dict[str, int]) -> str:
    """Share of the records by own code that are counted elsewhere or outside."""
    return f"{(counts['by_code'] - counts['both']) / counts['by_code']:.1%}".replace("%", " %")


def measure(partnership: Partnership, title: str, outlines: str, data: Path) -> Table:
    """Build one year of one partnership and take the agreement of its districts."""
    layer = next(layer for layer in partnership.layers if layer.kind == "hotspot")
    year = replace(
        partnership,
        period=Period.model_validate(YEAR),
        layers=(replace(layer, windows=("year",)),),
        editions=one_edition(partnership),
    )
    with tempfile.TemporaryDirectory() as folder:
        report = build(year, data=data, out=Path(folder) / "snapshots")
        manifest = json.loads((report.path / "open" / "manifest.json").read_text(encoding="utf-8"))
    first = manifest["area"]["levels"][0]["id"]
    return Table(title, outlines, tuple(row for row in manifest["area"]["agreement"] if row["level"] == first))


def lost_by_centre(partnership: Partnership, data: Path) -> int:
    """Blackpool's drug records in hexagons of resolution 8 whose centre lies in no district."""
    level = partnership.area.levels[0]
    area = shapely.union_all(
        shapely.make_valid(geopandas.read_file(data / str(level.file)).to_crs(4326).geometry.array)
    )
    lost = 0
    for path in sorted(data.glob(partnership.sources[0].files[0].replace("*-", f"{YEAR['from'][:4]}-*-", 1))):
        rows = csv.read_csv(path)
        own = pc.starts_with(rows["LSOA name"], "Blackpool ")
        rows = rows.filter(pc.and_kleene(own, pc.equal(rows["Crime type"], "Drugs")))
        cells = latlng_to_cell(rows["Latitude"].to_numpy(), rows["Longitude"].to_numpy(), 8)
        lost += int((~shapely.contains_xy(area, centres(cells))).sum())
    return lost


def one_edition(partnership: Partnership) -> dict[str, Any]:
    """The open edition alone: agreement is the same in each."""
    return {"open": partnership.editions["open"]}


def with_own_outlines(partnership: Partnership) -> Partnership:
    """The partnership with the outlines of this repository in place of those that its file names."""
    path = ROOT / "data" / "boundaries" / f"{partnership.id}-districts.geojson"
    first, *rest = partnership.area.levels
    level = first.model_copy(update={"file": str(path), "code": "code", "name": "name", "only": None})
    return replace(partnership, area=partnership.area.model_copy(update={"levels": (level, *rest)}))


def page(tables: Sequence[Table], by_centre: int) -> str:
    """The whole document; ``by_centre`` is what a cell-centre rule would lose of Blackpool's drug records."""
    lancashire, _, simple, own = tables
    blackpool = lancashire.total("drugs", "Blackpool")
    result = RESULT.format(
        blackpool=blackpool["by_code"],
        both=blackpool["both"],
        elsewhere=blackpool["by_code"] - blackpool["both"] - blackpool["lost"],
        outside=blackpool["lost"] or "none",
        by_centre=by_centre,
        lancashire=disagreement(lancashire.total("drugs")),
        simple=disagreement(simple.total("all")),
        own=disagreement(own.total("all")),
    )
    return "\n".join([HEAD, *(_section(table) for table in tables), result])


def _section(table: Table) -> str:
    lines = [
        f"## {table.title}, {table.outlines}",
        "",
        "| district | by hexagon | by own code | both | elsewhere | outside |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    lines += [_row(row["name"], row) for row in table.rows if row["category"] == "drugs"]
    lines += [_row("**drugs, all districts**", table.total("drugs"))]
    lines += [_row("**all categories, all districts**", table.total("all")), ""]
    return "\n".join(lines)


def _row(name: str, counts: dict[str, Any]) -> str:
    elsewhere = counts["by_code"] - counts["both"] - counts["lost"]
    figures = (counts["by_cell"], counts["by_code"], counts["both"], elsewhere, counts["lost"])
    return f"| {name} | " + " | ".join(f"{figure:,}" for figure in figures) + " |"


def main() -> int:
    """Measure both examples, with both sets of outlines, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path, help="data folder of the examples")
    parser.add_argument("--out", type=Path, help="file to write; default: print")
    options = parser.parse_args()
    tables = []
    by_centre = lost_by_centre(load(ROOT / "examples" / "pan-lancashire" / "partnership.toml"), options.data)
    for slug, title in EXAMPLES.items():
        partnership = load(ROOT / "examples" / slug / "partnership.toml")
        tables.append(measure(partnership, title, "outlines of the example", options.data))
        tables.append(measure(with_own_outlines(partnership), title, "outlines in `data/boundaries`", options.data))
    text = page(tables, by_centre)
    if options.out is None:
        print(text)
    else:
        options.out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
