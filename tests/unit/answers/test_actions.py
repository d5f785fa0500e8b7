"""What a question may hold."""

from __future__ import annotations

from typing import Any, get_args

import pydantic
import pytest

from geointel.answers.actions import MOST_ACTIONS, VERBS, Action, ScenarioRequest, field_of

CLOSE = {"do": "close", "service": "a:b"}
OPEN = {"do": "open", "lat": 53.8, "lng": -3.0}


def _fault(document: dict[str, Any]) -> str:
    with pytest.raises(pydantic.ValidationError) as caught:
        ScenarioRequest.model_validate(document)
    return field_of(caught.value.errors()[0]["loc"])


def test_every_verb_is_known_by_name() -> None:
    kinds = get_args(get_args(Action)[0])
    assert tuple(kind.model_fields["do"].annotation.__args__[0] for kind in kinds) == VERBS


@pytest.mark.parametrize(
    "hours",
    ["tu 18:30-20:00", "mo 09:00-12:30,13:30-17:00; sa closed", "fr 22:00-24:00"],
)
def test_hours_of_a_week(hours: str) -> None:
    ScenarioRequest.model_validate({"actions": [{**OPEN, "hours": hours}]})


@pytest.mark.parametrize(
    "hours",
    [
        "", "daily", "mo 9-17", "mo 17:00-09:00", "mo 09:00-09:00", "mo 09:00-24:30", "mo 09:75-10:00", "mo 25:00-26:00",
        "mo 09:00-17:00; mo closed", "mo 09:00-13:00,12:00-17:00", "mo 13:00-17:00,09:00-12:00", "xx closed", "mo closed;",
    ],
)  # fmt: skip
def test_hours_that_are_none(hours: str) -> None:
    assert _fault({"actions": [{**OPEN, "hours": hours}]}) == "actions.0.hours"


@pytest.mark.parametrize(
    ("field", "document"),
    [
        ("actions", {}),
        ("actions", {"actions": []}),
        ("actions", {"actions": [CLOSE] * (MOST_ACTIONS + 1)}),
        ("actions.0", {"actions": [{"do": "demolish", "service": "a:b"}]}),
        ("actions.0", {"actions": [{"service": "a:b"}]}),
        ("actions.1.service", {"actions": [CLOSE, {"do": "close"}]}),
        ("actions.0.capacity", {"actions": [{**OPEN, "capacity": 0}]}),
        ("actions.0.capacity", {"actions": [{**OPEN, "capacity": -5}]}),
        ("actions.0.capacity", {"actions": [{**OPEN, "capacity": float("nan")}]}),
        ("actions.0.cost", {"actions": [{**OPEN, "cost": float("inf")}]}),
        ("actions.0.lat", {"actions": [{**OPEN, "lat": 91}]}),
        ("actions.0.lng", {"actions": [{**OPEN, "lng": float("-inf")}]}),
        ("actions.0.eligible_areas", {"actions": [{**OPEN, "eligible_areas": []}]}),
        ("actions.0.days", {"actions": [{**OPEN, "do": "outreach", "service": "a:b", "days": 5}]}),
        ("actions.0.colour", {"actions": [{**CLOSE, "colour": "red"}]}),
        ("colour", {"actions": [CLOSE], "colour": "red"}),
        ("cells", {"actions": [CLOSE], "cells": "some"}),
        ("layer", {"actions": [CLOSE], "layer": ""}),
        ("level", {"actions": [CLOSE], "level": "x" * 300}),
    ],
)
def test_a_fault_has_the_name_of_its_field(field: str, document: dict[str, Any]) -> None:
    assert _fault(document) == field


def test_a_field_that_is_called_as_a_verb_keeps_its_name() -> None:
    assert _fault({"actions": [{"do": "hours", "service": "a:b", "hours": "never"}]}) == "actions.0.hours"
