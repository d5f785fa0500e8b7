"""The cell-key method: small noise looked up in a table, the same for the same records wherever they are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from geointel.disclosure.maximum_entropy import maximum_entropy
from geointel.disclosure.whole_counts import keys_of, whole_counts
from geointel.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

UNITS = 10**8
"""Bounds are whole hundred-millionths: a rounding difference of the last bit between two machines never reaches the table."""

_KEYS = 2**64
_SHORT = 1e-6
_RELAX = 0.05


@dataclass(frozen=True)
class PerturbationTable:
    """What may be added to a count, and how often. Row i is for the count i, the last row for every larger count.

    ``change`` and ``bounds`` have shape ``(rows, k)``: what is added to the count, and the upper bound of the share of keys for which it
    is, in hundred-millionths (``UNITS``). A row with fewer changes repeats its last, with a share of nothing.
    """

    change: NDArray[np.int64]
    bounds: NDArray[np.int64]
    thresholds: NDArray[np.uint64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _check(self.change, self.bounds)
        inner = [[_threshold(int(bound)) for bound in row[:-1]] for row in self.bounds]
        thresholds = np.array(inner, dtype=np.uint64).reshape(len(inner), self.bounds.shape[1] - 1)
        object.__setattr__(self, "thresholds", thresholds)
        for array in (self.change, self.bounds, self.thresholds):
            array.setflags(write=False)

    @property
    def chances(self) -> NDArray[np.float64]:
        """The chance of each change, shape ``(rows, k)``."""
        return np.asarray(np.diff(self.bounds, axis=1, prepend=0) / UNITS)

    @property
    def variances(self) -> NDArray[np.float64]:
        """The variance that each row has, counts squared, shape ``(rows,)``."""
        mean = (self.chances * self.change).sum(axis=1)
        return np.asarray((self.chances * self.change**2).sum(axis=1) - mean**2)


def table_of(rows: Sequence[tuple[Sequence[int], Sequence[int]]]) -> PerturbationTable:
    """A table from its rows: the changes of each count from 0 up, and their upper bounds in hundred-millionths."""
    width = max(len(changes) for changes, _ in rows)
    change = [[*changes, *[changes[-1]] * (width - len(changes))] for changes, _ in rows]
    bounds = [[*upper, *[UNITS] * (width - len(upper))] for _, upper in rows]
    return PerturbationTable(np.array(change, dtype=np.int64), np.array(bounds, dtype=np.int64))


def perturbation_table(
    max_noise: int, variance: float, *, never_show: int = 0, stay: float | None = None
) -> PerturbationTable:
    """Build the table of most even chances for its parameters.

    Row i maximises the entropy of the change v subject to Σp = 1, Σv·p = 0, Σv²·p ≤ ``variance``, v at most ``max_noise`` in size, i + v ≥ 0 and i + v not
    in 1 … ``never_show``; chances do not fall from the lowest change up to none. Row 0 is never changed. Where ``stay`` leaves the variance
    below its bound it is lowered by steps of 0.05 until it does not. A small count can still have a smaller variance than asked
    (``variances`` says which): nothing may fall below zero. Source: as ``maximum_entropy``.

    Parameters
    ----------
    max_noise
        Largest size D of a change, at least 1.
    variance
        The variance V, counts squared, above 0.
    never_show
        Counts from 1 to this one are never a result.
    stay
        Least chance of no change, where it is possible, 0 to 1.

    Raises
    ------
    MethodError
        If a parameter is out of range, no chances keep the rules for a count (named), or the variance of large counts is not reached.
    """
    _check_parameters(max_noise, variance, never_show, stay or 0.0)
    last = max_noise + never_show + 1 if never_show else max_noise
    rows: list[tuple[list[int], list[int]]] = [([0], [UNITS])]
    for count in range(1, last + 1):
        shown = np.arange(max(count - max_noise, 0), count + max_noise + 1)
        changes = shown[(shown == 0) | (shown > never_show)] - count
        try:
            chances = _row(changes, variance, stay or 0.0)
        except MethodError as error:
            raise MethodError(f"Perturbation table, count {count}: {error.message}", remedy=error.remedy) from error
        rows.append((changes.tolist(), _whole_bounds(chances)))
    table = table_of(rows)
    reached = float(table.variances[-1])
    if reached < variance - _SHORT:
        raise MethodError(
            f"Perturbation table: changes of at most {max_noise} have a variance of at most {reached:.6g}, not {variance:g}.",
            remedy="Allow larger changes, or ask for a smaller variance.",
        )
    return table


def perturb(counts: ArrayLike, keys: NDArray[np.uint64], table: PerturbationTable) -> NDArray[np.int64]:
    """Perturb counts by the keys of their cells.

    The change is the first of the count's row whose upper bound is above key / 2⁶⁴. The comparison is of whole numbers, so every machine makes the same one.

    Parameters
    ----------
    counts
        True counts, whole and not negative, shape ``(n,)``.
    keys
        The sum of the keys of the records of each cell modulo 2⁶⁴, shape ``(n,)``.

    Returns
    -------
    NDArray[np.int64]
        What may be shown, shape ``(n,)``.

    Raises
    ------
    MethodError
        If shapes differ, a count is negative or not whole, or the keys are not unsigned 64-bit numbers.
    """
    true = whole_counts(counts)
    key = keys_of(keys, true.shape)
    row = np.minimum(true, len(table.change) - 1)
    place = np.zeros(row.shape, dtype=np.int64)
    for column in range(table.thresholds.shape[1]):
        place += (key >= table.thresholds[row, column]) & (table.bounds[row, column] < UNITS)
    return np.asarray(true + table.change[row, place])


def _row(changes: NDArray[np.int64], variance: float, stay: float) -> NDArray[np.float64]:
    """The chances of one row: ``stay`` gives way where it keeps the variance below its bound, as in the reference."""
    least = stay
    while True:
        try:
            chances = maximum_entropy(changes, variance=variance, stay=least)
        except MethodError:
            if least <= 0:
                raise
        else:
            if least <= 0 or 0 not in changes or float(chances @ changes**2) >= variance - _SHORT:
                return chances
        least = max(0.0, round(least - _RELAX, 10))


def _whole_bounds(chances: NDArray[np.float64]) -> list[int]:
    """Cumulative chances in whole hundred-millionths, the last of them exactly one."""
    return [*np.rint(np.cumsum(chances)[:-1] * UNITS).astype(np.int64).tolist(), UNITS]


def _threshold(bound: int) -> int:
    """The least key that is not below a bound; a bound of one, which no key reaches, is kept within 64 bits and never compared."""
    return min(-(-bound * _KEYS // UNITS), _KEYS - 1)


def _check(change: NDArray[np.int64], bounds: NDArray[np.int64]) -> None:
    """Raise unless the rows are distributions that never make a count negative."""
    faults = {
        "the changes and their bounds differ in shape": change.ndim != 2 or change.shape != bounds.shape,
        "it has no row or no change": change.size == 0,
    }
    if not any(faults.values()):
        shown = np.arange(len(change))[:, None] + change
        faults = {
            "a row's bounds fall, or do not end at one": bool(
                (np.diff(bounds, axis=1, prepend=0) < 0).any() or (bounds[:, -1] != UNITS).any()
            ),
            "a change makes a count negative": bool((shown < 0).any()),
            "the count 0 is changed": bool((change[0] != 0).any()),
        }
    for fault, is_so in faults.items():
        if is_so:
            raise MethodError(f"This is no perturbation table: {fault}.", remedy="Build it with perturbation_table.")


def _check_parameters(max_noise: int, variance: float, never_show: int, stay: float) -> None:
    """Raise for a parameter that no table can have."""
    faults = {
        f"the largest change is {max_noise}, not 1 or more": max_noise < 1,
        f"the variance is {variance}, not above 0": not 0 < variance < np.inf,
        f"the count up to which nothing is shown is {never_show}, not 0 or more": never_show < 0,
        f"the chance of no change is {stay}, not from 0 to below 1": not 0 <= stay < 1,
        f"counts from 1 to {never_show} are never shown, so a change of at most {max_noise} leaves the count {max_noise + 1} as it is": never_show
        >= max_noise
        >= 1,
    }
    for fault, is_so in faults.items():
        if is_so:
            raise MethodError(f"Perturbation table: {fault}.", remedy="Change the parameters of the policy.")
