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
    Zones,
    burst_scan,
    circles,
    count_scan,
    permutation_scan,
    poisson_scan,
    share_scan,
)
from geointel.hotspots.excess import CAUTION, dispersion
from geointel.hotspots.likely_dispersion import likely_dispersion
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
FINE = 8
"""From this resolution on, only the layer's own tests are run."""
BUSIEST = 20
"""A cluster is planted around one of so many busiest cells."""


@dataclass(frozen=True)
class RealMap:
    """One real map: all records and those of the category, by cell and month."""

    name: tuple[str, int, str]
    cells: Counts
    places: tuple[NDArray[np.float64], NDArray[np.float64]]
    every: Counts
    by_month: Counts

    @cached_property
    def own(self) -> Counts:
        """Records of the category in each cell."""
        return self.by_month.sum(axis=1)

    @cached_property
    def circles(self) -> Zones:
        """Those with at most the layer's share of all records."""
        return circles(*self.places, self.every, share=SEARCH.share)

    @cached_property
    def even_circles(self) -> Zones:
        """Those with at most the layer's share of all cells."""
        return circles(*self.places, np.ones(len(self.cells)), share=SEARCH.share)

    @property
    def coarse(self) -> bool:
        """Whether there is time for the tests that are not used."""
        return self.name[1] < FINE


def shares_of(real: RealMap, seed: int, replicas: int) -> Scanned:
    """The category's share is the same everywhere, but for records that are alike within a cell."""
    random = np.random.default_rng([seed, 1])
    noise = {
        "plain": random.binomial(real.every, real.own.sum() / real.every.sum()),
        "dispersed": dispersed(real, random, by_moments(real)),
        "dispersed more": dispersed(real, random, likeliest(real)),
        "long tails": long_tailed(real, random),
    }
    p = {name: _share_p(real, events, replicas) for name, events in noise.items()}
    if real.coarse:
        usual = poisson_scan(noise["dispersed"], real.every, real.circles, seed=replicas, search=SEARCH)
        p["dispersed, multinomial"] = _p(usual)
    return p


def counts_of(real: RealMap, seed: int, replicas: int) -> Scanned:
    """Counts have nothing to do with place: Poisson, and negative binomial with the map's mean and variance."""
    random = np.random.default_rng([seed, 2])
    n, mean, variance = len(real.own), float(real.own.mean()), float(real.own.var())
    size = mean**2 / (variance - mean) if variance > mean else np.inf
    noise = random.poisson(random.gamma(size, mean / size, n) if np.isfinite(size) else mean, n)
    p = {
        "plain": _p(count_scan(random.poisson(mean, n), real.even_circles, seed=replicas, search=SEARCH)),
        "dispersed": _p(count_scan(noise, real.even_circles, seed=replicas, search=SEARCH)),
    }
    if real.coarse:
        usual = poisson_scan(noise, np.ones(n), real.even_circles, seed=replicas, search=SEARCH)
        p["dispersed, multinomial"] = _p(usual)
    return p


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
    others = (("dispersed, events", None), ("dispersed, bundles", shuffled_bundles(cell, step)))
    for name, draw in others if real.coarse else ():
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
    noise = dispersed(real, random, by_moments(real))
    raised = np.minimum(np.rint(noise * times).astype(np.int64), real.every)
    search = Search(share=SEARCH.share, most=Options().most, replicas=REPLICAS)
    found = share_scan(np.where(inside, raised, noise), real.every, real.circles, seed=replicas, search=search)
    for cluster in found[0] if found else ():
        common = int(inside[cluster.cells].sum())
        if cluster.p <= 1 / 20 and common:
            return common / int(inside.sum()), common / len(cluster.cells)
    return None


def by_moments(real: RealMap) -> float:
    """Dispersion of the real map by moments: large cells decide."""
    return dispersion(real.own, real.every) / CAUTION


def likeliest(real: RealMap) -> float:
    """Dispersion of the real map by likelihood."""
    return likely_dispersion(real.own, real.every, confidence=0.5).likeliest


def dispersed(real: RealMap, random: np.random.Generator, rho: float) -> Counts:
    """Beta-binomial parts of all records."""
    share = float(real.own.sum() / real.every.sum())
    scale = 1 / max(rho, 1e-5) - 1
    return random.binomial(real.every, random.beta(share * scale, (1 - share) * scale, len(real.every)))


def long_tailed(real: RealMap, random: np.random.Generator) -> Counts:
    """Binomial parts whose shares are log-normal, with the variance that they have in "dispersed more"."""
    share, rho = float(real.own.sum() / real.every.sum()), likeliest(real)
    deviation = np.sqrt(np.log1p(rho * (1 - share) / share))
    shares = share * np.exp(random.normal(-(deviation**2) / 2, deviation, len(real.every)))
    return random.binomial(real.every, np.minimum(shares, 1.0))


def _share_p(real: RealMap, events: Counts, replicas: int) -> float:
    found = share_scan(events, real.every, real.circles, seed=replicas, search=SEARCH)
    return _p(None if found is None else found[0])


def _p(found: list[Cluster] | None) -> float:
    return found[0].p if found else 1.0
