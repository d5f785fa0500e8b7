"""Write a demonstration: seed in, folder out, byte for byte the same each time."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.demo import months as monthly
from geointel.demo import source_tables, street_csv, texts, truth
from geointel.demo.copies import prepare
from geointel.demo.formats import PATHS, write_all
from geointel.demo.geography import load, to_geojson
from geointel.demo.scale import SCALES
from geointel.demo.scene import stage
from geointel.errors import GeointelError
from geointel.model import YEAR, format_month, parse_month

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from geointel.demo.copies import Copy
    from geointel.demo.scale import Scale
    from geointel.demo.scene import Written

LAST_MONTH = "2025-12"
MOST_MONTHS = 120
README = "README.md"
TRUTH = "truth.json"


@dataclass(frozen=True)
class DemoFiles:
    """What was written: the partnership file, the truth, and how many street files, rows and planted places."""

    directory: Path
    config: Path
    truth: Path
    files: int
    rows: int
    hotspots: int


def write_demo(
    directory: Path,
    *,
    scale: str = "county",
    seed: int = 1,
    months: int = 36,
    street_only: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> DemoFiles:
    """Write a synthetic partnership into a folder, as files in the real formats.

    Parameters
    ----------
    directory
        A new or empty folder, or one with an earlier demonstration, which is replaced.
    scale
        ``town`` (about 60,000 rows in 36 months), ``county`` (550,000) or ``nation`` (20 million).
    seed
        Same seed, same bytes.
    months
        How many months, to December 2025.
    street_only
        Whether to leave the other formats out. A nation never has them.
    progress
        Called with street files written and street files in all.

    Raises ``GeointelError`` for a folder with other files in it, or values out of range.
    """
    size = _checked(scale, seed, months)
    _clear(directory)
    (directory / README).write_text(texts.unfinished(), encoding="utf-8")
    last = parse_month(LAST_MONTH)
    run = range(last - months + 1, last + 1)
    home = load(size.districts)
    rows = 0
    copies: list[Copy] = []
    planted: list[tuple[dict[str, Any], list[truth.Month]]] = []
    for number in range(size.copies):
        copies.append(prepare(home, size, number, seed=seed, months=months))
        figures = []
        for count, observed in _write_months(directory, copies[-1], run, seed):
            rows += count
            figures.append(observed)
            if progress is not None:
                progress(number * months + len(figures), size.copies * months)
        planted += _truth_of(copies[-1], run, figures)
    about = {"scale": scale, "seed": seed, "months": [format_month(month) for month in run]}
    written = [] if street_only or size.copies > 1 else write_all(stage(directory, copies[0], run, seed))
    truth.write(directory, about, planted, {one: file.planted for one, file in written if file.planted})
    config, files = directory / "partnership.toml", size.copies * months
    done = DemoFiles(directory, config, directory / TRUTH, files, rows, len(planted))
    _write_rest(done, copies, about, [file for _, file in written])
    return done


def _checked(scale: str, seed: int, months: int) -> Scale:
    if scale not in SCALES:
        raise GeointelError(f"There is no scale {scale!r}.", remedy=f"Choose from: {', '.join(SCALES)}.")
    if seed < 0:
        raise GeointelError(f"The seed {seed} is negative.", remedy="Give 0 or a larger whole number.")
    if not 1 <= months <= MOST_MONTHS:
        raise GeointelError(f"{months} months cannot be written.", remedy=f"Give a number from 1 to {MOST_MONTHS}.")
    return SCALES[scale]


def _clear(directory: Path) -> None:
    """Make the folder ready; remove the files of an earlier demonstration, and only those."""
    directory.mkdir(parents=True, exist_ok=True)
    if not any(directory.iterdir()):
        return
    if not _is_demonstration(directory):
        message = f"The folder {directory} has other files in it; nothing was written."
        raise GeointelError(message, remedy="Choose a new or empty folder.")
    for pattern in ("police/*/*-demo-lancashire*-street.csv", *PATHS):
        for old in directory.glob(pattern):
            old.unlink()
            if not any(old.parent.iterdir()):
                old.parent.rmdir()


def _is_demonstration(directory: Path) -> bool:
    """Whether an earlier run, finished or not, wrote this folder."""
    about = directory / README
    return about.is_file() and about.read_text(encoding="utf-8").startswith(texts.MARK)


def _write_months(directory: Path, copy: Copy, run: range, seed: int) -> Iterator[tuple[int, list[truth.Month]]]:
    """Write every month of one copy; yield rows written and the figures of the planted places."""
    earlier: monthly.Rows | None = None
    for since, month in enumerate(run):
        rng = np.random.default_rng([seed, copy.number, month])
        fresh = monthly.draw(copy.recording, rng, month=month, since=since, left=len(run) - 1 - since)
        again = monthly.repeat(earlier, rng, recording=copy.recording) if earlier is not None else None
        name = format_month(month)
        folder = directory / "police" / name
        folder.mkdir(parents=True, exist_ok=True)
        rows = fresh if again is None else monthly.join(fresh, again)
        count = street_csv.write(
            folder / f"{name}-{copy.slug}-street.csv", rows, copy.places, month=name, force=copy.force
        )
        yield count, truth.observe(copy.recording, fresh, month=month, since=since)
        earlier = fresh


def _truth_of(
    copy: Copy, run: range, figures: Sequence[Sequence[truth.Month]]
) -> Iterator[tuple[dict[str, Any], list[truth.Month]]]:
    points, geography = copy.recording.points, copy.geography
    for i, plant in enumerate(copy.recording.plants):
        number = int(points.district[plant.points[0]])
        name = f"{copy.number:02d}-{i + 1:02d}"
        district = (geography.codes[number], geography.names[number])
        yield truth.describe(plant, name, run, district=district), [month[i] for month in figures]


def _tables(months: Sequence[str]) -> str:
    return source_tables.tables(months[0], months[-1], format_month(parse_month(months[-1]) + 1))


def _write_rest(done: DemoFiles, copies: Sequence[Copy], about: dict[str, Any], others: Sequence[Written]) -> None:
    """Outlines, the lookup of small areas, the partnership file and the README."""
    for folder in ("boundaries", "lookups"):
        (done.directory / folder).mkdir(exist_ok=True)
    outlines = to_geojson([copy.geography for copy in copies])
    (done.directory / "boundaries" / "districts.geojson").write_text(outlines, encoding="utf-8")
    with (done.directory / "lookups" / "demo-areas.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["demo_code", "district_code"])
        for copy in copies:
            writer.writerows(street_csv.area_districts(copy.recording.points, copy.geography.codes, copy=copy.number))
    name = texts.name(about["scale"])
    codes = [code for copy in copies for code in copy.geography.codes]
    members = texts.drug_partnerships(codes, [text for copy in copies for text in copy.geography.names])
    config = texts.config(
        name,
        members,
        _tables(about["months"]) if others else "",
        exact=source_tables.exact() if others else (),
        layers=bool(others) and len(about["months"]) >= YEAR,
    )
    done.config.write_text(config, encoding="utf-8")
    told = {
        "scale": about["scale"],
        "seed": about["seed"],
        "months": len(about["months"]),
        "last": about["months"][-1],
        "rows": done.rows,
        "hotspots": done.hotspots,
    }
    (done.directory / README).write_text(texts.readme(name, told, others), encoding="utf-8")
