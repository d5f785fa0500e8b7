"""Other plans nearly as good, and what each further site would bring.

Both take the solver as a function of the terms, so they work with every model::

    alternatives(lambda terms: cover_most(minutes, people, radius=20, terms=terms), Terms(new=3), count=4)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from geointel.errors import MethodError
from geointel.gaps.siting.plan import NoPlanError

if TYPE_CHECKING:
    from collections.abc import Callable

    from geointel.gaps.siting.plan import Plan, Terms


def alternatives(
    solve: Callable[[Terms], Plan], terms: Terms, *, count: int = 5, within: float = 0.05
) -> tuple[Plan, ...]:
    """Plans from the best down, each the best that does not hold all new sites of an earlier one.

    Parameters
    ----------
    solve
        Proves the best plan within terms.
    count
        Plans at most, the best among them.
    within
        Share by which an objective may differ from that of the best plan.

    Raises
    ------
    MethodError
        If count or share are below 0, or the first plan cannot be found. Fewer plans come back if there are no more.
    """
    if count < 1 or not within >= 0:
        raise MethodError("Alternatives need a count from 1 and a share from 0.", remedy="Give count=5, within=0.05.")
    plans = [solve(terms)]
    for _ in range(count - 1):
        excluded = tuple(tuple(site for site in plan.sites if site not in terms.locked) for plan in plans)
        try:
            plan = solve(replace(terms, excluded=terms.excluded + excluded))
        except NoPlanError:
            break
        if abs(plan.objective - plans[0].objective) > within * abs(plans[0].objective) * (1 + 1e-9):
            break
        plans.append(plan)
    return tuple(plans)


def proven_curve(solve: Callable[[Terms], Plan], terms: Terms, *, most: int) -> tuple[Plan | None, ...]:
    """Best plan with up to 1, 2 … ``most`` new sites; None where so few do not suffice."""
    found: list[Plan | None] = []
    for new in range(1, most + 1):
        try:
            found.append(solve(replace(terms, new=new)))
        except NoPlanError:
            found.append(None)
    return tuple(found)
