"""Which hexagons are the strongest, and which records make them so: ``docs/validation/strongest.md``.

Run from the root of the repository with the files of one or more partnerships and the data folder that they need::

    python scripts/strongest.py examples/pan-lancashire/partnership.toml --data ../shared/data

It builds the layers ``hotspot`` and ``excess`` of drug records, each with and without special points, reads them through
the library's door, and looks up in the monthly files which kinds of map point the records of a hexagon have.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas
import h3.api.basic_int as h3
import numpy as np
import pandas as pd
import strongest_page

import geointel
from geointel.build import build
from geointel.config import load
from geointel.grid import latlng_to_cell, parents
from geointel.hotspots import benjamini_hochberg, hamed_rao
from geointel.layers.base import SpecialPointOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.config import Partnership
    from geointel.notebook.opened import SnapshotEdition

CATEGORY, CRIME_TYPE, RESOLUTION, MOST = "drugs", "Drugs", 8, 10
KINDS, WITHOUT = ("hotspot", "excess"), "-without"
STRENGTH = {"hot-99": 3, "hot-95": 2, "hot-90": 1}
METRES = 27700
POINT_TYPES = (
    "Airport/Airfield", "Bus/Coach Station", "Conference/Exhibition Centre", "Court", "Ferry Terminal",
    "Further/Higher Educational Building", "Hospital", "Motorway Service Area", "Nightclub", "Park/Open Space",
    "Parking Area", "Pedestrian Subway", "Petrol Station", "Police Station", "Prison", "Race Track", "Racecourse",
    "Shopping Area", "Sports/Recreation Area", "Supermarket", "Theatre/Concert Hall", "Theme/Adventure Park",
)  # fmt: skip
"""Kinds of place that police.uk writes in place of a name. Whatever else it writes is a street: it is never shown."""


@dataclass(frozen=True)
class Findings:
    """What the page says of one partnership; a table of rows for each layer."""

    id: str
    name: str
    window: str
    names_from: str
    tables: Mapping[str, tuple[Mapping[str, Any], ...]]
    specs: Mapping[str, Mapping[str, Any]]


def measure(partnership: Partnership, data: Path) -> Findings:
    """Build, read, and describe the strongest hexagons of every layer."""
    with tempfile.TemporaryDirectory() as folder:
        asked = replace(partnership, layers=layers(partnership), editions={"open": partnership.editions["open"]})
        build(asked, data=data, out=Path(folder) / "snapshots")
        edition = geointel.open_snapshot(Path(folder) / "snapshots")
        specs = {name: edition.layer(name).spec for name in edition.layers}
        frames = {name: edition.layer(name).to_geodataframe(resolution=RESOLUTION) for name in edition.layers}
        months = months_of(specs["hotspot"])
        series = {name: monthly(edition, name, months) for name in edition.layers if name.startswith("hotspot")}
    chosen = {name: strongest(frame, specs[name]) for name, frame in frames.items()}
    every = pd.concat(chosen.values()).drop_duplicates("cell")
    named, names_from = ward_names(every, data)
    records = records_of(partnership, data, months)
    hotspots = frames["hotspot"].set_index("cell")
    tables = {}
    for name, frame in chosen.items():
        own = series["hotspot" + WITHOUT * name.endswith(WITHOUT)]
        beside = frames["hotspot" + WITHOUT * name.endswith(WITHOUT)].set_index("cell")
        rows = [
            {
                **row,
                "name": named[row["cell"]],
                "stability": beside["stability"][row["cell"]],
                "special_share": hotspots["special_share"][row["cell"]],
                "trend": own.loc[row["cell"]].to_dict(),
                **driving(records, row["cell"], special=not name.endswith(WITHOUT)),
            }
            for row in frame.drop(columns="geometry").to_dict("records")
        ]
        tables[name] = tuple(sorted(rows, key=lambda row: (row["name"], row["cell"])))
    window = next(w["label"] for w in edition.manifest["windows"] if w["id"] == specs["hotspot"]["default"]["window"])
    return Findings(partnership.id, partnership.name, window, names_from, tables, specs)


def layers(partnership: Partnership) -> tuple[Any, ...]:
    """Both kinds with and without special points, as the partnership computes its own hotspots."""
    own = next(layer for layer in partnership.layers if layer.kind == "hotspot" and CATEGORY in layer.categories)
    shared = {"title": None, "categories": (CATEGORY,), "default_resolution": RESOLUTION, "windows": ("month", "year")}
    return tuple(
        replace(
            own,
            id=kind + WITHOUT * (points == "out"),
            kind=kind,
            options=SpecialPointOptions(special_points=points),
            **shared,
        )
        for kind in KINDS
        for points in ("in", "out")
    )


def months_of(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """Months of the window that the layers open with."""
    last = spec["windows"].index(spec["default"]["window"].removeprefix("12m:"))
    return tuple(spec["windows"][last - 11 : last + 1])


def monthly(edition: SnapshotEdition, layer: str, months: Sequence[str]) -> pd.DataFrame:
    """Trend of every supported cell: incidents in cell and ring, month by month.

    Mann-Kendall with the variance of Hamed and Rao; ``q`` adjusts for all supported cells of the map.
    """
    frames = [edition.layer(layer).to_geodataframe(window=month, resolution=RESOLUTION) for month in months]
    seen = frames[0]["support"].notna().to_numpy()
    counts = np.column_stack([frame["support"].to_numpy(dtype=float)[seen] for frame in frames])
    found = hamed_rao(counts)
    return pd.DataFrame(
        {"tau": found.tau_b, "p": found.p, "q": benjamini_hochberg(found.p)}, index=frames[0]["cell"][seen]
    )


def strongest(frame: geopandas.GeoDataFrame, spec: Mapping[str, Any]) -> geopandas.GeoDataFrame:
    """The ten rows of the strongest class and, within it, the highest value; ratios that maps draw faintly do not count."""
    faint = spec["notes"].get("fill", {}).get("faint_below", 0)
    shown = frame[(frame["status"] == "shown") & (frame["expected"] >= faint)]
    rank = shown.assign(strength=shown["class"].map(STRENGTH).fillna(0).astype(int))
    return rank.sort_values(["strength", "value"], ascending=False).head(MOST)


def ward_names(cells: geopandas.GeoDataFrame, data: Path) -> tuple[dict[str, str], str]:
    """Ward with which each cell overlaps most, and which names these are; without outlines of wards, the map's own name."""
    paths = sorted((data / "boundaries").glob("*ward*.geojson*"))
    wards = [geopandas.read_file(f"/vsigzip/{path}" if path.suffix == ".gz" else path) for path in paths]
    own = dict(zip(cells["cell"], cells["place"], strict=True))
    if not wards:
        return own, "commonest small area"
    outlines = pd.concat(wards).to_crs(METRES)
    column = next(name for name in outlines.columns if name.upper().startswith("WD") and name.upper().endswith("NM"))
    parts = geopandas.overlay(
        cells[["cell", "geometry"]].to_crs(METRES), outlines[[column, "geometry"]], how="intersection"
    )
    most = parts.loc[parts.area.groupby(parts["cell"]).idxmax()]
    return {**own, **dict(zip(most["cell"], most[column], strict=True))}, "ward"


def records_of(partnership: Partnership, data: Path, months: Sequence[str]) -> pd.DataFrame:
    """Every drug record of the months with a place: ``cell, month, type``. No name of a street leaves this function."""
    columns = {"Month", "Longitude", "Latitude", "Location", "Crime type"}
    files = {
        path
        for source in partnership.sources
        if source.kind == "police-uk-street"
        for pattern in source.files
        for path in data.glob(pattern)
        if path.name[:7] in months
    }
    rows = pd.concat([pd.read_csv(path, usecols=lambda name: name in columns) for path in sorted(files)])
    rows = rows[(rows["Crime type"] == CRIME_TYPE) & rows["Longitude"].notna()]
    place = rows["Location"].str.removeprefix("On or near ")
    types = np.where(place.isin(POINT_TYPES), place, "streets")
    types = np.where(place.str.contains(r"\((?:station|Railway)", case=False, na=False), "railway stations", types)
    leaves = latlng_to_cell(rows["Latitude"].to_numpy(), rows["Longitude"].to_numpy(), partnership.grid.leaf)
    return pd.DataFrame({"cell": parents(leaves, RESOLUTION), "month": rows["Month"].to_numpy(), "type": types})


def driving(records: pd.DataFrame, cell: str, *, special: bool) -> dict[str, Any]:
    """Records in cell and ring by kind of map point, the three commonest, and the busiest month of the cell."""
    kept = records if special else records[~records["type"].isin(geointel.content.special_points())]
    centre = int(cell, 16)
    around = kept[kept["cell"].isin(h3.grid_disk(centre, 1))]
    by_month = kept[kept["cell"] == centre].groupby("month").size()
    return {
        "types": around["type"].value_counts().head(3).to_dict(),
        "busiest": float(by_month.max() / by_month.sum()) if len(by_month) else None,
    }


def main() -> int:
    """Measure every partnership named and write, or print, the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("partnership", type=Path, nargs="+", help="partnership.toml")
    parser.add_argument("--data", type=Path, required=True, help="data folder")
    parser.add_argument("--out", type=Path, help="file to write; default: print")
    options = parser.parse_args()
    text = strongest_page.page([measure(load(path), options.data) for path in options.partnership])
    if options.out is None:
        print(text)
    else:
        options.out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
