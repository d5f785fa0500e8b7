"""Where people are harmed: at some of the places with planted drug offences, not at others, and elsewhere too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.demo.mix import DRUGS
from geointel.demo.plant import APART, LNG_PER_LAT
from geointel.grid import centres, format_cells, neighbours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.demo.plant import Plant
    from geointel.demo.scene import Scene

POLICE_ONLY = 3
"""Every third place of drug offences, from the second, has no harm: one of each course has some, and one none."""
ELSEWHERE_FOR_EACH = 4
"""One place of harm alone for so many places of drug offences, and at least one."""
LEAST_POINTS = 6
"""A place of harm alone has at least this many map points."""


@dataclass(frozen=True)
class Harm:
    """A place that may draw call-outs: its map points, its cells, and how its harm and its offences agree.

    ``agreement`` is ``both`` (offences and harm), ``police only`` or ``harm only``. ``plant`` gives the
    course of the offences, None where there are none: such harm lasts.
    """

    agreement: str
    cells: NDArray[np.int64]
    points: NDArray[np.int64]
    plant: Plant | None

    def growth(self, since: int) -> float:
        """How full the harm is in a month counted from the first, 0 to 1."""
        if self.agreement == "police only":
            return 0.0
        return 1.0 if self.plant is None else self.plant.growth(since)

    def describe(self, hotspot: str | None) -> dict[str, Any]:
        """The place as plain values; ``hotspot`` names the planted offences."""
        middle, *around = format_cells(self.cells)
        return {"agreement": self.agreement, "hotspot": hotspot, "cell": middle, "around": around}


def places(scene: Scene) -> list[tuple[Harm, str | None]]:
    """Every place with the name of its planted offences: two in three have harm, then those with harm alone."""
    plants = scene.copy.recording.plants
    drugs = [(i, plant) for i, plant in enumerate(plants) if plant.category == DRUGS]
    found: list[tuple[Harm, str | None]] = [
        (
            Harm("police only" if order % POLICE_ONLY == 1 else "both", plant.cells, plant.points, plant),
            f"{scene.copy.number:02d}-{i + 1:02d}",
        )
        for order, (i, plant) in enumerate(drugs)
    ]
    count = max(1, len(drugs) // ELSEWHERE_FOR_EACH)
    return [*found, *((harm, None) for harm in _elsewhere(scene, count))]


def _elsewhere(scene: Scene, count: int) -> list[Harm]:
    """Settled places far from everything that is planted."""
    points = scene.copy.recording.points
    cells, owner, size = np.unique(points.cell, return_inverse=True, return_counts=True)
    flat = centres(cells) * [LNG_PER_LAT, 1.0]
    taken = [centres(plant.cells[:1])[0] * [LNG_PER_LAT, 1.0] for plant in scene.copy.recording.plants]
    around = neighbours(cells)
    found: list[Harm] = []
    for i in scene.rng("harm").permutation(np.flatnonzero(size >= LEAST_POINTS)).tolist():
        if len(found) == count:
            break
        if min(np.hypot(*(flat[i] - place)) for place in taken) >= APART:
            taken.append(flat[i])
            disk = np.array([i, *around[[i], :].indices.tolist()])
            found.append(Harm("harm only", cells[disk], np.flatnonzero(np.isin(owner, disk)), None))
    return found
