"""Partner records under the methods that are not the usual one, each through a whole build."""

from __future__ import annotations

import json
import random
import shutil
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import pyarrow.parquet as pq
import pytest

from geointel import snapshot
from geointel.build import build
from geointel.config import load
from geointel.model import ALL
from geointel.snapshot import layout

from .small_partnership import FEW_LAYERS, PLACES, write_partnership
from .test_protected_build import COLUMNS, ENVIRONMENT, Call, put

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MONTHS = tuple(f"2024-{month:02d}" for month in range(4, 13)) + tuple(f"2025-{month:02d}" for month in range(1, 5))
YEAR = "12m:2025-03"
MORE = """
[edition.hidden]
policy = { method = "suppress" }

[edition.rounded]
policy = { method = "rounding" }

[edition.noisy]
policy = { method = "dp", epsilon = 2, max_records = 1 }

[edition.police]
policy = { method = "none" }

[secrets]
cell_key = "env:SMALL_CELL_KEY"

[[source]]
id = "calls"
kind = "incidents"
files = "calls/*.csv"
editions = ["noisy", "rounded", "police"]
columns = { id = "ref", date = "when", lat = "lat", lng = "lng", person = "who" }
category = "naloxone-callout"
months = { from = "2024-04", to = "2025-05" }

[[source]]
id = "finds"
kind = "incidents"
files = "finds/*.csv"
editions = ["hidden", "police"]
columns = { id = "ref", date = "when", lat = "lat", lng = "lng", person = "who" }
category = "litter"
months = { from = "2024-04", to = "2025-05" }

[[layer]]
id = "calls"
kind = "count"
source = "calls"

[[layer]]
id = "monthly-calls"
kind = "count"
source = "calls"
windows = ["month"]

[[layer]]
id = "finds"
kind = "count"
source = "finds"
"""
SOURCE_OF = {"hidden": "finds", "rounded": "calls", "noisy": "calls"}


def calls(seed: int = 1) -> list[Call]:
    draw = random.Random(seed)  # noqa: S311 - not for secrets
    lng, lat = PLACES[-1]
    one = [(f"one-{n}", f"2024-{6 + n % 6:02d}-{1 + n // 6:02d}", lat, lng, "PERSON-OF-SIXTY") for n in range(60)]
    return one + [
        (f"{month}-{at}-{n}", f"{month}-0{1 + n % 9}", lat, lng, f"P{at}-{month}-{n}")
        for month in MONTHS
        for at, (lng, lat) in enumerate(PLACES)
        for n in range(draw.randrange(0, 4 if at < 5 else 2))
    ]


def written(folder: Path) -> Path:
    found = write_partnership(folder, months=("2025-02", "2025-03"), layers=FEW_LAYERS)
    with found.config.open("a", encoding="utf-8") as stream:
        stream.write(MORE)
    put(folder, calls())
    shutil.copytree(folder / "data" / "calls", folder / "data" / "finds")
    (folder / "data" / "finds" / "calls.csv").rename(folder / "data" / "finds" / "finds.csv")
    return found.config


def made(config: Path) -> Path:
    return build(
        load(config), data=config.parent / "data", out=config.parent / "out" / "snapshots", environment=ENVIRONMENT
    ).path


def by_hand(rows: Sequence[Call]) -> dict[tuple[int, int], float]:
    found: dict[tuple[int, int], float] = {}
    for _, when, lat, lng, _ in rows:
        for resolution in (6, 7, 8):
            if when < "2025-04":
                key = resolution, h3.latlng_to_cell(float(lat), float(lng), 9)
                key = resolution, h3.cell_to_parent(key[1], resolution)
                found[key] = found.get(key, 0) + 1
    return found


def rows(path: Path, edition: str, name: str = "facts.parquet") -> list[dict[str, Any]]:
    found = pq.read_table(path / edition / name).to_pylist()
    return [row for row in found if row["source"] == SOURCE_OF[edition]]


def year(path: Path, edition: str) -> dict[tuple[int, int], float | None]:
    own = [row for row in rows(path, edition) if row["category"] == ALL and row["window"] == YEAR]
    return {(row["resolution"], row["cell"]): row["value"] for row in own}


def told(path: Path, edition: str) -> dict[str, Any]:
    manifest = json.loads((path / edition / layout.MANIFEST).read_text(encoding="utf-8"))
    found: dict[str, Any] = manifest["disclosure"]["sources"][SOURCE_OF[edition]]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("yearly")
    made(written(folder))
    return folder


@pytest.fixture(scope="module")
def path(folder: Path) -> Path:
    return snapshot.open_snapshot(folder / "out" / "snapshots").path


def test_suppressed_counts_are_true_or_hidden_and_never_small(path: Path) -> None:
    true, found = by_hand(calls()), year(path, "hidden")
    assert found.keys() == true.keys()
    assert any(n is not None for n in found.values())
    assert None in found.values()
    for place, n in found.items():
        assert n is None or (n == true[place] and n > 4)
    assert {row["window"] for row in rows(path, "hidden")} == {YEAR}
    layer = pq.read_table(path / "hidden" / "layers" / "finds.parquet").to_pylist()
    assert {row["window"] for row in layer} == {YEAR}
    for row in layer:
        if (row["resolution"], row["cell"]) in found:
            value = found[row["resolution"], row["cell"]]
            assert (row["status"], row["value"]) == (("suppressed", None) if value is None else ("shown", value))
        else:
            assert (row["status"], row["value"]) == ("shown", 0.0)
    assert told(path, "hidden") | {"method": "suppress", "max_small": 4, "min_width": 5.0} == told(path, "hidden")


def test_rounded_counts_are_multiples_in_every_window(path: Path) -> None:
    found = rows(path, "rounded")
    assert {row["value"] % 5 for row in found} == {0}
    assert {len(row["window"]) for row in found} == {7, 11}
    true = by_hand(calls())
    assert {abs(n - true[place]) < 5 for place, n in year(path, "rounded").items() if n is not None} == {True}
    assert told(path, "rounded")["max_change"] == 4


def test_private_counts_are_yearly_large_and_say_what_was_lost(path: Path) -> None:
    found = rows(path, "noisy")
    assert {row["window"] for row in found} == {YEAR}
    assert {row["resolution"] for row in found} == {6, 7}
    assert all(row["value"] > 0 and row["value"] == int(row["value"]) for row in found)
    layer = pq.read_table(path / "noisy" / "layers" / "calls.parquet").to_pylist()
    assert {row["status"] for row in layer if row["resolution"] == 8} == {"coarsened"}
    assert {row["status"] for row in layer if row["resolution"] == 7} == {"shown"}
    about = told(path, "noisy")
    assert (about["epsilon"], about["max_records"], about["protects"]) == (2.0, 1, "person")
    assert told(path, "hidden")["protects"] is None


def test_a_second_build_draws_nothing_again(tmp_path: Path) -> None:
    config = written(tmp_path)
    one, two = made(config), made(config)
    assert one.name.split("-")[1] == two.name.split("-")[1]
    for edition in SOURCE_OF:
        assert (one / edition / "facts.parquet").read_bytes() == (two / edition / "facts.parquet").read_bytes()
    (tmp_path / "out" / "snapshots.ledger").rename(tmp_path / "lost")
    other = made(config)
    assert year(other, "noisy") != year(one, "noisy"), "without its ledger a year is drawn again"
    for edition in ("hidden", "rounded"):
        assert year(other, edition) == year(one, edition)


def test_what_one_person_makes_up_is_hidden_or_counts_as_often_as_it_may(path: Path) -> None:
    lng, lat = PLACES[-1]
    leaf = h3.latlng_to_cell(float(lat), float(lng), 9)
    place = 7, h3.cell_to_parent(leaf, 7)
    true = by_hand(calls())
    assert true[place] > 60
    assert year(path, "noisy").get(place, 0.0) < true[place] - 40  # type: ignore[operator]
    assert year(path, "hidden")[8, h3.cell_to_parent(leaf, 8)] is None
    assert (8, h3.cell_to_parent(leaf, 8)) not in year(path, "rounded")


def test_layers_say_how_their_counts_were_made_publishable(path: Path) -> None:
    """And one that asks for months is left out where there are only years."""
    found = {}
    for edition in (*SOURCE_OF, "police"):
        manifest = json.loads((path / edition / layout.MANIFEST).read_text(encoding="utf-8"))
        found[edition] = {spec["id"]: set(spec["caveats"]) for spec in manifest["layers"]}
    assert {edition: sorted(layers) for edition, layers in found.items()} == {
        "hidden": ["finds", "incident-count"],
        "rounded": ["calls", "incident-count", "monthly-calls"],
        "noisy": ["calls", "incident-count"],
        "police": ["calls", "finds", "incident-count", "monthly-calls"],
    }
    ours = {"changed-counts", "hidden-counts", "private-counts"}
    assert found["hidden"]["finds"] & ours == {"hidden-counts"}
    assert found["rounded"]["monthly-calls"] & ours == {"changed-counts"}
    assert found["noisy"]["calls"] & ours == {"private-counts"}
    assert not found["noisy"]["incident-count"] & ours
    assert not found["police"]["calls"] & ours


def test_columns_are_those_of_the_calls() -> None:
    assert len(calls()[0]) == len(COLUMNS)
