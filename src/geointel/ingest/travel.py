"""Travel times of a partnership's own matrix: every row is a time for a pair, or has a reason why it is none.

A row is ``bad-row`` when its ids are blank, its origin is no cell, or its time is no number from 0 to a day; ``unmatched``
when no source knows its service, or no file its origin; ``outside-area`` when its origin is; ``duplicate`` when the pair
came before; ``no-data`` when it has no time: the service cannot be reached from there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from geointel.grid.cells import parents
from geointel.ingest.edge import near_cells
from geointel.ingest.travel_files import cells_of_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.ingest.areas import StudyArea

BAD_ROW, UNMATCHED, OUTSIDE_AREA, DUPLICATE, NO_DATA = "bad-row", "unmatched", "outside-area", "duplicate", "no-data"
REASONS = (BAD_ROW, UNMATCHED, OUTSIDE_AREA, DUPLICATE, NO_DATA)
"""In the order in which they apply."""

NO_TIME = frozenset({"", "na", "n/a", "nan", "none", "null", "<na>", "2147483647"})
"""What is written where there is no way; the number is R5's."""
MOST_MINUTES = 1440.0
"""Above a day a time is no journey: such files give seconds."""
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
UNKNOWN, NO_CELL = -1, 0


def canonical(
    rows: pa.Table,
    *,
    study: StudyArea,
    resolution: int,
    edge_km: float,
    destinations: Mapping[str, str],
    origins: Mapping[str, int] | None = None,
    file: str = "",
) -> pa.Table:
    """Rows of ``travel_files.TEXT`` → ``from_id, to_id, origin, destination, minutes, near, reason``, in their order.

    ``origins`` are the cells of ids, where origins are no cells themselves; ``origin`` is the cell of ``resolution``, null
    where there is none. ``destinations`` are names that a file may use → ``source:id``. ``near`` are rows that are
    outside the area, but within ``edge_km``, and have a time. Raises ``SchemaError`` (of ``file``) for cells
    that are coarser than ``resolution``.
    """
    start, word = _encoded(rows["from_id"])
    cell = _cells(start, origins, resolution=resolution, file=file)[word]
    known = sorted(set(destinations.values()))
    service = _services(rows["to_id"], destinations, known)
    minutes = _each(rows["time"], _minutes)
    bad = (minutes < 0) | (_each(rows["from_id"], _letters) == 0) | (_each(rows["to_id"], _letters) == 0)
    bad |= (cell == NO_CELL) & (origins is None)
    unmatched = (service == UNKNOWN) | (cell == NO_CELL)
    usable = ~bad & ~unmatched
    parent = np.full(len(cell), NO_CELL)
    parent[usable] = parents(cell[usable], resolution)
    outside = usable & ~np.isin(parent, study.cells(resolution))
    # two spellings of a cell are one origin, and two ids in one cell are two
    own = np.unique(cell, return_inverse=True)[1] if origins is None else word
    again = _came_before(own * (len(known) + 1) + service, usable)
    timeless = np.isnan(minutes)
    number = np.select([bad, unmatched, outside, again, timeless], list(range(len(REASONS))), default=len(REASONS))
    around = near_cells(study, np.unique(parent[outside]), edge_km)
    return pa.table(
        {
            "from_id": rows["from_id"],
            "to_id": rows["to_id"],
            "origin": pa.array(parent, mask=~usable),
            "destination": pa.array(known, pa.string()).take(pa.array(service, mask=~usable)),
            "minutes": pa.array(minutes, mask=timeless | bad),
            "near": outside & ~again & ~timeless & np.isin(parent, around),
            "reason": pa.array([*REASONS, None], pa.string()).take(pa.array(number)),
        }
    )


def means(rows: pa.Table) -> pa.Table:
    """Canonical rows → ``origin, destination, minutes``, in this order: those that are mapped or near.

    Where several origins lie in one cell its time is their mean: each finer cell counts once, and those from which
    the service cannot be reached do not.
    """
    kept = rows["reason"].is_null().to_numpy() | rows["near"].to_numpy()
    own = rows.filter(pa.array(kept))
    cells, cell = np.unique(own["origin"].to_numpy(), return_inverse=True)
    names, name = _encoded(own["destination"])
    order = np.argsort(np.array(names, dtype=np.str_)) if names else np.empty(0, np.int64)
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    pairs, pair = np.unique(cell * (len(names) or 1) + rank[name], return_inverse=True)
    total = np.bincount(pair, weights=own["minutes"].to_numpy(), minlength=len(pairs))
    at_cell, at_name = np.divmod(pairs, len(names) or 1)
    return pa.table(
        {
            "origin": pa.array(cells[at_cell].astype(np.int64)),
            "destination": pa.array([names[number] for number in order.tolist()], pa.string()).take(pa.array(at_name)),
            "minutes": pa.array(total / np.bincount(pair, minlength=len(pairs))),
        }
    )


def _encoded(column: pa.ChunkedArray) -> tuple[list[str], NDArray[np.int64]]:
    """Distinct values in the order of their first row, and which one each row has."""
    coded = column.combine_chunks().dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _cells(words: Sequence[str], origins: Mapping[str, int] | None, *, resolution: int, file: str) -> NDArray[np.int64]:
    found = (
        cells_of_words(words, resolution=resolution, file=file)
        if origins is None
        else [origins.get(word.strip(), NO_CELL) for word in words]
    )
    return np.array(found, dtype=np.int64)


def _services(column: pa.ChunkedArray, destinations: Mapping[str, str], known: Sequence[str]) -> NDArray[np.int64]:
    """Which of the ``known`` services each row names."""
    place = {name: number for number, name in enumerate(known)}
    words, word = _encoded(column)
    found = [place.get(destinations.get(name.strip(), ""), UNKNOWN) for name in words]
    return np.array(found, dtype=np.int64)[word]


def _each(column: pa.ChunkedArray, meaning: Callable[[str], float]) -> NDArray[np.float64]:
    """What the text of each row means; every distinct text is looked at once."""
    words, word = _encoded(column)
    return np.array([meaning(name) for name in words], dtype=np.float64)[word]


def _letters(word: str) -> float:
    return float(len(word.strip()))


def _minutes(word: str) -> float:
    """Minutes of a text: NaN where there is no way, −1 for what is no time."""
    text = word.strip()
    if text.lower() in NO_TIME:
        return float("nan")
    number = float(text) if NUMBER.fullmatch(text) else -1.0
    return number if 0 <= number <= MOST_MINUTES else -1.0


def _came_before(key: NDArray[np.int64], counted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows whose key an earlier one has, of those that count."""
    at = np.flatnonzero(counted)
    again = np.zeros(len(key), dtype=bool)
    again[at] = True
    again[at[np.unique(key[at], return_index=True)[1]]] = False
    return again
