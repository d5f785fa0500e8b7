"""What no protected source may show, whatever its numbers are."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geointel.audit.published import months_of
from geointel.grid.cells import parents
from geointel.model.period import YEAR
from geointel.snapshot import layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from geointel.snapshot import Edition

LAYER_KIND = "count"
TABLES = (layout.FACTS, layout.AREA_FACTS, layout.UNMAPPED, layout.PROFILE)
TELLS = ("no-support", "no-data")
"""Marks that tell an empty place from one whose number was changed to 0."""
MOST = 6
"""How many faults of a kind are named."""


def faults_of(edition: Edition, source: str, policy: Mapping[str, Any]) -> tuple[list[str], int]:
    """What a protected source shows and may not, one line each, and how many rows were looked at."""
    found: list[str] = []
    rows = 0
    for path in TABLES:
        if path in edition.manifest["files"]:
            table = own_rows(edition, path, source)
            rows += table.num_rows
            found += [f"{path}: {fault}" for fault in _rows(table, int(policy.get("never_show") or 0))]
    for layer, spec in edition.layers.items():
        if spec["kind"] == LAYER_KIND and list(spec.get("sources", [])) == [source]:
            found += [f"{layer}: {fault}" for fault in _map(edition, layer)]
    return found[:MOST], rows


def own_rows(edition: Edition, path: str, source: str) -> pa.Table:
    """Rows of one source in a table of an edition's folder."""
    table = pq.read_table(edition.path / path)
    return table.filter(pc.equal(table["source"].cast(pa.string()), source))


def _rows(table: pa.Table, never_show: int) -> Iterator[str]:
    value = table["value"].drop_null().to_numpy()
    windows = pc.unique(table["window"].cast(pa.string())).to_pylist()
    late = sorted(window for window in windows if len(months_of(window)) == YEAR and not window.endswith("-03"))
    if late:
        yield f"the window {late[0]} overlaps others"
    if bool((value != np.round(value)).any()):
        yield "a value is no whole number"
    if bool(((value >= 1) & (value <= never_show)).any()):
        yield f"a value from 1 to {never_show}, which is never shown"
    if bool((value < 0).any()):
        yield "a value below 0"


def _map(edition: Edition, layer: str) -> Iterator[str]:
    """Faults of the hexagons of a source's own counts."""
    table = pq.read_table(edition.path / layout.LAYERS / f"{layer}.parquet")
    status = table["status"].cast(pa.string())
    told = sorted(set(pc.unique(status).to_pylist()) & set(TELLS))
    if told:
        yield f"the mark {told[0]!r} says that a hexagon is empty, where others may have been changed to 0"
    hidden = pc.is_in(status, value_set=pa.array(["coarsened", "suppressed"])).to_numpy(zero_copy_only=False)
    value = table["value"].to_numpy(zero_copy_only=False)
    if bool((hidden & ~np.isnan(value.astype(float))).any()):
        yield "a hidden hexagon has a value"
    columns = (table[name].to_numpy(zero_copy_only=False) for name in ("resolution", "cell"))
    view = pc.binary_join_element_wise(table["window"].cast(pa.string()), table["category"].cast(pa.string()), "|")
    maps = np.unique(view.to_numpy(zero_copy_only=False).astype(str), return_inverse=True)[1]
    yield from _families(*columns, maps=maps, hidden=hidden)


def _families(
    resolution: NDArray[Any], cell: NDArray[np.int64], *, maps: NDArray[np.int64], hidden: NDArray[np.bool_]
) -> Iterator[str]:
    """A family is shown whole or not at all, and not below a parent that is hidden."""
    have = np.unique(resolution).tolist()
    for above, below in pairwise(have):
        here = resolution == below
        key = np.stack([parents(cell[here], int(above)), maps[here]], axis=1)
        family, position = np.unique(key, axis=0, return_inverse=True)
        lost = np.bincount(position.ravel(), weights=hidden[here])
        mixed = (lost > 0) & (lost < np.bincount(position.ravel()))
        if bool(mixed.any()):
            yield f"{int(mixed.sum())} families of hexagons are shown in part, so the rest follows from their parent"
        up = resolution == above
        gone = {(c, m) for c, m in zip(cell[up][hidden[up]].tolist(), maps[up][hidden[up]].tolist(), strict=True)}
        below_hidden = [
            key for key, n in zip(map(tuple, family.tolist()), lost.tolist(), strict=True) if key in gone and n == 0
        ]
        if below_hidden:
            yield f"{len(below_hidden)} families of hexagons are shown below a parent that is hidden"
