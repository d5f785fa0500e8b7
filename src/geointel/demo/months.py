"""One month of records: how many, of what, at which point, with which outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.demo import mix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.demo.map_points import MapPoints
    from geointel.demo.plant import Plant

ID_BYTES = 32
OUTCOMES = (mix.UNDER_INVESTIGATION, *dict.fromkeys([*mix.OUTCOMES, *mix.OUTCOMES_OF_DRUGS]))
"""Every outcome that occurs; a row holds its number."""
NO_OUTCOME = -1
ANTI_SOCIAL = next(i for i, category in enumerate(mix.CATEGORIES) if category.slug == mix.ANTI_SOCIAL)
DRUGS = next(i for i, category in enumerate(mix.CATEGORIES) if category.slug == mix.DRUGS)


@dataclass(frozen=True)
class Rows:
    """Records of one month and copy.

    Attributes
    ----------
    place
        Number in the list of ``street_csv.Places``: map points, then points outside, then the
        placeholder, then no location.
    category
        Number in ``mix.CATEGORIES``.
    key
        uint8 (n, 32): the Crime ID; anti-social behaviour has none, its key is not used.
    outcome
        Number in ``OUTCOMES``, −1 for none.
    """

    place: NDArray[np.int64]
    category: NDArray[np.int64]
    key: NDArray[np.uint8]
    outcome: NDArray[np.int64]

    def take(self, numbers: NDArray[np.int64]) -> Rows:
        """The rows with these numbers, in this order."""
        return Rows(self.place[numbers], self.category[numbers], self.key[numbers], self.outcome[numbers])


@dataclass(frozen=True)
class Recording:
    """What governs the records of one copy: its points, what is planted, and how many rows a month."""

    points: MapPoints
    plants: tuple[Plant, ...]
    rows: int

    @property
    def placeholder(self) -> int:
        """Number of the placeholder among the places."""
        return len(self.points.lnglat) + len(self.points.outside)

    @property
    def no_location(self) -> int:
        """Number of the missing place among the places."""
        return self.placeholder + 1

    def usual(self, category: int, month: int) -> float:
        """Records of a category that the whole area expects in a month when nothing is planted."""
        kind = mix.CATEGORIES[category]
        return self.rows * kind.share * kind.season(month)

    def weights(self, category: int, since: int) -> NDArray[np.float64]:
        """Share of the usual records that each point draws in a month, with what is planted."""
        weights: NDArray[np.float64] = self.points.weights[category].copy()
        for plant in self.plants:
            if plant.concerns(mix.CATEGORIES[category].slug):
                weights[plant.points] *= plant.factors(since)[plant.owner]
        return weights


def draw(recording: Recording, rng: np.random.Generator, *, month: int, since: int, left: int) -> Rows:
    """The records of a month number, ``since`` months after the first and ``left`` before the last."""
    drawn = [_category(recording, rng, category, (month, since)) for category in range(len(mix.CATEGORIES))]
    if rng.random() < mix.PLACEHOLDER_SHARE:
        drawn.append((np.array([recording.placeholder]), ANTI_SOCIAL + 1))
    place = np.concatenate([places for places, _ in drawn])
    category = np.repeat([number for _, number in drawn], [len(places) for places, _ in drawn])
    return Rows(
        place=place,
        category=category,
        key=rng.integers(256, size=(len(place), ID_BYTES), dtype=np.uint8),
        outcome=_outcomes(category, rng, left),
    )


def _category(
    recording: Recording, rng: np.random.Generator, category: int, when: tuple[int, int]
) -> tuple[NDArray[np.int64], int]:
    month, since = when
    usual = recording.usual(category, month)
    upto = np.cumsum(recording.weights(category, since))
    located = np.searchsorted(upto, rng.random(rng.poisson(usual * upto[-1])) * upto[-1], side="right")
    first_outside = len(recording.points.lnglat)
    outside = rng.integers(first_outside, recording.placeholder, size=rng.poisson(usual * mix.OUTSIDE_SHARE))
    blank = mix.NO_LOCATION_SHARE.get(mix.CATEGORIES[category].slug, mix.USUAL_NO_LOCATION_SHARE)
    missing = np.full(rng.poisson(usual * blank), recording.no_location)
    return np.concatenate([np.minimum(located, first_outside - 1), outside, missing]), category


def _outcomes(category: NDArray[np.int64], rng: np.random.Generator, left: int) -> NDArray[np.int64]:
    """Usual outcomes, fewer in the latest months; none for anti-social behaviour."""
    drugs = category == DRUGS
    outcome = np.where(drugs, _pick(mix.OUTCOMES_OF_DRUGS, len(category), rng), _pick(mix.OUTCOMES, len(category), rng))
    if left < len(mix.OPEN_SHARE):
        outcome[rng.random(len(category)) < mix.OPEN_SHARE[left]] = 0
    outcome[category == ANTI_SOCIAL] = NO_OUTCOME
    return outcome


def _pick(shares: dict[str, float], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    upto = np.cumsum(list(shares.values()))
    numbers = np.array([OUTCOMES.index(word) for word in shares])
    picked: NDArray[np.int64] = numbers[np.searchsorted(upto, rng.random(count) * upto[-1], side="right")]
    return picked


def repeat(earlier: Rows, rng: np.random.Generator, *, recording: Recording) -> Rows:
    """Rows of the month before that come again with the same Crime ID and another outcome.

    Every third has lost its place. One incident each: counted once, in its first month.
    """
    able = np.flatnonzero((earlier.category != ANTI_SOCIAL) & (earlier.place < recording.placeholder))
    count = min(len(able), rng.poisson(len(earlier.place) * mix.REPEATED_SHARE))
    again = earlier.take(np.sort(rng.choice(able, size=count, replace=False)))
    place = again.place.copy()
    place[::3] = recording.no_location
    outcome = (again.outcome + 1) % len(OUTCOMES)
    return Rows(place, again.category, again.key, outcome)


def join(first: Rows, second: Rows) -> Rows:
    """Rows end to end."""
    return Rows(
        np.concatenate([first.place, second.place]),
        np.concatenate([first.category, second.category]),
        np.concatenate([first.key, second.key]),
        np.concatenate([first.outcome, second.outcome]),
    )
