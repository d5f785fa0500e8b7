"""The verb ``check``: what is wrong, and what a build would make of every source."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from geointel.cli.console import exit_codes, print_json, progress, say
from geointel.cli.work import ConfigArgument, DataOption, JsonOption, load_sound
from geointel.errors import ConfigError
from geointel.model import format_month

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geointel.build import Look, Looked
    from geointel.config import Partnership
    from geointel.errors import Fault

QuickOption = Annotated[
    bool, typer.Option("--quick", help="Look at the partnership file and the heads of its files only.")
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(check)


def check(
    config: ConfigArgument, data: DataOption = None, json: JsonOption = False, quick: QuickOption = False
) -> None:
    """Validate a partnership file, then read every source as a build would; write nothing.

    Faults of the file, and of the heads of the files that it names, are told before any row is read.
    """
    from geointel.config import without_agreement  # noqa: PLC0415 - each verb loads what it needs

    with exit_codes():
        try:
            partnership, root = load_sound(config, data)
        except ConfigError as error:
            if json:
                print_json(_answer(config, error.faults, None if quick else ()))
            raise
        found = None if quick else _look(partnership, root)
        faults = found.faults if found else ()
        if json:
            print_json(_answer(config, faults, None if found is None else found.sources))
        if faults:
            raise ConfigError(config, faults)
        say(f"{config} is right. {_plan(partnership)}")
        for source in without_agreement(partnership):
            say(f"Warning: the source {source!r} is not public, and no agreement is named for it.")
        say(f"Next: geointel build {config}" + (f" --data {root}" if data else ""))


def _answer(config: Path, faults: Sequence[Fault], sources: Sequence[Looked] | None) -> dict[str, object]:
    told = [{"key": fault.key, "message": fault.message, "remedy": fault.remedy} for fault in faults]
    answer: dict[str, object] = {"config": str(config), "ok": not faults, "faults": told}
    return answer if sources is None else {**answer, "sources": [source.to_json() for source in sources]}


def _look(partnership: Partnership, root: Path) -> Look:
    from geointel.build import look  # noqa: PLC0415 - each verb loads what it needs

    with progress() as announce:
        found = look(partnership, data=root, announce=announce)
    if found.sources:
        Console(stderr=True).print(_table(found.sources))
    for source in found.sources:
        for line in _lines(source):
            say(f"{source.report.id}: {line}")
    return found


def _table(sources: Sequence[Looked]) -> Table:
    table = Table("source", box=None, pad_edge=False)
    for name in ("files", "rows", "located", "mapped"):
        table.add_column(name, justify="right")
    table.add_column("months")
    for source in sources:
        report = source.report
        counts = (f"{report.files:,}", f"{report.read:,}", _percent(source.located), _percent(source.mapped))
        table.add_row(report.id, *counts, _spell([*source.months[:1], *source.months[-1:]]))
    return table


def _lines(source: Looked) -> list[str]:
    """What the table has no room for: gaps, reasons, notes."""
    lines = [f"no file for {', '.join(runs(source.missing))}"] if source.missing else []
    lost = ", ".join(f"{reason} {n:,}" for reason, n in source.report.unmapped.items())
    return [*lines, *([f"not mapped: {lost}"] if lost else []), *source.report.notes]


def runs(months: Sequence[int]) -> list[str]:
    """Ascending months in words, neighbours taken together: ``2025-02``, ``2025-05 to 2025-07``."""
    found = []
    for _, run in groupby(enumerate(months), key=lambda pair: pair[1] - pair[0]):
        members = [month for _, month in run]
        found.append(_spell([members[0], members[-1]]))
    return found


def _spell(ends: Sequence[int]) -> str:
    return " to ".join(dict.fromkeys(format_month(month) for month in ends))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _plan(partnership: Partnership) -> str:
    """What a build would do, in a sentence."""
    levels = ", ".join(level.id for level in partnership.area.levels)
    return (
        f"It would read {len(partnership.sources)} sources, compute {len(partnership.layers)} layers at the resolutions "
        f"{', '.join(map(str, partnership.grid.publish))} for {len(partnership.editions)} editions, by {levels}."
    )
