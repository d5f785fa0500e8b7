"""The interval attack as linear programmes: the narrowest bounds that the published numbers of one block allow.

Unknowns are the atoms of a block: finest cell (or its part in one area), month, category. A published row z is a sum
m·x with z − D ≤ m·x ≤ z + D and x ≥ 0. For a target t the attacker asks for the least and the largest t·x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from geointel.audit.intervals import UNKNOWN, own_bounds
from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.audit.lattice import Lattice

    Floats = NDArray[np.float64]

INFEASIBLE = 2
SLACK = 1e-6
LOOKS, ALONE = 40, 60
"""Most programmes with mixed aims, and most targets that get two of their own."""
MIXTURES = (0.02, 0.1, 0.5)
"""Shares of the targets that a programme may aim at together: few are driven far, many are seen."""


@dataclass(frozen=True)
class System:
    """Published rows of one block.

    ``matrix`` has one row for each number of the block's table (places, windows, categories in this order, shown or
    not) and one column for each atom; ``least`` and ``most`` are what each number says alone.
    """

    matrix: sparse.csr_array
    least: Floats
    most: Floats

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Rows that say something."""
        return self.most < UNKNOWN


@dataclass(frozen=True)
class Widths:
    """How well an attacker knows some targets.

    ``width`` is the width of each target's interval, shape ``(n_target,)``: exact where ``solved``, else at least that
    wide, because counts so far apart were found that fit. ``narrow`` are those that are known to be less wide than enough,
    ``undecided`` those that were left.
    """

    width: Floats
    solved: NDArray[np.bool_]
    enough: float

    @property
    def narrow(self) -> NDArray[np.bool_]:
        """Targets that are known too well."""
        return np.asarray(self.solved & (self.width < self.enough - SLACK))

    @property
    def undecided(self) -> int:
        """How many targets may or may not be wide enough."""
        return int((~self.solved & (self.width < self.enough - SLACK)).sum())


def system_of(lattice: Lattice, max_noise: float, *, informed: bool = True) -> System:
    """The rows of a block's table. A large table makes a large programme: give it ``lattice.part(block)``."""
    place, window, category = (sums.by_atom() for sums in lattice.sums)
    matrix = sparse.kron(place, sparse.kron(window, category), format="csr")
    bounds = own_bounds(lattice.value.ravel(), max_noise, informed=informed)
    return System(sparse.csr_array(matrix), bounds.least, bounds.most)


def widths(system: System, targets: NDArray[np.int64], *, enough: float, seed: int) -> Widths:
    """Width of the interval of each target, a row of the system.

    Every solution of any programme is a set of counts that fits, so the spread of each target over a few dozen
    programmes with mixed aims proves for most targets that they are at least ``enough`` wide; the others get
    programmes of their own. Raises ``MethodError`` where no counts fit.
    """
    shown = system.shown
    both = sparse.vstack([system.matrix[shown], -system.matrix[shown]], format="csr")
    limits = np.concatenate([system.most[shown], -system.least[shown]])
    aims = sparse.csr_array(system.matrix[targets])
    low, high = np.full(len(targets), np.inf), np.full(len(targets), -np.inf)

    def look(cost: Floats) -> float:
        found = linprog(cost, A_ub=both, b_ub=limits, bounds=(0, UNKNOWN), method="highs")
        if found.status == INFEASIBLE:
            message = "No counts fit the published numbers of a block."
            raise MethodError(message, remedy="The edition does not keep to its policy: do not publish it.")
        if found.x is None or found.fun is None:
            raise MethodError(f"A linear programme did not end ({found.message}).", remedy="Audit again.")
        seen = aims @ found.x
        np.minimum(low, seen, out=low)
        np.maximum(high, seen, out=high)
        return float(found.fun)

    draw = np.random.default_rng(seed)
    for _ in range(LOOKS if len(targets) else 0):
        open_still = (high - low) < enough - SLACK
        if not open_still.any():
            break
        chosen = open_still & (draw.random(len(targets)) < draw.choice(MIXTURES))
        weight = np.where(chosen, draw.choice([-1.0, 1.0], len(targets)), 0.0)
        look(aims.T @ weight)
        look(-(aims.T @ weight))
    return _one_by_one(aims, low, high, enough=enough, look=look)


def _one_by_one(aims: sparse.csr_array, low: Floats, high: Floats, *, enough: float, look: _Look) -> Widths:
    solved = np.zeros(len(low), dtype=bool)
    for number in np.argsort(high - low, kind="stable")[:ALONE].tolist():
        if high[number] - low[number] >= enough - SLACK:  # shown already
            continue
        aim = aims[[number]].toarray().ravel()
        least, most = look(aim), -look(-aim)
        low[number], high[number], solved[number] = least, most, True
    return Widths(high - low, solved, enough)


if TYPE_CHECKING:
    from collections.abc import Callable

    _Look = Callable[[Floats], float]
