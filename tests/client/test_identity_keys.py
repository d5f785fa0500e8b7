"""API keys: kept as hashes, shown once, ended at once, and cheap to refuse."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, MetaData, inspect, select, update
from typer.testing import CliRunner

from geointel.cli.main import app as command_line
from geointel_api.app import create_app
from geointel_api.errors import CredentialError, UnavailableError
from geointel_api.identity import key_form, proofs
from geointel_api.identity import keys as door_keys
from geointel_api.identity.keys import Keys
from geointel_api.identity.proofs import Proofs
from geointel_api.settings import Settings
from geointel_api.state import keys, tables
from geointel_api.state.database import open_database, parse_url

from .conftest import Client, api_of
from .http_desk import close_all, post, report, serving, step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geointel_api.state.database import Database


@pytest.fixture
def database(state_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = open_database(parse_url(state_url, tmp_path / "snapshots"))
    yield opened
    opened.close()


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def issued(database: Database, *, role: str = "analyst", now: float = 1_000_000.0, days: float = 1) -> tuple[str, str]:
    made = key_form.new_key()
    with database.writing() as connection:
        keys.add(connection, keys.Key(made.id, "Ann", role, now, now + days * 86_400, None, None, made.hash))
    return made.id, made.text


def ask(checker: Keys, text: str) -> Any:
    return asyncio.run(checker.visitor(text))


def test_a_key_has_enough_chance_in_it_and_is_kept_as_argon2id() -> None:
    one, other = key_form.new_key(), key_form.new_key()
    assert re.fullmatch(r"gi_[a-z2-7]{13}_[a-z2-7]{52}", one.text)
    assert key_form.id_of(one.text) == one.id
    assert one.text.rpartition("_")[2] != other.text.rpartition("_")[2]
    assert one.hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one.text not in repr(one)
    assert key_form.matches(one.hash, one.text)
    assert not key_form.matches(one.hash, other.text)
    assert not key_form.matches(None, one.text)
    assert not key_form.matches("no hash", one.text)


@pytest.mark.parametrize("text", ["", "gi_", "gi_a_b", "GI_" + "a" * 13 + "_" + "a" * 52, f"gi_{'a' * 13}_{'a' * 53}"])
def test_what_is_no_key_is_refused_without_work(text: str) -> None:
    def nothing() -> None:
        raise AssertionError

    with pytest.raises(CredentialError):
        ask(Keys(nothing), text)


def test_it_holds_until_it_expires_or_is_revoked(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "KEPT", 0.0)
    clock = Clock()
    checker = Keys(lambda: database, clock)
    (_, short), (name, long) = issued(database), issued(database, days=300)
    seen = ask(checker, short)
    assert (seen.roles, seen.person, seen.how) == (("analyst",), "Ann", "key")
    clock.now += 86_399
    assert ask(checker, short).person == "Ann"
    clock.now += 1
    said = []
    with pytest.raises(CredentialError) as expired:
        ask(checker, short)
    said.append(str(expired.value))
    with database.writing() as connection:
        assert keys.revoke(connection, name, clock.now).revoked == clock.now
    with database.writing() as connection:
        assert keys.revoke(connection, name, clock.now + 9).revoked == clock.now  # when it ended is not rewritten
    for text in (long, long[:-4] + "aaaa", f"gi_{'a' * 13}_{'a' * 52}"):
        with pytest.raises(CredentialError) as refused:
            ask(checker, text)
        said.append(str(refused.value))
    assert len(set(said)) == 1


def test_the_hash_is_not_worked_out_at_every_request(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[str] = []
    right = key_form.matches
    monkeypatch.setattr(door_keys, "matches", lambda kept, text: worked.append(text) or right(kept, text))
    now = [0.0]
    checker = Keys(lambda: database, Clock())
    checker._proved, checker._refused = Proofs(lambda: now[0]), Proofs(lambda: now[0])
    name, text = issued(database)
    for _ in range(5):
        ask(checker, text)
    assert worked == [text]
    wrong = text[:-4] + "aaaa"
    for _ in range(5):
        with pytest.raises(CredentialError):
            ask(checker, wrong)
    assert worked == [text, wrong]
    with database.writing() as connection:
        keys.revoke(connection, name, 1.0)
    assert proofs.KEPT <= 60
    now[0] += proofs.KEPT
    with pytest.raises(CredentialError):
        ask(checker, text)
    assert worked == [text, wrong, text]
    assert not any(text in str(vars(one)) for one in (checker._proved, checker._refused))


def test_an_unknown_id_is_as_much_work_as_a_known_one(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes: list[str] = []
    right = key_form._HASHER.verify
    hasher = type("Hasher", (), {"verify": lambda _, kept, text: hashes.append(kept) or right(kept, text)})()
    monkeypatch.setattr(key_form, "_HASHER", hasher)
    key_form._nobodys.cache_clear()
    monkeypatch.setattr(key_form, "new_key", lambda: key_form.NewKey("", KEPT_HASH, ""))
    _, text = "", f"gi_{'a' * 13}_{'a' * 52}"
    with pytest.raises(CredentialError):
        ask(Keys(lambda: database), text)
    key_form._nobodys.cache_clear()
    (kept,) = hashes
    assert kept.rpartition("$")[0].rpartition("$")[0] == "$argon2id$v=19$m=19456,t=2,p=1"


KEPT_HASH = key_form.new_key().hash


def test_a_flood_of_unknown_keys_is_cut_off_and_does_not_hold_up_those_that_exist(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Brute force: 120 wrong keys at once, each a tenth of a second of work, and one right one in their midst."""
    at_once: dict[str, list[int]] = {"now": [0], "most": [0]}

    def slow(kept: str | None, text: str) -> bool:
        if kept is not None:
            return key_form._HASHER.verify(kept, text)
        at_once["now"][0] += 1
        at_once["most"][0] = max(at_once["most"][0], at_once["now"][0])
        time.sleep(0.02)
        at_once["now"][0] -= 1
        return False

    monkeypatch.setattr(door_keys, "matches", slow)
    checker = Keys(lambda: database, Clock())
    _, text = issued(database)
    flood = [f"gi_{'a' * 13}_{'a' * 50}{'abcdefghij'[i // 12]}{'abcdefghijkl'[i % 12]}" for i in range(120)]

    async def all_at_once() -> tuple[list[Any], int]:
        waiting = [asyncio.create_task(checker.visitor(one)) for one in flood]
        await asyncio.sleep(0.05)
        assert (await checker.visitor(text)).person == "Ann"
        left = sum(not one.done() for one in waiting)
        return await asyncio.gather(*waiting, return_exceptions=True), left

    found, left = asyncio.run(all_at_once())
    assert left > 0, "the right key waited for the wrong ones"
    assert at_once["most"] == [door_keys.CHECKS_OF_UNKNOWN]
    assert {type(one) for one in found} == {CredentialError, UnavailableError}


def test_the_last_use_is_written_once_an_hour(database: Database) -> None:
    clock = Clock()
    checker = Keys(lambda: database, clock)
    name, text = issued(database)

    def used() -> float | None:
        checker._proved.forget(text)
        ask(checker, text)
        with database.reading() as connection:
            found = keys.find(connection, name)
        assert found is not None
        return found.used

    assert used() == 1_000_000
    clock.now += 3_599
    assert used() == 1_000_000
    clock.now += 1
    assert used() == 1_003_600


def test_a_database_of_the_version_before_gets_the_new_tables(state_url: str, tmp_path: Path) -> None:
    url = parse_url(state_url, tmp_path / "snapshots")
    now = open_database(url)
    with now.writing() as connection:
        for table in (tables.api_keys, tables.sessions):
            table.drop(connection)
        connection.execute(update(tables.head).values(schema=1, position=0))
    now.close()
    later = open_database(url)
    with later.reading() as connection:
        assert {"api_key", "session"} <= set(inspect(connection).get_table_names())
        assert connection.execute(select(tables.head.c.schema)).scalar_one() == tables.SCHEMA
    assert issued(later)
    later.close()
    assert open_database(url).close() is None


def test_no_column_could_hold_a_key_itself() -> None:
    assert isinstance(tables.metadata, MetaData)
    named = {column.name for column in tables.api_keys.columns if isinstance(column, Column)}
    assert named == {"id", "hash", "label", "role", "created", "expires", "revoked", "used"}


# --- the command line ---


def run(*arguments: str | Path, **environment: str) -> Any:
    return CliRunner(env=environment).invoke(command_line, ["keys", *map(str, arguments)])


def test_create_list_revoke(snapshots: Path, tmp_path: Path) -> None:
    state = {"GEOINTEL_STATE": f"sqlite:///{tmp_path}/state.sqlite", "GEOINTEL_SNAPSHOTS": str(snapshots)}
    assert json.loads(run("list", "--json", **state).stdout) == {"keys": []}
    assert not (tmp_path / "state.sqlite").exists()
    done = run("create", "--role", "analyst", "--label", "Ann Analyst", "--json", **state)
    made = json.loads(done.stdout)
    assert set(made) == {"id", "label", "role", "state", "created", "expires", "revoked", "used", "key"}
    shown = run("create", "--role", "analyst", "--label", "Bob", "--days", "2", **state)
    assert re.fullmatch(r"gi_\w+\n", shown.stdout)
    listed = json.loads(run("list", "--json", **state).stdout)["keys"]
    assert [one["label"] for one in listed] == ["Ann Analyst", "Bob"]
    assert "key" not in listed[0]
    assert listed[0]["expires"] > listed[1]["expires"]
    assert made["key"].rpartition("_")[2] not in (tmp_path / "state.sqlite").read_bytes().decode("latin-1")
    client = Client(create_app(Settings(snapshots=snapshots, state=state["GEOINTEL_STATE"])))
    assert client.get("/v1/snapshot", x_api_key=made["key"]).json()["edition"] == "partner"
    assert json.loads(run("list", "--json", **state).stdout)["keys"][0]["used"] is not None
    assert json.loads(run("revoke", made["id"], "--json", **state).stdout)["state"] == "revoked"
    fresh = Client(create_app(Settings(snapshots=snapshots, state=state["GEOINTEL_STATE"])))
    assert fresh.get("/v1/snapshot", x_api_key=made["key"]).status_code == 401
    assert [line.split("\t")[3] for line in run("list", **state).stdout.splitlines()] == ["revoked", "valid"]
    for one in (client, fresh):
        api_of(one.app).state.identity.close()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["create", "--role", "nobody", "--label", "Ann"], 1, "Its roles are analyst."),
        (["create", "--role", "public", "--label", "Ann"], 1, "for the role 'public'"),
        (["create", "--role", "analyst", "--label", "A"], 1, "not a name"),
        (["create", "--role", "analyst", "--label", "A\nB\nC"], 1, "not a name"),
        (["create", "--role", "analyst", "--label", "Ann", "--days", "0"], 2, ""),
        (["create", "--role", "analyst"], 2, ""),
        (["revoke", "nothing"], 1, "There is no key 'nothing'"),
    ],
)
def test_what_is_refused(snapshots: Path, tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    state = {"GEOINTEL_STATE": f"sqlite:///{tmp_path}/state.sqlite", "GEOINTEL_SNAPSHOTS": str(snapshots)}
    done = run(*arguments, **state)
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr


def test_without_a_folder_it_says_which_is_missing(tmp_path: Path) -> None:
    assert run("list", GEOINTEL_SNAPSHOTS="").exit_code == 2
    done = run("list", "--snapshots", tmp_path / "nothing")
    assert (done.exit_code, "There is no folder" in done.stderr) == (1, True)


def test_faults_of_the_environment_are_told_by_variable_without_secrets(snapshots: Path) -> None:
    broken = {"GEOINTEL_OIDC_AUDIENCE": "x", "GEOINTEL_OIDC_CLIENT_SECRET": "s3cret-value"}
    for wrong, name in (({}, "GEOINTEL_OIDC_AUDIENCE: "), ({"GEOINTEL_PORT": "s3cret-value"}, "GEOINTEL_PORT: ")):
        done = run("list", "--snapshots", snapshots, **broken, **wrong)
        assert (done.exit_code, done.stdout) == (2, "")
        assert name in done.stderr
        assert "s3cret" not in done.stderr


# --- who acts, in the log of alerts ---


def test_two_keys_approve_and_one_cannot_call_itself_two(
    snapshots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from .desk import CHAIR, CHEMIST, DOCTOR, GRADE

    monkeypatch.setattr("geointel_api.state.steps.LONGEST", timedelta(days=40_000))
    state = f"sqlite:///{tmp_path}/state.sqlite"
    settings = Settings(snapshots=snapshots, state=state)
    from geointel_api.identity.issuing import create_key

    ann, bob = (create_key(settings, "analyst", label=name, days=1)[1] for name in ("Ann Analyst", "Bob Analyst"))
    service = serving(snapshots, state, alerts=True)

    class WithKey(Client):
        def __init__(self, key: str) -> None:
            self.key = key

        def request(self, method: str, path: str, **options: Any) -> Any:
            return service.request(method, path, **{**options, "headers": {"x-api-key": self.key}})

    first, second = WithKey(ann), WithKey(bob)
    alert = report(first, who="Somebody Else")
    for who, action in ((CHEMIST, {"action": "validate"}), (CHAIR, {**GRADE, "expires": "2099-01-01"}),
                        (CHAIR, {"action": "approve"})):  # fmt: skip
        answer = step(first, alert, who, **action)
        assert answer.status_code == 200, answer.text
        alert = answer.json()["alert"]
    again = step(first, alert, DOCTOR, "approve")
    assert again.status_code == 422
    assert "Ann Analyst has approved it already" in again.json()["detail"]
    done = step(second, alert, CHAIR, "approve")
    assert done.status_code == 200
    history = done.json()["history"]
    assert [one["who"] for one in history] == ["Ann Analyst"] * 4 + ["Bob Analyst"]
    assert {one["role"] for one in history} == {"analyst"}
    nobody = post(service, "/v1/alerts", {})
    assert nobody.status_code == 400
    close_all()
    api_of(service.app).state.identity.close()
