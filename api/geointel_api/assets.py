"""The built page, as the service needs it: its template, and its files by name."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING

from geointel import viewer
from geointel.errors import SnapshotNotFoundError

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_NAME = 200
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def page_folder() -> Path:
    """Where the built page lies. Raises ``viewer.PageNotBuiltError``."""
    return viewer.page_folder()


def page_is_built() -> bool:
    """Whether there is a page to serve."""
    try:
        page_folder()
    except viewer.PageNotBuiltError:
        return False
    return True


def page_template() -> str:
    """Return the page with its placeholders. Raises ``viewer.PageNotBuiltError``."""
    return viewer.page_html(page_folder())


def asset(name: str) -> tuple[bytes, str]:
    """Bytes and media type of one file of the page. Raises ``SnapshotNotFoundError`` for any other name."""
    folder = (page_folder() / viewer.ASSETS).resolve()
    path = (folder / name[:LONGEST_NAME]).resolve()
    if len(name) > LONGEST_NAME or not path.is_relative_to(folder) or not path.is_file():
        message = "The page has no such file."
        raise SnapshotNotFoundError(message)
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return path.read_bytes(), kind
