"""Distribution of a sum of independent draws from one distribution of counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import fft

from geointel.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

DIRECT_STEPS = 20_000_000
"""Multiply-adds up to which the sum is made directly: about 20 ms, twice the time of the transform."""

LARGEST_TOTAL = 50_000_000
"""Largest total whose distribution is tabulated (8 bytes each, several times over)."""

DENSE = 3
"""The dense convolution does this many multiply-adds in the time of one in a shifted copy."""


def convolution_powers(pmf: NDArray[np.float64], powers: Collection[int]) -> list[NDArray[np.float64]]:
    """Distribution of the sum of w draws, for each w of ``powers`` (ascending, from 1).

    ``pmf[v]`` is the chance of the count v, and ``pmf[-1]`` > 0; the result for w has shape
    ``(w·(len(pmf) − 1) + 1,)``. Direct sums, whose terms are all positive, keep every chance right to
    about 1e-13 of itself; above ``DIRECT_STEPS`` a Fourier transform gives them to about 1e-16 of the
    largest. Raises ``MethodError`` above ``LARGEST_TOTAL``.
    """
    last, top = max(powers), len(pmf) - 1
    if last * top > LARGEST_TOTAL:
        message = f"Counts up to {top:,} are too large for the exact distribution of {last} of them."
        raise MethodError(message, remedy="Use a shorter window or a finer resolution.")
    values = np.flatnonzero(pmf)
    terms = min(len(values) * DENSE, top + 1)
    if terms * top * last * (last - 1) // (2 * DENSE) > DIRECT_STEPS:
        return _by_fourier(pmf, powers)
    return _directly(pmf, powers, shifts=None if terms > top else values)


def _directly(
    pmf: NDArray[np.float64], powers: Collection[int], *, shifts: NDArray[np.int64] | None
) -> list[NDArray[np.float64]]:
    """One draw after the other: densely, or by adding a shifted copy for each value that occurs."""
    found, power = [], np.ones(1)
    for w in range(1, max(powers) + 1):
        power = np.convolve(power, pmf) if shifts is None else _add_shifted(power, pmf, shifts)
        if w in powers:
            found.append(power)
    return found


def _add_shifted(
    power: NDArray[np.float64], pmf: NDArray[np.float64], shifts: NDArray[np.int64]
) -> NDArray[np.float64]:
    result = np.zeros(len(power) + len(pmf) - 1)
    scaled = np.empty_like(power)
    for shift in shifts.tolist():
        np.multiply(power, pmf[shift], out=scaled)
        result[shift : shift + len(power)] += scaled
    return result


def _by_fourier(pmf: NDArray[np.float64], powers: Collection[int]) -> list[NDArray[np.float64]]:
    top = len(pmf) - 1
    length = fft.next_fast_len(max(powers) * top + 1, real=True)
    transform = fft.rfft(pmf, length)
    return [fft.irfft(transform**w, length)[: w * top + 1] for w in powers]
