"""One table from error to status, and problem details for every fault."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from geointel import errors
from geointel_api import errors as ours
from geointel_api.errors import STATUS, problem_of, status_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def _tree(kind: type[errors.GeointelError]) -> Iterator[type[errors.GeointelError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _tree(below)


@pytest.mark.parametrize("kind", [*_tree(errors.GeointelError)])
def test_every_error_has_a_line_of_its_own(kind: type[errors.GeointelError]) -> None:
    if not kind.__module__.startswith(("geointel.errors", "geointel.viewer", "geointel_api.errors")):
        pytest.skip(f"{kind.__name__} is defined elsewhere and takes its parent's status")
    assert kind in STATUS
    assert 400 <= STATUS[kind] < 600


def test_an_error_takes_the_status_of_its_nearest_parent() -> None:
    class LostError(errors.SnapshotNotFoundError):
        pass

    assert status_of(LostError("gone")) == HTTPStatus.NOT_FOUND


def test_faults_of_ours_keep_their_details_to_themselves(caplog: pytest.LogCaptureFixture) -> None:
    for error in (errors.SnapshotCorruptError("/srv/secret/file"), RuntimeError("/srv/secret/file")):
        problem = problem_of(error)
        assert problem.status == 500
        assert "secret" not in problem.body().decode()
    assert "/srv/secret/file" in caplog.text


def test_a_visitor_is_told_what_to_do() -> None:
    problem = problem_of(ours.RequestError("No.", remedy="Yes."))
    assert (problem.status, problem.detail, problem.remedy) == (400, "No.", "Yes.")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/v1/layers/incidents/values?resolution=eight", 400),
        ("/v1/layers/incidents/values?resolution=99", 400),
        ("/v1/layers/incidents/values?resolution=9", 404),
        ("/v1/layers/incidents/values?f=xml", 400),
        ("/v1/layers/incidents/values?categories=all", 400),
        ("/v1/layers/incidents/values?snapshot=nothing", 404),
        ("/v1/cells/not-a-cell", 400),
        ("/v1/cells/8819429a9dfffff", 404),
        ("/collections/incidents/items?speed=1", 400),
    ],
)
def test_faults_are_problem_details(client: Any, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"] == HTTPStatus(status).phrase
    assert problem["detail"]


def test_a_wrong_method_is_said_so(client: Any) -> None:
    answer = client.request("DELETE", "/v1/layers")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"


def test_all_faults_of_a_request_are_told_at_once(client: Any) -> None:
    answer = client.get("/v1/layers/incidents/values?resolution=eight&f=xml")
    assert "query.resolution" in answer.json()["detail"]
    assert "query.f" in answer.json()["detail"]


def test_an_unforeseen_fault_is_an_answer_too(snapshots: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        message = "/srv/secret"
        raise RuntimeError(message)

    monkeypatch.setattr("geointel_api.routes.places.search_places", broken)
    answer = client.get("/v1/places?q=a")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert answer.headers["geointel-snapshot"] in {path.name for path in snapshots.iterdir()}
