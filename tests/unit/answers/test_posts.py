"""Actions carried out one after another, and what is refused, with the field at fault."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from geointel.answers.posts import Change, carry_out
from geointel.errors import QuestionError

from ..layers.care.town import service
from .worlds import WIDE, asked, gap_world, minutes_world, spot, three

WORLD = gap_world(*three(), service("shop", 2, category="pharmacy", capacity=None))
HERE = spot(WORLD, 20)


def _change(*actions: dict[str, Any], world: Any = WORLD) -> Change:
    return carry_out(world, asked(*actions).actions)


def _capacities(change: Change) -> dict[str, float]:
    return {post.id: post.capacity for post in change.added}


def test_places_go_with_the_days_and_never_twice() -> None:
    """Of 40 places in five days: 2 days away, 1 of these further, and 1 more of the three that are left."""
    two, one = (
        {"do": "outreach", "service": "list:b", **HERE, "days": 2},
        {"do": "outreach", "service": "list:b", **HERE},
    )
    found = _capacities(_change(two, {**one, "service": "list:b:outreach-1"}, one))
    assert found == pytest.approx(
        {"list:b": 16.0, "list:b:outreach-1": 8.0, "list:b:outreach-1:outreach-1": 8.0, "list:b:outreach-2": 8.0}
    )


def test_a_service_keeps_a_day() -> None:
    four = {"do": "outreach", "service": "list:b", **HERE, "days": 4}
    with pytest.raises(QuestionError, match="1 day a week left") as caught:
        _change(four, {**four, "days": 1})
    assert caught.value.field == "actions.1.days"


@pytest.mark.parametrize(
    "actions",
    [
        ({"do": "resize", "service": "list:a", "capacity": 100.0},),
        ({"do": "contract", "service": "list:shop", "capacity": 5.0}, {"do": "close", "service": "list:shop"}),
        ({"do": "open", **HERE, "capacity": 5.0}, {"do": "close", "service": "new:1"}),
        (
            {"do": "resize", "service": "list:a", "capacity": 9.0},
            {"do": "resize", "service": "list:a", "capacity": 100.0},
        ),
    ],
)
def test_what_comes_and_goes_again_was_never_there(actions: tuple[dict[str, Any], ...]) -> None:
    assert _change(*actions) == Change((), (), ())


def test_the_last_word_on_a_service_counts() -> None:
    change = _change(
        {"do": "move", "service": "list:a", **HERE}, {"do": "resize", "service": "list:a", "capacity": 3.0},
        {"do": "hours", "service": "list:a", "hours": WIDE},
    )  # fmt: skip
    (post,) = change.added
    assert (post.lat, post.capacity, post.hours, change.removed) == (HERE["lat"], 3.0, WIDE, (0,))


def test_new_services_never_take_a_name_that_is_there() -> None:
    rows = WORLD.others.to_pylist()
    rows[-1] |= {"source": "new", "id": "1"}
    world = replace(WORLD, others=pa.Table.from_pylist(rows, WORLD.others.schema))
    change = _change({"do": "open", **HERE, "capacity": 1.0}, {"do": "open", **HERE, "capacity": 2.0}, world=world)
    assert set(_capacities(change)) == {"new:2", "new:3"}


@pytest.mark.parametrize(
    ("field", "actions"),
    [
        ("actions.0.service", [{"do": "close", "service": "list:nobody"}]),
        ("actions.0.service", [{"do": "close", "service": "list:shop"}]),
        ("actions.0.service", [{"do": "contract", "service": "list:a", "capacity": 1.0}]),
        ("actions.0.service", [{"do": "contract", "service": "list:nobody", "capacity": 1.0}]),
        ("actions.0.capacity", [{"do": "contract", "service": "list:shop"}]),
        ("actions.0.capacity", [{"do": "open", **HERE}]),
        ("actions.0.lat", [{"do": "open", "lat": 51.5, "lng": -0.1, "capacity": 1.0}]),
        ("actions.0.lat", [{"do": "move", "service": "list:a", "lat": -3.05, "lng": 53.82}]),
        ("actions.0.eligible_areas", [{"do": "open", **HERE, "capacity": 1.0, "eligible_areas": ["X"]}]),
        (
            "actions.1.service",
            [{"do": "close", "service": "list:a"}, {"do": "resize", "service": "list:a", "capacity": 1.0}],
        ),
        ("actions.1.service", [{"do": "close", "service": "list:a"}, {"do": "close", "service": "list:a"}]),
        (
            "actions.1.service",
            [{"do": "close", "service": "list:a"}, {"do": "contract", "service": "list:a", "capacity": 1.0}],
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(field: str, actions: list[dict[str, Any]]) -> None:
    with pytest.raises(QuestionError) as caught:
        _change(*actions)
    assert caught.value.field == field
    assert caught.value.remedy


def test_a_name_nearly_right_is_offered() -> None:
    with pytest.raises(QuestionError, match="list:a") as caught:
        _change({"do": "close", "service": "lst:a"})
    assert "Did you mean 'list:a'?" in caught.value.remedy


def test_a_larger_caseload_means_nothing_where_only_distance_is_known() -> None:
    with pytest.raises(QuestionError) as caught:
        _change({"do": "resize", "service": "list:a", "capacity": 1.0}, world=minutes_world(service("a", 0)))
    assert caught.value.field == "actions.0.capacity"


def test_an_evening_can_be_added_where_the_layer_asks_for_evenings() -> None:
    """A service that only its hours keep out counts once it is open; one that closes in the evening no longer does."""
    world = minutes_world(service("late", 0, hours=WIDE), service("early", 3), open="evening")
    assert world.ids == ("list:late",)
    added = _change({"do": "hours", "service": "list:early", "hours": WIDE}, world=world)
    assert [post.id for post in added.added] == ["list:early"]
    gone = _change({"do": "hours", "service": "list:late", "hours": "mo 09:00-17:00"}, world=world)
    assert (gone.removed, gone.added, gone.closed) == ((0,), (), ())
    with pytest.raises(QuestionError):
        _change({"do": "close", "service": "list:early"}, world=world)


def test_a_table_of_times_has_none_to_another_place() -> None:
    world = minutes_world(service("a", 0))
    world.spec["parameters"]["times"] = "matrix"  # type: ignore[index]
    with pytest.raises(QuestionError, match="own table") as caught:
        _change({"do": "open", **HERE}, world=world)
    assert caught.value.field == "actions.0.lat"
