"""How likely is a burst of n events in some window of k steps, when nothing has changed?

Naus (1982), Approximations for distributions of scan statistics, Journal of the American Statistical Association
77, doi:10.1080/01621459.1982.10477783.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def moving_window_p(n: int, *, mean: float, windows: float) -> float:
    """P(some window of a fixed length has ``n`` events or more), wherever it starts.

    ``mean`` is the number of events expected in one window, constant throughout, and ``windows`` how often
    the window's length fits into the whole period. The approximation is close where the probability is
    small; it is kept between 0 and 1.

    Raises ``MethodError`` unless ``n`` ≥ 2, ``mean`` > 0 and ``windows`` ≥ 2.
    """
    if n < 2 or mean <= 0 or windows < 2:
        message = "The moving window needs n of 2 or more, a mean above 0 and room for two windows."
        raise MethodError(message, remedy="Use a longer period or a shorter window.")
    two, three = quiet_two_windows(n, mean), quiet_three_windows(n, mean)
    return float(np.clip(1.0 - two * (three / two) ** (windows - 2.0), 0.0, 1.0))


def quiet_two_windows(n: int, psi: float) -> float:
    """P(no window with n among two windows' length), equation for Q2."""
    p, f = partial(_chance, psi), partial(_at_most, psi)
    return float(f(n - 1) ** 2 - (n - 1) * p(n) * p(n - 2) - (n - 1 - psi) * p(n) * f(n - 3))


def quiet_three_windows(n: int, psi: float) -> float:
    """P(no window with n among three windows' length), equation for Q3."""
    p, f = partial(_chance, psi), partial(_at_most, psi)
    a1 = 2 * p(n) * f(n - 1) * ((n - 1) * f(n - 2) - psi * f(n - 3))
    a2 = 0.5 * p(n) ** 2
    a2 *= (n - 1) * (n - 2) * f(n - 3) - 2 * (n - 2) * psi * f(n - 4) + psi**2 * f(n - 5)
    r = np.arange(1, n)
    a3 = np.sum(p(2 * n - r) * f(r - 1) ** 2)
    r = r[1:]
    a4 = np.sum(p(2 * n - r) * p(r) * ((r - 1) * f(r - 2) - psi * f(r - 3)))
    return float(f(n - 1) ** 3 - a1 + a2 + a3 - a4)


def _chance(psi: float, k: ArrayLike) -> NDArray[np.float64]:
    """P(X = k), Poisson."""
    number = np.asarray(k, dtype=np.float64)
    return np.asarray(np.exp(special.xlogy(number, psi) - psi - special.gammaln(number + 1.0)))


def _at_most(psi: float, k: ArrayLike) -> NDArray[np.float64]:
    """P(X ≤ k), Poisson; 0 below 0."""
    number = np.asarray(k, dtype=np.float64)
    return np.where(number < 0, 0.0, special.gammaincc(np.maximum(number, 0.0) + 1.0, psi))
