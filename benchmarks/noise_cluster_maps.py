"""Noise maps for the scan statistics, and what the scans make of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from geointel.hotspots import (
    Cluster,
    Search,
    burst_scan,
    count_scan,
    permutation_scan,
    poisson_scan,
    share_scan,
    shown_dispersion,
)
from geointel.hotspots.scan_nulls import shuffled_bundles
from geointel.layers.cluster import Options

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Scanned = dict[str, float]
    """p of the strongest cluster, by column of the table."""

REPLICAS = 39
"""At most one of 39 replicas as strong is p ≤ .05: the level is the same as with more of them, only the power is a little less."""
SEARCH = Search(share=Options().share, most=1, replicas=REPLICAS)
BUSIEST = 20
"""A cluster is planted around one of so many busiest cells."""


@dataclass(frozen=True)
class RealMap:
    """One real map: all records and those of the category, by cell and month; dispersion of the longest window."""

    name: tuple[str, int, str]
    cells: Counts
    places: tuple[NDArray[np.float64], NDArray[np.float64]]
    every: Counts
    by_month: Counts
    floor: float

    @cached_property
    def own(self) -> Counts:
        """Records of the category in each cell."""
        return self.by_month.sum(axis=1)


def shares_of(real: RealMap, seed: int, replicas: int) -> Scanned:
    """The category's share is the same everywhere, but for records that are alike within a cell."""
    random = np.random.default_rng([seed, 1])
    plain = random.binomial(real.every, real.own.sum() / real.every.sum())
    return {
        "plain": _share_p(real, plain, replicas),
        "dispersed": _share_p(real, (noise := dispersed(real, random)), replicas),
        "dispersed, multinomial": _p(poisson_scan(noise, real.every, real.places, seed=replicas, search=SEARCH)),
    }


def counts_of(real: RealMap, seed: int, replicas: int) -> Scanned:
    """Counts have nothing to do with place: Poisson, and negative binomial with the map's mean and variance."""
    random = np.random.default_rng([seed, 2])
    n, mean, variance = len(real.own), float(real.own.mean()), float(real.own.var())
    size = mean**2 / (variance - mean) if variance > mean else np.inf
    noise = random.poisson(random.gamma(size, mean / size, n) if np.isfinite(size) else mean, n)
    flat = poisson_scan(noise, np.ones(n), real.places, seed=replicas, search=SEARCH)
    return {
        "plain": _p(count_scan(random.poisson(mean, n), real.places, seed=replicas, search=SEARCH)),
        "dispersed": _p(count_scan(noise, real.places, seed=replicas, search=SEARCH)),
        "dispersed, multinomial": _p(flat),
    }


def beginnings(real: RealMap, seed: int, replicas: int) -> Scanned:
    """Every cell has its part of every month: Poisson, and negative binomial with the bursts of the real months."""
    random = np.random.default_rng([seed, 3])
    mean = np.outer(real.own, real.by_month.sum(axis=0)) / real.own.sum()
    spread = np.square(real.by_month - mean).sum() - mean.sum()
    size = np.square(mean).sum() / spread if spread > 0 else np.inf
    bursts = random.poisson(mean * random.gamma(size, 1 / size, mean.shape) if np.isfinite(size) else mean)
    longest = Options().longest
    cell, step = (np.repeat(place.ravel(), bursts.ravel()) for place in np.indices(bursts.shape))
    p = {
        "plain": _p(burst_scan(random.poisson(mean), real.places, longest=longest, seed=replicas, search=SEARCH)),
        "dispersed": _p(burst_scan(bursts, real.places, longest=longest, seed=replicas, search=SEARCH)),
    }
    for name, draw in (("dispersed, events", None), ("dispersed, bundles", shuffled_bundles(cell, step))):
        found = permutation_scan(
            (cell, step),
            real.places,
            steps=bursts.shape[1],
            longest=longest,
            seed=replicas,
            search=SEARCH,
            draw=draw,
        )
        p[name] = _p(found)
    return p


def planted(real: RealMap, seed: int, replicas: int, *, radius: int, times: float) -> tuple[float, float] | None:
    """Plant a cluster of a larger share: share of its cells, and of the found cells, that are right; None if not found."""
    random = np.random.default_rng([seed, 4])
    centre = int(real.cells[random.choice(np.argsort(-real.every)[:BUSIEST])])
    inside = np.isin(real.cells, np.array(h3.grid_disk(centre, radius), dtype=np.int64))
    noise = dispersed(real, random)
    raised = np.minimum(np.rint(noise * times).astype(np.int64), real.every)
    search = Search(share=SEARCH.share, most=Options().most, replicas=REPLICAS)
    found = share_scan(
        np.where(inside, raised, noise), real.every, real.places, seed=replicas, search=search, rho_floor=real.floor
    )
    for cluster in found[0] if found else ():
        common = int(inside[cluster.cells].sum())
        if cluster.p <= 1 / 20 and common:
            return common / int(inside.sum()), common / len(cluster.cells)
    return None


def dispersed(real: RealMap, random: np.random.Generator) -> Counts:
    """Beta-binomial parts of all records, with the dispersion of the real map."""
    share = float(real.own.sum() / real.every.sum())
    scale = 1 / max(shown_dispersion(real.own, real.every), 1e-5) - 1
    return random.binomial(real.every, random.beta(share * scale, (1 - share) * scale, len(real.every)))


def _share_p(real: RealMap, events: Counts, replicas: int) -> float:
    found = share_scan(events, real.every, real.places, seed=replicas, search=SEARCH, rho_floor=real.floor)
    return _p(None if found is None else found[0])


def _p(found: list[Cluster] | None) -> float:
    return found[0].p if found else 1.0
