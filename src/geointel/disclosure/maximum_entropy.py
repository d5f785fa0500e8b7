"""The most even chances of a change of a count that keep its mean, and bound its size and its variance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import linprog

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CLOSE = 1e-9
_GAP = 1e-13
_EXACT = 1e-14
_NOTHING = 1e-200
_STEPS = 200
_ROOM = 1e-6


class _Rules(NamedTuple):
    """``equal`` @ p = ``given`` and ``bounded`` @ p ≤ ``bounds``."""

    equal: NDArray[np.float64]
    given: NDArray[np.float64]
    bounded: NDArray[np.float64]
    bounds: NDArray[np.float64]


def maximum_entropy(changes: NDArray[np.int64], *, variance: float, stay: float = 0.0) -> NDArray[np.float64]:
    """Chances p of each change that maximise −Σ p·ln p with mean 0.

    Subject to Σp = 1, Σv·p = 0, Σv²·p ≤ ``variance``; where no change (0) is one of the changes, also p₀ ≥ ``stay`` and chances that do not fall from the
    lowest change up to 0. The variance is a bound, not an equality: where the rule of rising chances leaves less room, the variance is
    less. A primal-dual interior-point method and a last step on the bounds that hold find the solution to about 1e-13.

    Source: Giessing (2016), "Computational issues in the design of transition probabilities and disclosure risk estimation for additive noise",
    Privacy in Statistical Databases, LNCS 9867; the same program as ``create_cnt_ptable(optim=1, mono=TRUE)`` of the R package ``ptable``.

    Parameters
    ----------
    changes
        What may be added to the count, rising, shape ``(k,)``.
    variance
        Upper bound of the variance, counts squared.
    stay
        Least chance of no change, 0 to 1.

    Returns
    -------
    NDArray[np.float64]
        The chances, shape ``(k,)``.

    Raises
    ------
    MethodError
        If no chances keep the rules, or only those at the very edge of them do.
    """
    rules = _rules(changes, variance, stay)
    _check_room(changes, rules, variance, stay)
    try:
        chances = _interior_point(changes.size, rules)
    except np.linalg.LinAlgError as error:
        raise _not_found(changes) from error
    broken = max(
        float(np.abs(rules.equal @ chances - rules.given).max()), float((rules.bounded @ chances - rules.bounds).max())
    )
    if not broken < 1e-9:
        raise _not_found(changes)
    return chances


def _rules(changes: NDArray[np.int64], variance: float, stay: float) -> _Rules:
    """The constraints as matrices."""
    v = changes.astype(np.float64)
    widest = float(np.max(v**2))
    bounded, bounds = [v**2 / widest], [variance / widest]
    if 0 in changes:
        zero = int(np.flatnonzero(changes == 0)[0])
        identity = np.eye(v.size)
        bounded += [identity[j] - identity[j + 1] for j in range(zero)]
        bounds += [0.0] * zero
        if stay > 0:
            bounded.append(-identity[zero])
            bounds.append(-stay)
    return _Rules(np.stack([np.ones(v.size), v]), np.array([1.0, 0.0]), np.stack(bounded), np.array(bounds))


def _check_room(changes: NDArray[np.int64], rules: _Rules, variance: float, stay: float) -> None:
    """Raise where even the least variance that the other rules allow is not below the bound."""
    found = linprog(
        rules.bounded[0],
        A_ub=rules.bounded[1:] if len(rules.bounded) > 1 else None,
        b_ub=rules.bounds[1:] if len(rules.bounded) > 1 else None,
        A_eq=rules.equal,
        b_eq=rules.given,
        bounds=(0, 1),
        method="highs",
    )
    if not found.success:
        raise MethodError(
            f"No chances of the changes {changes.tolist()} have mean 0 with a chance of no change of at least {stay:g}.",
            remedy="Allow larger changes.",
        )
    least = float(found.fun or 0.0) * float(np.max(changes.astype(np.float64) ** 2))
    if not least + _ROOM < variance:
        raise MethodError(
            f"Chances of the changes {changes.tolist()} with mean 0 have a variance of at least {least:.6g}; the bound is {variance:g}.",
            remedy=f"Choose a variance above {least:.6g}, or let smaller counts be shown.",
        )


def _interior_point(size: int, rules: _Rules) -> NDArray[np.float64]:
    """Minimise Σ p·ln p by Newton steps on the perturbed optimality conditions (Boyd & Vandenberghe 2004, section 11.7)."""
    p = np.full(size, 1.0 / size)
    free = np.zeros(rules.given.size)
    slack = np.ones(rules.bounds.size)
    price = np.ones(rules.bounds.size)
    for _ in range(_STEPS):
        gap = float(slack @ price) / slack.size
        root = np.sqrt(p)
        dual = root * (np.log(p) + 1.0 + rules.equal.T @ free + rules.bounded.T @ price)
        missed = rules.given - rules.equal @ p
        over = rules.bounds - rules.bounded @ p - slack
        if gap < _GAP and max(float(np.abs(left).max()) for left in (dual, missed, over)) < _CLOSE:
            return _on_its_bounds(p, rules, slack < price)
        # The slack and its price are eliminated: dslack = over − bounded·dp, dprice = target − (price/slack)·dslack.
        target = max(0.1 * gap, 0.1 * _GAP) / slack - price
        weight = price / slack
        limits = rules.bounded * root
        normal = np.eye(size) + limits.T @ (weight[:, None] * limits)
        step = _solved(normal, rules.equal * root, first=-dual - limits.T @ (target - weight * over), second=missed)
        move = root * step[:size]
        dslack = over - rules.bounded @ move
        dprice = target - weight * dslack
        length = min(_longest(p, move), _longest(slack, dslack), _longest(price, dprice))
        p, slack, price = p + length * move, slack + length * dslack, price + length * dprice
        p = np.maximum(p, _NOTHING)
        free = free + length * step[size:]
    raise np.linalg.LinAlgError(f"no solution in {_STEPS} steps")


def _on_its_bounds(p: NDArray[np.float64], rules: _Rules, held: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Go from nearly to exactly the optimum, by plain Newton steps that keep the bounds that hold as equalities."""
    equal = np.vstack([rules.equal, rules.bounded[held]])
    given = np.concatenate([rules.given, rules.bounds[held]])
    for _ in range(20):
        root = np.sqrt(p)
        step = _solved(
            np.eye(p.size), equal * root, first=-root * (np.log(p) + 1.0), second=given - equal @ p, redundant=True
        )
        move = root * step[: p.size]
        p = np.maximum(p + _longest(p, move) * move, _NOTHING)
        if np.abs(move).max() < _EXACT:
            break
    return p


def _solved(
    normal: NDArray[np.float64],
    ties: NDArray[np.float64],
    *,
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    redundant: bool = False,
) -> NDArray[np.float64]:
    """Solve the equations of a Newton step, scaled by √p since chances may lie a hundred powers of ten apart."""
    system = np.block([[normal, ties.T], [ties, np.zeros((len(ties), len(ties)))]])
    right = np.concatenate([first, second])
    found = np.linalg.lstsq(system, right, rcond=1e-13)[0] if redundant else np.linalg.solve(system, right)
    return np.asarray(found, dtype=np.float64)


def _longest(value: NDArray[np.float64], move: NDArray[np.float64]) -> float:
    """The longest step of at most 1 that keeps every value above zero."""
    falling = move < 0
    return min(1.0, 0.99 * float((-value[falling] / move[falling]).min())) if falling.any() else 1.0


def _not_found(changes: NDArray[np.int64]) -> MethodError:
    return MethodError(
        f"The most even chances of the changes {changes.tolist()} were not found to nine places.",
        remedy="Choose another variance, or a smaller chance of no change.",
    )
