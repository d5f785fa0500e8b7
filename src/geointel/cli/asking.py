"""Verbs that ask a published snapshot: what if?"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pydantic
import typer

from geointel.answers.actions import ScenarioRequest, field_of
from geointel.answers.opening import open_world
from geointel.answers.scenario import scenario
from geointel.cli.console import exit_codes, print_json, say
from geointel.errors import QuestionError
from geointel.snapshot import open_snapshot

SnapshotArgument = Annotated[
    Path, typer.Argument(metavar="SNAPSHOT", help="A snapshot, or a folder: its published one.")
]
EditionOption = Annotated[str, typer.Option("--edition", help="Edition that is asked.")]


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command(name="scenario")(ask_scenario)


def ask_scenario(
    path: SnapshotArgument,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="JSON file with the question, as POST /v1/scenarios takes it.")
    ],
    edition: EditionOption = "open",
    json: Annotated[bool, typer.Option("--json", help="Print the whole answer as one JSON object on stdout.")] = False,
) -> None:
    """Say who would gain and lose if services were opened, moved, extended or closed."""
    with exit_codes():
        wanted = _question(file)
        opened = open_snapshot(path)
        world = open_world(opened.edition(edition), wanted.layer, wanted.category)
        today = date.today()  # noqa: DTZ011 - the day of the person who asks
        answer = scenario(world, wanted, edition=edition, today=today)
    if json:
        print_json({"snapshot": opened.id, "edition": edition, **answer})
        return
    for line in _in_words(answer):
        typer.echo(line)


def _question(file: Path) -> ScenarioRequest:
    try:
        return ScenarioRequest.model_validate_json(file.read_bytes())
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        where = field_of(first["loc"]) or "(file)"
        message = f"{file}: {where}: {first['msg']}."
        raise QuestionError(
            message, field=where, remedy="See docs/scenarios.md for what a question may hold."
        ) from error


def _in_words(answer: dict[str, Any]) -> list[str]:
    """The answer in a few lines; the whole of it is in the JSON."""
    within, gap = answer["within_standard"], answer["gap"]
    lines = [answer["words"]["nothing"]] if "nothing" in answer["words"] else []
    lines += [
        f"Better off: {_people(answer['gaining'])}",
        f"Further from help: {_people(answer['losing'])}",
        f"Within {within['minutes']:g} minutes: {_people(within['before'])} before, {_people(within['after'])} after",
    ]
    if gap["closed"] is not None:
        lines.append(f"Of the gap, {gap['closed']['value']:.0%} closes")
    lines += [answer["words"][name] for name in ("what", "decision") if name in answer["words"]]
    say("All of the answer: --json")
    return lines


def _people(counted: dict[str, Any]) -> str:
    residents = f"{counted['residents']:,.0f} residents"
    if "in_need" not in counted:
        return residents
    need = counted["in_need"]
    return f"{residents}, {need['value']:,.0f} people in need ({need['lower']:,.0f} to {need['upper']:,.0f})"
