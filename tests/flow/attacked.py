"""A partner's records of people, planted so that attacks have something to find, and their truth by hand."""

from __future__ import annotations

import asyncio
import csv
import itertools
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import httpx
import numpy as np

from geointel.build import build
from geointel.config import load
from geointel_api.app import create_app
from geointel_api.settings import Settings

from .small_partnership import FEW_LAYERS, write_partnership

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from geointel.audit.published import Published

    Get = Callable[[str], httpx.Response]

SECRET = "thirty-two letters of a test key"  # noqa: S105 - nobody's
MONTHS = (*(f"2024-{month:02d}" for month in range(4, 13)), *(f"2025-{month:02d}" for month in range(1, 4)))
COLUMNS = ("ref", "when", "lat", "lng", "who", "where", "kind")
KINDS = ("overdose", "naloxone", "collapse", "other")
HOSTEL = (53.7611, -3.0711)
CALLER = (53.8511, -2.9311)
MORE = """
[role]
public = ["open"]
commissioner = ["partner", "open"]

[secrets]
cell_key = "env:SMALL_CELL_KEY"

[[source]]
id = "calls"
kind = "incidents"
files = "calls/*.csv"
columns = { id = "ref", date = "when", lat = "lat", lng = "lng", person = "who", place = "where", category = "kind" }
categories = { overdose = "overdose", naloxone = "naloxone-callout", collapse = "collapse", other = "other" }
labels = { naloxone-callout = "Call-outs with naloxone", overdose = "Overdoses", collapse = "Collapses", other = "Others" }
months = { from = "2024-04", to = "2025-04" }

[[layer]]
id = "calls"
kind = "count"
source = "calls"
"""
SLUGS = {"overdose": "overdose", "naloxone": "naloxone-callout", "collapse": "collapse", "other": "other"}
OPEN = "max_noise = 8, variance = 3.5, never_show = 2, stay = 0.5, coarsen_below = 10"
PARTNER = "max_noise = 5, variance = 1"
NARROW_PARTNER = "max_noise = 2, variance = 1"
Call = tuple[str, ...]


def calls(seed: int = 1) -> list[Call]:
    """Call-outs over the square, many in few places; a hostel with half a cell's, and one caller of twelve."""
    draw = random.Random(seed)  # noqa: S311 - not for secrets
    spots = [(draw.uniform(53.755, 53.865), draw.uniform(-3.095, -2.905)) for _ in range(60)]
    made: list[Call] = []
    for number in range(2400):
        lat, lng = spots[min(int(draw.expovariate(0.09)), 59)]
        when = f"{draw.choice(MONTHS)}-{draw.randrange(1, 28):02d}"
        kind = draw.choice((*KINDS, "overdose"))
        made.append((f"c{number}", when, f"{lat:.5f}", f"{lng:.5f}", f"p{number}", f"w{number % 997}", kind))
    made += [(f"h{n}", f"2024-1{n % 3}-11", *map(str, HOSTEL), f"q{n}", "hostel", "overdose") for n in range(40)]
    made += [(f"o{n}", f"2024-09-1{n % 9}", *map(str, CALLER), "one", f"o{n}", "naloxone") for n in range(12)]
    return made


def written(folder: Path, rows: Sequence[Call], *, open_policy: str = OPEN, partner: str = PARTNER) -> Path:
    """A partnership whose editions have these policies."""
    found = write_partnership(folder, months=MONTHS_OF_STREET, layers=FEW_LAYERS)
    text = found.config.read_text(encoding="utf-8") + MORE
    for policy, edition in ((open_policy, "open"), (partner, "partner")):
        head = f'[edition.{edition}]\npolicy = {{ method = "cell-key", '
        assert head in text
        text = text.replace(head + "max_noise = 2, variance = 1", head + policy)
    found.config.write_text(text, encoding="utf-8")
    put(folder, rows)
    return found.config


MONTHS_OF_STREET = ("2025-02", "2025-03")


def put(folder: Path, rows: Sequence[Call]) -> None:
    """Write the partner's file."""
    (folder / "data" / "calls").mkdir(exist_ok=True)
    with (folder / "data" / "calls" / "calls.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows])


def made(config: Path, secret: str = SECRET) -> Path:
    """The folder of a snapshot."""
    environment = {"SMALL_CELL_KEY": secret}
    return build(
        load(config), data=config.parent / "data", out=config.parent / "out" / "snapshots", environment=environment
    ).path


def truth(rows: Sequence[Call], published: Published) -> NDArray[np.float64]:
    """True counts of the table's cells by h3 alone; NaN for places that are no cells."""
    found: Counter[tuple[Any, ...]] = Counter()
    for _, when, lat, lng, _, _, kind in rows:
        leaf = h3.latlng_to_cell(float(lat), float(lng), 9)
        quarter = f"{when[:4]}-Q{(int(when[5:7]) + 2) // 3}"
        cells = [h3.cell_to_parent(leaf, resolution) for resolution in (6, 7, 8)]
        found.update(itertools.product(cells, (when[:7], quarter, "12m:2025-03"), (SLUGS[kind], "all")))
    lattice = published.lattice
    table = np.full(lattice.value.shape, np.nan)
    for entry, (level, cell) in enumerate(published.keys):
        if isinstance(level, int):
            views = itertools.product([cell], lattice.windows, lattice.categories)
            table[entry] = np.array([found[view] for view in views]).reshape(table[entry].shape)
    return table


def asker(snapshots: Path, role: str) -> Get:
    """A way to ask the service as somebody with a role does."""
    app = create_app(Settings(snapshots=snapshots, anonymous_role=role))

    def ask(address: str) -> httpx.Response:
        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://map.test") as client:
                return await client.get(address)

        return asyncio.run(send())

    return ask
