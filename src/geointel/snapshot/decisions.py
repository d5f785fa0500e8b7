"""What people decided about snapshots: approvals, and sources that were withdrawn.

They stand in one file beside the snapshots, ``decisions.jsonl``, outside what a snapshot's id is made from. It only
grows. Every line carries the hash of the line before and its own, so that a line which was changed, removed or put in
between is noticed. A line without its end, left by a process that was killed while it wrote, was never decided.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from geointel.errors import SnapshotCorruptError, SnapshotError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FILE = "decisions.jsonl"
APPROVE, WITHDRAW, LIFT = "approve", "withdraw", "lift"
REQUIRED = "required"
"""What an edition's manifest says under ``approval`` when nobody may see it before a person has approved it."""
LONGEST_NAME = 200
_START = hashlib.sha256(b"geointel decisions 1").hexdigest()
"""What the first line names as the one before."""


@dataclass(frozen=True)
class Approval:
    """A person let readers see one edition of one snapshot, as its manifest then was.

    ``manifest`` is the manifest's digest; ``carried_from`` the digest that was approved where a withdrawal has since
    given an edition, of which it changed nothing, to a snapshot with another id.
    """

    snapshot: str
    edition: str
    manifest: str
    by: str
    at: str
    audit: Mapping[str, Any] = field(default_factory=dict)
    carried_from: str = ""


@dataclass(frozen=True)
class Withdrawal:
    """A source that must not be shown. ``lifted`` is when builds were allowed to use it again; blank while they are not."""

    source: str
    by: str
    at: str
    lifted: str = ""


@dataclass(frozen=True)
class Decisions:
    """All that was decided in a snapshots folder, in order."""

    approvals: tuple[Approval, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()

    @property
    def blocked(self) -> Mapping[str, Withdrawal]:
        """Sources that no build may use, with the withdrawal that says so."""
        return {one.source: one for one in self.withdrawals if not one.lifted}

    def approval(self, manifest: Mapping[str, Any]) -> Approval | None:
        """The approval of an edition; ``None`` where nobody approved it, or its manifest is no longer the approved one."""
        wanted = (manifest["snapshot"], manifest["edition"], manifest["digest"])
        return next((one for one in self.approvals if (one.snapshot, one.edition, one.manifest) == wanted), None)

    def waits(self, manifest: Mapping[str, Any]) -> bool:
        """Whether an edition needs an approval that it does not have."""
        return manifest.get("approval", "none") != "none" and self.approval(manifest) is None

    def withdrawn(self, manifest: Mapping[str, Any]) -> tuple[str, ...]:
        """Sources that an edition knows and must not show.

        A source that builds may use again is shown by what is built then, never by what was built before its withdrawal:
        an old folder from a backup brings nothing back.
        """
        known = {source["id"] for source in manifest.get("sources", ())}
        created = str(manifest["created"])
        found = {one.source for one in self.withdrawals if not one.lifted or created <= _second(one.at)}
        return tuple(sorted(known & found))

    def shows(self, manifest: Mapping[str, Any]) -> bool:
        """Whether readers may know that this edition exists."""
        return not self.waits(manifest) and not self.withdrawn(manifest)


def read_decisions(snapshots: Path) -> Decisions:
    """All decisions of a snapshots folder. Raises ``SnapshotCorruptError`` where the file is not as it was written."""
    path = snapshots / FILE
    try:
        found = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Decisions()
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror})."
        raise SnapshotError(
            message, remedy="Let the service read the file; without it nobody knows what was decided."
        ) from error
    return _decisions(_entries(found, path))


def record(snapshots: Path, action: str, facts: Mapping[str, Any], *, at: datetime) -> Decisions:
    """Add one decision, on the disk when this returns; return all of them. One process at a time."""
    path = snapshots / FILE
    with path.open("a+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        found = stream.read()
        entries = _entries(found, path)
        stream.truncate(found.rfind(b"\n") + 1)
        before = entries[-1]["hash"] if entries else _START
        entry = {**facts, "number": len(entries) + 1, "at": spell(at), "action": action, "before": before}
        entry["hash"] = _hash(entry)
        stream.write(_line(entry))
        stream.flush()
        os.fsync(stream.fileno())
    folder = os.open(snapshots, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return _decisions([*entries, entry])


def require_name(by: str) -> str:
    """The name of who decides, trimmed. Raises ``SnapshotError`` for one that is blank, very long or not one line."""
    name = by.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        message = "A decision needs the name of the person who takes it."
        raise SnapshotError(message, remedy=f"Give --by with a name of at most {LONGEST_NAME} letters, on one line.")
    return name


def spell(moment: datetime) -> str:
    """Spell a moment in UTC: ``2026-11-28T08:33:26.000001Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _second(moment: str) -> str:
    """A spelt moment as manifests spell theirs: ``2026-11-28T08:33:26Z``."""
    return f"{moment.partition('.')[0]}Z"


def _entries(found: bytes, path: Path) -> list[dict[str, Any]]:
    """The lines of the file that have an end. Raises ``SnapshotCorruptError`` for the first that is not as it was written."""
    entries: list[dict[str, Any]] = []
    before = _START
    for number, line in enumerate(found.split(b"\n")[:-1], start=1):
        try:
            entry = json.loads(line)
            same = (entry["number"], entry["before"], entry["hash"], line + b"\n") == (
                number, before, _hash(entry), _line(entry)
            )  # fmt: skip
        except (ValueError, KeyError, TypeError):
            same = False
        if not same:
            message = f"{path}, line {number}, is not as it was written."
            remedy = "Put the file back from a backup: approvals and withdrawals cannot be trusted until then."
            raise SnapshotCorruptError(message, remedy=remedy)
        before = entry["hash"]
        entries.append(entry)
    return entries


def _decisions(entries: Iterable[Mapping[str, Any]]) -> Decisions:
    approvals: list[Approval] = []
    withdrawals: list[Withdrawal] = []
    for entry in entries:
        if entry["action"] == APPROVE:
            approvals.append(Approval(**{name: entry[name] for name in Approval.__dataclass_fields__}))
        elif entry["action"] == WITHDRAW:
            withdrawals.append(Withdrawal(entry["source"], entry["by"], entry["at"]))
        elif entry["action"] == LIFT:
            withdrawals = [
                Withdrawal(one.source, one.by, one.at, one.lifted or entry["at"])
                if one.source == entry["source"]
                else one
                for one in withdrawals
            ]
    return Decisions(tuple(approvals), tuple(withdrawals))


def _hash(entry: Mapping[str, Any]) -> str:
    return hashlib.sha256(_line({name: entry[name] for name in entry if name != "hash"})).hexdigest()


def _line(entry: Mapping[str, Any]) -> bytes:
    return (json.dumps(entry, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()
