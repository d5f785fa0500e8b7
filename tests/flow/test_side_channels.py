"""What stands around the numbers that the service gives: breaks, tags, lengths, times, areas, and noise that would be drawn for each request."""

from __future__ import annotations

import json
import statistics
import time
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geointel_api.view import View

from .attacked import SLUGS, asker, calls, made, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Get = Callable[[str], httpx.Response]

ROLES = {"public": "open", "commissioner": "partner"}
MONTH, CATEGORY = "2025-03", "overdose"
VIEW = f"window={MONTH}&category={CATEGORY}&resolution=8"
LOOKS, ADDRESSES = 120, ("values", "items")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(written(tmp_path_factory.mktemp("channels"), calls()))


@pytest.fixture(scope="module", params=list(ROLES))
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def get(path: Path, role: str) -> Get:
    return asker(path.parent, role)


def values(get: Get) -> dict[str, float | None]:
    told = get(f"/v1/layers/calls/values?{VIEW}").json()
    at, of = told["columns"].index("cell"), told["columns"].index("value")
    return {row[at]: row[of] for row in told["rows"]}


def items(get: Get) -> dict[str, float | None]:
    found = get(f"/collections/calls/items?{VIEW}&limit=10000").json()["features"]
    return {feature["properties"]["cell"]: feature["properties"]["value"] for feature in found}


def true_counts() -> dict[str, int]:
    """Records of the view by hexagon, counted by h3 alone."""
    found: dict[str, int] = {}
    for _, when, lat, lng, _, _, kind in calls():
        if when[:7] == MONTH and SLUGS[kind] == CATEGORY:
            cell = h3.cell_to_parent(h3.latlng_to_cell(float(lat), float(lng), 9), 8)
            found[f"{cell:x}"] = found.get(f"{cell:x}", 0) + 1
    return found


def averaged(get: Get) -> tuple[dict[str, float], int]:
    """The mean of what is told of each hexagon over many requests, and of how many it is told more than one number."""
    looks = [values(get) if turn % 2 else items(get) for turn in range(LOOKS)]
    cells = [cell for cell, value in looks[0].items() if value is not None]
    told = {cell: [float(look[cell] or 0) for look in looks] for cell in cells}
    return {cell: statistics.fmean(given) for cell, given in told.items()}, sum(len(set(g)) > 1 for g in told.values())


def test_asking_again_gives_the_same_number(get: Get) -> None:
    means, several = averaged(get)
    assert several == 0
    true = true_counts()
    small = [cell for cell in means if 1 <= true.get(cell, 0) <= 4]
    exact = [cell for cell in small if round(means[cell]) == true[cell]]
    assert small
    assert len(exact) <= 0.75 * len(small), "the mean of many looks is one look"


def test_noise_that_is_drawn_for_each_request_is_averaged_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite would see it: what ``test_asking_again`` asserts does not hold then, and the truth comes out."""
    draw, true, given = np.random.default_rng(4), true_counts(), View.rows

    def drawn(view: View) -> pa.Table:
        table = given(view)
        cells = table["cell"].to_pylist()
        fresh = np.array([true.get(f"{cell:x}", 0) for cell in cells]) + draw.integers(-5, 6, len(cells))
        return table.set_column(table.schema.get_field_index("value"), "value", pa.array(fresh.astype(float)))

    monkeypatch.setattr(View, "rows", drawn)
    means, several = averaged(asker(path.parent, "commissioner"))
    assert several == len(means)
    errors = [abs(mean - true.get(cell, 0)) for cell, mean in means.items()]
    assert statistics.fmean(error < 0.6 for error in errors) > 0.9


def test_breaks_follow_from_what_is_shown(path: Path, role: str) -> None:
    """A legend that was drawn from true counts would tell of them."""
    folder = path / ROLES[role]
    (spec,) = [
        s for s in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["layers"] if s["id"] == "calls"
    ]
    rows = pq.read_table(folder / "layers" / "calls.parquet").to_pylist()
    for resolution in (6, 7, 8):
        shown = [
            row["value"] for row in rows
            if row["resolution"] == resolution and row["category"] == CATEGORY and len(row["window"]) == len(MONTH)
            and "Q" not in row["window"] and row["value"]
        ]  # fmt: skip
        quantiles = np.quantile(shown, (0.2, 0.4, 0.6, 0.8)) if shown else []
        assert spec["breaks"][str(resolution)][CATEGORY]["month"] == np.unique(np.rint(quantiles)).tolist()


def answers_for(get: Get, cells: list[str]) -> list[httpx.Response]:
    return [get(f"/v1/cells/{cell}?window={MONTH}&category={CATEGORY}") for cell in cells]


def test_a_true_zero_and_a_changed_one_have_answers_of_one_kind(get: Get) -> None:
    """Status, headers and the length of what is said of the layer are the same; the tag is of these bytes alone."""
    told, true = values(get), true_counts()
    empty = [cell for cell, value in told.items() if value == 0 and cell not in true][:4]
    changed = [cell for cell, value in told.items() if value == 0 and cell in true][:4]
    assert empty
    seen = set()
    for answer in answers_for(get, [*empty, *changed]):
        (entry,) = [entry for entry in answer.json()["layers"] if entry["layer"] == "calls"]
        row = {name: value for name, value in entry["row"].items() if name not in {"cell", "place", "district"}}
        seen.add((answer.status_code, tuple(sorted(answer.headers)), json.dumps(row), entry["sentence"]))
    assert len(seen) == 1


def test_hidden_shown_and_empty_hexagons_take_as_long(get: Get) -> None:
    """An order of magnitude: the machine is shared, so the quickest of some looks is taken."""
    told = values(get)
    kinds = {
        "hidden": [cell for cell, value in told.items() if value is None],
        "empty": [cell for cell, value in told.items() if value == 0],
        "shown": [cell for cell, value in told.items() if value],
    }
    quickest = {}
    for name, cells in kinds.items():
        looks = []
        for cell in (cells * 12)[:12]:
            started = time.perf_counter()
            answers_for(get, [cell])
            looks.append(time.perf_counter() - started)
        if looks:
            quickest[name] = min(looks)
    assert len(quickest) >= 2
    assert max(quickest.values()) < 10 * min(quickest.values())


def test_areas_tell_the_released_numbers(get: Get, path: Path, role: str) -> None:
    facts = pq.read_table(path / ROLES[role] / "areas" / "facts.parquet").to_pylist()
    released = {
        row["code"]: row["value"] for row in facts
        if (row["source"], row["level"], row["window"], row["category"]) == ("calls", "lad", MONTH, CATEGORY)
    }  # fmt: skip
    assert released
    layer = pq.read_table(path / ROLES[role] / "areas" / "calls.parquet").to_pylist()
    rows = {
        r["code"]: r["value"] for r in layer if (r["level"], r["window"], r["category"]) == ("lad", MONTH, CATEGORY)
    }
    assert {code: rows[code] for code in released} == released
    for code in released:
        series = get(f"/v1/areas/lad/{code}").json()
        assert series["code"] == code
