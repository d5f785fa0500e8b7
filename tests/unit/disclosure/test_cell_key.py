"""Changed counts: parts stay parts, and nothing passes without a key."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from geointel.disclosure.cell_key import perturbed, shown
from geointel.disclosure.noise import noise_of
from geointel.disclosure.policy import Rule
from geointel.errors import DisclosureError
from geointel.model import ALL, FACTS, INCIDENTS, KEY, POSITIVES, SPECIAL, TESTS

NOISE = noise_of(Rule(max_noise=5, variance=3, never_show=2, stay=0.5))
PLACE = {"resolution": 8, "window": "2025-01", "source": "own", "status": "shown"}


def rows(seed: int = 1) -> list[dict[str, Any]]:
    """Two thousand cells: all, a category that is nearly all of it, and measures within measures."""
    draw = np.random.default_rng(seed)
    made = []
    for cell in range(2000):
        total = int(draw.integers(1, 12))
        counts = {
            (INCIDENTS, ALL): total,
            (INCIDENTS, "drugs"): max(total - int(draw.integers(0, 2)), 0),
            (SPECIAL, ALL): int(draw.integers(0, total + 1)),
            (TESTS, ALL): total,
            (POSITIVES, ALL): int(draw.integers(0, total + 1)),
        }
        for (measure, category), value in counts.items():
            if value:
                key = int(draw.integers(0, 2**64, dtype=np.uint64))
                made.append(
                    {**PLACE, "cell": cell, "measure": measure, "category": category, "value": float(value), "key": key}
                )
    return made


def by_cell(table: pa.Table, measure: str, category: str) -> dict[int, float]:
    return {r["cell"]: r["value"] for r in table.to_pylist() if (r["measure"], r["category"]) == (measure, category)}


def test_no_part_is_more_than_its_whole() -> None:
    given = pa.Table.from_pylist(rows(), FACTS.append(KEY))
    found = perturbed(given, NOISE)
    plain = shown(given["value"].to_numpy(), np.array(given["key"].to_pylist(), dtype=np.uint64), NOISE)
    free = given.set_column(given.schema.get_field_index("value"), "value", pa.array(plain))
    for part, whole in (
        ((INCIDENTS, "drugs"), (INCIDENTS, ALL)),
        ((SPECIAL, ALL), (INCIDENTS, ALL)),
        ((POSITIVES, ALL), (TESTS, ALL)),
    ):
        above, below = by_cell(found, *whole), by_cell(found, *part)
        assert below
        assert all(value <= above.get(cell, 0.0) for cell, value in below.items())
        before = by_cell(free, *part)
        assert any(before[cell] > by_cell(free, *whole).get(cell, 0.0) for cell in before), (
            "there was something to mend"
        )
    true = {(r["cell"], r["measure"], r["category"]): r["value"] for r in given.to_pylist()}
    values = {(r["cell"], r["measure"], r["category"]): r["value"] for r in found.to_pylist()}
    assert max(abs(values.get(key, 0.0) - value) for key, value in true.items()) <= NOISE.most
    assert not {1.0, 2.0} & set(values.values())


def test_wholes_are_as_the_table_says() -> None:
    given = pa.Table.from_pylist(rows(), FACTS.append(KEY))
    found = by_cell(perturbed(given, NOISE), INCIDENTS, ALL)
    for row in given.to_pylist():
        if (row["measure"], row["category"]) == (INCIDENTS, ALL):
            expected = NOISE.shown(np.array([int(row["value"])]), np.array([row["key"]], dtype=np.uint64))[0]
            assert found.get(row["cell"], 0.0) == expected


def test_a_source_whose_categories_are_never_added_up_keeps_them() -> None:
    given = [row for row in rows() if row["category"] != ALL]
    table = pa.Table.from_pylist(given, FACTS.append(KEY))
    plain = shown(table["value"].to_numpy(), np.array(table["key"].to_pylist(), dtype=np.uint64), NOISE)
    assert perturbed(table, NOISE)["value"].to_pylist() == [value for value in plain.tolist() if value]


def test_weighed_counts_are_whole_before_they_are_changed() -> None:
    keys = np.zeros(3, dtype=np.uint64)
    assert (shown(np.array([2.4, 2.6, 7.0]), keys, NOISE) == shown(np.array([2.0, 3.0, 7.0]), keys, NOISE)).all()


def test_no_rows_are_no_rows_and_none_passes_without_a_key() -> None:
    assert perturbed(FACTS.append(KEY).empty_table(), NOISE).schema.equals(FACTS)
    keyless = pa.Table.from_pylist([{**row, "key": None} for row in rows()[:3]], FACTS.append(KEY))
    for table in (keyless, keyless.drop_columns(["key"])):
        with pytest.raises(DisclosureError, match="'own' have no record keys"):
            perturbed(table, NOISE)
