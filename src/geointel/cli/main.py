"""The command line: one level of plain verbs."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer reads the annotations
from typing import Annotated

import typer

from geointel import __version__
from geointel.cli import asking, checking, evaluating, fetching, keys, later, releasing, snapshots, work
from geointel.cli.console import exit_codes

app = typer.Typer(
    name="geointel",
    help="Recorded drug offences, services and drug driving on one hexagon map.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
work.register(app)
checking.register(app)
evaluating.register(app)
fetching.register(app)
snapshots.register(app)
releasing.register(app)
asking.register(app)
keys.register(app)
later.register(app)


def _version(value: bool) -> None:
    if value:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def geointel(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Recorded drug offences, services and drug driving on one hexagon map."""


@app.command()
def serve(
    snapshots_folder: Annotated[Path, typer.Argument(metavar="SNAPSHOTS", help="Folder that a build wrote to.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8000,
) -> None:
    """Serve the API, the tiles and the map page over the current snapshot."""
    with exit_codes():
        from geointel_api.serve import run  # noqa: PLC0415 - only here, so that a build needs no web server

        run(snapshots_folder, host=host, port=port)


@app.command()
def demo(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write the demonstration to.")],
    scale: Annotated[str, typer.Option(help="town, county or nation.")] = "county",
    seed: Annotated[int, typer.Option(help="Same seed, same files.", min=0)] = 1,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Write and build only.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8000,
) -> None:
    """Write a synthetic partnership as files in the real formats, build it and serve it."""
    with exit_codes():
        folder = work.build_demo(directory, scale=scale, seed=seed)
    if not no_serve:
        serve(folder, host=host, port=port)


def main() -> None:
    """Run the command line."""
    app()
