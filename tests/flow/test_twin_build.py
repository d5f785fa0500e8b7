"""A force's own extract beside the public rows that it repeats: subtracted, it tells of no single record."""

from __future__ import annotations

import csv
import random
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from .attacked import calls, made, written
from .small_partnership import PLACES

if TYPE_CHECKING:
    from pathlib import Path

SLUGS = {
    "Drugs": "drugs",
    "Anti-social behaviour": "anti-social-behaviour",
    "Burglary": "burglary",
    "Violence and sexual offences": "violent-crime",
}
TWIN = """
[[source]]
id = "own"
kind = "incidents"
files = "own/*.csv"
{twin}
columns = {{ id = "ref", date = "when", lat = "lat", lng = "lng", category = "what" }}
categories = {{ {words} }}
months = {{ from = "2025-02", to = "2025-04" }}

[[layer]]
"""
OPEN = "max_noise = 8, variance = 3.5, never_show = 2, stay = 0.5"


def extract(folder: Path) -> list[tuple[str, ...]]:
    """Every public row that has a place, and a few records that are not public."""
    rows = []
    for file in sorted((folder / "data" / "street").rglob("*.csv")):
        with file.open(encoding="utf-8") as stream:
            for n, row in enumerate(csv.DictReader(stream)):
                if row.get("Longitude") and row.get("Crime type") in SLUGS:
                    place = row["Latitude"], row["Longitude"]
                    rows.append((f"{file.stem}-{n}", f"{row['Month']}-01", *place, str(row["Crime type"])))
    draw = random.Random(2)  # noqa: S311 - not for secrets
    for n, (lng, lat) in enumerate(PLACES):
        rows += [(f"x{n}-{k}", f"2025-0{draw.choice('23')}-02", lat, lng, "Drugs") for k in range(draw.randrange(3))]
    return rows


def surpluses(folder: Path, *, twin: str) -> set[float]:
    """What is left of the extract's numbers for all records, less the public ones, in any hexagon and month."""
    config = written(folder, calls(), open_policy=OPEN)
    words = ", ".join(f'"{word}" = "{slug}"' for word, slug in SLUGS.items())
    text = config.read_text(encoding="utf-8").replace("[[layer]]", TWIN.format(twin=twin, words=words), 1)
    config.write_text(text, encoding="utf-8")
    (folder / "data" / "own").mkdir()
    with (folder / "data" / "own" / "own.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("ref", "when", "lat", "lng", "what"), *extract(folder)])
    found: dict[tuple[Any, ...], dict[str, float]] = {}
    for row in pq.read_table(made(config) / "open" / "facts.parquet").to_pylist():
        if (row["category"], row["measure"]) == ("all", "incidents"):
            place = row["resolution"], row["cell"], row["window"]
            found.setdefault(place, {})[row["source"]] = row["value"]
    return {pair["own"] - pair.get("police", 0.0) for pair in found.values() if "own" in pair}


def test_who_declares_the_twin_gives_nothing_away(tmp_path: Path) -> None:
    """Like every other count a surplus is 0 or at least 3, so that 1 and 2 are never seen; and a 0 proves nothing."""
    left = surpluses(tmp_path, twin='twin_of = "police"')
    assert 0.0 in left
    assert {abs(surplus) for surplus in left} & {1.0, 2.0} == set()


def test_who_does_not_declare_it_is_seen_through(tmp_path: Path) -> None:
    """The control: the difference of two numbers then falls on 1 and 2 too, and on many more values."""
    left = surpluses(tmp_path, twin="")
    assert {abs(surplus) for surplus in left} & {1.0, 2.0}


@pytest.mark.parametrize("word", list(SLUGS))
def test_the_extract_has_rows_of_every_kind(tmp_path: Path, word: str) -> None:
    written(tmp_path, calls())
    assert any(row[-1] == word for row in extract(tmp_path))
