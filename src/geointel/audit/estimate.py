"""The best linear unbiased attack: how well can anybody average the noise away?

Every published number is its true count and noise of variance V that is independent of the others', since it comes from
another set of records. Least squares on all of them is the best linear unbiased estimate (Gauss and Markov), and the variance of an
estimated count is V times its leverage. A table of places × windows × categories is a Kronecker product, so the leverage of a number is
the product of its leverages f along each axis. Numbers that an edition hides can only make an estimate worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.audit.lattice import Lattice, Sums

    Floats = NDArray[np.float64]

RIDGE = 1e-9
"""Keeps atoms that no published number tells apart from making the system singular; no leverage moves by more than this."""
BATCH = 256


@dataclass(frozen=True)
class Estimate:
    """The best that least squares can do against the numbers of a table that are no totals.

    ``factors`` is the usual (median) leverage along each axis, ``share`` their product (Π f), ``deviation`` the standard deviation that it
    leaves. ``least`` is the product of the least leverages: at the border a family has few members, so more is known of them.
    """

    factors: tuple[float, float, float]
    share: float
    deviation: float
    least: float


def best_estimate(lattice: Lattice, variance: float) -> Estimate:
    """Every linear unbiased estimate of a number of the table, with noise of ``variance``, has at least this variance."""
    shown = lattice.shown
    seen = [np.asarray(shown.any(axis=others)) for others in ((1, 2), (0, 2), (0, 1))]
    usual, least = [], []
    for sums, published in zip(lattice.sums, seen, strict=True):
        single = published & ~sums.is_whole
        found = leverages(sums, published)[single if single.any() else published]
        usual.append(float(np.median(found)) if len(found) else 1.0)
        least.append(float(found.min(initial=1.0)))
    share = float(np.prod(usual))
    return Estimate((usual[0], usual[1], usual[2]), share, float(np.sqrt(variance * share)), float(np.prod(least)))


def leverages(sums: Sums, published: NDArray[np.bool_]) -> Floats:
    """Leverage of each entry of one axis where the ``published`` ones are known with equal, independent noise.

    Shape ``(n_entry,)``, from 0 to 1, and NaN for an entry that is not published. A sum of one part is the same records, so it has the same noise and says nothing new.
    """
    by_atom = sums.by_atom()
    rows = _distinct(by_atom, np.flatnonzero(published))
    known = sparse.csc_array(by_atom[rows])
    factor = splu(sparse.csc_matrix(known.T @ known + RIDGE * sparse.eye_array(by_atom.shape[1])))
    found = np.full(sums.size, np.nan)
    entries = np.flatnonzero(published)
    for start in range(0, len(entries), BATCH):
        batch = entries[start : start + BATCH]
        wanted = by_atom[batch].toarray()
        found[batch] = np.einsum("ij,ji->i", wanted, factor.solve(np.ascontiguousarray(wanted.T)))
    return found


def _distinct(by_atom: sparse.csr_array, entries: NDArray[np.int64]) -> NDArray[np.int64]:
    """Entries that are different sets of atoms."""
    seen: dict[bytes, int] = {}
    for entry in entries.tolist():
        atoms = np.sort(by_atom.indices[by_atom.indptr[entry] : by_atom.indptr[entry + 1]])
        seen.setdefault(atoms.astype(np.int64).tobytes(), entry)
    return np.array(sorted(seen.values()), dtype=np.int64)
