"""How much a service counts for an origin that is so many minutes away.

Each function returns one that takes minutes of any shape and gives weights of the same shape; bounds are inclusive. Only
``binary``, ``steps`` and ``up_to`` end anywhere: the others fall for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geointel.errors import MethodError
from geointel.gaps.by_pair import checked, like

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geointel.gaps.by_pair import Pairs

Weight: TypeAlias = Callable[[NDArray[np.float64]], NDArray[np.float64]]

E2SFCA_STEPS: Mapping[float, float] = MappingProxyType({10.0: 1.0, 20.0: 0.68, 30.0: 0.22})
"""Luo and Qi (2009), the slow decay of the enhanced two-step catchment."""

SHARP_STEPS: Mapping[float, float] = MappingProxyType({10.0: 1.0, 20.0: 0.42, 30.0: 0.09})
"""The sharp decay beside it, for help that people travel less far for."""

THREE_STEP_STEPS: Mapping[float, float] = MappingProxyType({10.0: 0.962, 20.0: 0.704, 30.0: 0.377, 60.0: 0.042})
"""Wan, Zou and Sternberg (2012): exp(−t²/640) at 5, 15, 25 and 45 minutes."""


def weighted(minutes: Pairs, weight: Weight) -> Pairs:
    """Weights of all pairs, shape ``(n, m)``; a pair out of range keeps its place with weight 0.

    Raises
    ------
    MethodError
        If a time is negative or not finite. A pair that cannot be travelled is not stored.
    """
    checked(minutes, "travel time")
    return like(minutes, np.asarray(weight(minutes.data), dtype=np.float64))


def binary(within: float) -> Weight:
    """1 up to and including so many minutes, else 0: the catchment of Luo and Wang (2003)."""
    return steps({within: 1.0})


def steps(weights: Mapping[float, float]) -> Weight:
    """Weight by class of minutes: each bound with the weight up to and including it, 0 beyond the last.

    Raises
    ------
    MethodError
        If there is no bound, or a bound or weight is negative or not finite.
    """
    bounds = np.array(sorted(weights), dtype=np.float64)
    values = np.array([weights[bound] for bound in sorted(weights)] + [0.0], dtype=np.float64)
    if not bounds.size or not (np.isfinite(bounds).all() and np.isfinite(values).all()):
        raise MethodError(f"Steps {dict(weights)} have no bound, or an endless one.", remedy="Pass {minutes: weight}.")
    if bounds.min() < 0 or values.min() < 0:
        raise MethodError(f"Steps {dict(weights)} have a negative number.", remedy="Pass {minutes: weight}.")

    def weight(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        # Counting the bounds passed reads the minutes once for each, which is three times as fast as a search.
        passed = np.zeros(np.shape(minutes), dtype=np.min_scalar_type(len(bounds)))
        for bound in bounds:
            passed += np.greater(minutes, bound)
        return values[passed]

    return weight


def scaled_steps(within: float) -> Weight:
    """``E2SFCA_STEPS``, which end at 30 minutes, stretched to end at ``within``. Raises ``MethodError`` unless that is above 0."""
    end = max(E2SFCA_STEPS)
    return steps({bound * _positive(within, "reach") / end: weight for bound, weight in E2SFCA_STEPS.items()})


def gaussian(sigma: float) -> Weight:
    """exp(−t²/2σ²): 1 at 0 minutes."""
    scale = 2 * _positive(sigma, "sigma") ** 2
    return lambda minutes: np.exp(-np.square(minutes) / scale)


def bounded_gaussian(furthest: float, *, ends_at: float = 0.01) -> Weight:
    """exp(−t²/b) with b = −furthest²/ln(ends_at), which is ``ends_at`` at ``furthest`` minutes and goes on beyond (R ``fca``)."""
    if not 0 < ends_at < 1:
        raise MethodError(f"A Gaussian cannot end at {ends_at}.", remedy="Pass a weight between 0 and 1, such as 0.01.")
    scale = -(_positive(furthest, "furthest") ** 2) / np.log(ends_at)
    return lambda minutes: np.exp(-np.square(minutes) / scale)


def gravity(scale: float, alpha: float, *, least: float = 0.0) -> Weight:
    """(max(t, least)/scale)^alpha. ``alpha`` is not negated: pass −2 for the inverse square (Hansen 1959).

    With ``least`` 0 and a negative ``alpha`` the weight at 0 minutes is infinite, which every method refuses.
    """
    _positive(scale, "scale")
    if not (np.isfinite(alpha) and np.isfinite(least) and least >= 0):
        raise MethodError(f"Gravity with alpha {alpha} and least {least} is undefined.", remedy="Pass finite numbers.")

    def weight(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray(np.power(np.maximum(minutes, least) / scale, alpha))

    return weight


def exponential(decay: float) -> Weight:
    """exp(−decay·t), decay for each minute."""
    rate = _positive(decay, "decay")
    return lambda minutes: np.exp(-rate * np.asarray(minutes))


def up_to(furthest: float, weight: Weight) -> Weight:
    """Another weight up to and including so many minutes, 0 beyond."""
    _positive(furthest, "furthest")
    return lambda minutes: np.where(np.less_equal(minutes, furthest), weight(minutes), 0.0)


def _positive(value: float, name: str) -> float:
    if not (np.isfinite(value) and value > 0):
        raise MethodError(f"The {name} of a weight is {value}.", remedy="Pass a finite number above 0.")
    return float(value)
