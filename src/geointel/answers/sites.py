"""``sites``: where would new services reach most people who have none in reach, and how good can a plan be at most?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geointel import content
from geointel.answers.candidates import Candidates, candidates_of
from geointel.answers.tally import Tally
from geointel.errors import MethodError, QuestionError
from geointel.gaps import siting
from geointel.gaps.siting.pairs import covered, within
from geointel.grid import format_cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geointel.answers.places_wanted import SitesRequest
    from geointel.answers.world import World
    from geointel.gaps.siting import Plan, Terms

DEPRIVED = 2
"""The two most deprived tenths."""


def sites(world: World, request: SitesRequest, announce: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Answer of ``POST /v1/sites``: a greedy plan at once, and with ``prove`` the proven one. Raises ``QuestionError``."""
    found = candidates_of(world, request)
    problem = _Problem.of(world, request, found)
    announce("Choosing site by site")
    try:
        curve = problem.curve()
        plans = [problem.greedy()]
        if request.prove:
            announce("Proving how good a plan can be")
            plans = problem.proven(plans[0], announce)
    except MethodError as error:
        raise QuestionError(error.message, field="model", remedy=error.remedy) from error
    return {
        "layer": world.spec["id"],
        "category": world.group or world.help,
        "help": world.help,
        "model": request.model,
        "minutes": problem.radius,
        "candidates": len(found.names),
        "existing": found.existing,
        "before": problem.reached(range(found.existing if request.keep_existing else 0)),
        "plans": [problem.told(plan) for plan in plans],
        "curve": curve,
        "words": {"what": content.notice("sites")},
        "caveats": {name: content.caveat(name).short for name in world.spec["caveats"]},
    }


class _Problem:
    """A question of siting as arrays, and how its plans are told."""

    def __init__(
        self, world: World, request: SitesRequest, found: Candidates, terms: Terms, people: NDArray[np.float64]
    ) -> None:
        self.world, self.request, self.found, self.terms, self.people = world, request, found, terms, people
        self.radius = float(request.minutes or world.options["standard"])

    @classmethod
    def of(cls, world: World, request: SitesRequest, found: Candidates) -> _Problem:
        people = world.people if request.for_whom == "need" and world.need is not None else world.residents
        existing = found.existing if request.keep_existing else 0
        costs = None if request.costs is None else np.concatenate([np.zeros(found.existing), np.asarray(request.costs)])
        terms = siting.Terms(
            new=None if request.model == "everybody" else request.new,
            locked=tuple(range(existing)),
            budget=request.budget,
            costs=costs,
            capacity=_capacities(world, request, found),
            exclude_unreachable=True,
        )
        return cls(world, request, found, terms, people)

    def curve(self) -> list[dict[str, Any]] | None:
        """People reached with one new service, two, and so on, chosen one after another."""
        if self.request.model != "most-people" or self.terms.capacity is not None:
            return None
        order, _ = siting.greedy_curve(self.found.minutes, self.people, radius=self.radius, terms=self.terms)
        return [
            {"new": number, "reached": self.reached([*self.terms.locked, *order[:number]])}
            for number in range(len(order) + 1)
        ]

    def greedy(self) -> Plan:
        """A good plan at once."""
        minutes, people = self.found.minutes, self.people
        if self.request.model == "shortest-journeys":
            return siting.greedy_median(minutes, people, terms=self.terms, beyond=float(self.world.options["longest"]))
        if self.request.model == "most-people" and self.terms.capacity is None and not self.request.fair:
            return siting.greedy_cover(minutes, people, radius=self.radius, terms=self.terms)
        return self._solve(self.terms)

    def proven(self, start: Plan, announce: Callable[[str], None]) -> list[Plan]:
        """The best plan with its proof, and others that are nearly as good."""
        del start
        if self.request.plans == 1:
            return [self._solve(self.terms)]
        announce("Looking for other plans that are nearly as good")
        return list(siting.alternatives(self._solve, self.terms, count=self.request.plans))

    def _solve(self, terms: Terms) -> Plan:
        minutes, people, seconds = self.found.minutes, self.people, self.request.seconds
        if self.request.model == "everybody":
            return siting.cover_all(minutes, people, radius=self.radius, terms=terms, seconds=seconds)
        if self.request.model == "shortest-journeys":
            return siting.median(
                minutes, people, terms=terms, beyond=float(self.world.options["longest"]), seconds=seconds
            )
        if self.request.model == "shortest-longest":
            return siting.center(minutes, people, terms=terms, seconds=seconds)
        deprived = self._deprived() if self.request.fair else None
        return siting.cover_most(
            minutes, people, radius=self.radius, terms=terms, disadvantaged=deprived, seconds=seconds
        )

    def _deprived(self) -> NDArray[np.float64]:
        """People of each cell in the two most deprived tenths."""
        if self.world.deciles is None:
            message = "Deprivation was not supplied, so no plan can be fair by it."
            raise QuestionError(message, field="fair", remedy="Give `deprivation` to the layer, or leave `fair` out.")
        every = self.world.deciles.sum(axis=1)
        share = np.divide(
            self.world.deciles[:, :DEPRIVED].sum(axis=1), every, out=np.zeros(len(every)), where=every > 0
        )
        return np.asarray(self.people * share)

    def reached(self, chosen: Any) -> dict[str, Any]:
        """People within the minutes of any of some sites."""
        mask = covered(within(self.found.minutes, self.radius), list(chosen))
        return Tally(self.world).count(mask.astype(np.float64))

    def told(self, plan: Plan) -> dict[str, Any]:
        """A plan for people: its new sites, whom it reaches, and how much better any plan could be."""
        new = [site for site in plan.sites if site >= self.found.existing]
        return {
            "sites": [self.found.told(site) for site in new],
            "closed": [self.found.names[site] for site in range(self.found.existing) if site not in plan.sites],
            "reached": self.reached(plan.sites),
            "objective": round(plan.objective, 3),
            "bound": None if not np.isfinite(plan.bound) else round(plan.bound, 3),
            "gap": round(plan.gap, 6) if np.isfinite(plan.bound) else None,
            "status": plan.status,
            "unreachable_cells": [format_cell(int(self.world.cells[cell])) for cell in plan.left_out],
            "actions": [self.found.action(site, self.request.capacity) for site in new],
        }


def _capacities(world: World, request: SitesRequest, found: Candidates) -> NDArray[np.float64] | None:
    if request.capacity is None:
        return None
    if np.isnan(world.capacity).any():
        message = "How many people the services of today can take is not known, so places cannot be planned."
        raise QuestionError(
            message, field="capacity", remedy="Leave `capacity` out, or ask a layer whose services give theirs."
        )
    return np.concatenate([world.capacity, np.full(len(found.names) - found.existing, request.capacity)])
