"""The verb ``fetch``: the only one that uses the network."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from geointel.cli.console import FAILED, exit_codes, print_json, say
from geointel.cli.work import ConfigArgument, DataOption, JsonOption  # noqa: TC001 - Typer reads them
from geointel.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geointel.fetch.run import Outcome

    Tell = Callable[[str, int, int | None], None]

GIGABYTE = 1_000_000_000
LimitOption = Annotated[float, typer.Option("--limit", help="Gigabytes that one run may fetch.", min=0.001)]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(fetch)


def fetch(config: ConfigArgument, data: DataOption = None, limit: LimitOption = 8.0, json: JsonOption = False) -> None:
    """Download what the partnership file names with [[fetch]], with SHA-256, licence and date recorded."""
    from geointel.config import load  # noqa: PLC0415 - each verb loads what it needs
    from geointel.fetch import faults  # noqa: PLC0415
    from geointel.fetch.run import fetch as run  # noqa: PLC0415

    with exit_codes():
        partnership = load(config)
        wrong = faults(partnership)
        if wrong:
            raise ConfigError(config, wrong)
        with _bar() as tell:
            outcomes = run(partnership, data=data or config.parent, limit=int(limit * GIGABYTE), tell=tell)
    failed = [one for one in outcomes if one.status == "failed"]
    if json:
        print_json({"config": str(config), "ok": not failed, "files": [_entry(one) for one in outcomes]})
    for one in outcomes:
        say(_line(one))
    if not outcomes:
        say("The partnership file names nothing to fetch: add a [[fetch]] table.")
    if failed:
        raise typer.Exit(FAILED)


def _entry(one: Outcome) -> dict[str, object]:
    known = {} if one.file is None else asdict(one.file)
    told = {"fault": one.fault, "remedy": one.remedy} if one.fault else {}
    return {"name": one.name, "status": one.status, **known, "members": list(one.members), **told}


def _line(one: Outcome) -> str:
    if one.file is None or one.status == "failed":
        return f"{one.name}: {one.fault}\n{one.remedy}".strip()
    taken = f", {len(one.members)} files taken out of it" if one.members else ""
    return f"{one.name}: {one.status}, {one.file.bytes:,} bytes{taken}. {one.file.publisher}. {one.file.licence}"


@contextmanager
def _bar() -> Iterator[Tell]:
    """Give a function to tell how far a file is: a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=total)
            bar.update(tasks[name], completed=done, total=total)

        yield tell
