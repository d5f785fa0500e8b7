"""Attacks on the bytes that the service gives to each role: one number by every address, and nothing told by a zero."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import httpx
import mapbox_vector_tile
import numpy as np
import pytest

from geointel.audit.published import open_edition, read_published

from .attacked import asker, calls, made, truth, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Get = Callable[[str], httpx.Response]

ROLES = {"public": "open", "commissioner": "partner"}
VIEW = "window=2025-03&category=overdose&resolution=8"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(written(tmp_path_factory.mktemp("served"), calls()))


@pytest.fixture(scope="module", params=list(ROLES))
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def get(path: Path, role: str) -> Get:
    return asker(path.parent, role)


def rows_of(get: Get) -> dict[str, tuple[float | None, str]]:
    told = get(f"/v1/layers/calls/values?{VIEW}").json()
    rows = (dict(zip(told["columns"], row, strict=True)) for row in told["rows"])
    return {row["cell"]: (row["value"], row["status"]) for row in rows}


def test_every_address_gives_the_same_number(get: Get, path: Path, role: str) -> None:
    """Averaging over addresses, formats and requests gives back what one of them says."""
    by_values = rows_of(get)
    items = get(f"/collections/calls/items?{VIEW}&limit=10000").json()["features"]
    by_items = {f["properties"]["cell"]: (f["properties"]["value"], f["properties"]["status"]) for f in items}
    assert by_items == by_values
    text = get(f"/v1/layers/calls/values?{VIEW}&f=csv").text
    start = next(n for n, line in enumerate(text.splitlines()) if line.lstrip("\ufeff").startswith("cell,"))
    told = list(csv.DictReader(io.StringIO("\n".join(text.splitlines()[start:]).lstrip("\ufeff"))))
    by_csv = {row["cell"]: (float(row["value"]) if row["value"] else None, row["status"]) for row in told}
    assert by_csv == by_values
    (table,) = [t for t in read_published(open_edition(path / ROLES[role])) if t.measure == "incidents"]
    w, c = table.lattice.windows.index("2025-03"), table.lattice.categories.index("overdose")
    for entry, (resolution, cell) in enumerate(table.keys):
        if resolution == 8:
            value = table.lattice.value[entry, w, c]
            assert by_values[f"{cell:x}"][0] == (None if np.isnan(value) else value)
    first, second = (get(f"/v1/layers/calls/values?{VIEW}") for _ in range(2))
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]


def test_tiles_say_no_more_than_the_table(get: Get) -> None:
    told = rows_of(get)
    seen = 0
    for x in range(502, 505):
        for y in range(327, 333):
            answer = get(f"/tiles/calls/10/{x}/{y}.mvt?window=2025-03&category=overdose")
            for layer in (mapbox_vector_tile.decode(answer.content) if answer.status_code == 200 else {}).values():
                for feature in layer["features"]:
                    properties = feature["properties"]
                    seen += 1
                    assert properties.get("value") == told[properties["cell"]][0]
    assert seen > 50


def test_a_zero_tells_nothing_of_what_it_was(get: Get, path: Path, role: str) -> None:
    """A hexagon with no records and one whose number was changed to 0 look alike: status, length, value."""
    (table,) = [t for t in read_published(open_edition(path / ROLES[role])) if t.measure == "incidents"]
    true = truth(calls(), table)
    w, c = table.lattice.windows.index("2025-03"), table.lattice.categories.index("overdose")
    value = table.lattice.value[:, w, c]
    at = {key[1]: entry for entry, key in enumerate(table.keys) if key[0] == 8}
    empty = [cell for cell, entry in at.items() if value[entry] == 0 and true[entry, w, c] == 0]
    changed = [cell for cell, entry in at.items() if value[entry] == 0 and true[entry, w, c] > 0]
    rows = rows_of(get)
    kinds: list[set[Any]] = [{rows[f"{cell:x}"] for cell in cells} for cells in (empty, changed)]
    assert kinds[1] <= kinds[0] == {(0.0, "shown")}
    if role == "commissioner":
        assert changed
    asked = [get(f"/v1/cells/{h3.int_to_str(cell)}") for cell in [*empty[:3], *changed[:3]]]
    assert {answer.status_code for answer in asked} == {200}
