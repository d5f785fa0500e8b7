"""Street-level files to counts by cell, month and category, with pandas and h3pandas: the peer of ``ingest.py``.

Runs in the peers' environment as a process of its own::

    .bench-venv/bin/python benchmarks/ingest_peer.py FOLDER LEAVES.npy RESULT.parquet

It does what ``geointel`` does, in the way these libraries are used: the hash of each file for the record, whole
columns in memory, only the columns that a row keeps, every vectorised call there is, the ID rule on the few IDs that
come again, and ``geo_to_h3`` on the rows.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import h3pandas  # noqa: F401 - adds the accessor
import numpy as np
import pandas as pd

COLUMNS = ["Crime ID", "Month", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name", "Crime type"]
CHUNK = 1 << 18
CATEGORIES = {
    "Anti-social behaviour": "anti-social-behaviour",
    "Bicycle theft": "bicycle-theft",
    "Burglary": "burglary",
    "Criminal damage and arson": "criminal-damage-arson",
    "Drugs": "drugs",
    "Other crime": "other-crime",
    "Other theft": "other-theft",
    "Possession of weapons": "possession-of-weapons",
    "Public order": "public-order",
    "Robbery": "robbery",
    "Shoplifting": "shoplifting",
    "Theft from the person": "theft-from-the-person",
    "Vehicle crime": "vehicle-crime",
    "Violence and sexual offences": "violent-crime",
}
SPECIAL = [
    f"On or near {place}"
    for place in (
        "Police Station",
        "Court",
        "Prison",
        "Hospital",
        "Supermarket",
        "Nightclub",
        "Theatre/Concert Hall",
        "Conference/Exhibition Centre",
        "Racecourse",
        "Race Track",
        "Sports/Recreation Area",
    )
]
PLACEHOLDER = (-6.890259, 54.460576)
RESOLUTION = 9
CELL = "h3_09"
"""The name that h3pandas gives to the column."""


def main(folder: Path, leaves: Path, result: Path) -> None:
    """Count the street-level files under a folder and write the counts."""
    paths = sorted(folder.glob("police/**/*-street.csv"))
    for path in paths:
        sha256(path)
    rows = pd.concat([pd.read_csv(path, usecols=COLUMNS) for path in paths], ignore_index=True)
    rows = one_row_per_id(checked(rows))
    rows = rows.h3.geo_to_h3(RESOLUTION, lat_col="Latitude", lng_col="Longitude", set_index=False)
    study = pd.DataFrame({CELL: [f"{cell:x}" for cell in np.load(leaves).tolist()]})
    rows = rows.merge(study, on=CELL)  # several times as fast as isin
    counts = rows.groupby([CELL, "month", "category"], observed=True)["special"].agg(["size", "sum"])
    counts = counts.reset_index().set_axis(
        ["cell", "month", "category", "incidents", "incidents-special-points"], axis=1
    )
    counts.to_parquet(result)


def sha256(path: Path) -> str:
    """Hash of a file, for the record of where the counts come from."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def checked(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with a month, a known crime type and coordinates that are a place."""
    day = pd.to_datetime(rows["Month"], format="%Y-%m", errors="coerce")
    x = pd.to_numeric(rows["Longitude"], errors="coerce")
    y = pd.to_numeric(rows["Latitude"], errors="coerce")
    found = pd.DataFrame(
        {
            "id": rows["Crime ID"],
            "month": day.dt.year * 12 + day.dt.month - 1,
            "category": rows["Crime type"].map(CATEGORIES).astype("category"),
            "special": rows["Location"].isin(SPECIAL),
            "area_code": rows["LSOA code"],
            "area_name": rows["LSOA name"],
            "Longitude": x,
            "Latitude": y,
        }
    )
    nowhere = ((x == 0) & (y == 0)) | ((x == PLACEHOLDER[0]) & (y == PLACEHOLDER[1]))
    place = x.between(-180, 180) & y.between(-90, 90) & ~nowhere
    return found[place & found["month"].notna() & found["category"].notna()]


def one_row_per_id(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the last row of each ID that comes again, with the month of its first."""
    again = rows[rows["id"].notna() & rows["id"].duplicated(keep=False)].sort_values("month", kind="stable")
    last = again.drop_duplicates("id", keep="last")
    first = again.drop_duplicates("id").set_index("id")["month"]
    rows = rows.drop(again.index.difference(last.index))
    rows.loc[last.index, "month"] = last["id"].map(first)
    return rows


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
