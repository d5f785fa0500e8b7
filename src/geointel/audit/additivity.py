"""Is there noise at all? What totals and their parts differ by, from published numbers alone.

A total and its k parts that are not zero carry k + 1 independent changes of variance V, so the difference has mean 0 and
variance (k + 1)·V. Without noise every difference is 0; the changes of a whole edition must come near V.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.audit.lattice import AXES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.audit.lattice import Lattice

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Noise:
    """Differences between totals and the sums of their parts.

    ``sums`` is how many were looked at, ``mean`` and ``variance`` are per changed number, ``error`` is the standard error of the mean.
    """

    sums: int
    mean: float
    variance: float
    error: float


def noise_of(lattice: Lattice, *, least: float) -> Noise:
    """The noise in the sums whose numbers are all shown and large enough to be changed freely.

    ``least`` is the smallest shown total and part that is looked at; parts that are zero are left as they are.
    """
    differences: list[Floats] = []
    changed: list[Floats] = []
    for axis in AXES:
        value = np.moveaxis(lattice.value, axis, 0).reshape(lattice.value.shape[axis], -1)
        for whole, parts in lattice.sums[axis].each():
            members = value[parts]
            large = members >= least
            use = (value[whole] >= least) & (large | (members == 0)).all(axis=0) & (large.sum(axis=0) > 1)
            differences.append(value[whole][use] - members[:, use].sum(axis=0))
            changed.append(1.0 + large.sum(axis=0)[use])
    if not differences or not sum(len(each) for each in differences):
        return Noise(0, 0.0, float("nan"), float("nan"))
    scaled = np.concatenate(differences) / np.sqrt(np.concatenate(changed))
    error = float(scaled.std() / np.sqrt(len(scaled)))
    return Noise(len(scaled), float(scaled.mean()), float((scaled**2).mean()), error)
