"""Verbs by which a person decides what is shown: approve and withdraw."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path  # noqa: TC003 - Typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geointel import snapshot
from geointel.cli.console import exit_codes, print_json, say
from geointel.errors import DisclosureError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geointel.snapshot import TakenOut

AUDIT = "geointel.audit"
ByOption = Annotated[str, typer.Option("--by", help="Name of the person who decides.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    for verb in (approve, withdraw):
        app.command()(verb)


def approve(
    path: Annotated[Path, typer.Argument(metavar="SNAPSHOT", help="A snapshot, or a folder: its published one.")],
    edition: Annotated[str, typer.Option("--edition", help="Edition that readers may see from now on.")],
    by: ByOption,
    json: JsonOption = False,
) -> None:
    """Let readers see an edition that waits for approval."""
    with exit_codes():
        found = snapshot.approve(path, edition, by=by, at=datetime.now(UTC), audit=audit_of)
    if json:
        print_json({**asdict(found), "audit": dict(found.audit)})
    say(f"{found.edition} of {found.snapshot}: approved by {found.by} on {found.at[:10]}")
    say(f"Disclosure audit: {found.audit.get('result', snapshot.NOT_RUN)}")


def withdraw(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Snapshots folder.")],
    source: Annotated[str, typer.Option("--source", help="Id of the source.")],
    by: Annotated[str | None, typer.Option("--by", help="Name of the person who decides. Default: your user.")] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Let builds use the source again.")] = False,
    erase_ledger: Annotated[
        bool,
        typer.Option("--erase-ledger", help="Forget too what was released of it. Never if the source may come back."),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Take a source out of every snapshot, and let no build use it again."""
    with exit_codes():
        name, now = by if by is not None else getpass.getuser(), datetime.now(UTC)
        if lift and erase_ledger:
            message = "--lift lets the source come back, and --erase-ledger forgets what was released of it."
            raise DisclosureError(message, remedy="Both together let numbers be subtracted. Choose one.")
        if lift:
            snapshot.lift(folder, source, by=name, at=now)
            say(f"Builds may use {source} again. What was taken out does not come back.")
            done: Sequence[TakenOut] = ()
        else:
            snapshot.withdraw(folder, source, by=name, at=now)
            say(f"{source} is withdrawn: no reader is shown it from now on")
            done = _take_out(folder, source, now, erase_ledger=erase_ledger)
    if json:
        print_json({"source": source, "lifted": lift, "snapshots": [asdict(one) for one in done]})


def audit_of(edition: Path) -> Mapping[str, Any]:
    """What the disclosure audit says of an edition's folder; "not run" where this installation has none."""
    if find_spec(AUDIT) is None:
        return snapshot.not_audited(edition)
    report = import_module(AUDIT).audit_edition(edition).to_json()
    return {"result": "passed" if report["ok"] else "failed", "report": report}


def _take_out(folder: Path, source: str, now: datetime, *, erase_ledger: bool) -> tuple[TakenOut, ...]:
    """Rewrite the snapshots and forget what builds counted, while no build runs."""
    from geointel.build.gate import ledger_folder  # noqa: PLC0415 - loads all of a build
    from geointel.build.workroom import forget_builds, forget_source, workroom  # noqa: PLC0415 - loads all of a build
    from geointel.disclosure import ledger  # noqa: PLC0415 - the same

    folder = folder.resolve()
    with workroom(folder):
        done = snapshot.take_out(folder, at=now, announce=say)
        forget_source(folder, source)
        now_called = {name: name for name in snapshot.snapshot_ids(folder)}
        forget_builds(folder, {**now_called, **{one.old: one.new for one in done if one.new}})
        erased = ledger.erase(ledger_folder(folder), source) if erase_ledger else ()
    if erased:
        say(f"The release ledger has forgotten {source} in {', '.join(erased)}.")
        say(
            "If the source comes back, its numbers are changed anew: whoever kept a copy can subtract one from the other."
        )
    for one in done:
        for line in _told(one):
            say(line)
    say(f"{len(done)} snapshots changed. Files that the source came from are yours to remove.")
    return done


def _told(done: TakenOut) -> list[str]:
    lines = [f"{done.old} is now {done.new}" if done.new else f"{done.old} is removed: nothing of it was left"]
    lines += [
        f"  {edition}: without the layers {', '.join(layers)}" for edition, layers in done.layers.items() if layers
    ]
    lines += [f"  {edition}: removed whole, it could not be told apart" for edition in done.editions]
    return lines
