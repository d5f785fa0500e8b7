"""What passes of a source whose counts are changed: held against counting by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pytest

from geointel.disclosure import ledger
from geointel.disclosure.perturbation import perturb, perturbation_table
from geointel.disclosure.policy import Rule, SourceTerms
from geointel.disclosure.protect import Protected, protect
from geointel.disclosure.release import release
from geointel.errors import DisclosureError
from geointel.model import ALL, SERVICES, HexFacts, format_month

from .raw import (
    MONTHS,
    SOURCE,
    TOP,
    WINDOWS,
    Record,
    both,
    cells_at,
    counted,
    geography,
    records,
)

OPEN = Rule(max_noise=5, variance=3, never_show=2, stay=0.5)
YEAR = [format_month(month) for month in MONTHS[:12]]
NEXT = [format_month(month) for month in MONTHS[12:]]


def terms(rule: Rule = OPEN, **more: Any) -> SourceTerms:
    return SourceTerms(SOURCE, public=False, method="cell-key", rule=rule, **more)


def protected(facts: HexFacts, rule: Rule = OPEN, **more: Any) -> Protected:
    line = more.pop("line", None)
    return protect(facts, terms(rule, **more), windows=WINDOWS, geography=geography(), line=line)


def by_place(table: pa.Table) -> dict[tuple[Any, ...], float]:
    names = [name for name in table.column_names if name not in ("source", "measure", "value", "status", "key")]
    found = {tuple(row[name] for name in names): row["value"] for row in table.to_pylist()}
    assert len(found) == table.num_rows
    return found


@pytest.fixture(scope="module")
def many() -> list[Record]:
    """Up to nine records of as many persons a month in every cell of resolution 8, in two categories."""
    draw = np.random.default_rng(7)
    made = []
    for number, cell in enumerate(cells_at(8)):
        for turn, month in enumerate((*YEAR, *NEXT)):
            made += [
                replace(record, category=str(draw.choice(["overdose", "naloxone"])))
                for record in records(cell, [month], int(draw.integers(0, 10)), start=1000 * number + 20 * turn)
            ]
    return made


def test_every_number_is_the_look_up_of_its_records_and_no_other(many: list[Record]) -> None:
    raw = counted(many)
    found = protected(raw)
    noise = perturbation_table(5, 3.0, never_show=2, stay=0.5)
    for table in ("cells", "areas"):
        rows = getattr(raw, table)
        keys = np.array(rows["key"].to_pylist(), dtype=np.uint64)
        expected = perturb(rows["value"].to_numpy().astype(np.int64), keys, noise)
        found_up = dict(zip(by_place(rows), expected.tolist(), strict=True))
        clipped = {k: float(min(v, found_up[*k[:-1], ALL])) for k, v in found_up.items()}
        wanted = {k: v for k, v in clipped.items() if v}
        assert by_place(found.tables[table]) == wanted
        assert not {1.0, 2.0} & set(wanted.values())
        assert "key" not in found.tables[table].column_names
    assert found.hidden.num_rows == 0


def test_a_source_that_is_rounded_has_multiples_by_key_and_every_rule_beside(many: list[Record]) -> None:
    raw, rule = counted(many), Rule(method="rounding", base=3)
    found = protected(raw, rule)
    for table in ("cells", "areas"):
        rows = getattr(raw, table)
        wanted = {}
        for place, n, key in zip(by_place(rows), rows["value"].to_pylist(), rows["key"].to_pylist(), strict=True):
            value = int(n) // 3 * 3 + 3 * (key * 3 < int(n) % 3 * 2**64)
            wanted |= {place: float(value)} if value else {}
        capped = {place: min(n, wanted.get((*place[:-1], ALL), 0.0)) for place, n in wanted.items()}
        assert by_place(found.tables[table]) == {place: n for place, n in capped.items() if n}
    person = records(cells_at(8)[10], YEAR[:6], 4, person=1, start=9000)
    kept = [record for record in many if h3.cell_to_parent(record.leaf, 8) != cells_at(8)[10]]
    gone = protected(counted([*kept, *person]), rule).hidden.to_pylist()
    assert {row["cell"] for row in gone} == set(h3.cell_to_children(h3.cell_to_parent(cells_at(8)[10], 7), 8))
    assert protected(counted(many), replace(rule, coarsen_below=60)).hidden.num_rows


def test_noise_is_unbiased_and_never_more_than_it_may(many: list[Record]) -> None:
    raw = by_place(counted(many).cells)
    shown = by_place(protected(counted(many)).tables["cells"])
    errors = np.array([shown.get(place, 0.0) - value for place, value in raw.items()])
    assert np.abs(errors).max() == 5
    assert abs(errors.mean()) < 3 * errors.std() / np.sqrt(len(errors))


def test_a_family_is_shown_whole_or_by_its_parent(many: list[Record]) -> None:
    """One child with few records in the year takes its six siblings along, and no one else."""
    lonely = cells_at(8)[0]
    kept = [record for record in many if h3.cell_to_parent(record.leaf, 8) != lonely]
    few = records(lonely, YEAR[:5])
    found = protected(counted([*kept, *few]), replace(OPEN, coarsen_below=20))
    gone = {row["cell"] for row in found.hidden.to_pylist() if row["year"] == "12m:2025-03"}
    family = set(h3.cell_to_children(h3.cell_to_parent(lonely, 7), 8))
    assert gone == family
    assert {row["status"] for row in found.hidden.to_pylist()} == {"coarsened"}
    shown = {(place[0], place[1]) for place in by_place(found.tables["cells"]) if place[2] in YEAR}
    assert not {cell for r, cell in shown if r == 8} & family
    assert (7, h3.cell_to_parent(lonely, 7)) in shown


def test_no_cell_is_finer_than_the_policy_allows(many: list[Record]) -> None:
    """Hexagons above the finest, and the areas of the first level and its groups: nothing else, for any year."""

    def district(cell: int) -> str:
        return f"E{cell % 2}"

    geography_of = geography(district)
    fine = replace(geography_of, areas={**geography_of.areas, "ward": ("W1",)})
    facts = counted(many, district)
    found = protect(facts, terms(replace(OPEN, finest=7)), windows=WINDOWS, geography=fine, line=None)
    assert {place[0] for place in by_place(found.tables["cells"])} == {6, 7}
    gone = [row for row in found.hidden.to_pylist() if row["year"] == "12m:2025-03"]
    assert {row["cell"] for row in gone if row["cell"]} == set(cells_at(8))
    assert {(row["level"], row["code"]) for row in gone if row["level"]} == {("ward", "W1")}
    assert {place[0] for place in by_place(found.tables["areas"])} == {"lad", "cdp"}


def test_where_a_parent_is_too_small_all_below_it_goes() -> None:
    one, other = h3.cell_to_children(TOP, 7)[:2]
    facts = counted([*records(one, YEAR, 4), *records(other, YEAR[:8], start=5000)])
    hidden = protected(facts, replace(OPEN, coarsen_below=14)).hidden.to_pylist()
    gone = {row["cell"] for row in hidden if row["year"] == "12m:2025-03"}
    assert gone == set(cells_at(7)) | set(cells_at(8))


@pytest.mark.parametrize("each", [1, 2])
def test_what_one_person_makes_up_is_in_no_number_of_its_own(many: list[Record], each: int) -> None:
    """Twelve call-outs of one person: the family goes, for every window of the year and none of the other year."""
    place = cells_at(8)[10]
    kept = [record for record in many if h3.cell_to_parent(record.leaf, 8) != place]
    person = records(place, YEAR[:6], each * 2, person=1, start=9000)
    found = protected(counted([*kept, *person]), Rule(max_noise=2, variance=1))
    family = set(h3.cell_to_children(h3.cell_to_parent(place, 7), 8))
    assert {(row["year"], row["cell"]) for row in found.hidden.to_pylist()} == {
        ("12m:2025-03", cell) for cell in family
    }
    rows = [row for row in found.tables["cells"].to_pylist() if row["cell"] in family]
    assert {row["window"] for row in rows} & {*YEAR, "2024-Q2", "12m:2025-03"} == set()
    assert rows


def test_one_person_of_many_hides_nothing(many: list[Record]) -> None:
    place = cells_at(8)[10]
    some = [*records(place, [YEAR[0]], 3, person=1, start=9000), *records(place, [YEAR[0]], 4, start=9500)]
    kept = [record for record in many if h3.cell_to_parent(record.leaf, 8) != place]
    assert protected(counted([*kept, *some]), Rule(max_noise=2, variance=1)).hidden.num_rows == 0


def test_a_district_of_one_person_takes_another_along(many: list[Record]) -> None:
    """One district alone would be the total less the others."""
    west = {cell: n % 3 for n, cell in enumerate(cells_at(7))}

    def area(cell: int) -> str:
        return f"E{west[h3.cell_to_parent(cell, 7)]}"

    gone = [record for record in many if area(record.leaf) != "E2"]
    target = next(cell for cell in cells_at(8) if area(h3.cell_to_center_child(cell, 9)) == "E2")
    person = records(target, YEAR[:6], 2, person=1, start=9000)
    facts = counted([*gone, *person], area)
    found = protect(facts, terms(), windows=WINDOWS, geography=geography(area), line=None)
    hidden = {(row["level"], row["code"]) for row in found.hidden.to_pylist() if row["level"]}
    assert ("lad", "E2") in hidden
    assert len(hidden) == 2
    assert {row["code"] for row in found.tables["areas"].to_pylist() if row["window"] in YEAR} < {"all", "E0", "E1"}


def test_a_district_of_one_person_takes_as_many_along_as_hide_it(many: list[Record]) -> None:
    """A large count of one person and a small one beside it would still be that person's, together."""
    kept = [record for record in many if h3.cell_to_parent(record.leaf, 7) not in cells_at(7)[1:]]
    place = {cell: n for n, cell in enumerate(cells_at(7))}

    def area(cell: int) -> str:
        return f"E{place[h3.cell_to_parent(cell, 7)]}"

    seventh = cells_at(7)[6]
    one = records(seventh, YEAR[:6], 20, person=1, start=9000)
    small = [records(cell, YEAR[:3], 2, start=20_000 + 100 * n) for n, cell in enumerate(cells_at(7)[1:6])]
    facts = counted([*kept, *one, *(record for each in small for record in each)], area)
    found = protect(facts, terms(), windows=WINDOWS, geography=geography(area), line=None)
    hidden = {row["code"] for row in found.hidden.to_pylist() if row["level"] == "lad" and row["year"] == "12m:2025-03"}
    assert area(int(h3.cell_to_center_child(seventh, 9))) in hidden
    shown = {
        row["code"]: row["value"]
        for row in counted([record for each in small for record in each], area).areas.to_pylist()
        if row["window"] == "12m:2025-03" and row["category"] == ALL and row["level"] == "lad"
    }
    assert len(hidden) > 2
    assert sum(shown.get(code, 0) for code in hidden) >= 0.15 * 120 * 0.8


def test_a_window_that_was_shown_keeps_its_numbers(many: list[Record]) -> None:
    """A record that comes late stands in no difference between two releases; a new month is counted as it is."""
    first = [record for record in many if record.month in YEAR]
    early = [window for window in WINDOWS if set(window.months) <= set(MONTHS[:12])]
    own = geography()
    given = {"edition": "open", "windows": {SOURCE: early}, "geography": own, "ledger": {}}
    released = release(counted(first), [terms()], **given)  # type: ignore[arg-type]
    line = ledger.extended(None, released, source=SOURCE, geography=own.digest, shown=early)
    late = records(cells_at(8)[3], [YEAR[2]], 4, start=7000)
    again = protected(counted([*many, *late]), line=line)
    before = by_place(released.cells)
    after = by_place(again.tables["cells"])
    frozen = {window.id for window in early}
    assert {place: n for place, n in after.items() if place[2] in frozen} == before
    new = by_place(protected(counted([*many, *late])).tables["cells"])
    assert {p: n for p, n in after.items() if p[2] not in frozen} == {
        p: n for p, n in new.items() if p[2] not in frozen
    }
    assert new != after


def test_what_was_drawn_for_a_year_stays_and_persons_are_still_looked_at(many: list[Record]) -> None:
    rule = replace(OPEN, coarsen_below=10)
    early = [window for window in WINDOWS if set(window.months) <= set(MONTHS[:13])]
    own = geography()
    given = {"edition": "open", "windows": {SOURCE: early}, "geography": own, "ledger": {}}
    first = [record for record in many if record.month in [*YEAR, NEXT[0]]]
    released = release(counted(first), [terms(rule)], **given)  # type: ignore[arg-type]
    line = ledger.extended(None, released, source=SOURCE, geography=own.digest, shown=early)
    thinned = cells_at(8)[0]
    person = cells_at(8)[30]
    kept = [r for r in many if h3.cell_to_parent(r.leaf, 8) != thinned or r.month not in NEXT]
    kept = [r for r in kept if h3.cell_to_parent(r.leaf, 8) != person or r.month != NEXT[1]]
    kept += records(person, [NEXT[1]], 12, person=1, start=9000)
    found = protected(counted(kept), rule, line=line)
    gone = {row["cell"] for row in found.hidden.to_pylist() if row["year"] == "12m:2026-03"}
    assert gone == set(h3.cell_to_children(h3.cell_to_parent(person, 7), 8))
    windows = {row["window"] for row in found.tables["cells"].to_pylist() if row["cell"] in gone}
    assert NEXT[0] in windows, "what was shown stays"
    assert not {NEXT[1], NEXT[2], "2025-Q2"} & windows


def test_an_extract_of_public_rows_is_protected_by_its_surplus(many: list[Record]) -> None:
    extra = [record for n, record in enumerate(many) if n % 50 == 0]
    common = [record for n, record in enumerate(many) if n % 50]
    facts = both(counted(many), counted(common, source="police", keyed=False))
    found = by_place(protected(facts, twin_of="police").tables["cells"])
    public, true = by_place(counted(common).cells), by_place(counted(many).cells)
    surplus = {place: found[place] - public.get(place, 0.0) for place in true if place in found}
    assert set(surplus.values()) >= {0.0, 3.0}
    every = {value for place, value in surplus.items() if place[3] == ALL}
    assert not {1.0, 2.0} & every, "a category may be held to what is shown of all of them"
    assert min(surplus.values()) == 0
    assert extra
    same = [place for place in true if true[place] == public.get(place)]
    assert all(found[place] == public[place] for place in same), "where there is no surplus the public number stands"


def test_an_extract_with_less_than_is_public_is_changed_too(many: list[Record]) -> None:
    """Published points are moved: where more is public than a source has, its own count must not stand there as it is."""
    moved = [record for n, record in enumerate(many) if n % 3]
    facts = both(counted(moved), counted(many, source="police", keyed=False))
    found = by_place(protected(facts, twin_of="police").tables["cells"])
    public, raw = by_place(counted(many).cells), counted(moved).cells
    table = perturbation_table(5, 3, never_show=2, stay=0.5)
    expected, small = {}, []
    for row in raw.to_pylist():
        place = tuple(row[name] for name in ("resolution", "cell", "window", "category"))
        less = np.array([public[place] - row["value"]], dtype=np.int64)
        change = perturb(less, np.array([row["key"]], dtype=np.uint64), table)[0]
        expected[place] = max(public[place] - change, 0.0)
        small.append((place, row["value"]))
    held = {place: min(value, expected[*place[:3], ALL]) for place, value in expected.items()}
    assert found == {place: value for place, value in held.items() if value}
    exact = [found.get(place, 0.0) == value for place, value in small if value < public[place]]
    assert np.mean(exact) < 0.6, "no more often than the noise leaves a count alone"
    assert all(abs(found.get(place, 0.0) - value) <= 5 for place, value in small if place[3] == ALL)


def test_counts_without_keys_do_not_pass(many: list[Record]) -> None:
    with pytest.raises(DisclosureError, match="no record keys"):
        protected(counted(many, keyed=False))


def test_a_source_that_is_more_than_counts_does_not_pass(many: list[Record]) -> None:
    service = dict.fromkeys(SERVICES.names) | {"source": SOURCE, "id": "1", "name": "n", "category": "c"}
    row = pa.Table.from_pylist([{**service, "lat": 1.0, "lng": 1.0, "cell": 1, "inside": True}], SERVICES)
    with pytest.raises(DisclosureError, match="services"):
        protected(replace(counted(many), services=row))
