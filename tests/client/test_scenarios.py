"""What if, over HTTP: answers hold to their description, faults are problems with a field, and editions never mix."""

from __future__ import annotations

import json
from threading import Event, Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from geointel.answers import opening
from geointel.snapshot import open_snapshot
from geointel_api.app import create_app
from geointel_api.delivery import LARGEST_REQUEST
from geointel_api.errors import PROBLEM
from geointel_api.scenario_documents import ScenarioDocument
from geointel_api.settings import Settings
from geointel_api.worlds import KEPT, Worlds

from .care_snapshot import MIDDLE, write_care
from .conftest import Client

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

CLOSE = {"do": "close", "service": "list:a"}
OPEN = {"do": "open", **MIDDLE, "capacity": 20.0, "name": "Evening clinic"}
MOVE = {"do": "move", "service": "list:a", **MIDDLE}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "snapshots"
    write_care(folder)
    return folder


@pytest.fixture(scope="module")
def public(town: Path) -> Client:
    return Client(create_app(Settings(snapshots=town)))


@pytest.fixture(scope="module")
def partner(town: Path) -> Client:
    return Client(create_app(Settings(snapshots=town, anonymous_role="analyst")))


def ask(client: Client, *actions: dict[str, Any], query: str = "", **more: Any) -> httpx.Response:
    return client.request("POST", f"/v1/scenarios{query}", json={"actions": actions, **more})


def test_an_answer_holds_to_its_description(partner: Client, public: Client) -> None:
    every = [
        OPEN, CLOSE, {"do": "resize", "service": "list:b", "capacity": 90},
        {"do": "outreach", "service": "list:c", **MIDDLE, "days": 2, "hours": "tu 18:00-20:30"},
        {"do": "contract", "service": "list:shop", "capacity": 5, "cost": 12000},
        {"do": "hours", "service": "list:b", "hours": "sa 10:00-14:00"},
    ]  # fmt: skip
    answer = ask(partner, *every, intervals=True, cells="all")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found = ScenarioDocument.model_validate_json(answer.content)
    assert (found.edition, found.layer, found.measure, found.cost) == ("partner", "a-gap", "places", 12000)
    assert found.gaining.in_need is not None
    assert found.gaining.residents > 0
    assert len(found.cells.cell) == 271
    assert ask(partner, *every, intervals=True, cells="all").content == answer.content
    plain = ScenarioDocument.model_validate_json(ask(public, MOVE).content)
    assert (plain.edition, plain.layer, plain.measure) == ("open", "a-access", "minutes")
    assert plain.gaining.in_need is plain.gaining.weighted_residents is None


def test_one_edition_never_answers_for_another(partner: Client, public: Client) -> None:
    """The public does not see the partner's layer, whichever of them asked first."""
    assert ask(partner, MOVE).json()["layer"] == "a-gap"
    assert ask(public, MOVE).json()["layer"] == "a-access"
    assert ask(partner, MOVE, query="?edition=open").json()["layer"] == "a-access"
    assert ask(public, MOVE, layer="a-gap").status_code == 404
    assert ask(partner, MOVE, layer="a-gap", query="?edition=open").status_code == 404
    assert ask(public, MOVE, query="?edition=partner").status_code == 403
    both = [ask(partner, MOVE, layer="a-access", query=f"?edition={name}").json() for name in ("open", "partner")]
    assert [one.pop("edition") for one in both] == ["open", "partner"]


def test_a_closure_is_for_partners(partner: Client, public: Client) -> None:
    refused = ask(public, MOVE, CLOSE)
    # a service that is closed after it was moved is closed
    assert (refused.status_code, refused.json()["field"]) == (422, "actions.1")
    allowed = ask(partner, CLOSE).json()
    assert allowed["words"]["expires"]
    assert allowed["closures"][0]["service"] == "list:a"


@pytest.mark.parametrize(
    ("status", "field", "document"),
    [
        (422, "actions.0.service", {"actions": [{"do": "move", "service": "list:z", **MIDDLE}]}),
        (422, "actions.1.lat", {"actions": [MOVE, {"do": "open", "lat": 51.5, "lng": -0.1, "capacity": 5}]}),
        (422, "actions.0.capacity", {"actions": [{"do": "open", **MIDDLE}]}),
        (400, "actions.0.capacity", {"actions": [{**OPEN, "capacity": 0}]}),
        (400, "actions.0.capacity", {"actions": [{**OPEN, "capacity": -1}]}),
        (400, "actions.0.hours", {"actions": [{**OPEN, "hours": "every day"}]}),
        (400, "actions.0.hours", {"actions": [{"do": "hours", "service": "list:a", "hours": "mo 18:00-09:00"}]}),
        (400, "actions.0", {"actions": [{"do": "demolish", "service": "list:a"}]}),
        (400, "actions.0", {"actions": [5]}),
        (400, "actions", {"actions": [MOVE] * 51}),
        (400, "actions", {"actions": []}),
        (400, "actions", {}),
        (404, "layer", {"actions": [MOVE], "layer": "no-such-layer"}),
        (422, "category", {"actions": [MOVE], "category": "gin"}),
        (422, "level", {"actions": [MOVE], "level": "parish"}),
        (400, "budget", {"actions": [MOVE], "budget": 5}),
        (400, "body", []),
        (400, "body", None),
    ],
)
def test_faults_are_problems_with_their_field(partner: Client, status: int, field: str, document: Any) -> None:
    _is_problem(partner.request("POST", "/v1/scenarios", json=document), status, field)


def _is_problem(answer: httpx.Response, status: int, field: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    problem = answer.json()
    assert problem["field"] == field, problem
    assert problem["detail"]
    assert problem["remedy"]
    assert len(answer.content) < 10_000


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("actions.0.capacity", json.dumps({"actions": [{**OPEN, "capacity": float("nan")}]})),
        ("actions.0.capacity", json.dumps({"actions": [{**OPEN, "capacity": float("inf")}]})),
        ("actions.0.lat", json.dumps({"actions": [{**OPEN, "lat": float("-inf")}]})),
        ("actions.0.cost", '{"actions": [{"do": "close", "service": "list:a", "cost": 1e999}]}'),
        ("body", '{"actions": ['),
        ("body", ""),
        ("unknown-0", json.dumps({"actions": [MOVE], **{f"unknown-{n}": n for n in range(5000)}})),
    ],
)
def test_bodies_that_are_not_what_they_should_be(partner: Client, field: str, body: str) -> None:
    headers = {"content-type": "application/json"}
    _is_problem(partner.request("POST", "/v1/scenarios", content=body, headers=headers), 400, field)


def test_a_body_of_another_type_or_too_long_a_one(partner: Client) -> None:
    text = json.dumps({"actions": [MOVE]})
    _is_problem(
        partner.request("POST", "/v1/scenarios", content=text, headers={"content-type": "text/plain"}), 400, "body"
    )
    long = text + " " * LARGEST_REQUEST
    _is_problem(
        partner.request("POST", "/v1/scenarios", content=long, headers={"content-type": "application/json"}),
        413,
        "body",
    )
    deep = "[" * 100_000
    answer = partner.request("POST", "/v1/scenarios", content=deep, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)


def test_every_fault_is_told(partner: Client) -> None:
    answer = ask(partner, {**OPEN, "capacity": 0, "lat": 100})
    assert "actions.0.lat" in answer.json()["detail"]
    assert "actions.0.capacity" in answer.json()["detail"]


def test_nothing_is_stored(partner: Client, town: Path) -> None:
    before = {path: path.read_bytes() for path in town.rglob("*") if path.is_file()}
    first = ask(partner, OPEN).content
    ask(partner, CLOSE)
    assert ask(partner, OPEN).content == first
    assert {path: path.read_bytes() for path in town.rglob("*") if path.is_file()} == before


def test_a_world_that_opens_slowly_keeps_nobody_else_waiting(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions for one layer wait for its world; those for others do not."""
    slow, opened, real = Event(), [], opening.open_world

    def open_world(edition: Any, layer: str | None = None, category: str | None = None) -> Any:
        opened.append(category)
        if category == "drug-treatment":
            assert slow.wait(20)
        return real(edition, layer, category)

    monkeypatch.setattr(opening, "open_world", open_world)
    visit, worlds, found = _visit(town), Worlds(), []
    waiting = [Thread(target=lambda: found.append(worlds.of(visit, None, None))) for _ in range(2)]
    for thread in waiting:
        thread.start()
    assert worlds.of(visit, "a-access", "pharmacy").help == "pharmacy"
    assert found == []
    slow.set()
    for thread in waiting:
        thread.join(20)
    assert found[0] is found[1]
    assert sorted(opened) == ["drug-treatment", "pharmacy"]
    assert worlds.of(visit, "a-access", "drug-treatment") is found[0]


def test_few_worlds_are_kept(town: Path) -> None:
    visit, worlds = _visit(town), Worlds()
    first = worlds.of(visit, None, None)
    for number in range(KEPT):
        other = _visit(town)
        other.edition.name = f"edition-{number}"
        worlds.of(other, None, None)
    assert worlds.of(visit, None, None) is not first


def _visit(town: Path) -> Any:
    opened = open_snapshot(town)
    edition = SimpleNamespace(name="open", edition=opened.edition("open"))
    return SimpleNamespace(snapshot=SimpleNamespace(id=opened.id), edition=edition)


def test_a_cell_of_an_edition_without_facts_has_its_layers_and_no_series(partner: Client) -> None:
    """The snapshot of the town has no recorded incident: there is nothing to count, and a zero would be one too many."""
    from ..unit.layers.care.town import CELLS

    answer = partner.get(f"/v1/cells/{int(CELLS[0]):x}")
    assert answer.status_code == 200
    assert set(answer.json()["series"]["values"]) <= {None}
