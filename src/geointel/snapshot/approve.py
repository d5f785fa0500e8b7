"""A person lets readers see an edition that waits for it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from geointel.errors import DisclosureError, SnapshotError
from geointel.snapshot.decisions import APPROVE, Approval, read_decisions, record, require_name, spell
from geointel.snapshot.read import open_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    Audit = Callable[[Path], Mapping[str, Any]]

PASSED, FAILED, NOT_RUN = "passed", "failed", "not run"


def not_audited(edition: Path) -> Mapping[str, Any]:  # noqa: ARG001 - the shape of an audit
    """Stands in for an audit where none is installed."""
    return {"result": NOT_RUN}


def approve(path: Path, edition: str, *, by: str, at: datetime, audit: Audit = not_audited) -> Approval:
    """Record that ``by`` approves an edition, after every file was checked and the audit was run.

    Parameters
    ----------
    path
        A snapshot's folder, or a snapshots folder: then its published one.
    audit
        Given the edition's folder, says under ``result`` whether it ``passed``, ``failed`` or was ``not run``, and whatever
        else should stand beside the approval.

    An edition that is approved already keeps its first approval. Raises ``SnapshotNotFoundError`` and ``SnapshotCorruptError``;
    ``SnapshotError`` for an edition that needs no approval or shows a source that was withdrawn; ``DisclosureError`` where
    the audit failed: nothing is recorded then.
    """
    name = require_name(by)
    whole = open_whole(path)
    manifest = whole.edition(edition).manifest
    folder = whole.path.parent
    decided = read_decisions(folder)
    _refuse(manifest, decided.withdrawn(manifest))
    known = decided.approval(manifest)
    if known is not None:
        return known
    result = dict(audit(whole.edition(edition).path))
    if result.get("result") not in {PASSED, NOT_RUN}:
        message = f"The edition {edition!r} of {whole.id} failed its disclosure audit, so it cannot be approved."
        raise DisclosureError(
            message, remedy=f"Read `geointel verify {whole.path} --audit`, change the policy, build again."
        )
    found = Approval(whole.id, edition, str(manifest["digest"]), name, spell(at), result)
    record(folder, APPROVE, asdict(found), at=at)
    return found


def _refuse(manifest: Mapping[str, Any], withdrawn: tuple[str, ...]) -> None:
    if withdrawn:
        message = f"The edition {manifest['edition']!r} shows what was withdrawn: {', '.join(withdrawn)}."
        raise SnapshotError(message, remedy="Run `geointel withdraw` again to its end, or build a new snapshot.")
    if manifest.get("approval", "none") == "none":
        message = f"The edition {manifest['edition']!r} needs no approval: readers may see it already."
        remedy = (
            f'Write approval = "required" under [edition.{manifest["edition"]}] and build again, if it should wait.'
        )
        raise SnapshotError(message, remedy=remedy)
