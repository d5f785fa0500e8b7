"""Street-level files as data.police.uk publishes them: twelve columns, LF, UTF-8, no quotes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from geointel.demo.map_points import AREAS_PER_GROUP, POINTS_PER_AREA
from geointel.demo.mix import CATEGORIES, SPECIAL_POINTS, STREETS
from geointel.demo.months import ANTI_SOCIAL, ID_BYTES, OUTCOMES
from geointel.sources.police_uk_street import CATEGORIES as WORDS
from geointel.sources.police_uk_street import LOCATION_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from geointel.demo.map_points import MapPoints
    from geointel.demo.months import Rows

COLUMNS = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location",
    "LSOA code", "LSOA name", "Crime type", "Last outcome category", "Context",
)  # fmt: skip
PLACEHOLDER = ("-6.890259", "54.460576")
"""The point that the police files give to a place that they do not know."""
AREAS_PER_COPY = 2_000
OUTSIDE_AREA = 1_999
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HEX_PAIRS = np.array([list(f"{byte:02x}".encode()) for byte in range(256)], dtype=np.uint8)


@dataclass(frozen=True)
class Places:
    """What the files say of each place: texts, parallel, null where a column is blank.

    ``rank`` int64 is the small area's number, the order of the rows in a file.
    """

    longitude: pa.Array
    latitude: pa.Array
    location: pa.Array
    area_code: pa.Array
    area_name: pa.Array
    rank: NDArray[np.int64]


def places(points: MapPoints, names: Sequence[str], *, copy: int) -> Places:
    """Texts of the map points, the points outside, the placeholder, and no location.

    Codes of small areas begin with ``DEMO`` and their names say ``Demo``: none is a real one.
    ``names`` are those of the districts.
    """
    rank, area_names = _small_areas(points.district, names)
    outside = len(points.outside)
    lnglat = np.vstack([points.lnglat, points.outside])
    ranks = np.concatenate([rank, np.full(outside, OUTSIDE_AREA)])
    codes = [f"DEMO{copy * AREAS_PER_COPY + number:05d}" for number in range(AREAS_PER_COPY)]
    return Places(
        longitude=pa.array([*(f"{x:.6f}" for x in lnglat[:, 0].tolist()), PLACEHOLDER[0], None]),
        latitude=pa.array([*(f"{y:.6f}" for y in lnglat[:, 1].tolist()), PLACEHOLDER[1], None]),
        location=pa.array([*_locations(points), *[_near(STREETS[0])] * outside, _near(""), "No Location"]),
        area_code=pa.array([*(codes[number] for number in ranks.tolist()), None, None]),
        area_name=pa.array(
            [*(area_names[number] for number in rank.tolist()), *["Outside Demo 001A"] * outside, None, None]
        ),
        rank=np.append(ranks, [AREAS_PER_COPY, AREAS_PER_COPY]),
    )


def area_districts(points: MapPoints, codes: Sequence[str], *, copy: int) -> list[tuple[str, str]]:
    """Code of each small area and of the district it lies in."""
    rank, _ = _small_areas(points.district, codes)
    pairs = np.unique(np.column_stack([rank, points.district]), axis=0).tolist()
    return [(f"DEMO{copy * AREAS_PER_COPY + number:05d}", codes[district]) for number, district in pairs]


def write(path: Path, rows: Rows, places: Places, *, month: str, force: str) -> int:
    """Write one force's month; return how many rows."""
    rows = rows.take(np.lexsort((rows.category, places.rank[rows.place])))
    count, place = len(rows.place), pa.array(rows.place)
    columns = [
        _crime_ids(rows),
        _same(month, count),
        _same(force, count),
        _same(force, count),
        *(texts.take(place) for texts in (places.longitude, places.latitude, places.location)),
        *(texts.take(place) for texts in (places.area_code, places.area_name)),
        pa.array([WORDS[category.slug] for category in CATEGORIES]).take(pa.array(rows.category)),
        pa.array(OUTCOMES).take(pa.array(rows.outcome, mask=rows.outcome < 0)),
        pa.nulls(count, pa.string()),
    ]
    table = pa.Table.from_arrays(columns, names=list(COLUMNS))
    with path.open("wb") as file:
        file.write((",".join(COLUMNS) + "\n").encode())
        options = pacsv.WriteOptions(include_header=False, quoting_style="none", batch_size=8192)
        pacsv.write_csv(table, file, options)
    return count


def _near(name: str) -> str:
    return f"{LOCATION_PREFIX} {name}"


def _locations(points: MapPoints) -> list[str]:
    special = [_near(kind.name) for kind in SPECIAL_POINTS]
    streets = [_near(name) for name in STREETS]
    pairs = zip(points.special.tolist(), points.street.tolist(), strict=True)
    return [special[kind] if kind >= 0 else streets[street] for kind, street in pairs]


def _small_areas(district: NDArray[np.int64], names: Sequence[str]) -> tuple[NDArray[np.int64], list[str]]:
    """Number of each point's small area, counted over all districts, and the areas' names.

    ``Blackpool Demo 003B`` is the second area of the third group of Blackpool.
    """
    first = np.searchsorted(district, district)
    within = (np.arange(len(district)) - first) // POINTS_PER_AREA
    areas = np.bincount(district, minlength=len(names)) + POINTS_PER_AREA - 1
    start = np.concatenate([[0], np.cumsum(areas // POINTS_PER_AREA)])
    called = [
        f"{name} Demo {i // AREAS_PER_GROUP + 1:03d}{LETTERS[i % AREAS_PER_GROUP]}"
        for name, count in zip(names, np.diff(start).tolist(), strict=True)
        for i in range(count)
    ]
    return start[district] + within, called


def _crime_ids(rows: Rows) -> pa.Array:
    """64 hexadecimal digits; null for anti-social behaviour."""
    has = rows.category != ANTI_SOCIAL
    digits = HEX_PAIRS[rows.key].reshape(len(has), 2 * ID_BYTES)
    offsets = np.arange(len(has) + 1, dtype=np.int32) * (2 * ID_BYTES)
    ids = pa.StringArray.from_buffers(len(has), pa.py_buffer(offsets), pa.py_buffer(digits))
    return ids.take(pa.array(np.arange(len(has)), mask=~has))


def _same(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text), count)
