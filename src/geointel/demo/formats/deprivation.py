"""An index of deprivation in the columns of the English Indices of 2025: rank 1 and decile 1 are the most deprived."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.demo import table
from geointel.demo.scene import Written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.demo.scene import Scene

DOMAINS = (
    "IMD", "Income", "Employment", "Education", "Health", "Crime", "Housing_and_Services", "Environment",
)  # fmt: skip
MEASURES = ("decile", "rank", "score")
COLUMNS = ("lsoa21_code", *(f"{domain}_{measure}" for measure in MEASURES for domain in DOMAINS))
PATHS = ("deprivation/demo-imd.csv",)
DISTRICT_SPREAD, AREA_SPREAD, DOMAIN_SPREAD = 0.35, 0.5, 0.3
"""Standard deviations of the logarithm of a score between districts, areas, and domains of one area."""
USUAL = 20.0
"""A middling score."""


def write(scene: Scene) -> tuple[Written, ...]:
    """Write the index; ranks are those within the demonstration."""
    rng, areas = scene.rng("deprivation"), scene.areas
    count = len(areas.codes)
    common = rng.normal(scale=DISTRICT_SPREAD, size=len(scene.copy.geography.codes))[areas.district]
    common = common + rng.normal(scale=AREA_SPREAD, size=count)
    scores = USUAL * np.exp(common[:, np.newaxis] + rng.normal(scale=DOMAIN_SPREAD, size=(count, len(DOMAINS))))
    ranks = np.column_stack([rank(column) for column in scores.T])
    deciles = decile(ranks)
    rows = (
        [code, *(f"{value}.0" for value in (*deciles[i], *ranks[i])), *(f"{score:.3f}" for score in scores[i])]
        for i, code in enumerate(areas.codes)
    )
    table.write(scene.directory / PATHS[0], COLUMNS, rows)
    most = areas.codes[int(np.argmax(scores[:, 0]))]
    what = "made-up deprivation of the small areas in the columns of the English Indices of 2025; rank 1 is the most deprived"
    return (Written(PATHS[0], what, count, {"most_deprived": most}),)


def rank(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rank of each score, 1 for the highest."""
    found = np.empty(len(scores), dtype=np.int64)
    found[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return found


def decile(ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tenth of each rank, 1 for the most deprived."""
    found: NDArray[np.int64] = (ranks - 1) * 10 // len(ranks) + 1
    return found
