"""A small partnership, written as files in the real formats: a square in two halves, and a force's months."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from ..street import ELSEWHERE, PLACEHOLDER, halves, row, text, write

MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))
TYPES = ("Drugs", "Drugs", "Anti-social behaviour", "Anti-social behaviour", "Burglary", "Violence and sexual offences")
PLACES = [(f"{-3.09 + 0.0131 * n:.6f}", f"{53.755 + 0.0107 * (n * 7 % 11):.6f}") for n in range(14)]
CONFIG = """
[partnership]
id = "small"
name = "Small Partnership"

[[area.level]]
id = "lad"
title = "District"
file = "area.geojson"
code = "code"
name = "name"

[[area.level]]
id = "cdp"
members_of = "lad"
members = {{ "Whole square" = ["E", "W"] }}

[grid]
leaf = 9
publish = {publish}

[[source]]
id = "police"
kind = "police-uk-street"
files = "street/**/*-street.csv*"
covers = "small"

{layers}
[edition.open]
policy = {{ method = "cell-key", max_noise = 2, variance = 1 }}

[edition.partner]
policy = {{ method = "cell-key", max_noise = 2, variance = 1 }}
{more}
"""
LAYERS = """
[[layer]]
id = "incident-count"
kind = "count"

[[layer]]
id = "drug-hotspot"
kind = "hotspot"
categories = ["drugs", "all"]

[[layer]]
id = "drug-excess"
kind = "excess"
categories = ["drugs"]
"""
FEW_LAYERS = """
[[layer]]
id = "incident-count"
kind = "count"
categories = ["drugs", "all"]
windows = ["month"]
"""
OWN_SOURCE = """
[edition.partner.source]
own-records = { method = "none" }

[[source]]
id = "own-records"
kind = "police-uk-street"
files = "own/*.csv"
public = false
editions = ["partner"]
"""


@dataclass(frozen=True)
class Written:
    """A partnership's files; ``rows`` are how many lines its street files have under their headers."""

    config: Path
    data: Path
    rows: int


def rows_of(month: str, seed: int, n: int = 60) -> list[str]:
    """A month's rows: busy and quiet places, some without a place, some outside, an ID of last month."""
    draw = random.Random(f"{seed} {month}")  # noqa: S311 - not for secrets
    rows = []
    for number in range(n):
        point = draw.choice([*PLACES[:4], *PLACES[:4], *PLACES])
        point = draw.choices([point, ("", ""), PLACEHOLDER, ELSEWHERE], weights=[90, 4, 1, 5])[0]
        crime_type = draw.choice(TYPES)
        crime_id = "" if crime_type.startswith("Anti") else f"{month}-{number}"
        area = ("E01000001", "Westside 001A") if point[0] < "-3.0" else ("E01000002", "Eastside 002B")
        place = "On or near Prison" if point == PLACES[1] else "On or near High Street"
        rows.append(row(crime_id, month=month, point=point, location=place, crime_type=crime_type, area=area))
    before = MONTHS[MONTHS.index(month) - 1]
    return [*rows, row(f"{before}-1", month=month), "no row at all"]


def write_partnership(
    folder: Path,
    *,
    months: tuple[str, ...] = MONTHS,
    publish: tuple[int, ...] = (6, 7, 8),
    layers: str = LAYERS,
    own: bool = False,
    seed: int = 1,
) -> Written:
    """Write the files and the configuration that names them."""
    files: dict[str, str | bytes] = {"data/area.geojson": halves()}
    total = 0
    for month in months:
        rows = rows_of(month, seed)
        total += len(rows)
        files[f"data/street/{month}/{month}-square-street.csv"] = text(*rows)
        if own:
            files[f"data/own/{month}.csv"] = text(*rows_of(month, seed + 100, n=20))
    more = OWN_SOURCE if own else ""
    files["partnership.toml"] = CONFIG.format(publish=list(publish), layers=layers, more=more)
    write(folder, files)
    return Written(config=folder / "partnership.toml", data=folder / "data", rows=total)
