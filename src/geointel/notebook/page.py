"""A pydeck map as one HTML file that asks for nothing outside.

pydeck's own offline page still names five outside addresses, one of them a script that the browser
waits for. They are taken out, and a content security policy forbids every request, so that a page
that is wrong in some later version stays blank instead of telling somebody that it was opened.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from geointel.errors import GeointelError

if TYPE_CHECKING:
    import pydeck

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; worker-src blob:"
)

STYLE = """
    body { display: flex; overflow: auto; }
    .deckgl-ui-elements-overlay { flex: 0 0 20em; height: 100vh; overflow-y: auto; }
    .deck-json-description-box { position: static !important; max-height: none !important; padding: 0 !important;
      margin: 0 !important; width: auto !important; }
    #deck-container { flex: 1; width: auto; min-width: 0; }
    @media (max-width: 45em) {
      body { flex-direction: column; }
      .deckgl-ui-elements-overlay { flex: none; height: auto; }
      #deck-container { flex: none; height: 80vh; }
    }
"""
"""The description stands beside the map, or above it on a phone; pydeck lays it under the map."""

_OUTSIDE = re.compile(r"^\s*(?:<link\b[^>]*>|<script\s+src=[^>]*></script>)\s*$\n?", re.MULTILINE)
_HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


def standalone_html(deck: pydeck.Deck) -> str:
    """The page of a map, about 5 MB, most of it deck.gl.

    Raises ``GeointelError`` for a map with a base map, which needs a network.
    """
    if deck.map_provider is not None:
        raise GeointelError("The map has a base map from outside.", remedy="Pass map_provider=None to pydeck.Deck.")
    found = _HEADING.search(deck.description or "")
    title = found[1] if found else "Map"
    head = (
        f'<html lang="en-GB">\n<head><meta http-equiv="Content-Security-Policy" content="{POLICY}" />'
        '<meta name="viewport" content="width=device-width, initial-scale=1" />'
    )
    page = deck.to_html(as_string=True, offline=True, notebook_display=False)
    page = _OUTSIDE.sub("", page)
    page = _once(page, re.compile(r"</style>\s*</head>"), f"{STYLE}</style>\n</head>")
    page = _once(page, re.compile(r"<html>\s*<head>"), head)
    page = _once(page, re.compile(r"<title>pydeck</title>"), f"<title>{title}</title>")
    return _once(
        page,
        re.compile(r'<div id="deck-container">'),
        f'<div id="deck-container" role="application" aria-label="{_attribute(title)}">',
    )


def write_html(deck: pydeck.Deck, path: Path | str) -> Path:
    """Write the page of a map, which opens without a network, and return where it is."""
    target = Path(path)
    target.write_text(standalone_html(deck), encoding="utf-8")
    return target


def _attribute(title: str) -> str:
    return title.replace('"', "&quot;")


def _once(page: str, pattern: re.Pattern[str], text: str) -> str:
    """Replace the one place where pydeck's page has ``pattern``."""
    changed, times = pattern.subn(lambda _: text, page)
    if times != 1:
        message = f"The page that pydeck writes has {pattern.pattern!r} {times} times, not once."
        raise GeointelError(message, remedy="Install the version of pydeck that the lock file names.")
    return changed
