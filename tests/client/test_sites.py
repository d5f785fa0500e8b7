"""Where to open services, over HTTP: a plan at once, and a proof as a job that only its edition sees."""

from __future__ import annotations

import time
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from geointel.answers.actions import ScenarioRequest
from geointel.answers.opening import open_world
from geointel.answers.scenario import scenario
from geointel.errors import SnapshotNotFoundError
from geointel.snapshot import open_snapshot
from geointel_api.app import create_app
from geointel_api.errors import PROBLEM, TooLargeError
from geointel_api.jobs import KEPT, WAITING, Jobs
from geointel_api.settings import Settings
from geointel_api.site_documents import JobDocument, SitesDocument

from .care_snapshot import write_care
from .conftest import Client

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "snapshots"
    write_care(folder)
    return folder


@pytest.fixture(scope="module")
def partner(town: Path) -> Client:
    return Client(create_app(Settings(snapshots=town, anonymous_role="analyst")))


def ask(client: Client, **wanted: Any) -> Any:
    return client.request("POST", "/v1/sites", json=wanted)


def finished(client: Client, path: str) -> dict[str, Any]:
    """The job once it is done. Proofs of a town take a moment."""
    for _ in range(600):
        job: dict[str, Any] = client.get(path).json()
        if job["state"] in {"done", "failed"}:
            return job
        time.sleep(0.05)
    pytest.fail("the job did not end")


def test_a_plan_comes_at_once_and_holds_to_its_description(partner: Client) -> None:
    answer = ask(partner, new=2, minutes=4)
    assert answer.status_code == 200
    found = SitesDocument.model_validate(answer.json()).model_dump()
    (plan,) = found["plans"]
    assert len(plan["sites"]) == 2
    assert found["before"]["residents"] < plan["reached"]["residents"]
    gains = [step["reached"]["residents"] for step in found["curve"]]
    assert gains == sorted(gains)
    assert gains[0] == found["before"]["residents"]


def test_a_plan_s_actions_are_a_scenario_that_reaches_as_many(partner: Client, town: Path) -> None:
    """The plan counts within the layer's standard; the scenario is another way to the same number."""
    (plan,) = ask(partner, new=1, capacity=30).json()["plans"]
    world = open_world(open_snapshot(town).edition("partner"))
    from datetime import date

    told = scenario(
        world, ScenarioRequest.model_validate({"actions": plan["actions"]}), edition="partner", today=date(2026, 1, 1)
    )
    assert told["within_standard"]["after"]["residents"] == pytest.approx(plan["reached"]["residents"], abs=0.1)


def test_a_proof_is_a_job_and_no_plan_is_better(partner: Client) -> None:
    greedy = ask(partner, new=3, minutes=3).json()["plans"][0]
    begun = ask(partner, new=3, minutes=3, prove=True, plans=2)
    assert begun.status_code == 202
    assert begun.headers["location"].endswith(f"/v1/jobs/{begun.json()['id']}")
    job = JobDocument.model_validate(finished(partner, f"/v1/jobs/{begun.json()['id']}"))
    assert job.state == "done"
    best, *others = job.answer["plans"] if job.answer else [None]
    assert best["status"] == "proven"
    assert best["gap"] == 0
    assert best["objective"] >= greedy["objective"] - 1e-6
    assert all(one["objective"] <= best["objective"] + 1e-6 for one in others)


def test_a_job_is_not_there_for_whoever_may_not_open_its_edition(partner: Client, town: Path) -> None:
    begun = ask(partner, new=1, minutes=3, prove=True).json()
    public = Client(create_app(Settings(snapshots=town)))
    for client, path in ((public, f"/v1/jobs/{begun['id']}"), (partner, "/v1/jobs/none")):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == PROBLEM


def test_places_that_are_there_can_be_contracted(partner: Client) -> None:
    answer = ask(
        partner, layer="a-access", category="drug-treatment", among="services", kind="pharmacy", new=1, minutes=3
    )
    (plan,) = answer.json()["plans"]
    assert plan["actions"] == [{"do": "contract", "service": "list:shop"}]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"among": "services", "kind": "hospital"}, "kind"),
        ({"cells": ["8819511401fffff", "x"]}, "cells.0"),
        ({"cells": ["8819438965fffff"]}, "cells.0"),
        ({"costs": [1.0]}, "costs"),
        ({"layer": "a-access", "category": "pharmacy", "capacity": 20}, "capacity"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_its_field(partner: Client, wanted: dict[str, Any], field: str) -> None:
    answer = ask(partner, **wanted)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["field"] == field


@pytest.mark.parametrize(
    "wanted",
    [{"new": 0}, {"new": 21}, {"minutes": -1}, {"model": "best"}, {"seconds": 1e9}, {"nobody": 1}, {"plans": 9}],
)
def test_a_question_that_makes_no_sense_is_a_problem(partner: Client, wanted: dict[str, Any]) -> None:
    answer = ask(partner, **wanted)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == PROBLEM


def test_jobs_that_wait_are_few_and_old_answers_are_forgotten() -> None:
    jobs, hold = Jobs(), Event()

    def wait(_: Any) -> dict[str, Any]:
        hold.wait(10)
        return {}

    waiting = [jobs.begin("open", wait) for _ in range(WAITING)]
    with pytest.raises(TooLargeError):
        jobs.begin("open", wait)
    hold.set()
    while any(job.told()["state"] in {"queued", "running"} for job in waiting):
        time.sleep(0.01)
    for _ in range(KEPT):
        job = jobs.begin("open", lambda announce: announce("Half way") or {"a": 1})
        while job.told()["state"] != "done":
            time.sleep(0.002)
    assert job.told()["answer"] == {"a": 1}
    with pytest.raises(SnapshotNotFoundError):
        jobs.find(waiting[0].id, ("open",))


def test_a_job_that_fails_says_so_without_our_details() -> None:
    jobs = Jobs()

    def fail(_: Any) -> dict[str, Any]:
        message = "/secret/path"
        raise RuntimeError(message)

    job = jobs.begin("open", fail)
    while job.told()["state"] != "failed":
        time.sleep(0.002)
    assert "secret" not in str(job.told())
