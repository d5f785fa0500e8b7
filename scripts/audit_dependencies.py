"""Ask for known vulnerabilities of what is locked; where nobody answers, hold the locks against the last review.

``pip-audit`` and ``npm audit`` ask services on the network. Some networks have only a package index: there
both say that nothing was found, or fail. That is no answer, and never counts as clean. Then the note
``requirements/review.toml`` must be about these very locks, and not be old.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import build_web

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parent.parent
NOTE = "requirements/review.toml"
OLDEST = dt.timedelta(days=180)
SECONDS = 300
PROBE = "requirements/node.lock"
"""The smallest lock: asked about first, so that a network without the service is asked one question."""


@dataclass(frozen=True)
class Finding:
    """A known vulnerability of a locked package."""

    id: str
    package: str
    lock: str


@dataclass(frozen=True)
class Answer:
    """What a service said about some locks; ``complete`` only where it knew every package of them."""

    locks: tuple[str, ...]
    findings: tuple[Finding, ...]
    complete: bool


def output_of(command: Sequence[str], folder: Path) -> str:
    """Return what a program prints; empty where it does not end in time or is not there."""
    search = os.pathsep.join((str(Path(command[0]).parent), os.environ.get("PATH", "")))
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PATH": search},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def read_pip_audit(text: str, lock: str) -> Answer:
    """Read the JSON of ``pip-audit``. A package that it skipped was not looked at."""
    packages = _json(text).get("dependencies", [])
    findings = [
        Finding(found["id"], f"{package['name']} {package['version']}", lock)
        for package in packages
        for found in package.get("vulns", [])
    ]
    return Answer((lock,), tuple(findings), bool(packages) and not any("skip_reason" in each for each in packages))


def read_npm_audit(text: str, lock: str) -> Answer:
    """Read the JSON of ``npm audit``. An error has no ``auditReportVersion``."""
    report = _json(text)
    findings = {
        Finding(str(cause.get("url", cause.get("source"))).rsplit("/", 1)[-1], package, lock)
        for package, found in report.get("vulnerabilities", {}).items()
        for cause in found.get("via", [])
        if isinstance(cause, dict)
    }
    ordered = sorted(findings, key=lambda finding: (finding.package, finding.id))
    return Answer((lock,), tuple(ordered), "auditReportVersion" in report and "error" not in report)


def _json(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def ask_python(root: Path, run: Callable[[Sequence[str], Path], str] = output_of) -> list[Answer]:
    """Ask about every lock of Python, the smallest first; no further where it has no answer."""
    names = sorted(path.relative_to(root).as_posix() for path in (root / "requirements").glob("*.lock"))
    answers: list[Answer] = []
    for name in sorted(names, key=lambda name: name != PROBE):
        if answers and not answers[0].complete:
            answers.append(Answer((name,), (), complete=False))
            continue
        command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
        command += ["--format", "json", "--requirement", str(root / name)]
        answers.append(read_pip_audit(run(command, root), name))
    return answers


def ask_npm(root: Path, run: Callable[[Sequence[str], Path], str] = output_of) -> list[Answer]:
    """Ask about the page's lock, with the tools that build and test it."""
    node = build_web.node_on_path() or build_web.node_from_wheel()
    command = [*node.npm, "audit", "--json", "--package-lock-only"] if node else []
    text = run(command, root / "web") if command else ""
    return [read_npm_audit(text, "web/package-lock.json")]


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def faults_of_review(note: dict[str, Any], locks: Sequence[str], *, root: Path, today: dt.date) -> list[str]:
    """Say why the note does not stand for these locks as they are today."""
    when = note["review"]["date"]
    faults = []
    if when > today:
        faults.append(f"The review is dated {when}, which has not come yet.")
    if today - when > OLDEST:
        faults.append(f"The review of {when} is more than {OLDEST.days} days old.")
    for name in locks:
        reviewed = note["locks"].get(name)
        if reviewed is None:
            faults.append(f"{name} was never reviewed.")
        elif reviewed != digest(root / name):
            faults.append(f"{name} has changed since the review of {when}.")
    return faults


def open_findings(answers: Sequence[Answer], note: dict[str, Any], *, today: dt.date) -> list[Finding]:
    """Return findings that the note does not accept, or no longer."""
    accepted = {found["id"] for found in note.get("accepted", []) if found["until"] >= today}
    return [finding for answer in answers for finding in answer.findings if finding.id not in accepted]


def audit(answers: Sequence[Answer], note: dict[str, Any], *, root: Path, today: dt.date) -> list[str]:
    """Every reason why the locked dependencies cannot be let through; empty where there is none."""
    faults = [
        f"{finding.id} in {finding.package} ({finding.lock})" for finding in open_findings(answers, note, today=today)
    ]
    unanswered = [name for answer in answers if not answer.complete for name in answer.locks]
    return faults + (faults_of_review(note, unanswered, root=root, today=today) if unanswered else [])


def _say(answers: Sequence[Answer], note: dict[str, Any]) -> None:
    for answer in answers:
        for name in answer.locks:
            said = (
                "asked"
                if answer.complete
                else f"no service answered; held against the review of {note['review']['date']}"
            )
            print(f"{name}: {said}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Audit, or print the digests for a new note; the exit code says whether the locks may be used."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--digests", action="store_true", help="print the table [locks] for a new review, and stop")
    options = parser.parse_args(arguments)
    locks = [*sorted((ROOT / "requirements").glob("*.lock")), ROOT / "web" / "package-lock.json"]
    if options.digests:
        print("\n".join(["[locks]", *(f'"{path.relative_to(ROOT).as_posix()}" = "{digest(path)}"' for path in locks)]))
        return 0
    if importlib.util.find_spec("pip_audit") is None:
        print("pip-audit is not installed: run `make setup`.")
        return 1
    note = tomllib.loads((ROOT / NOTE).read_text(encoding="utf-8"))
    answers = [*ask_python(ROOT), *ask_npm(ROOT)]
    _say(answers, note)
    faults = audit(answers, note, root=ROOT, today=dt.datetime.now(dt.UTC).date())
    if faults:
        print("\n".join(faults))
        print(
            f"Update what has a known vulnerability, or accept it with a reason in {NOTE}. For a lock that changed or a review "
            "that is old: look at what changed as CONTRIBUTING.md says, write down what you checked and what not, "
            "and take the digests from `scripts/audit_dependencies.py --digests`."
        )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
