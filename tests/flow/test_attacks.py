"""The attack suite: planted people, a whole build, and everything that an intruder would do to its bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from scipy.stats import binomtest
from typer.testing import CliRunner

from geointel.audit import audit_edition
from geointel.audit.audit import intervals, programmes
from geointel.audit.intervals import narrowed
from geointel.audit.lattice import AXES, Lattice
from geointel.audit.published import largest_change, open_edition, read_published
from geointel.cli.main import app
from geointel.disclosure import protect
from geointel.disclosure.cell_key import perturbed, without_key

from .attacked import CALLER, HOSTEL, MONTHS, NARROW_PARTNER, calls, made, put, truth, written

if TYPE_CHECKING:
    from pathlib import Path

    from geointel.audit.published import Published

EDITIONS = {"open": 3.0, "partner": 2.0}
SMALL = 4


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(written(tmp_path_factory.mktemp("attacked"), calls()))


@pytest.fixture(scope="module", params=list(EDITIONS))
def published(path: Path, request: pytest.FixtureRequest) -> Published:
    (table,) = [t for t in read_published(open_edition(path / request.param)) if t.measure == "incidents"]
    return table


def is_small(true: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.asarray((true >= 1) & (true <= SMALL))


def test_every_true_count_fits_the_bounds_and_no_small_one_is_known(published: Published) -> None:
    true = truth(calls(), published)
    bounds = narrowed(published.lattice, largest_change(published.policy))
    cells = ~np.isnan(true)
    assert ((bounds.least <= true) & (true <= bounds.most))[cells].all()
    small = is_small(true)
    required = EDITIONS["open" if published.policy["never_show"] else "partner"]
    assert small.sum() > 1000
    assert bounds.width[small].min() >= required


def test_linear_programmes_find_no_small_count(published: Published) -> None:
    required = EDITIONS["open" if published.policy["never_show"] else "partner"]
    found = programmes(published, required=required, blocks=1)
    assert found.result == "passed", found.finding
    assert found.figures["targets"] > 100


def test_the_noise_is_unbiased_bounded_and_as_large_as_promised(published: Published) -> None:
    true = truth(calls(), published)
    use = ~np.isnan(true) & published.lattice.shown & (true > 0)
    change = (published.lattice.value - true)[use]
    single = np.unique(np.stack([true[use], published.lattice.value[use]]), axis=1)
    assert single.shape[1] > 10
    assert np.abs(change).max() <= largest_change(published.policy)
    assert abs(change.mean()) < 4 * change.std() / np.sqrt(len(change) / 10)  # the same records stand in many rows
    assert 0.7 < change.var() / published.policy["variance"] < 1.4


def test_differences_of_one_to_four_have_noise_of_their_own(published: Published) -> None:
    """Every total less each of its parts, along places, windows and categories."""
    true, value = truth(calls(), published), published.lattice.value
    errors: list[float] = []
    for axis in AXES:
        t, z = (np.moveaxis(table, axis, 0) for table in (true, value))
        for whole, parts in published.lattice.sums[axis].each():
            for part in parts.tolist():
                gap = t[whole] - t[part]
                use = is_small(gap) & ~np.isnan(z[whole]) & ~np.isnan(z[part]) & (t[part] > 0)
                errors += ((z[whole] - z[part]) - gap)[use].tolist()
    if not errors:
        pytest.skip("no two shown numbers differ by so little")
    assert np.var(errors) > published.policy["variance"]
    assert np.mean(np.array(errors) == 0) < 0.5


def test_one_caller_and_one_hostel_make_up_no_shown_hexagon(published: Published) -> None:
    for place in (HOSTEL, CALLER):
        cell = h3.latlng_to_cell(*place, 8)
        (entry,) = [n for n, key in enumerate(published.keys) if key == (8, cell)]
        assert not published.lattice.shown[entry].any()


def test_planted_people_are_guessed_no_better_than_by_a_coin(tmp_path: Path) -> None:
    """Each of 200 people anywhere in the area has one record in one of two months.

    The intruder knows person, place and both months, picks the month in which the finest shown hexagon there has more, and tosses a coin
    where they are alike.
    """
    draw = np.random.default_rng(7)
    planted = [
        (
            f"z{n}",
            draw.choice(MONTHS, 2, replace=False).tolist(),
            draw.uniform(53.755, 53.865),
            draw.uniform(-3.095, -2.905),
        )
        for n in range(200)
    ]
    more = [
        (name, f"{months[0]}-15", f"{lat:.5f}", f"{lng:.5f}", name, name, "overdose")
        for name, months, lat, lng in planted
    ]
    path = made(written(tmp_path, [*calls(), *more]))
    (table,) = read_published(open_edition(path / "open"))
    at = {key: entry for entry, key in enumerate(table.keys)}
    lattice, right = table.lattice, 0
    for _, months, lat, lng in planted:
        leaf = h3.latlng_to_cell(lat, lng, 9)
        finest = [at[r, h3.cell_to_parent(leaf, r)] for r in (8, 7, 6)]
        entry = next((e for e in finest if lattice.shown[e].any()), None)
        column = lattice.categories.index("overdose")
        seen = [0.0 if entry is None else lattice.value[entry, lattice.windows.index(m), column] for m in months]
        right += int(seen[0] > seen[1] or (seen[0] == seen[1] and draw.random() < 0.5))
    assert binomtest(right, 200, 0.5, alternative="greater").pvalue > 0.01, right


@pytest.mark.parametrize("edition", list(EDITIONS))
def test_the_audit_passes_on_the_bytes_alone(path: Path, edition: str) -> None:
    report = audit_edition(path / edition, blocks=1)
    assert report.ok, [attack.to_json() for attack in report.failed]
    tried = {attack.id for attack in report.attacks if attack.result == "passed"}
    assert {"intervals", "programme", "estimate", "allowed", "editions", "ledger", "persons", "twins"} <= tried
    assert json.loads(json.dumps(report.to_json()))["ok"] is True
    assert report.lines()[0].startswith("Audit of the edition")


def test_verify_prints_the_table_and_one_object(path: Path) -> None:
    done = CliRunner().invoke(app, ["verify", str(path), "--audit", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["ok"] is True
    assert [audit["edition"] for audit in told["audit"]] == sorted(EDITIONS)


def test_a_late_record_shows_in_no_difference_of_two_releases(tmp_path: Path) -> None:
    config = written(tmp_path, calls())
    made(config)
    put(tmp_path, [*calls(), ("late", "2024-06-02", *map(str, CALLER), "z", "z", "overdose")])
    second = made(config)
    found = {attack.id: attack for attack in audit_edition(second / "partner", blocks=0).attacks}
    assert found["releases"].result == "passed"
    assert found["releases"].figures["compared"] > 100
    (tmp_path / "out" / "snapshots.ledger").rename(tmp_path / "lost")
    put(tmp_path, [*calls(), *[(f"l{n}", "2024-06-02", *map(str, CALLER), f"z{n}", "z", "overdose") for n in range(9)]])
    third = made(config)
    found = {attack.id: attack for attack in audit_edition(third / "partner", blocks=0).attacks}
    assert found["releases"].result == "failed"


def test_a_change_of_at_most_two_gives_counts_away(tmp_path: Path) -> None:
    """The wider limit is what protects: the same variance with a narrow one fails the audit, and rightly."""
    found = made(written(tmp_path, calls(), partner=NARROW_PARTNER))
    (table,) = read_published(open_edition(found / "partner"))
    attack = intervals(table, required=2.0)
    assert attack.result == "failed"
    true = truth(calls(), table)
    bounds = narrowed(table.lattice, 2.0)
    cells = ~np.isnan(true)
    assert ((bounds.least <= true) & (true <= bounds.most))[cells].all()
    assert (is_small(true) & (bounds.width < 2)).sum() > 20


def primary_only(table: pa.Table, noise: object, base: object = None) -> pa.Table:
    """True counts with those from 1 to 4 left out, and nothing else hidden."""
    table = without_key(table)
    return table.filter(pc.or_(pc.less(table["value"], 1.0), pc.greater(table["value"], float(SMALL))))


def test_hiding_small_counts_alone_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protect, "perturbed", primary_only)
    found = made(written(tmp_path, calls()))
    report = audit_edition(found / "partner", blocks=0)
    assert not report.ok
    (table,) = read_published(open_edition(found / "partner"))
    true = truth(calls(), table)
    hidden = np.where(is_small(true) & table.lattice.shown, np.nan, table.lattice.value)
    lattice = table.lattice
    known = narrowed(
        Lattice(lattice.places, lattice.windows, lattice.categories, hidden, lattice.sums, lattice.block), 0.0
    )
    given_away = is_small(true) & (known.width == 0) & np.isnan(hidden)
    assert given_away.sum() > 50
    assert (known.least == true)[given_away].all()


def test_fresh_noise_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every build has other keys: two releases differ, and enough of them have the true counts as their mean."""
    draw = np.random.default_rng(3)

    def fresh(table: pa.Table, noise: Any, base: Any = None) -> pa.Table:
        keys = draw.integers(0, 2**64, table.num_rows, dtype=np.uint64)
        return perturbed(table.set_column(table.schema.get_field_index("key"), "key", pa.array(keys)), noise, base)

    monkeypatch.setattr(protect, "perturbed", fresh)
    config = written(tmp_path, calls())
    made(config)
    (tmp_path / "out" / "snapshots.ledger").rename(tmp_path / "lost")
    second = made(config)
    found = {attack.id: attack for attack in audit_edition(second / "partner", blocks=0).attacks}
    assert found["releases"].result == "failed"
