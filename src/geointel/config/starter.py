"""A first partnership file, with comments, and the folders that it speaks of."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from geointel.errors import ConfigError, Fault

if TYPE_CHECKING:
    from pathlib import Path

NAME = "partnership.toml"
FOLDERS = ("boundaries", "police-street")


def init(directory: Path) -> list[Path]:
    """Write a commented partnership file and empty folders; return what was written.

    Raises ``ConfigError`` when the directory has a partnership file already: it is never overwritten.
    """
    target = directory / NAME
    if target.exists():
        remedy = "Choose another folder, or move the file away first."
        raise ConfigError(target, [Fault("(file)", "The file is there already and was not changed.", remedy)])
    directory.mkdir(parents=True, exist_ok=True)
    folders = [directory / name for name in FOLDERS]
    for folder in folders:
        folder.mkdir(exist_ok=True)
    target.write_text(template(), encoding="utf-8")
    return [target, *folders]


def template() -> str:
    """Return the commented partnership file as text."""
    return (files("geointel.config") / "template.toml").read_text(encoding="utf-8")
