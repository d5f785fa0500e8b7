"""Differential privacy of a source and year: what is drawn, what it adds up to, and that it is drawn once."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pytest

from geointel.disclosure import ledger, noise_tree
from geointel.disclosure import private as module
from geointel.disclosure.policy import Rule, SourceTerms
from geointel.disclosure.protect import Protected, protect
from geointel.disclosure.release import release
from geointel.errors import DisclosureError
from geointel.model import ALL, BOUNDED, format_month

from .raw import MONTHS, SOURCE, TOP, WINDOWS, Record, cells_at, counted, geography, leaf

KINDS = ("naloxone", "overdose")
RULE = Rule(method="dp", epsilon=1.0)
TERMS = SourceTerms(SOURCE, public=False, method="dp", rule=RULE, categories=KINDS)
YEAR_OF = "12m:2025-03"
YEAR = [format_month(month) for month in MONTHS[:12]]
TOPS = tuple(sorted(h3.grid_disk(TOP, 1)))
SHOWN = TERMS.allowed(WINDOWS)


def made(seed: int = 1, mean: float = 4.0) -> list[Record]:
    draw = np.random.default_rng(seed)
    return [
        Record(leaf(cell), YEAR[int(draw.integers(12))], str(draw.choice(KINDS)), number=100 * number + n)
        for number, cell in enumerate(cells_at(8, TOPS))
        for n in range(int(draw.poisson(mean)))
    ]


def protected(given: list[Record], rule: Rule = RULE, **more: Any) -> Protected:
    line = more.pop("line", None)
    terms = replace(TERMS, rule=rule, **more)
    return protect(counted(given), terms, windows=SHOWN, geography=geography(tops=TOPS), line=line)


def by_name(found: Protected) -> dict[tuple[Any, ...], float]:
    rows = [*found.tables["cells"].to_pylist(), *found.tables["areas"].to_pylist()]
    assert {row["window"] for row in rows} == {YEAR_OF}
    assert {row["status"] for row in rows} == {"shown"}
    names = [(row.get("resolution") or row["level"], row.get("cell") or row["code"], row["category"]) for row in rows]
    assert len(set(names)) == len(names)
    return dict(zip(names, [row["value"] for row in rows], strict=True))


@pytest.fixture
def noiseless(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, float]]:
    """The method without its noise; which draws it asks for: how many numbers, and of what scale."""
    asked: list[tuple[int, float]] = []

    def draw(counts: Any, scale: float) -> Any:
        asked.append((len(counts), scale))
        return np.asarray(counts)

    monkeypatch.setattr(noise_tree, "discrete_laplace", draw)
    return asked


def test_without_the_noise_it_counts_and_asks_for_the_noise_that_it_must(noiseless: list[tuple[int, float]]) -> None:
    given = made()
    true = Counter[tuple[Any, ...]]()
    for record in given:
        for category in (record.category, ALL):
            for place in (
                (6, h3.cell_to_parent(record.leaf, 6)),
                (7, h3.cell_to_parent(record.leaf, 7)),
                ("lad", "E1"),
                ("cdp", "all"),
            ):
                true[*place, category] += 1
    assert by_name(protected(given)) == true
    nodes = 7 + 49
    assert noiseless == [(nodes, 2.0)] * 2, "two resolutions; a record is in one category"
    noiseless.clear()
    protected(given, replace(RULE, epsilon=2.0, max_records=3))
    assert noiseless == [(nodes, 3.0)] * 2


def test_of_a_source_that_tells_persons_only_some_records_of_each_count(noiseless: list[tuple[int, float]]) -> None:
    """The gate takes the counts that were bounded as its policy says, and the noise of as many."""
    facts = counted(made())
    cells = facts.cells.drop_columns(["key"]).to_pylist()
    parts = [
        [{**row, "value": 1.0, "most": most} for row in cells if row["window"] == YEAR_OF and row["category"] != ALL]
        for most in (1, 4)
    ]
    for row in parts[1]:
        row["value"] = 0.0 if row["resolution"] == 8 else 7.0 * (7 if row["resolution"] == 6 else 1)
    table = pa.Table.from_pylist([row for part in parts for row in part if row["value"]], BOUNDED)
    terms = replace(TERMS, rule=replace(RULE, max_records=4))
    found = protect(replace(facts, bounded=table), terms, windows=SHOWN, geography=geography(tops=TOPS), line=None)
    assert {n for (r, _, category), n in by_name(found).items() if r == 7 and category != ALL} == {7.0}
    assert {scale for _, scale in noiseless} == {8.0}


def test_cells_add_up_and_are_whole_and_the_noise_is_there() -> None:
    given = made()
    found = by_name(protected(given))
    assert all(n > 0 and n == int(n) for n in found.values())
    for category in (*KINDS, ALL):
        sums: dict[int, float] = defaultdict(float)
        for (r, cell, own), n in found.items():
            if r == 7 and own == category:
                sums[h3.cell_to_parent(cell, 6)] += n
        assert {cell: n for (r, cell, own), n in found.items() if r == 6 and own == category} == sums
        assert found["cdp", "all", category] == found["lad", "E1", category] == sum(sums.values())
    for (place, name, own), n in found.items():
        if own == ALL:
            assert n == sum(found.get((place, name, category), 0.0) for category in KINDS)
    true = Counter((7, h3.cell_to_parent(record.leaf, 7), ALL) for record in given)
    errors = np.array([found.get(name, 0.0) - n for name, n in true.items()])
    assert 1.0 < errors.std() < 8.0
    assert by_name(protected(given)) != found, "another draw is another"


def test_places_without_a_record_get_numbers_too() -> None:
    """Which cells have a row tells nothing: all 49 were drawn, about half of the empty ones above 0 before they were made to add up."""
    found = by_name(protected([Record(leaf(cells_at(8)[0]), YEAR[0])]))
    cells = {name[1] for name in found if name[0] == 7}
    assert len(cells) > 5
    assert {name[2] for name in found} == {*KINDS, ALL}


def test_smaller_cells_and_areas_across_cells_are_not_shown() -> None:
    def area(cell: int) -> str:
        return f"E{h3.cell_to_parent(cell, 8) % 3 % 2}"

    found = protect(counted(made(), area), TERMS, windows=SHOWN, geography=geography(area, TOPS), line=None)
    hidden = found.hidden.to_pylist()
    assert {row["year"] for row in hidden} == {YEAR_OF}
    assert {row["cell"] for row in hidden if row["cell"]} == set(cells_at(8, TOPS))
    assert {row["status"] for row in hidden if row["cell"]} == {"coarsened"}
    assert {(row["level"], row["code"], row["status"]) for row in hidden if row["level"]} == {
        ("lad", "E0", "suppressed"),
        ("lad", "E1", "suppressed"),
    }
    assert {row["level"] for row in found.tables["areas"].to_pylist()} == {"cdp"}


def test_the_finest_that_a_policy_shows_is_drawn_alone(noiseless: list[tuple[int, float]]) -> None:
    found = protected(made(), replace(RULE, finest=6))
    assert {name[0] for name in by_name(found)} == {6, "lad", "cdp"}
    assert noiseless == [(7, 1.0)] * 2
    assert {row["cell"] for row in found.hidden.to_pylist()} == {*cells_at(7, TOPS), *cells_at(8, TOPS)}


def test_a_year_is_drawn_once_and_the_ledger_keeps_the_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    facts, own = counted(made()), geography(tops=TOPS)
    released = release(facts, [TERMS], edition="open", windows={SOURCE: WINDOWS}, geography=own, ledger={})
    line = ledger.extended(None, released, source=SOURCE, geography=own.digest, shown=SHOWN)

    def never(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(noise_tree, "discrete_laplace", never)
    again = release(facts, [TERMS], edition="open", windows={SOURCE: WINDOWS}, geography=own, ledger={SOURCE: line})
    for table in ("cells", "areas", "hidden"):
        order = [(name, "ascending") for name in getattr(released, table).column_names]
        assert plain(getattr(again, table)).sort_by(order) == plain(getattr(released, table)).sort_by(order)
    assert ledger.spelled(
        ledger.extended(line, again, source=SOURCE, geography=own.digest, shown=SHOWN)
    ) == ledger.spelled(line)
    with pytest.raises(AssertionError):
        protected(made())


def plain(table: pa.Table) -> pa.Table:
    return table.cast(
        pa.schema([(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in table.schema])
    )


def test_without_large_cells_there_is_nothing_to_draw() -> None:
    own = geography(tops=TOPS)
    own = replace(own, cells={8: own.cells[8]})
    with pytest.raises(DisclosureError, match="resolution 7 or coarser"):
        protect(counted(made()), TERMS, windows=SHOWN, geography=own, line=None)
    assert module.FINEST == 7
