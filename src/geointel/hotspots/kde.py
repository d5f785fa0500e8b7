"""Kernel density at the centres of cells: a picture of the records, not a test of them.

Silverman (1986), Density Estimation for Statistics and Data Analysis; the dual surfaces are those of CrimeStat (Levine).
A density has no significance. Two distances must not be undercut by the bandwidth: the size of a cell and the
spacing of the points to which records were moved; below them the map shows the points and not the records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import sparse, spatial

from geointel.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

Kernel = Literal["quartic", "epanechnikov", "gaussian"]
Dual = Literal["ratio", "log-ratio", "difference", "sum"]

BLOCK = 1 << 20
"""Distances worked on at a time, for the kernel that has no end."""


def kernel_density(
    centres: ArrayLike,
    points: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    bandwidth: float,
    spacing: float,
    kernel: Kernel = "quartic",
) -> NDArray[np.float64]:
    """Density at each centre, in weight for each square unit of length, shape ``(n,)``.

    Parameters
    ----------
    centres, points
        Places on a plane, shapes ``(n, 2)`` and ``(m, 2)``, in one unit of length (metres). Give each map point
        once, with its records as weight.
    weights
        Records at each point, shape ``(m,)``; by default one.
    bandwidth
        Reach of the quartic and the Epanechnikov kernel, standard deviation of the Gaussian.
    spacing
        The larger of the cells' size and the spacing of the map points.

    Raises
    ------
    MethodError
        If the bandwidth is not above 0 or below ``spacing``, or a place or weight is not a finite number.
    """
    targets, sources = _places(centres), _places(points)
    mass = np.ones(len(sources)) if weights is None else np.asarray(weights, dtype=np.float64)
    if mass.shape != (len(sources),) or not np.isfinite(mass).all():
        message = f"Weights of shape {mass.shape} do not fit {len(sources)} points, or are not finite."
        raise MethodError(message, remedy="Pass one weight for each point.")
    _check_bandwidth(bandwidth, spacing)
    if not len(targets) or not len(sources):
        return np.zeros(len(targets))
    if kernel == "gaussian":
        return np.concatenate(list(_gaussian(targets, sources, mass, bandwidth)))
    return np.asarray(_bounded(targets, sources, bandwidth, kernel) @ mass)


def kernel_weights(
    centres: ArrayLike, points: ArrayLike, *, bandwidth: float, spacing: float
) -> sparse.csr_array[np.float64, tuple[int, int]]:
    """What one record at each point adds to the quartic density at each centre, shape ``(n, m)``.

    Times the records it is ``kernel_density``, for many maps of the same places. What is stored are the pairs less than
    the bandwidth apart. Parameters and errors are those of ``kernel_density``.
    """
    targets, sources = _places(centres), _places(points)
    _check_bandwidth(bandwidth, spacing)
    if not len(targets) or not len(sources):
        return sparse.csr_array((len(targets), len(sources)))
    weights = _bounded(targets, sources, bandwidth, "quartic")
    weights.eliminate_zeros()
    return weights


def dual_density(first: ArrayLike, second: ArrayLike, how: Dual) -> NDArray[np.float64]:
    """Two densities at the same centres made into one: ``first`` over, less or with ``second``.

    A ratio is NaN where ``second`` is 0, its natural logarithm where either is.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if how == "difference":
        return a - b
    if how == "sum":
        return a + b
    ratio: NDArray[np.float64] = a / np.where(b > 0, b, np.nan)
    return ratio if how == "ratio" else np.log(np.where(ratio > 0, ratio, np.nan))


def _check_bandwidth(bandwidth: float, spacing: float) -> None:
    if not bandwidth > 0 or bandwidth < spacing:
        message = f"A bandwidth of {bandwidth:g} is below the spacing of {spacing:g}, or not above 0."
        raise MethodError(message, remedy="Use a bandwidth of at least the spacing of cells and map points.")


def _bounded(
    centres: NDArray[np.float64], points: NDArray[np.float64], h: float, kernel: Kernel
) -> sparse.csr_array[np.float64, tuple[int, int]]:
    """3/(πh²)(1 − u²)² or 2/(πh²)(1 − u²) of each centre and each point within the bandwidth."""
    near = spatial.KDTree(centres).sparse_distance_matrix(spatial.KDTree(points), h, output_type="ndarray")
    rest = np.maximum(1.0 - np.square(near["v"] / h), 0.0)
    height = 3.0 * np.square(rest) if kernel == "quartic" else 2.0 * rest
    pairs = (near["i"], near["j"])
    return sparse.csr_array((height / (np.pi * h**2), pairs), shape=(len(centres), len(points)))


def _gaussian(
    centres: NDArray[np.float64], points: NDArray[np.float64], mass: NDArray[np.float64], h: float
) -> Iterator[NDArray[np.float64]]:
    """Sum of exp(−u²/2)/(2πh²) over all points, some centres at a time."""
    size = max(1, BLOCK // len(points))
    for start in range(0, len(centres), size):
        square = spatial.distance.cdist(centres[start : start + size], points, "sqeuclidean")
        yield np.exp(square / (-2.0 * h**2)) @ mass / (2.0 * np.pi * h**2)


def _places(values: ArrayLike) -> NDArray[np.float64]:
    places = np.asarray(values, dtype=np.float64).reshape(-1, 2) if np.size(values) == 0 else np.asarray(values, float)
    if places.ndim != 2 or places.shape[1] != 2 or not np.isfinite(places).all():
        message = f"Places of shape {places.shape} are not finite points of a plane."
        raise MethodError(message, remedy="Pass shape (n, 2), projected to metres.")
    return places
