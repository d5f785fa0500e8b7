"""Outcomes of offences, as data.police.uk publishes them: one file a month, several rows for some offences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from geointel.demo import table
from geointel.demo.scene import Written
from geointel.demo.street_csv import COLUMNS as STREET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from geointel.demo.scene import Scene

COLUMNS = (*STREET[:9], "Outcome type")
PATHS = ("police/*/*-demo-lancashire-outcomes.csv",)
LATER = (0.35, 0.35, 0.20, 0.10)
"""Share of outcomes recorded in the month of the offence and in the three after it."""
SHARE_OF_DRUGS, SHARE = 0.8, 0.3
"""Share of the offences that have an outcome here."""
SECOND_SHARE = 0.05
"""Outcomes that a later one replaces, in the month after."""
UNKNOWN_SHARE = 0.08
"""Outcomes of offences that no street file of the run has."""
WORDS = {"Court result unavailable": "Suspect charged", "Awaiting court outcome": "Suspect charged"}
"""What a street file says of an offence → what its outcome file says, where they differ."""
NONE_YET = ("Under investigation", "Status update unavailable")
NO_PLACE = "No location"
"""As the outcome files have it; the street files write another capital."""
CHARGED = "Suspect charged"

Row = list[str | None]


def write(scene: Scene) -> tuple[Written, ...]:
    """Write a month's outcomes for every month of the run."""
    rng = scene.rng("outcomes")
    waiting: list[list[Row]] = [[] for _ in range(len(scene.months) + len(LATER))]
    count = 0
    for since in range(len(scene.months)):
        name = scene.month(since)
        folder = scene.directory / "police" / name
        for late, row in _outcomes(folder / f"{name}-{scene.copy.slug}-street.csv", rng):
            waiting[since + late].append(row)
        path = folder / f"{name}-{scene.copy.slug}-outcomes.csv"
        count += table.write(path, COLUMNS, ([row[0], name, *row[2:]] for row in waiting[since]))
        waiting[since] = []
    what = (
        "outcomes in the format of data.police.uk (10 columns): some offences have two, and some are in no street file"
    )
    return (Written(PATHS[0], what, count),)


def _outcomes(street: Path, rng: np.random.Generator) -> Iterator[tuple[int, Row]]:
    """Outcomes of one month's offences: how many months later, and the row."""
    rows = _with_outcome(street)
    drugs = pc.equal(rows["Crime type"], "Drugs").to_numpy()
    rows = rows.filter(pa.array(rng.random(len(rows)) < np.where(drugs, SHARE_OF_DRUGS, SHARE)))
    count = len(rows)
    late = rng.choice(len(LATER), size=count, p=LATER)
    again = rng.random(count) < SECOND_SHARE
    unknown = rng.random(count) < UNKNOWN_SHARE
    ids = rng.integers(256, size=(int(unknown.sum()), 32), dtype=np.uint8)
    yield from _rows(rows, late, again)
    for row, key in zip(rows.filter(pa.array(unknown)).to_pylist(), ids, strict=True):
        yield 0, [key.tobytes().hex(), *_texts(row)[1:]]


def _with_outcome(street: Path) -> pa.Table:
    """Rows of a street file whose offence has an outcome already."""
    kinds = pacsv.ConvertOptions(column_types=dict.fromkeys(STREET, pa.string()), strings_can_be_null=True)
    rows = pacsv.read_csv(street, convert_options=kinds)
    outcome = rows["Last outcome category"]
    return rows.filter(pc.and_(pc.is_valid(outcome), pc.invert(pc.is_in(outcome, value_set=pa.array(NONE_YET)))))


def _rows(rows: pa.Table, late: NDArray[np.int64], again: NDArray[np.bool_]) -> Iterator[tuple[int, Row]]:
    for row, months, twice in zip(rows.to_pylist(), late.tolist(), again.tolist(), strict=True):
        texts = _texts(row)
        yield months, [*texts[:-1], CHARGED] if twice else texts
        if twice:
            yield min(months + 1, len(LATER) - 1), texts


def _texts(row: dict[str, str | None]) -> Row:
    """A street row as the outcome files have it."""
    texts: Sequence[str | None] = [row[name] for name in STREET[:9]]
    place = [NO_PLACE if row["Longitude"] is None else texts[6]]
    word = row["Last outcome category"] or ""
    return [*texts[:6], *place, *texts[7:], WORDS.get(word, word)]
