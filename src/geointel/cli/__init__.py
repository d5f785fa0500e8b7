"""The front desk: Typer commands, nothing but argument → call → message."""

from geointel.cli.main import main

__all__ = ["main"]
