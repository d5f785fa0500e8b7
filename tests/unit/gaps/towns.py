"""Small towns: units of whole people, which can be written out one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest


@dataclass(frozen=True)
class Town:
    access: np.ndarray
    people: np.ndarray
    rank: np.ndarray

    def each(self, values: np.ndarray) -> np.ndarray:
        """Values of units as values of persons."""
        return np.repeat(values, self.people)


def town(seed: int) -> Town:
    """Some units without access, ties in access and rank."""
    random = np.random.default_rng(seed)
    units = int(random.integers(5, 40))
    access = random.gamma(1.5, size=units).round(2) * (random.random(units) > 0.2)
    return Town(access + (access.sum() == 0), random.integers(0, 9, units) + 1, random.integers(1, 11, units))


in_towns = pytest.mark.parametrize("town", [pytest.param(town(seed), id=f"town{seed}") for seed in range(8)])
