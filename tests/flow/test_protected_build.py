"""A partner's records of people through a whole build: changed in every edition but the one that may know them."""

from __future__ import annotations

import csv
import json
import random
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import pyarrow.parquet as pq
import pytest

from geointel import snapshot
from geointel.build import build
from geointel.config import load
from geointel.errors import ConfigError, DisclosureError
from geointel.model import ALL

from .small_partnership import FEW_LAYERS, PLACES, write_partnership

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SECRET = "thirty-two letters of a test key"  # noqa: S105 - nobody's
ENVIRONMENT = {"SMALL_CELL_KEY": SECRET}
MONTHS = tuple(f"2025-{month:02d}" for month in range(4, 13))
COLUMNS = ("ref", "when", "lat", "lng", "who")
MORE = """
[edition.police]
policy = { method = "none" }

[edition.summary]
policy = { method = "cell-key", max_noise = 5, variance = 3, never_show = 2, stay = 0.5, coarsen_below = 15, floor = "nhs" }

[secrets]
cell_key = "env:SMALL_CELL_KEY"

[[source]]
id = "calls"
kind = "incidents"
files = "calls/*.csv"
columns = { id = "ref", date = "when", lat = "lat", lng = "lng", person = "who" }
category = "naloxone-callout"
months = { from = "2025-04", to = "2026-01" }

[[layer]]
id = "calls"
kind = "count"
source = "calls"
windows = ["month", "quarter"]
"""
Call = tuple[str, ...]


def calls(seed: int = 1) -> list[Call]:
    """Call-outs at the map points, more at some of them; and one person's twelve at a place of their own."""
    draw = random.Random(seed)  # noqa: S311 - not for secrets
    made: list[Call] = []
    for month in MONTHS:
        for at, (lng, lat) in enumerate(PLACES[1:]):
            made += [
                (f"{month}-{at}-{n}", f"{month}-0{1 + n % 9}", lat, lng, f"P{at}-{month}-{n}")
                for n in range(draw.randrange(0, 12 if at < 5 else 3))
            ]
    lng, lat = PLACES[0]
    made += [(f"one-{n}", f"2025-05-{10 + n}", lat, lng, "PERSON-OF-TWELVE") for n in range(12)]
    return made


def written(folder: Path, rows: Sequence[Call]) -> Path:
    found = write_partnership(folder, months=("2025-04", "2025-05"), layers=FEW_LAYERS)
    with found.config.open("a", encoding="utf-8") as stream:
        stream.write(MORE)
    put(folder, rows)
    return found.config


def put(folder: Path, rows: Sequence[Call]) -> None:
    (folder / "data" / "calls").mkdir(exist_ok=True)
    with (folder / "data" / "calls" / "calls.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows])


def made(config: Path, environment: dict[str, str] | None = None) -> Path:
    given = ENVIRONMENT if environment is None else environment
    return build(
        load(config), data=config.parent / "data", out=config.parent / "out" / "snapshots", environment=given
    ).path


def test_a_new_secret_that_is_meant_is_for_new_windows_alone(tmp_path: Path) -> None:
    config = written(tmp_path, calls())
    before = made(config)
    other, data, out = {"SMALL_CELL_KEY": SECRET[::-1]}, config.parent / "data", config.parent / "out" / "snapshots"
    after = build(load(config), data=data, out=out, environment=other, new_secret=True).path
    assert counts(before, "open") == counts(after, "open")
    assert build(load(config), data=data, out=out, environment=other).path
    assert build(load(config), data=data, out=out, environment={"SMALL_CELL_KEY": f" {SECRET[::-1]}\n"}).path


def counts(path: Path, edition: str) -> dict[tuple[int, int, str], float | None]:
    rows = pq.read_table(path / edition / "facts.parquet").to_pylist()
    own = [row for row in rows if row["source"] == "calls" and row["category"] == ALL]
    found = {(row["resolution"], row["cell"], row["window"]): row["value"] for row in own}
    assert len(found) == len(own)
    return found


def by_hand(rows: Sequence[Call]) -> dict[tuple[int, int, str], float]:
    found: dict[tuple[int, int, str], float] = {}
    for _, when, lat, lng, _ in rows:
        leaf = h3.latlng_to_cell(float(lat), float(lng), 9)
        for resolution in (6, 7, 8):
            for window in (when[:7], f"{when[:4]}-Q{(int(when[5:7]) + 2) // 3}"):
                key = resolution, h3.cell_to_parent(leaf, resolution), window
                found[key] = found.get(key, 0) + 1
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("protected")
    made(written(folder, calls()))
    return folder


@pytest.fixture(scope="module")
def path(folder: Path) -> Path:
    return snapshot.open_snapshot(folder / "out" / "snapshots").path


def test_each_edition_knows_what_its_policy_says(path: Path) -> None:
    true = by_hand(calls())
    assert {key: value for key, value in counts(path, "police").items() if not key[2].startswith("12m")} == true
    for edition, noise in (("open", 2), ("partner", 2)):
        shown = counts(path, edition)
        assert shown
        assert shown.keys() < true.keys()
        differences = {value - true[key] for key, value in shown.items() if value is not None}
        assert differences >= {-1.0, 0.0, 1.0}
        assert max(map(abs, differences)) <= noise
    assert counts(path, "open") == counts(path, "partner"), "the same policy gives the same numbers"


def test_the_floor_of_the_owner_comes_after_the_change(path: Path) -> None:
    values = set(counts(path, "summary").values())
    assert values >= {None, 10.0}
    assert all(value is None or value % 5 == 0 for value in values)
    layer = pq.read_table(path / "summary" / "layers" / "calls.parquet").to_pylist()
    hidden = [row for row in layer if row["status"] == "suppressed"]
    assert hidden
    assert all(row["value"] is None and row["support"] is None and row["class"] is None for row in hidden)


def test_a_cell_that_is_not_shown_is_no_zero(path: Path) -> None:
    lng, lat = PLACES[0]
    cell = h3.latlng_to_cell(float(lat), float(lng), 8)
    for edition in ("open", "partner", "summary"):
        rows = pq.read_table(path / edition / "layers" / "calls.parquet").to_pylist()
        mine = [row for row in rows if row["cell"] == cell]
        assert mine
        assert {(row["status"], row["value"]) for row in mine} <= {("coarsened", None), ("suppressed", None)}
        assert not [key for key in counts(path, edition) if key[1] == cell]
    told = json.loads((path / "open" / "manifest.json").read_text(encoding="utf-8"))["disclosure"]["sources"]["calls"]
    assert told["persons"] == "checked"
    assert told["hidden"]["12m:2026-03"]["8"] >= 1


def test_layers_say_that_their_counts_are_changed(path: Path) -> None:
    for edition, changed in (("open", True), ("police", False)):
        manifest = json.loads((path / edition / "manifest.json").read_text(encoding="utf-8"))
        by_id = {spec["id"]: spec["caveats"] for spec in manifest["layers"]}
        assert ("changed-counts" in by_id["calls"]) == changed
        assert "changed-counts" not in by_id["incident-count"]


def test_nothing_of_a_person_or_the_secret_is_in_any_file(folder: Path) -> None:
    names = [b"PERSON-OF-TWELVE", SECRET.encode(), b"2025-04-3-1"]
    files = [path for path in (folder / "out").rglob("*") if path.is_file()]
    assert any("ledger" in str(path) for path in files)
    for file in files:
        content = file.read_bytes()
        assert not [name for name in names if name in content], file
        if file.suffix == ".parquet":
            assert not {"key", "key_low", "record_low", "person_key"} & set(pq.read_schema(file).names), file


def test_a_second_build_gives_the_same_bytes_and_another_secret_others(tmp_path: Path) -> None:
    config = written(tmp_path, calls())
    one, two = made(config), made(config)
    with pytest.raises(DisclosureError, match="not the one by which") as caught:
        made(config, {"SMALL_CELL_KEY": SECRET[::-1]})
    assert "--new-secret" in caught.value.remedy
    assert one.name.split("-")[1] == two.name.split("-")[1]
    ledger = tmp_path / "out" / "snapshots.ledger"
    ledger.rename(tmp_path / "old")
    other = made(config, {"SMALL_CELL_KEY": SECRET[::-1]})
    assert counts(one, "open") == counts(two, "open") != counts(other, "open")
    assert counts(one, "police") == counts(other, "police")


def test_a_late_record_stands_in_no_difference(tmp_path: Path) -> None:
    """With the ledger an old month stays; without it, the difference of two releases would be the late records."""
    config = written(tmp_path, calls())
    before = made(config)
    lng, lat = PLACES[2]
    late = [(f"late-{n}", "2025-06-20", lat, lng, f"L{n}") for n in range(5)]
    corrected = [("2025-06-1-0", "2025-07-02", *calls()[5][2:])]
    put(tmp_path, [*calls(), *late, *corrected])
    after = made(config)
    assert counts(before, "open") == counts(after, "open")
    assert counts(before, "police") != counts(after, "police")
    (tmp_path / "out" / "snapshots.ledger").rename(tmp_path / "lost")
    assert counts(made(config), "open") != counts(after, "open")


def test_an_edition_with_less_noise_that_comes_later_has_new_windows_only(tmp_path: Path) -> None:
    """What the others showed before was not changed upon its noise: both together could give a count away."""
    config = written(tmp_path, [row for row in calls() if row[1] < "2025-10"])
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('to = "2026-01"', 'to = "2025-10"'), encoding="utf-8")
    first = made(config)
    staff = '[edition.staff]\npolicy = { method = "cell-key", max_noise = 1, variance = 0.4 }\n\n[edition.summary]'
    config.write_text(config.read_text(encoding="utf-8").replace("[edition.summary]", staff), encoding="utf-8")
    with pytest.raises(DisclosureError, match="has shown every window"):
        made(config)
    config.write_text(text.replace("[edition.summary]", staff), encoding="utf-8")
    put(tmp_path, calls())
    later = made(config)
    again = made(config)
    assert {window for _, _, window in counts(later, "staff")} == {"2025-10", "2025-11", "2025-12", "2025-Q4"}
    assert counts(later, "staff") == counts(again, "staff")
    for edition in ("open", "partner", "summary"):
        shown, before = counts(later, edition), counts(first, edition)
        assert {key: shown[key] for key in before} == before
        assert "2025-Q4" in {window for _, _, window in shown}


@pytest.mark.parametrize(("secret", "what"), [(None, "is not set"), ("", "is not set"), ("short", "fewer than 16")])
def test_without_a_good_secret_nothing_is_built(tmp_path: Path, secret: str | None, what: str) -> None:
    config = written(tmp_path, calls())
    with pytest.raises(ConfigError, match=what) as caught:
        made(config, {} if secret is None else {"SMALL_CELL_KEY": secret})
    assert caught.value.faults[0].key == "secrets.cell_key"
    assert "openssl rand" in caught.value.faults[0].remedy
    assert not (tmp_path / "out" / "snapshots").exists()


def test_other_boundaries_stop_the_build_and_harm_nothing(tmp_path: Path) -> None:
    config = written(tmp_path, calls())
    before = made(config)
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("publish = [6, 7, 8]", "publish = [6, 8]"), encoding="utf-8")
    with pytest.raises(DisclosureError, match="resolutions"):
        made(config)
    assert snapshot.open_snapshot(tmp_path / "out" / "snapshots").path == before


def test_a_record_s_number_of_rows_says_nothing_of_its_source(path: Path) -> None:
    manifest: dict[str, Any] = json.loads((path / "open" / "manifest.json").read_text(encoding="utf-8"))
    (source,) = [source for source in manifest["sources"] if source["id"] == "calls"]
    assert not {"read", "mapped", "unmapped", "files"} & set(source)


def test_a_heavy_row_of_a_source_that_tells_no_persons_is_not_shown(tmp_path: Path) -> None:
    """One report of forty needles would be shown as 39 to 41; many reports of one each are."""
    config = written(tmp_path, [])
    text = config.read_text(encoding="utf-8").replace('person = "who"', 'weight = "who"')
    config.write_text(text, encoding="utf-8")
    heavy, light = PLACES[1], PLACES[4]  # of one hexagon of resolution 6, and two of 7
    rows = [("one", "2025-05-03", heavy[1], heavy[0], "40")]
    rows += [(f"m{n}", f"2025-0{4 + n % 5}-0{1 + n % 9}", light[1], light[0], "1") for n in range(60)]
    put(tmp_path, rows)
    shown = counts(made(config), "open")
    cell = h3.latlng_to_cell(float(heavy[1]), float(heavy[0]), 6)
    assert {key[0] for key in shown} == {6}, "their families go, and the hexagon around both is shown"
    assert {key[1] for key in shown} == {cell}
    put(tmp_path, rows[1:])
    (tmp_path / "out" / "snapshots.ledger").rename(tmp_path / "old")
    assert {key[0] for key in counts(made(config), "open")} == {6, 7, 8}


def test_the_operator_is_told_what_the_numbers_are_still_good_for(tmp_path: Path) -> None:
    """Against counting by hand: the busiest, what is shown, and the mean error; and none of it stands in the snapshot."""
    config = written(tmp_path, calls())
    report = build(
        load(config), data=config.parent / "data", out=config.parent / "out" / "snapshots", environment=ENVIRONMENT
    )
    told = {(one.edition, one.source): one for one in report.utility}
    assert set(told) == {("open", "calls"), ("partner", "calls"), ("summary", "calls")}
    one = told["partner", "calls"]
    assert one.window == "2025-Q4"
    true = {key[1]: value for key, value in by_hand(calls()).items() if key[0] == 8 and key[2] == one.window}
    shown = {
        key[1]: value
        for key, value in counts(report.path, "partner").items()
        if key[0] == 8 and key[2] == one.window and value is not None
    }
    gone = {
        row["cell"]
        for row in pq.read_table(report.path / "partner" / "hidden.parquet").to_pylist()
        if row["year"] == "12m:2026-03"
    }
    seen = [cell for cell in true if cell not in gone]
    assert one.shown == len(seen) / len(true)
    assert one.errors["8"] == sum(abs(shown.get(cell, 0) - true[cell]) for cell in seen) / len(seen)
    assert one.of == min(20, len(true))
    best = [set(sorted(m, key=lambda cell: (-m[cell], str(cell)))[: one.of]) for m in (true, shown)]
    assert one.top == len(best[0] & best[1])
    assert one.rank is not None
    assert 0.3 < one.rank <= 1
    assert report.to_json()["utility"][0]["source"] == "calls"
    assert b"busiest" not in (report.path / "partner" / "manifest.json").read_bytes()
