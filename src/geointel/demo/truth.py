"""What was planted, month by month: the answer against which a hotspot layer can be checked."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.demo.map_points import HOTSPOT_RESOLUTION
from geointel.demo.mix import CATEGORIES
from geointel.demo.plant import RING_REACH
from geointel.grid import format_cells
from geointel.model import format_month

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from geointel.demo.months import Recording, Rows
    from geointel.demo.plant import Plant

FIELDS = ("hotspot", "cell", "middle", "category", "month", "factor", "background", "expected", "recorded")


@dataclass(frozen=True)
class Month:
    """One planted place in one month; every array is by cell, the middle one first.

    ``background`` is what a cell expects of the category without planting, ``background`` times
    ``factor`` with it, ``recorded`` what was drawn.
    """

    factor: NDArray[np.float64]
    background: NDArray[np.float64]
    recorded: NDArray[np.int64]


def observe(recording: Recording, rows: Rows, *, month: int, since: int) -> list[Month]:
    """The month's figures of every planted place. ``rows`` are the month's own, nothing repeated."""
    return [_observe(recording, rows, plant, (month, since)) for plant in recording.plants]


def _observe(recording: Recording, rows: Rows, plant: Plant, when: tuple[int, int]) -> Month:
    month, since = when
    numbers = [i for i, category in enumerate(CATEGORIES) if plant.concerns(category.slug)]
    usual = np.array([recording.usual(i, month) for i in numbers])
    by_point: NDArray[np.float64] = usual @ recording.points.weights[numbers][:, plant.points]
    here = rows.place[np.isin(rows.category, numbers) & np.isin(rows.place, plant.points)]
    owner = plant.owner[np.searchsorted(plant.points, here)]
    count = len(plant.cells)
    return Month(
        factor=plant.factors(since),
        background=np.bincount(plant.owner, weights=by_point, minlength=count).astype(np.float64),
        recorded=np.bincount(owner, minlength=count),
    )


def describe(plant: Plant, name: str, months: Sequence[int], *, district: tuple[str, str]) -> dict[str, Any]:
    """One planted place as plain values. ``district`` is code and name; ``end`` is null when it lasts."""
    middle, *around = format_cells(plant.cells)
    return {
        "hotspot": name,
        "cell": middle,
        "around": around,
        "resolution": HOTSPOT_RESOLUTION,
        "district_code": district[0],
        "district": district[1],
        "category": plant.category,
        "course": plant.course,
        "start": format_month(months[0] + plant.start),
        "full": format_month(months[0] + plant.full),
        "fade": _or_none(plant.fade, months),
        "end": _or_none(plant.end, months),
        "peak_factor": plant.peak,
        "peak_factor_around": 1 + (plant.peak - 1) * RING_REACH,
    }


def _or_none(since: int, months: Sequence[int]) -> str | None:
    return format_month(months[0] + since) if since < len(months) else None


def write(
    directory: Path,
    about: Mapping[str, Any],
    planted: Iterable[tuple[dict[str, Any], Sequence[Month]]],
    others: Mapping[str, Mapping[str, Any]],
) -> None:
    """Write ``truth.json`` (what was planted) and ``truth.csv`` (the street files' figures by cell and month).

    ``others`` is what was planted in the other formats, by format.
    """
    pairs = list(planted)
    document = {"synthetic": True, **about, "hotspots": [described for described, _ in pairs], **others}
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (directory / "truth.json").write_text(text + "\n", encoding="utf-8")
    with (directory / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FIELDS)
        for described, figures in pairs:
            for month, figure in zip(about["months"], figures, strict=True):
                writer.writerows(_rows(described, month, figure))


def _rows(described: Mapping[str, Any], month: str, figure: Month) -> Iterator[list[object]]:
    for i, cell in enumerate([described["cell"], *described["around"]]):
        factor, background = float(figure.factor[i]), float(figure.background[i])
        start = [described["hotspot"], cell, int(i == 0), described["category"], month]
        yield [*start, f"{factor:.4f}", f"{background:.4f}", f"{factor * background:.4f}", int(figure.recorded[i])]
