"""Verbs that issue and end API keys of the web service. Only they and ``serve`` open its package."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geointel.cli.console import exit_codes, print_json, say
from geointel.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geointel_api.settings import Settings
    from geointel_api.state.keys import Key

SnapshotsOption = Annotated[
    Path,
    typer.Option(
        "--snapshots",
        envvar="GEOINTEL_SNAPSHOTS",
        help="Snapshots folder that is served. Keys lie in the database beside it, or where GEOINTEL_STATE says.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]

keys = typer.Typer(help="Issue, list and revoke API keys.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.add_typer(keys, name="keys")


@keys.command()
def create(
    role: Annotated[str, typer.Option(help="Role in the partnership's file; it decides which editions open.")],
    label: Annotated[str, typer.Option(help="Person or program that will have the key. It signs what they do.")],
    snapshots: SnapshotsOption,
    days: Annotated[int, typer.Option(help="Days until it expires.", min=1, max=3650)] = 365,
    json: JsonOption = False,
) -> None:
    """Issue a key. It is shown now and never again."""
    with _settings(snapshots) as settings:
        from geointel_api.identity.issuing import create_key  # noqa: PLC0415 - only here

        made, text = create_key(settings, role, label=label, days=days)
    if json:
        print_json({**_told(made), "key": text})
        return
    typer.echo(text)
    say(f"Role {made.role}, until {_day(made.expires)}, id {made.id}. It is not shown again: only a hash is kept.")


@keys.command(name="list")
def list_all(snapshots: SnapshotsOption, json: JsonOption = False) -> None:
    """List the keys that were issued, and whether they hold."""
    with _settings(snapshots) as settings:
        from geointel_api.identity.issuing import list_keys  # noqa: PLC0415 - only here

        found = [_told(key) for key in list_keys(settings)]
    if json:
        print_json({"keys": found})
        return
    for key in found:
        used = f"used {key['used'][:10]}" if key["used"] else "never used"
        typer.echo(f"{key['id']}\t{key['role']}\t{key['label']}\t{key['state']}\tuntil {key['expires'][:10]}\t{used}")


@keys.command()
def revoke(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of the key, the part between its two low lines.")],
    snapshots: SnapshotsOption,
    json: JsonOption = False,
) -> None:
    """End a key for good. Servers that run know it within half a minute."""
    with _settings(snapshots) as settings:
        from geointel_api.identity.issuing import revoke_key  # noqa: PLC0415 - only here

        ended = revoke_key(settings, name)
    if json:
        print_json(_told(ended))
        return
    say(f"The key {ended.id} ({ended.label}) is revoked.")


@contextmanager
def _settings(snapshots: Path) -> Iterator[Settings]:
    """The service's settings with this folder; errors become exit codes."""
    with exit_codes():
        if not snapshots.is_dir():
            message = f"There is no folder {snapshots}."
            raise QuestionError(message, field="snapshots", remedy="Give the snapshots folder with --snapshots.")
        from geointel_api.settings import read_settings  # noqa: PLC0415 - only here, so that a build needs no web server

        yield read_settings(snapshots=snapshots)


def _told(key: Key) -> dict[str, Any]:
    """A key without its hash; moments in UTC."""
    from geointel_api.identity.issuing import stands  # noqa: PLC0415 - only here

    moments = {name: getattr(key, name) for name in ("created", "expires", "revoked", "used")}
    return {
        "id": key.id,
        "label": key.label,
        "role": key.role,
        "state": stands(key, datetime.now(UTC).timestamp()),
        **{name: None if at is None else _moment(at) for name, at in moments.items()},
    }


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(at: float) -> str:
    return _moment(at)[:10]
