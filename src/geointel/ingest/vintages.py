"""Figures of one vintage of areas, carried to another: split by residents, merged by sum or weighted mean.

A census draws its areas anew: an area stays, is split, or is merged with another. A figure follows the vintage
of its own code: a code that is among the wanted ones stays, any other goes where the lookup sends it, in
whichever direction. https://geoportal.statistics.gov.uk, "LSOA (2011) to LSOA (2021) exact fit lookup".
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Successors = Mapping[str, tuple[str, ...]]
    """Code of one vintage → the codes of the other that it became part of or was split into."""


@dataclass(frozen=True)
class Bridge:
    """Which part of each figure goes to which area; ``source``, ``target`` and ``share`` are parallel.

    ``source`` is a position among the codes given, ``target`` one among ``codes``. The shares of a source add
    up to 1. ``lost`` are positions of codes that go nowhere.
    """

    codes: tuple[str, ...]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    share: NDArray[np.float64]
    lost: tuple[int, ...] = field(default=())

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Counts by area of ``codes``: their total is that of ``values`` less what is lost."""
        return _summed(self.target, values[self.source] * self.share, len(self.codes))

    def means(self, values: NDArray[np.float64], weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Rates by area of ``codes``: means weighted by the ``weights`` (residents) of the areas given.

        Equal weights when none are given. NaN for an area whose weights are all 0.
        """
        each = np.ones(len(values)) if weights is None else weights
        part = each[self.source] * self.share
        total = _summed(self.target, part, len(self.codes))
        summed = _summed(self.target, part * values[self.source], len(self.codes))
        means = np.full(len(self.codes), np.nan)
        np.divide(summed, total, out=means, where=total > 0)
        return means


def successors(pairs: Iterable[tuple[str, str]]) -> Successors:
    """Both directions of a lookup: codes of either vintage that changed → codes of the other, sorted.

    A code that stays the same in both is left out.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for old, new in pairs:
        if old != new:
            found[old].add(new)
            found[new].add(old)
    return {code: tuple(sorted(others)) for code, others in found.items()}


def bridge(
    codes: Sequence[str], wanted: Collection[str], links: Successors, *, residents: Mapping[str, float] | None = None
) -> Bridge:
    """Where the figures of ``codes`` go among the ``wanted`` areas.

    A split figure is shared by the ``residents`` of the wanted areas, equally where one of them is not known
    or nobody lives there. A code that is not wanted and whose successors are not all wanted is lost.
    """
    known = set(wanted)
    rows: list[tuple[int, str, float]] = []
    lost: list[int] = []
    for number, code in enumerate(codes):
        targets = (code,) if code in known else links.get(code, ())
        if not targets or not known.issuperset(targets):
            lost.append(number)
            continue
        shares = _shares(targets, residents or {})
        rows += [(number, target, share) for target, share in zip(targets, shares, strict=True)]
    used = tuple(sorted({target for _, target, _ in rows}))
    place = {code: number for number, code in enumerate(used)}
    return Bridge(
        codes=used,
        source=np.array([row[0] for row in rows], dtype=np.int64),
        target=np.array([place[row[1]] for row in rows], dtype=np.int64),
        share=np.array([row[2] for row in rows], dtype=np.float64),
        lost=tuple(lost),
    )


def _summed(place: NDArray[np.int64], values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    return np.bincount(place, weights=values, minlength=size).astype(np.float64)


def _shares(targets: Sequence[str], residents: Mapping[str, float]) -> list[float]:
    have = [residents.get(target, np.nan) for target in targets]
    total = float(np.sum(have))
    if not total > 0:
        return [1 / len(targets)] * len(targets)
    return [one / total for one in have]
