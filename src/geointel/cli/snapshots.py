"""Verbs that look after published snapshots."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geointel import snapshot
from geointel.cli.console import FAILED, exit_codes, print_json, progress, say
from geointel.errors import SnapshotError
from geointel.snapshot import layout

if TYPE_CHECKING:
    from geointel.audit import AuditReport

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="Snapshots folder.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
MEGABYTE = 1_000_000


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command(name="snapshots")(list_all)
    for verb in (verify, rollback, prune):
        app.command()(verb)


def list_all(folder: FolderArgument, json: JsonOption = False) -> None:
    """List the snapshots of a folder, oldest first; * is the published one."""
    with exit_codes():
        found = snapshot.list_snapshots(folder)
        decided = snapshot.read_decisions(folder)
    if json:
        withdrawn = [asdict(one) for one in decided.withdrawals]
        print_json({"snapshots": [asdict(listed) for listed in found], "withdrawn": withdrawn})
        return
    for listed in found:
        mark = "*" if listed.current else " "
        typer.echo(f"{mark} {listed.id}\t{', '.join(listed.editions)}\t{listed.bytes / MEGABYTE:.1f} MB")
        for one in listed.approvals:
            typer.echo(f"    {one.edition}: approved by {one.by} on {one.at[:10]}")
        for edition in listed.waiting:
            typer.echo(f"    {edition}: waits for approval, nobody sees it")
    for source, taken in decided.blocked.items():
        typer.echo(f"{source} was withdrawn by {taken.by} on {taken.at[:10]}; no build may use it")


def verify(
    path: Annotated[Path, typer.Argument(metavar="SNAPSHOT", help="A snapshot, or a folder: its published one.")],
    audit: Annotated[
        bool, typer.Option("--audit", help="Attack every edition too, and print the table of risks.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Check that every file of a snapshot is the one that was published."""
    with exit_codes():
        folder = path if not (path / "current").is_file() else path / snapshot.current_id(path)
        problems = snapshot.verify(folder)
        reports = _audited(folder) if audit and not problems else []
    good = not problems and all(report.ok for report in reports)
    if json:
        told: dict[str, Any] = {"snapshot": folder.name, "ok": good, "problems": [asdict(p) for p in problems]}
        print_json({**told, "audit": [report.to_json() for report in reports]} if audit else told)
    for problem in problems:
        say(str(problem))
    if problems:
        say("Publish another snapshot with `geointel rollback`, or build again.")
        raise typer.Exit(FAILED)
    say(f"{folder.name}: every file is as published.")
    for line in (line for report in reports if not json for line in (*report.lines(), "")):
        typer.echo(line)
    if not good:
        raise typer.Exit(FAILED)


def _audited(folder: Path) -> list[AuditReport]:
    """The audit of every edition of a snapshot, released or not."""
    from geointel.audit import audit_edition  # noqa: PLC0415 - each verb loads what it needs

    with progress() as announce:
        found = []
        for manifest in sorted(folder.glob(f"*/{layout.MANIFEST}")):
            announce(f"Attacking the edition {manifest.parent.name}")
            found.append(audit_edition(manifest.parent))
    return found


def rollback(
    folder: FolderArgument,
    snapshot_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Default: the one before the current.")
    ] = None,
) -> None:
    """Publish an older snapshot again."""
    with exit_codes():
        say(f"Published {snapshot.rollback(folder, snapshot_id)}")


def prune(
    folder: FolderArgument,
    keep: Annotated[int, typer.Option("--keep", help="How many of the newest to keep.", min=1)],
) -> None:
    """Delete old snapshots, and their counts in the operator's log; the published one is never deleted."""
    with exit_codes():
        gone = snapshot.prune(folder, keep)
        for name in gone:
            say(f"Deleted {name}")
        say(f"{len(gone)} snapshots deleted.")
        _tidy(folder.resolve())


def _tidy(folder: Path) -> None:
    """Remove what a killed build left, and what the operator's log says of snapshots that are gone."""
    from geointel.build.workroom import forget_builds, workroom  # noqa: PLC0415 - loads all of a build

    try:
        with workroom(folder):
            forgotten = forget_builds(folder, {name: name for name in snapshot.snapshot_ids(folder)})
    except SnapshotError as error:
        say(f"The operator's log is as it was. {error}")
        return
    if forgotten:
        say(f"{forgotten} builds removed from the operator's log.")
