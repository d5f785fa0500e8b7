"""Verbs that the contract names and this version does not have: they say so and exit with 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.cli.console import exit_codes
from geointel.errors import NotInThisVersionError

if TYPE_CHECKING:
    from collections.abc import Callable

    import typer

LATER = ("export",)
ANYTHING = {"allow_extra_args": True, "ignore_unknown_options": True}


def register(app: typer.Typer) -> None:
    """Add a verb that refuses for each of them."""
    for verb in LATER:
        app.command(name=verb, help="Not in this version.", context_settings=ANYTHING)(_refuse(verb))


def _refuse(verb: str) -> Callable[[], None]:
    def refuse() -> None:
        with exit_codes():
            raise NotInThisVersionError(f"geointel {verb}")

    return refuse
