"""Real counts for the noise study: police.uk archives on the cells of a study area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geointel.grid import latlng_to_cell, parents
from geointel.grid.cover import touching_cells

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LEAF = 9


@dataclass(frozen=True)
class Geography:
    """A study area: its name, its outline, and the archives of its force."""

    name: str
    boundary: str
    code: str
    codes: tuple[str, ...]
    files: str


GEOGRAPHIES = (
    Geography("Lancashire", "boundaries/lancashire-lad22-ons.geojson", "objectid", (), "*/*-lancashire-street.csv*"),
    Geography(
        "Herefordshire and Worcestershire",
        "boundaries/west-mercia-lad24.geojson",
        "ltla24_code",
        ("E06000019", *(f"E0700023{digit}" for digit in range(4, 10))),
        "*/*-west-mercia-street.csv*",
    ),
    Geography("West Mercia", "boundaries/west-mercia-lad24.geojson", "ltla24_code", (), "*/*-west-mercia-street.csv*"),
)


def load(geography: Geography, data: Path) -> pd.DataFrame:
    """Rows of the force that fall in the study area: leaf ``cell``, ``month`` and ``category`` slug."""
    outline = gpd.read_file(data / geography.boundary).to_crs(4326)
    if geography.codes:
        outline = outline[outline[geography.code].isin(geography.codes)]
    leaves = touching_cells(outline.union_all(), LEAF)
    columns = ["Month", "Longitude", "Latitude", "Crime type"]
    files = sorted((data / "police-street").glob(geography.files))
    rows = pd.concat([pd.read_csv(path, usecols=columns) for path in files]).dropna(subset=["Longitude", "Latitude"])
    points, place = np.unique(rows[["Latitude", "Longitude"]].to_numpy(), axis=0, return_inverse=True)
    rows["cell"] = latlng_to_cell(points[:, 0], points[:, 1], LEAF)[place]
    rows["category"] = rows["Crime type"].str.lower().str.replace(" ", "-")
    return rows.loc[rows["cell"].isin(leaves), ["cell", "Month", "category"]].rename(columns={"Month": "month"})


def supported(rows: pd.DataFrame, resolution: int) -> NDArray[np.int64]:
    """Cells in which any record of any category ever fell, sorted."""
    return np.unique(parents(rows["cell"].to_numpy(), resolution))


def counts(rows: pd.DataFrame, cells: NDArray[np.int64], resolution: int) -> NDArray[np.int64]:
    """Rows in each of ``cells``."""
    place = np.searchsorted(cells, parents(rows["cell"].to_numpy(), resolution))
    return np.bincount(place, minlength=len(cells))
