"""The files of an edition as they are without some of its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geointel.model import format_month, parse_month
from geointel.snapshot import layout
from geointel.snapshot.write import COMPRESSION, write_sorted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

TABLES: Mapping[str, tuple[str, str]] = {
    layout.FACTS: ("resolution", "cell"),
    layout.AREA_FACTS: ("level", "code"),
    layout.UNMAPPED: ("window", "source"),
    layout.FIGURES: ("level", "code"),
    layout.PROFILE: ("level", "code"),
    layout.HIDDEN: ("source", "year"),
}
"""Tables whose rows each belong to one source, and what they are sorted by first."""
NO_SUPPORT = "no-support"


def uses_of(manifest: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Every source that anything in a layer rests on, by layer; none where an old manifest does not say."""
    found: Mapping[str, Sequence[str]] = manifest.get("uses", {}).get("layers", {})
    return found


def rows_without(sources: Sequence[str]) -> Callable[[Path, Path], None]:
    """A function that writes a table without the rows of some sources, and without their words; nothing where none is left."""

    def write(old: Path, new: Path) -> None:
        table = pq.read_table(old)
        theirs = pc.is_in(table["source"].cast(pa.string()), value_set=pa.array(sources, pa.string()))
        kept = table.filter(pc.invert(theirs))
        name = old.name if old.parent.name != layout.AREA_LAYERS else layout.AREA_FACTS
        if kept.num_rows or name not in {layout.FIGURES, layout.PROFILE, layout.HIDDEN}:
            write_sorted(kept, new, TABLES[name])

    return write


def places_without(old: Path, new: Path) -> None:
    """Write the names of cells as those of their districts: the finer ones came from rows that are gone."""
    table = pq.read_table(old)
    place = table.column_names.index("name")
    district = table["district"].cast(table.schema.field("name").type)
    pq.write_table(table.set_column(place, table.schema.field("name"), district), new, compression=COMPRESSION)


def manifest_without(
    manifest: Mapping[str, Any], sources: Sequence[str], gone: set[str], folder: Path
) -> dict[str, Any]:
    """What an edition says about itself once some sources and the layers that used them are gone.

    ``folder`` has the files that are left. Months, windows and categories are those that anything left still has.
    """
    layers = [spec for spec in manifest["layers"] if spec["id"] not in gone]
    left = [source for source in manifest["sources"] if source["id"] not in sources]
    windows = _windows(manifest, layers, folder)
    categories = {name for spec in layers for name in spec["categories"]}
    uses = manifest["uses"]
    without: dict[str, Any] = {
        **manifest,
        "layers": layers,
        "sources": left,
        "methods": {name: method for name, method in manifest["methods"].items() if name not in gone},
        "windows": windows,
        "period": _period(manifest["period"], windows),
        "categories": [entry for entry in manifest["categories"] if entry["id"] in categories],
        "caveats": _caveats(manifest, layers, left),
        "policy": _without_keys(manifest["policy"], sources),
        "uses": {
            "layers": {name: used for name, used in uses["layers"].items() if name not in gone},
            "names": [name for name in uses["names"] if name not in sources],
        },
        "area": _area(manifest, sources),
        "grid": {
            **manifest["grid"],
            "supported": _supported(manifest["grid"], layers, folder) if gone else manifest["grid"]["supported"],
        },
    }
    if "disclosure" in manifest:
        without["disclosure"] = _without_keys(manifest["disclosure"], sources)
    return without


def _windows(manifest: Mapping[str, Any], layers: Sequence[Mapping[str, Any]], folder: Path) -> list[Mapping[str, Any]]:
    """Windows that a layer or a row still has."""
    found = {window for spec in layers for window in spec["windows"]}
    for name in TABLES:
        if (folder / name).is_file() and "window" in pq.read_schema(folder / name).names:
            column = pq.read_table(folder / name, columns=["window"])["window"].cast(pa.string())
            found |= set(pc.unique(column).to_pylist())
    return [window for window in manifest["windows"] if window["id"] in found]


def _period(period: Mapping[str, Any], windows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Months of the windows left; missing are those before, and those between that the sources which are gone alone had."""
    months = sorted(
        {parse_month(month) for window in windows if window["kind"] == "month" for month in window["months"]}
    )
    had = {parse_month(month) for month in period["months"]}
    between = {month for month in had if months and months[0] < month < months[-1]} - set(months)
    missing = sorted({parse_month(month) for month in period["missing"]} | between) if months else []
    return {
        "months": [format_month(month) for month in months],
        "missing": [format_month(month) for month in missing],
        "data_through": format_month(months[-1]) if months else None,
    }


def _caveats(
    manifest: Mapping[str, Any], layers: Sequence[Mapping[str, Any]], left: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Those of what is left, and those of the edition as a whole."""
    named = {name for part in (*manifest["layers"], *manifest["sources"]) for name in part.get("caveats", ())}
    still = {name for part in (*layers, *left) for name in part.get("caveats", ())}
    return {name: words for name, words in manifest["caveats"].items() if name in still or name not in named}


def _area(manifest: Mapping[str, Any], sources: Sequence[str]) -> dict[str, Any]:
    """How far records and areas agree is told of public sources together: it goes with any of them."""
    public = {entry["id"] for entry in manifest["sources"] if entry.get("public")}
    area = dict(manifest["area"])
    return {**area, "agreement": []} if public & set(sources) else area


def _supported(grid: Mapping[str, Any], layers: Sequence[Mapping[str, Any]], folder: Path) -> dict[str, int]:
    """Supported cells of each resolution, as the first layer left that has it shows them."""
    found = dict.fromkeys(grid["supported"], 0)
    for spec in reversed(layers):
        path = folder / layout.LAYERS / f"{spec['id']}.parquet"
        table = pq.read_table(path, columns=["resolution", "cell", "status"])
        seen = table.filter(pc.not_equal(table["status"].cast(pa.string()), NO_SUPPORT))
        cells = seen.group_by("resolution").aggregate([("cell", "count_distinct")]).to_pylist()
        found |= {str(row["resolution"]): row["cell_count_distinct"] for row in cells}
    return found


def _without_keys(node: Any, names: Sequence[str]) -> Any:
    """A JSON value without the members that are called like a source, however deep they stand."""
    if isinstance(node, dict):
        return {key: _without_keys(value, names) for key, value in node.items() if key not in names}
    return node
