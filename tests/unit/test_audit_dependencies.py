"""What is said of the locked dependencies where a service answers, where none does, and when the review is old."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

ROOT = Path(__file__).parents[2]
TODAY = dt.date(2026, 3, 1)
CLEAN = {"dependencies": [{"name": "one", "version": "1.0", "vulns": []}], "fixes": []}
SKIPPED = {"dependencies": [{"name": "one", "skip_reason": "not found and could not be audited"}], "fixes": []}
KNOWN = {"dependencies": [{"name": "one", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}]}
NPM_CLEAN = {"auditReportVersion": 2, "vulnerabilities": {}}
NPM_KNOWN = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "two": {"via": [{"source": 7, "url": "https://example.org/advisories/GHSA-x"}]},
        "three": {"via": ["two"]},
    },
}
NPM_REFUSED = {"message": "405 Method Not Allowed", "statusCode": 405, "error": {"summary": ""}}


@pytest.fixture(scope="module")
def script() -> Any:
    sys.path.insert(0, str(ROOT / "scripts"))
    import audit_dependencies

    yield audit_dependencies
    sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "web").mkdir()
    for name in ("requirements/dev.lock", "requirements/node.lock", "web/package-lock.json"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    return tmp_path


def note(script: Any, root: Path, **changes: Any) -> dict[str, Any]:
    names = ("requirements/dev.lock", "requirements/node.lock", "web/package-lock.json")
    return {
        "review": {"date": changes.get("date", TODAY)},
        "locks": {name: script.digest(root / name) for name in names if name != changes.get("without")},
        "accepted": changes.get("accepted", []),
    }


def answers(script: Any, root: Path, *, pip: Any, npm: Any) -> list[Any]:
    asked: list[Sequence[str]] = []

    def run(command: Sequence[str], folder: Path) -> str:
        asked.append(command)
        told = npm if "audit" in command else pip
        return told if isinstance(told, str) else json.dumps(told)

    return [*script.ask_python(root, run), *script.ask_npm(root, run)]


def test_a_service_that_answers_is_enough(script: Any, root: Path) -> None:
    told = answers(script, root, pip=CLEAN, npm=NPM_CLEAN)
    assert [answer.complete for answer in told] == [True, True, True]
    old = {"review": {"date": dt.date(2001, 1, 1)}, "locks": {}}
    assert script.audit(told, old, root=root, today=TODAY) == []


@pytest.mark.parametrize("pip", [SKIPPED, "", "no JSON", {"dependencies": []}])
@pytest.mark.parametrize("npm", [NPM_REFUSED, "", "[]"])
def test_no_answer_is_never_clean(script: Any, root: Path, pip: Any, npm: Any) -> None:
    told = answers(script, root, pip=pip, npm=npm)
    assert not any(answer.complete for answer in told)
    faults = script.audit(told, {"review": {"date": TODAY}, "locks": {}}, root=root, today=TODAY)
    assert len(faults) == 3
    assert all("never reviewed" in fault for fault in faults)
    assert script.audit(told, note(script, root), root=root, today=TODAY) == []


def test_one_package_that_was_skipped_is_no_answer(script: Any) -> None:
    mixed = {"dependencies": [*CLEAN["dependencies"], *SKIPPED["dependencies"]]}
    assert not script.read_pip_audit(json.dumps(mixed), "a.lock").complete


def test_where_the_smallest_lock_has_no_answer_no_more_is_asked(script: Any, root: Path) -> None:
    asked = []

    def run(command: Sequence[str], folder: Path) -> str:
        asked.append(command[-1])
        return json.dumps(SKIPPED)

    told = script.ask_python(root, run)
    assert asked == [str(root / "requirements/node.lock")]
    assert {name for answer in told for name in answer.locks} == {"requirements/dev.lock", "requirements/node.lock"}


def test_one_service_without_the_other(script: Any, root: Path) -> None:
    told = answers(script, root, pip=CLEAN, npm=NPM_REFUSED)
    without = note(script, root, without="web/package-lock.json")
    assert script.audit(told, without, root=root, today=TODAY) == ["web/package-lock.json was never reviewed."]


def test_a_known_vulnerability_stops_until_it_is_accepted(script: Any, root: Path) -> None:
    told = answers(script, root, pip=KNOWN, npm=NPM_KNOWN)
    faults = script.audit(told, note(script, root), root=root, today=TODAY)
    assert "PYSEC-1 in one 1.0 (requirements/dev.lock)" in faults
    assert "GHSA-x in two (web/package-lock.json)" in faults
    assert len(faults) == 3
    accepted = [{"id": name, "until": TODAY} for name in ("PYSEC-1", "GHSA-x")]
    assert script.audit(told, note(script, root, accepted=accepted), root=root, today=TODAY) == []
    late = TODAY + dt.timedelta(days=1)
    assert len(script.audit(told, note(script, root, accepted=accepted), root=root, today=late)) == 3


def test_a_lock_that_changed_needs_a_new_review(script: Any, root: Path) -> None:
    before = note(script, root)
    (root / "requirements/dev.lock").write_text("changed", encoding="utf-8")
    told = answers(script, root, pip=SKIPPED, npm=NPM_REFUSED)
    (fault,) = script.audit(told, before, root=root, today=TODAY)
    assert "requirements/dev.lock has changed" in fault


@pytest.mark.parametrize(("days", "fine"), [(0, True), (180, True), (181, False), (-1, False)])
def test_a_review_lasts_180_days(script: Any, root: Path, days: int, fine: bool) -> None:
    told = answers(script, root, pip=SKIPPED, npm=NPM_REFUSED)
    today = TODAY + dt.timedelta(days=days)
    assert (script.audit(told, note(script, root), root=root, today=today) == []) is fine


def test_a_program_that_is_not_there_gives_no_answer(script: Any, tmp_path: Path) -> None:
    assert script.output_of([str(tmp_path / "nothing")], tmp_path) == ""


def test_a_program_that_does_not_end_gives_no_answer(
    script: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "SECONDS", 0.2)
    assert script.output_of([sys.executable, "-c", "import time; print(1, flush=True); time.sleep(30)"], tmp_path) == ""


def test_the_exit_code_and_what_to_do(
    script: Any, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script, "ROOT", root)
    monkeypatch.setattr(script, "ask_npm", lambda _root: [])
    monkeypatch.setattr(script, "ask_python", lambda _root: [script.read_pip_audit("", "requirements/dev.lock")])
    (root / script.NOTE).write_text("[review]\ndate = 2020-01-01\n[locks]\n", encoding="utf-8")
    assert script.main([]) == 1
    told = capsys.readouterr().out
    assert "more than 180 days old" in told
    assert "never reviewed" in told
    assert "--digests" in told
    assert script.main(["--digests"]) == 0
    table = tomllib.loads(capsys.readouterr().out)["locks"]
    assert table["requirements/dev.lock"] == script.digest(root / "requirements/dev.lock")
    assert set(table) == {"requirements/dev.lock", "requirements/node.lock", "web/package-lock.json"}


def test_our_own_review_names_every_lock_and_what_was_not_checked(script: Any) -> None:
    own = tomllib.loads((ROOT / script.NOTE).read_text(encoding="utf-8"))
    locks = {path.relative_to(ROOT).as_posix() for path in (ROOT / "requirements").glob("*.lock")}
    assert set(own["locks"]) == locks | {"web/package-lock.json"}
    assert own["review"]["by"]
    assert own["review"]["checked"]
    assert own["review"]["not_checked"]
    assert all(found["why"] and found["until"] for found in own.get("accepted", []))


def test_what_our_review_compared_is_so() -> None:
    own = tomllib.loads((ROOT / "requirements" / "review.toml").read_text(encoding="utf-8"))
    lock = (ROOT / "requirements" / "dev.lock").read_text(encoding="utf-8")
    assert own["compared"]
    for row in own["compared"]:
        versions = re.findall(rf"^{re.escape(row['package'])}==([^\s;]+)", lock, re.MULTILINE)
        assert versions, row
        assert all(Version(version) >= Version(row["fixed_in"]) for version in versions), row
