"""The partnership file and the README of a demonstration."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from geointel.demo.geography import ATTRIBUTION
from geointel.demo.layer_tables import LAYERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.demo.scene import Written

ID = "demonstration"
OWN_PARTNERSHIP = ("E06000008", "E06000009")
"""Codes of districts that are drug partnerships of their own; the others belong to ``REST``."""
REST = "Lancashire"

_CONFIG = """\
# SYNTHETIC DATA. Every record in this folder was made up by `geointel demo`.
# The figures say nothing about any real place.

[partnership]
id = "{id}"
name = "{name}"
synthetic = true

[area]
edge_km = 0

[[area.level]]
id = "lad"
title = "District"
attribution = "Outlines derived from the ONS Postcode Directory. Source: Office for National Statistics licensed under the Open Government Licence v3.0. Contains OS data © Crown copyright and database right 2026. Contains Royal Mail data © Royal Mail copyright and database right 2026."
file = "boundaries/districts.geojson"
code = "code"
name = "name"
lookup = [{{ file = "lookups/demo-areas.csv", from = "demo_code", to = "district_code" }}]

[[area.level]]
id = "cdp"
title = "Drug partnership"
members_of = "lad"
members = {{ {members} }}

[grid]
leaf = 9
publish = [6, 7, 8]

[[source]]
id = "police"
kind = "police-uk-street"
files = "police/**/*-street.csv"
covers = "{id}"

{sources}[edition.open]
policy = {{ method = "cell-key", max_noise = 8, variance = 3, never_show = 2, stay = 0.5, coarsen_below = 10, coarsen_population = 500 }}

[edition.partner]
policy = {{ method = "cell-key", max_noise = 5, variance = 1 }}
{exact}
[secrets]
cell_key = "env:GEOINTEL_CELL_KEY"

[role]
public = ["open"]
commissioner = ["partner", "open"]
"""

MARK = "# SYNTHETIC DATA"
"""How the README of every demonstration begins."""
_README = """\
{mark}: {name}

Every record here was made up by a computer program (`geointel demo --scale {scale} --seed {seed}`).
The incidents never happened. Do not quote or use the figures.

| file | what |
|---|---|
| `partnership.toml` | the partnership; build it with `geointel build partnership.toml`, and with any text of sixteen characters or more in the environment variable `GEOINTEL_CELL_KEY`: made-up records need no secret |
| `police/` | {months} months to {last}, {rows:,} rows, in the format of data.police.uk. The force is called "Demonstration Constabulary (synthetic)", streets "Demonstration Street" and the like, small areas `DEMO…` |
| `truth.json` | {hotspots} places where more is recorded than usual: the H3 cell in the middle, the cells around it (four fifths of the growth reaches them), category, and when it appears, is full, fades and ends |
| `truth.csv` | the same by cell and month: `factor`, what the cell expects without it (`background`) and with it (`expected`), and the rows that were drawn (`recorded`) |
| `boundaries/`, `lookups/` | district outlines; the district of each made-up small area |
{others}
Wherever a format leaves room, a name says "Demonstration" or "(synthetic)" and a key begins with `DEMO`. Postcodes
are of the area ZZ, which does not exist; telephone numbers are those kept for drama; no person or place is real.
`truth.json` says what was planted in each format: harm that agrees with planted drug offences and harm that does not,
corridors with more collisions or more positive tests, a cell with few tests, a district without a service.

Category `drugs` is a place with more drug offences and nothing else; `all` is a place that is busy with every
category, so drug offences there are many but no more than all records lead one to expect.

Only the outlines and the pattern of settlement are real. They are derived from postcodes and approximate:
never use them to decide which district a place is in. {attribution}
"""

NAMES = {
    "town": "Blackpool, Fylde and Wyre demonstration – synthetic data",
    "county": "Pan-Lancashire demonstration – synthetic data",
    "nation": "Nation-sized demonstration – synthetic data",
}


def name(scale: str) -> str:
    """What the partnership is called."""
    return NAMES[scale]


def drug_partnerships(codes: Sequence[str], names: Sequence[str]) -> dict[str, list[str]]:
    """Names of the drug partnerships and their districts: Blackpool and Blackburn have their own."""
    found: dict[str, list[str]] = {}
    for code, district in zip(codes, names, strict=True):
        copy, _, true_code = code.rpartition("-")
        group = district if true_code in OWN_PARTNERSHIP else f"{copy} {REST}".strip()
        found.setdefault(group, []).append(code)
    return found


def config(name: str, members: Mapping[str, Sequence[str]], sources: str, *, exact: Sequence[str], layers: bool) -> str:
    """The partnership file; ``sources`` are the tables of the formats beside the street files, ``exact`` those whose true counts partners know.

    With ``layers`` it names one of each kind, which need these sources and twelve months.
    """
    groups = ", ".join(f"{json.dumps(group)} = {json.dumps(list(codes))}" for group, codes in members.items())
    lines = "".join(f'{source} = {{ method = "none" }}\n' for source in exact)
    known = f"\n[edition.partner.source]\n{lines}" if exact else ""
    text = _CONFIG.format(id=ID, name=name, members=groups, sources=sources, exact=known)
    return text + LAYERS if layers else text


def readme(name: str, about: Mapping[str, object], others: Sequence[Written] = ()) -> str:
    """The README; ``about`` holds scale, seed, months, last, rows and hotspots."""
    lines = "".join(f"| `{file.path}` | {file.what}; {file.rows:,} rows |\n" for file in others)
    return _README.format(mark=MARK, name=name, attribution=ATTRIBUTION, others=lines, **about)


def unfinished() -> str:
    """The README while the files are being written."""
    return f"{MARK}: this folder is not finished. Run `geointel demo` again.\n"
