"""Which step may follow which, who may take it, and what an alert comes to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from geointel.errors import QuestionError
from geointel_api.errors import AlertNotFoundError, ConflictError
from geointel_api.state.alert import EXPIRED, GRADED, RECEIVED, STATES, VALIDATED, WITHDRAWN
from geointel_api.state.log import told
from geointel_api.state.steps import MAY_FOLLOW, same_person

from .desk import (
    CHAIR,
    CHEMIST,
    CRITERIA,
    DIRECTOR,
    DOCTOR,
    GRADE,
    NOW,
    Clock,
    approved,
    graded,
    open_desk,
    report,
    step,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geointel_api.state.alert import Alert
    from geointel_api.state.desk import Desk


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    opened = open_desk(f"sqlite:///{tmp_path}/state.sqlite", tmp_path / "snapshots", clock)
    yield opened
    opened.database.close()


REACHING = {
    RECEIVED: report,
    VALIDATED: lambda desk: step(desk, report(desk), CHEMIST, "validate"),
    GRADED: graded,
    EXPIRED: lambda desk: step(desk, graded(desk), CHAIR, "expire"),
    WITHDRAWN: lambda desk: step(desk, approved(desk, graded(desk)), CHAIR, "withdraw"),
}
MORE = {
    "grade": {key: value for key, value in GRADE.items() if key != "action"},
    "correct": {"changes": {"harm": "Other harm."}},
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", MAY_FOLLOW)
def test_a_step_follows_only_on_its_states(desk: Desk, state: str, action: str) -> None:
    alert = REACHING[state](desk)
    assert alert.state == state
    before = len(desk.log()[0].events)
    if state in MAY_FOLLOW[action]:
        assert step(desk, alert, DOCTOR, action, **MORE.get(action, {})).sequence == alert.sequence + 1
    else:
        with pytest.raises(ConflictError, match=f"The alert is {state}"):
            step(desk, alert, DOCTOR, action, **MORE.get(action, {}))
        assert len(desk.log()[0].events) == before


def test_two_different_people_publish_and_one_does_not(desk: Desk) -> None:
    alert = graded(desk)
    once = step(desk, alert, DIRECTOR, "approve")
    assert once.published is None
    for name in (DIRECTOR, "dan director", "Director, Dan", "DÁN  DIRECTOR.", "Dan\u00a0Director"):
        with pytest.raises(QuestionError, match="has approved it already") as caught:
            step(desk, once, name, "approve")
        assert caught.value.field == "who"
    twice = step(desk, once, DOCTOR, "approve")
    assert twice.published is not None
    assert [event.who for event in twice.approvals] == [DIRECTOR, DOCTOR]
    with pytest.raises(ConflictError, match="Two people have approved it already"):
        step(desk, twice, CHEMIST, "approve")


@pytest.mark.parametrize(("one", "other", "same"), [
    ("Ann Lee", "ann  LEE", True), ("Ann Lee", "Lee, Ann", True), ("Ann Lee", "Anne Lee", False), ("Zoë X", "Zoe X", True),
    ("Ann Lee", "Ann Lea", False), ("Ａｎｎ Lee", "Ann Lee", True),
])  # fmt: skip
def test_names(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same


@pytest.mark.parametrize("action", ["validate", "approve"])
def test_what_is_sent_twice_is_refused_and_counted_once(desk: Desk, action: str) -> None:
    alert = report(desk) if action == "validate" else graded(desk)
    step(desk, alert, CHEMIST, action)
    for who in (CHEMIST, DOCTOR):
        with pytest.raises(ConflictError, match="has an event"):
            step(desk, alert, who, action)
    assert desk.log()[1][alert.id].sequence == alert.sequence + 1


def test_an_approval_of_nothing_is_refused(desk: Desk) -> None:
    alert = graded(desk, outcome="no action", public=False, expires=None)
    with pytest.raises(ConflictError, match="nothing to approve"):
        step(desk, alert, DIRECTOR, "approve")
    gone = step(desk, alert, CHAIR, "withdraw")
    with pytest.raises(ConflictError, match="nothing to approve"):
        step(desk, gone, DIRECTOR, "approve")


@pytest.mark.parametrize(("wrong", "field"), [
    ({"expires": "2026-11-27"}, "expires"), ({"expires": None}, "expires"), ({"expires": "2027-12-31"}, "expires"),
    ({"expires": "2026-11-31"}, "expires"), ({"expires": "soon"}, "expires"),
    ({"criteria": dict.fromkeys(CRITERIA, "unknown")}, "criteria"), ({"outcome": "information"}, "public"),
])  # fmt: skip
def test_a_grade_with_a_fault_is_refused_by_its_field(desk: Desk, wrong: dict[str, Any], field: str) -> None:
    alert = step(desk, report(desk), CHEMIST, "validate")
    with pytest.raises(QuestionError) as caught:
        step(desk, alert, CHAIR, **{**GRADE, **wrong})
    assert caught.value.field == field
    assert caught.value.remedy
    assert desk.log()[1][alert.id].state == VALIDATED


def test_a_grade_of_other_forms_is_refused(desk: Desk) -> None:
    alert = step(desk, report(desk), CHEMIST, "validate")
    for wrong in (
        {"criteria": {"acute_harm": "yes"}},
        {"outcome": "red"},
        {"criteria": {**CRITERIA, "other": "yes"}},
        {"lat": 53.8},
    ):
        with pytest.raises(ValidationError):
            step(desk, alert, CHAIR, **{**GRADE, **wrong})


def test_a_correction_waits_for_two_while_the_old_version_stands(desk: Desk, clock: Clock) -> None:
    alert = approved(desk, graded(desk))
    corrected = step(desk, alert, CHAIR, "correct", changes={"advice": "Carry naloxone."})
    standing = corrected.current(clock())
    assert standing is not None
    assert (standing.number, standing.content["advice"]) == (1, "Do not use alone.")
    assert corrected.content["advice"] == "Carry naloxone."
    assert corrected.approvals == ()
    again = approved(desk, corrected).current(clock())
    assert again is not None
    assert (again.number, again.content["advice"]) == (2, "Carry naloxone.")
    assert again.content["title"] == alert.content["title"]


def test_an_empty_correction_is_refused(desk: Desk) -> None:
    with pytest.raises(QuestionError, match="Nothing is corrected"):
        step(desk, report(desk), CHAIR, "correct", changes={})


def test_another_grade_needs_its_own_approvals_and_cannot_take_back(desk: Desk, clock: Clock) -> None:
    alert = approved(desk, graded(desk))
    with pytest.raises(QuestionError, match="cannot take that back"):
        step(desk, alert, CHAIR, **{**GRADE, "outcome": "no action", "public": False, "expires": None})
    down = step(desk, alert, CHAIR, **{**GRADE, "outcome": "information", "public": False})
    current = down.current(clock())
    assert current is not None
    assert current.grade["outcome"] == "alert"
    assert approved(desk, down).current(clock()).grade["outcome"] == "information"  # type: ignore[union-attr]


def test_withdrawn_is_no_longer_shown_at_once(desk: Desk, clock: Clock) -> None:
    alert = step(desk, approved(desk, graded(desk)), CHAIR, "withdraw")
    assert alert.current(clock()) is None
    assert alert.approvals == ()


def test_an_alert_expires_by_itself_and_the_server_writes_it_down_once(desk: Desk, clock: Clock) -> None:
    alert = approved(desk, graded(desk))
    assert desk.expire_due() == 0
    clock.now = alert.expires - timedelta(microseconds=1)  # type: ignore[operator]
    assert desk.log()[1][alert.id].state_at(clock()) == GRADED
    clock.now = alert.expires  # type: ignore[assignment]
    read = desk.log()[1][alert.id]
    assert (read.state, read.state_at(clock()), read.current(clock())) == (GRADED, EXPIRED, None)
    with pytest.raises(ConflictError, match="The alert is expired"):
        step(desk, read, CHAIR, "correct", changes={"harm": "More."})
    assert [desk.expire_due(), desk.expire_due()] == [1, 0]
    after = desk.log()[1][alert.id]
    assert (after.state, after.events[-1].role, after.events[-1].action) == (EXPIRED, "server", "expire")
    assert desk.log()[0].broken is None


def test_a_date_ends_with_its_day_in_england(desk: Desk) -> None:
    winter, summer = graded(desk), graded(desk, expires="2027-06-30")
    assert told(winter.expires) == "2027-01-01T00:00:00.000000Z"  # type: ignore[arg-type]
    assert told(summer.expires) == "2027-06-30T23:00:00.000000Z"  # type: ignore[arg-type]


def test_the_latest_expiry_is_a_year_away(desk: Desk, clock: Clock) -> None:
    assert graded(desk, expires=told(clock() + timedelta(days=366))).expires == NOW + timedelta(days=366)
    with pytest.raises(QuestionError, match="a year away"):
        graded(desk, expires=told(clock() + timedelta(days=367)))


def test_a_report_from_the_future_is_refused(desk: Desk) -> None:
    report(desk, observed=told(NOW + timedelta(minutes=4)))
    with pytest.raises(QuestionError, match="in the future") as caught:
        report(desk, observed="2026-11-28T09:45:00+00:00")
    assert caught.value.field == "observed"


def test_an_id_of_one_s_own_makes_sending_again_safe(desk: Desk) -> None:
    name = "5b0e4b43-6f53-4dcb-9be3-0c9a0a1b7d11"
    assert report(desk, id=name).id == name
    with pytest.raises(ConflictError, match="sent twice"):
        report(desk, id=name)
    assert len(desk.log()[1]) == 1


def test_an_alert_that_is_not_there(desk: Desk) -> None:
    alert: Alert = report(desk)
    from dataclasses import replace

    with pytest.raises(AlertNotFoundError):
        step(desk, replace(alert, id="nothing"), CHAIR, "validate")


def test_a_title_is_one_line_and_a_text_may_have_several(desk: Desk) -> None:
    alert = report(desk, title="Blue tablets\nGrade: none.\u2028x", harm="One.\r\n\nTwo.\x00")
    assert alert.content["title"] == "Blue tablets Grade: none. x"
    assert alert.content["harm"] == "One.\n\nTwo."


@pytest.mark.parametrize("who", ["", "  ", "...", "\u200b\u200b\u200b", "X", "--- -"])
def test_nobody_is_no_person(desk: Desk, who: str) -> None:
    with pytest.raises(ValidationError):
        report(desk, who=who)


def test_a_grade_without_approvals_does_not_end_what_was_approved(desk: Desk, clock: Clock) -> None:
    alert = approved(desk, graded(desk))
    soon = told(clock() + timedelta(minutes=1))
    pending = step(desk, alert, CHAIR, **{**GRADE, "expires": soon})
    clock.on(minutes=5)
    assert pending.state_at(clock()) == GRADED
    assert pending.current(clock()) == alert.published
    assert desk.expire_due() == 0
    clock.on(days=60)
    assert pending.current(clock()) is None
    assert pending.state_at(clock()) == EXPIRED
    assert desk.expire_due() == 1


def test_a_longer_grade_that_waits_for_approval_outlives_what_was_approved(desk: Desk, clock: Clock) -> None:
    alert = approved(desk, graded(desk))
    pending = step(desk, alert, CHAIR, **{**GRADE, "expires": told(clock() + timedelta(days=90))})
    clock.on(days=60)
    assert pending.current(clock()) is None
    assert pending.state_at(clock()) == GRADED
    again = approved(desk, pending)
    assert again.current(clock()) == again.published


def test_names_without_letters_are_told_apart() -> None:
    assert not same_person("__", "--__")
    assert same_person("__", "__")
