"""What a place would have if each of its classes had the rate that the class has everywhere: indirect standardisation.

Breslow and Day (1987), Statistical methods in cancer research II, IARC, chapter 2. A stretch of motorway is so compared with
motorways, and a lane with lanes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Standardised:
    """Events that each place is expected to have, shape ``(n,)``, and the ``rates`` of the classes, shape ``(g,)``.

    The expected add up to the events of the places that have a base.
    """

    expected: NDArray[np.float64]
    rates: NDArray[np.float64]


def standardised(total: float, events: ArrayLike, base: ArrayLike) -> Standardised:
    """Expected events from the rates of classes.

    Parameters
    ----------
    total
        Events of all places that have a base, of known and unknown class.
    events
        Events of each class over all places, shape ``(g,)``. Where none has a known class, all classes have one rate.
    base
        Length of road, traffic or people of each class and place, shape ``(g, n)``.

    Raises
    ------
    MethodError
        If the shapes do not fit, or a number is negative or not finite.
    """
    e, b = np.asarray(events, dtype=np.float64), np.asarray(base, dtype=np.float64)
    if b.ndim != 2 or e.shape != b.shape[:1] or not all(_sound(values) for values in (e, b, np.asarray(total))):
        message = "Events and bases of classes are not finite numbers from 0, or do not belong together."
        raise MethodError(message, remedy="Pass the events of each class, and a row of bases for each class.")
    of_class = b.sum(axis=1)
    known = np.where(of_class > 0, e, 0.0)
    if not known.sum() > 0:
        known = of_class
    rates = np.divide(known, of_class, out=np.zeros(len(e)), where=of_class > 0)
    expected: NDArray[np.float64] = rates @ b
    if not expected.sum() > 0:
        return Standardised(np.zeros(b.shape[1]), np.zeros(len(e)))
    scale = float(total) / float(expected.sum())
    return Standardised(scale * expected, scale * rates)


def _sound(values: NDArray[np.float64]) -> bool:
    return bool(np.isfinite(values).all()) and float(values.min(initial=0.0)) >= 0
