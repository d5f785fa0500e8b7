"""What a siting plan is, what it must keep to, and how far from the best possible it can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Status = Literal["proven", "time-limit", "greedy"]


class NoPlanError(MethodError):
    """No choice of sites keeps to the terms, or none was found in the time given."""


@dataclass(frozen=True)
class Plan:
    """Sites to have open, and how good that is.

    ``sites`` are columns of the minutes in rising order, locked ones among them. No plan can have an objective
    beyond ``bound``: at most that where more is better, at least that where less is. ``left_out`` are the cells
    that no candidate reaches and that were left out because the terms allow it.
    """

    sites: tuple[int, ...]
    objective: float
    bound: float
    status: Status
    left_out: tuple[int, ...] = ()

    @property
    def gap(self) -> float:
        """Share by which the best possible plan may be better: (bound - objective) / bound where more is better."""
        return abs(self.bound - self.objective) / (max(abs(self.bound), abs(self.objective)) or 1.0)


@dataclass(frozen=True)
class Terms:
    """What every plan must keep to.

    ``locked`` sites are open in any case, and at most ``new`` more are opened (None: any number). A plan opens fewer
    where another site would add nothing. ``costs`` (k,) of all open sites, locked ones too, stay within ``budget``:
    give a locked site that is already paid for the cost 0. ``capacity`` (k,) is people that a site can serve; a cell
    may be shared between sites unless ``whole_cells``. ``excluded`` are sets of sites of which no plan may have all.
    ``exclude_unreachable`` leaves out cells that no candidate reaches, where a method must reach all.
    """

    new: int | None = None
    locked: tuple[int, ...] = ()
    budget: float | None = None
    costs: ArrayLike | None = None
    capacity: ArrayLike | None = None
    whole_cells: bool = False
    excluded: tuple[tuple[int, ...], ...] = ()
    exclude_unreachable: bool = False

    def site_costs(self, k: int) -> NDArray[np.float64]:
        """Cost of each candidate, shape ``(k,)``; 1 where no costs are given."""
        return np.ones(k) if self.costs is None else amounts(self.costs, k, "cost of a site")

    def site_capacity(self, k: int) -> NDArray[np.float64] | None:
        """Capacity of each candidate, shape ``(k,)``, or None."""
        return None if self.capacity is None else amounts(self.capacity, k, "capacity of a site")

    def check(self, k: int) -> None:
        """Raise ``MethodError`` where the terms cannot be those of ``k`` candidates."""
        unknown = [
            site for site in {*self.locked, *(site for sites in self.excluded for site in sites)} if not 0 <= site < k
        ]
        if unknown:
            raise MethodError(
                f"Sites {sorted(unknown)} are not among the {k} candidates.", remedy=f"Name sites from 0 to {k - 1}."
            )
        if self.new is not None and self.new < 0:
            raise MethodError(f"{self.new} new sites cannot be opened.", remedy="Give 0 or more.")
        if self.budget is None:
            return
        if self.costs is None or not self.budget >= 0:
            raise MethodError(
                "A budget needs to be 0 or more, and a cost for each site.", remedy="Give budget and costs."
            )
        if (fixed := float(self.site_costs(k)[list(set(self.locked))].sum())) > self.budget:
            raise NoPlanError(
                f"The locked sites cost {fixed:g}, more than the budget of {self.budget:g}.",
                remedy="Give sites that are paid for the cost 0, or raise the budget.",
            )


def amounts(values: ArrayLike, size: int, what: str) -> NDArray[np.float64]:
    """Amounts of shape ``(size,)``. Raises ``MethodError`` at one that is negative or not a number."""
    found = np.asarray(values, dtype=np.float64)
    if found.shape != (size,):
        raise MethodError(f"The {what} has shape {found.shape}, not ({size},).", remedy="Give one number for each.")
    bad = np.flatnonzero(~(np.isfinite(found) & (found >= 0)))
    if len(bad):
        raise MethodError(f"The {what} at index {bad[0]} is {found[bad[0]]}.", remedy="Give numbers from 0 up.")
    return found
