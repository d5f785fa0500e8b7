"""Outlines and names of one edition, as GeoParquet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geointel.grid import centres

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from geointel.ingest.areas import StudyArea
    from geointel.model import ReleasedFacts

WGS84 = "EPSG:4326"
DECIMALS = 0.000001
GEOMETRY = "geometry"


def write_areas(study: StudyArea, path: Path) -> None:
    """Outlines of every level: ``level, code, name, geometry``."""
    frames = [
        gpd.GeoDataFrame(
            {"level": level.id, "code": list(level.codes), "name": list(level.names)},
            geometry=shapely.set_precision(level.outlines, DECIMALS),
            crs=WGS84,
        )
        for level in study.levels
    ]
    together = frames[0] if len(frames) == 1 else gpd.pd.concat(frames, ignore_index=True)
    together.to_parquet(path, index=False)


def write_features(features: pa.Table, path: Path) -> None:
    """Features of a layer: their columns, and ``geometry``, which is that of the layer, else a point at ``lat, lng``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if GEOMETRY in features.column_names:
        shapes = shapely.set_precision(shapely.from_wkb(features[GEOMETRY].to_numpy()), DECIMALS)
        rest = features.drop_columns([GEOMETRY])
    else:
        shapes = shapely.points(features["lng"].to_numpy(), features["lat"].to_numpy())
        rest = features.drop_columns(["lat", "lng"])
    columns = rest.to_pandas(types_mapper=_plain)
    gpd.GeoDataFrame(columns, geometry=shapes, crs=WGS84).to_parquet(path, index=False)


def _plain(kind: pa.DataType) -> object:
    """Arrow's own type for a column; none for lists, whose name in the file nobody but Arrow could read again."""
    return None if pa.types.is_list(kind) else gpd.pd.ArrowDtype(kind)


def write_places(
    study: StudyArea, released: ReleasedFacts, path: Path, *, resolutions: tuple[int, ...], names: str
) -> None:
    """Names of every study cell: ``resolution, cell, name, district_code, district, geometry`` (centre).

    With ``names`` as ``district`` a cell is called by its district alone: an edition for everybody
    does not rank places. Otherwise by the commonest name in its rows, or the district without one.
    """
    district = study.levels[0]
    frames = []
    for resolution in resolutions:
        cells = study.cells(resolution)
        owner = study.area_of_cells(district, resolution)
        called = np.append(np.array(district.names, dtype=object), "")[owner]
        code = np.append(np.array(district.codes, dtype=object), "")[owner]
        name = called if names == "district" else _commonest(released.names, resolution, cells, otherwise=called)
        columns = {
            "resolution": np.int8(resolution),
            "cell": cells,
            "name": name,
            "district_code": code,
            "district": called,
        }
        frames.append(gpd.GeoDataFrame(columns, geometry=shapely.points(centres(cells)), crs=WGS84))
    gpd.pd.concat(frames, ignore_index=True).to_parquet(path, index=False)


def _commonest(
    names: pa.Table, resolution: int, cells: NDArray[np.int64], *, otherwise: NDArray[np.object_]
) -> NDArray[np.object_]:
    """Name of each cell in the rows; ``otherwise`` where the rows have none."""
    rows = names.filter(pc.equal(names["resolution"], resolution))
    position = pc.index_in(pa.array(cells), value_set=rows["cell"].combine_chunks())
    found = rows["name"].take(position)
    known = ~found.is_null().to_numpy()
    return np.where(known, found.to_numpy(), otherwise)
