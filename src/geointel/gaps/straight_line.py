"""Minutes as the crow flies, made longer by a usual detour: what is left where there is no road network and no matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack
from scipy.spatial import KDTree

from geointel.errors import MethodError
from geointel.gaps.sphere import chord, on_sphere, over_ground

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.gaps.sphere import Places

DETOUR = 1.3
"""Way by road over the straight line: an assumption.

That of drives of 5 to 15 km in Rutland (1.31, all ways over all lines); short ones make more of a detour there (1.5 from 2 to
5 km). To hospitals in the United States the mean is 1.42 (Boscoe, Henry and Zdeb 2012, Professional Geographer 64).
"""

METRES_A_MINUTE = 1000.0 / 60.0
"""Of 1 km/h."""
BLOCK = 20_000
"""Origins worked on at a time."""
SLACK = 1.0 + 1e-9
"""Nothing at the limit is lost to rounding: what is found is compared with the limit itself."""


def straight_minutes(
    origins: Places, services: Places, *, kmh: float, detour: float = DETOUR, limit: float
) -> csr_array:
    """Minutes from origins to services along straight lines, shape ``(n_origin, n_service)``.

    Great-circle distance × ``detour`` / ``kmh``. Stored are the pairs within ``limit`` minutes; an origin at a
    service's own place is a stored 0. Only those pairs are ever held, so a country fits.

    Raises ``MethodError`` for a place that is none, and where speed, detour or limit is not a positive number.
    """
    for name, value in {"speed": kmh, "detour": detour, "limit": limit}.items():
        require_positive(value, what=name)
    start, end = on_sphere(origins, what="origins"), on_sphere(services, what="services")
    if not len(start) or not len(end):
        return csr_array((len(start), len(end)))
    pace = detour / (kmh * METRES_A_MINUTE)
    furthest = chord(limit / pace) * SLACK
    tree = KDTree(end)
    blocks = [_near(start[low : low + BLOCK], tree, furthest, pace, limit) for low in range(0, len(start), BLOCK)]
    return csr_array(vstack(blocks, format="csr"))


def _near(start: NDArray[np.float64], tree: KDTree, furthest: float, pace: float, limit: float) -> csr_array:
    pairs = KDTree(start).sparse_distance_matrix(tree, furthest, output_type="ndarray")
    minutes = over_ground(pairs["v"]) * pace
    kept = minutes <= limit
    places = pairs["i"][kept], pairs["j"][kept]
    # every pair comes once, so nothing is summed, and a 0 stays a time
    found = coo_array((minutes[kept], places), shape=(len(start), tree.n)).tocsr()
    found.sort_indices()
    return found


def require_positive(value: float, *, what: str) -> None:
    """Raise ``MethodError`` unless ``value`` is a number above 0."""
    if not (np.isfinite(value) and value > 0):
        message = f"The {what} is {value}, which is not a number above 0."
        raise MethodError(message, remedy=f"Give a {what} above 0.")
