"""Talking to the person at the terminal: progress and messages on stderr, results on stdout."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from geointel.errors import ConfigError, GeointelError, NotInThisVersionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAILED, WRONG_USE = 1, 2


def say(message: str) -> None:
    """One line to the person, never into a pipe."""
    typer.echo(message, err=True)


def print_json(document: dict[str, Any]) -> None:
    """Exactly one JSON object on stdout."""
    typer.echo(json.dumps(document, ensure_ascii=False))


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a function to tell what happens next: a bar on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield say
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=False) as bar:
        task = bar.add_task("Starting", total=None)

        def announce(message: str) -> None:
            bar.update(task, description=message)

        yield announce


@contextmanager
def exit_codes() -> Iterator[None]:
    """The one place where an error becomes an exit code and a message."""
    try:
        yield
    except (ConfigError, NotInThisVersionError) as error:
        say(str(error))
        raise typer.Exit(WRONG_USE) from error
    except GeointelError as error:
        say(f"{error.message}\n{error.remedy}".strip())
        raise typer.Exit(FAILED) from error
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        say(
            f"The system refused: {error.strerror or error}{where}.\nCheck permissions and free disk space, then run it again."
        )
        raise typer.Exit(FAILED) from error
