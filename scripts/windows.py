r"""Windows for enforcement on real collisions, and how far their shares can be believed: ``docs/validation/enforcement.md``.

Run from the root of the repository with a table of collisions of one force and one year, and a folder of stops and searches::

    python scripts/windows.py ../shared/data/stats19/2024-west-yorkshire-collision.csv \
        --searches ../shared/data/police-stop-and-search --out docs/validation/enforcement.md

Collisions are read here with the csv module, not by the program's own ingest: a test compares the two.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import windows_noise
import windows_page

from geointel.hotspots import Enforcement, enforcement, judged_by_halves, judged_by_next, week_shares
from geointel.hotspots.enforcement import SEED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geointel.hotspots import Judged

FORCE = "West Yorkshire"
DISTRICTS = {
    "E08000032": "Bradford",
    "E08000033": "Calderdale",
    "E08000034": "Kirklees",
    "E08000035": "Leeds",
    "E08000036": "Wakefield",
}
SLIGHT = "3"
HARM = (1.0, 5.0)
"""What a slight collision weighs, and one in which somebody was killed or seriously injured."""


@dataclass(frozen=True)
class Collisions:
    """One entry a collision: day number, weekday, hour (−1 where no clock shows it), district, and whether somebody was killed or seriously injured."""

    day: NDArray[np.int64]
    weekday: NDArray[np.int64]
    hour: NDArray[np.int64]
    district: NDArray[np.str_]
    severe: NDArray[np.bool_]

    def week(self, which: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Counts by weekday and hour of some of them."""
        counts = np.zeros((7, 24), dtype=np.int64)
        some = which & (self.hour >= 0)
        np.add.at(counts, (self.weekday[some], self.hour[some]), 1)
        return counts


@dataclass(frozen=True)
class Row:
    """One week of collisions, in words ``place`` and ``what``, and its windows."""

    place: str
    what: str
    counts: NDArray[np.int64]
    found: Enforcement


@dataclass(frozen=True)
class Split:
    """Windows chosen on one part of the year and judged by the other, both ways."""

    name: str
    there: Judged
    back: Judged


@dataclass(frozen=True)
class Findings:
    """What the page says of the real collisions."""

    rows: tuple[Row, ...]
    splits: tuple[Split, ...]
    halves: Judged
    dispersion: float
    searches: dict[str, tuple[int, float]]
    untimed: int
    hours: tuple[int, ...]
    weekdays: tuple[int, ...]


def read(path: Path) -> Collisions:
    """Read a table of STATS19 collisions with the column names of 2024."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    days = [date(*reversed([int(part) for part in row["date"].split("/")])) for row in rows]
    return Collisions(
        np.array([day.toordinal() for day in days]),
        np.array([day.weekday() for day in days]),
        np.array([_hour(row["time"]) for row in rows]),
        np.array([row["local_authority_ons_district"] for row in rows]),
        np.array([row["collision_severity"] != SLIGHT for row in rows]),
    )


def _hour(text: str) -> int:
    hour, _, minute = text.partition(":")
    there = hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60
    return int(hour) if there else -1


def measure(collisions: Collisions, others: dict[str, tuple[int, float]]) -> Findings:
    """Windows of the force and its districts, and the same year split in time; ``others`` are stops and searches."""
    whole = collisions.week(np.ones(len(collisions.day), dtype=bool))
    weeks = (collisions.day - collisions.day.min()) // 7
    early = collisions.day < np.median(collisions.day)
    shares = week_shares(whole)
    return Findings(
        rows=tuple(_rows(collisions)),
        splits=(
            _split("odd and even weeks", collisions, weeks % 2 == 0),
            _split("earlier and later half of the year", collisions, early),
        ),
        halves=judged_by_halves(whole, seed=SEED),
        dispersion=_dispersion(weeks, collisions.weekday * 24 + collisions.hour),
        searches=others,
        untimed=int((collisions.hour < 0).sum()),
        hours=tuple(np.flatnonzero(shares.by_hour.above).tolist()),
        weekdays=tuple(np.flatnonzero(shares.by_weekday.above).tolist()),
    )


def _rows(collisions: Collisions) -> Sequence[Row]:
    found = []
    places = {FORCE: np.ones(len(collisions.day), dtype=bool)}
    places |= {name: collisions.district == code for code, name in DISTRICTS.items()}
    for place, here in places.items():
        for what, which in (("all", here), ("killed or seriously injured", here & collisions.severe)):
            counts = collisions.week(which)
            found.append(Row(place, what, counts, enforcement(counts, seed=SEED)))
    here = places[FORCE]
    kinds = np.stack([collisions.week(here & ~collisions.severe), collisions.week(here & collisions.severe)])
    weighed = enforcement(kinds, seed=SEED, harm=HARM)
    return [
        *found[:2],
        Row(FORCE, "all, those with killed or seriously injured five times", kinds.sum(axis=0), weighed),
        *found[2:],
    ]


def _split(name: str, collisions: Collisions, first: NDArray[np.bool_]) -> Split:
    one, other = collisions.week(first), collisions.week(~first)
    return Split(name, judged_by_next(one, other), judged_by_next(other, one))


def searches(folder: Path) -> dict[str, tuple[int, float]]:
    """Number of stops and searches of each force with a file for several months, and their dispersion."""
    moments: dict[str, list[datetime]] = {}
    for path in sorted(folder.glob("2*/*-stop-and-search.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            found = [datetime.fromisoformat(row["Date"]) for row in csv.DictReader(stream) if row["Date"]]
        moments.setdefault(path.stem[len("2019-12-") :].removesuffix("-stop-and-search"), []).extend(found)
    return {force: _of_searches(found) for force, found in sorted(moments.items()) if found}


def _of_searches(found: list[datetime]) -> tuple[int, float]:
    days = np.array([moment.date().toordinal() for moment in found])
    since = days - days.min()
    return len(found), _dispersion(since // 7, since % 7 * 24 + np.array([moment.hour for moment in found]))


def _dispersion(weeks: NDArray[np.int64], hours: NDArray[np.int64]) -> float:
    """Variance of an hour's count from week to week over its mean, for all hours of the week together: 1 for Poisson counts.

    Of whole weeks. Where it is above 1 records come together, on the same night or in the same weather.
    """
    whole = int(weeks.max())
    counts = np.zeros((whole, 7 * 24))
    there = (weeks < whole) & (hours >= 0)
    np.add.at(counts, (weeks[there], hours[there]), 1)
    return float(counts.var(axis=0, ddof=1).sum() / counts.mean(axis=0).sum())


def main() -> None:
    """Measure, simulate, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collisions", type=Path)
    parser.add_argument("--searches", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    collisions = read(asked.collisions)
    whole = collisions.week(np.ones(len(collisions.day), dtype=bool))
    noise = windows_noise.simulate(whole)
    findings = measure(collisions, searches(asked.searches))
    asked.out.write_text(windows_page.page(findings, noise, asked.collisions.name), encoding="utf-8")
    print(f"wrote {asked.out}")


if __name__ == "__main__":
    main()
