"""The map page: one HTML file and its assets, built from ``web/`` into this package."""

from __future__ import annotations

from pathlib import Path

from geointel.errors import GeointelError

__all__ = ["ASSETS", "INDEX", "PageNotBuiltError", "page_folder", "page_html"]

INDEX = "index.html"
"""The page, with placeholders for what the server writes into it (see ``web/README.md``)."""

ASSETS = "map-assets"
"""Folder beside the page with what it loads; names carry a hash of the content."""

_FOLDER = Path(__file__).parent / "assets"


class PageNotBuiltError(GeointelError):
    """The page is not in this installation."""


def page_folder(folder: Path = _FOLDER) -> Path:
    """Return the folder that holds ``INDEX`` and ``ASSETS``. Raises ``PageNotBuiltError``."""
    if not (folder / INDEX).is_file():
        message = "The map page is not built."
        raise PageNotBuiltError(message, remedy="Run `make web`.")
    return folder


def page_html(folder: Path = _FOLDER) -> str:
    """Return the page with its placeholders. Raises ``PageNotBuiltError``."""
    return (page_folder(folder) / INDEX).read_text(encoding="utf-8")
