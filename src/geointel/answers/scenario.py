"""``scenario``: who would gain and who would lose, how much of the gap would close, and for whom?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from geointel import content
from geointel.answers.actions import Close
from geointel.answers.before import GAP, WITHIN
from geointel.answers.closures import closures
from geointel.answers.equity import equity
from geointel.answers.outcome import Outcome
from geointel.answers.places import areas, cells, crowding, journeys
from geointel.answers.posts import carry_out
from geointel.answers.tally import rounded
from geointel.errors import QuestionError
from geointel.gaps import SLOTS

if TYPE_CHECKING:
    from datetime import date

    from geointel.answers.actions import ScenarioRequest
    from geointel.answers.posts import Change
    from geointel.answers.world import World

OPEN_EDITION = "open"
LASTS_DAYS = 30
PENCE = 2


def scenario(world: World, request: ScenarioRequest, *, edition: str, today: date) -> dict[str, Any]:
    """Answer of ``POST /v1/scenarios`` and ``geointel scenario``.

    ``today`` is the day of the question, from which an answer that closes a service expires. Raises ``QuestionError`` with the field
    that is at fault.
    """
    level = _level(world, request.level)
    change = carry_out(world, request.actions)
    if edition == OPEN_EDITION:
        _require_no_closure(request, change)
    outcome = Outcome(world, change)
    tally, shares = outcome.tally, outcome.shares
    costs = [action.cost for action in request.actions if action.cost is not None]
    return {
        "layer": world.spec["id"],
        "category": world.group or world.help,
        "help": world.help,
        "measure": world.measure,
        "actions": [action.model_dump(exclude_none=True) for action in request.actions],
        "cost": rounded(sum(costs), PENCE) if costs else None,
        "changes": outcome.changes,
        "gaining": tally.count(outcome.gaining),
        "losing": tally.count(outcome.losing),
        "within_standard": {"minutes": world.options["standard"], **tally.compared(WITHIN, shares[WITHIN])},
        "gap": {**tally.compared(GAP, shares[GAP]), "closed": tally.closed(GAP, shares[GAP])},
        "open": {slot: tally.compared(slot, shares[slot]) for slot in SLOTS} if outcome.hours_known else None,
        "journeys": journeys(outcome),
        "crowding": crowding(outcome),
        "equity": equity(outcome, intervals=request.intervals),
        "level": level,
        "areas": areas(outcome, level),
        "closures": closures(outcome),
        "cells": cells(outcome, request.cells),
        "words": _words(outcome, today=today),
        "caveats": {name: content.caveat(name).short for name in world.spec["caveats"]},
        "not_supplied": _not_supplied(world),
    }


def _level(world: World, wanted: str | None) -> str | None:
    if wanted is not None and wanted not in world.areas:
        message = f"There is no level of areas {wanted!r}."
        raise QuestionError(message, field="level", remedy=f"There are {', '.join(world.areas) or 'none'}.")
    return wanted or next(iter(world.areas), None)


def _require_no_closure(request: ScenarioRequest, change: Change) -> None:
    for number, action in enumerate(request.actions):
        if isinstance(action, Close) and action.service in change.closed:
            message = "What a closure would do is for partner editions: it can be mistaken for a decision."
            remedy = "Ask in a partner edition, or leave the closure out."
            raise QuestionError(message, field=f"actions.{number}", remedy=remedy)


def _words(outcome: Outcome, *, today: date) -> dict[str, str]:
    """What must be said beside the answer, and until when one that closes a service may be used."""
    found = {"what": content.notice("scenario")}
    if not outcome.changes:
        found["nothing"] = content.notice("nothing_changes")
    if outcome.change.closed:
        until = today + timedelta(days=LASTS_DAYS)
        found |= {"decision": content.notice("not_a_decision"), "expires": until.isoformat()}
    return found


def _not_supplied(world: World) -> list[str]:
    """What a partnership could supply, and has not: it bounds what the answer can say. An area without an estimate counts as nobody."""
    there = {
        "need": world.estimated,
        "deprivation": world.deciles is not None,
        "capacity": world.shares_places,
        "hours": world.hours_known,
        "roads": world.options["times"] != "straight-line",
    }
    missing = [name for name, supplied in there.items() if not supplied]
    facts = world.spec["notes"].get("need", {}).get(world.group, {})
    return missing + [f"need of {code}" for code in facts.get("without_estimate", ())]
