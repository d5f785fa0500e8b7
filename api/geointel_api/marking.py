"""The marking on whatever leaves from an edition that is not for everybody: what it is, who read it, and on which day.

One table says how each kind of answer carries it. A kind without a row there is not sent at all.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyarrow as pa

from geointel import content
from geointel_api.access import is_open
from geointel_api.errors import PROBLEM, UnmarkedError
from geointel_api.links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Scope

    from geointel_api.door import Visit

MARKING_HEADER, EDITION_HEADER, READER_HEADER = b"geointel-marking", b"geointel-edition", b"geointel-reader"
MEMBER = "marking"
"""Member of a JSON object, and key of Arrow metadata, that holds the marking."""
ASSETS = "/map-assets/"
"""Files of the page: of the software, of no edition, and kept for ever by whoever has them."""
_NOT_PRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]+")
_LONGEST_NAME = 80
_SVG_LINE = 150
"""Letters that fit into the upper margin of a drawing."""


@dataclass(frozen=True)
class Marking:
    """What is written on an answer. ``user`` is the name of a key or person, never a secret; ``date`` a day (UTC)."""

    marking: str
    handling: str
    edition: str
    user: str
    date: str

    @property
    def line(self) -> str:
        """All of it in one sentence or two."""
        return content.marking_line(**asdict(self))

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The same as headers, percent-encoded where letters would not pass; the only carrier on a tile."""
        pairs = ((MARKING_HEADER, self.marking), (EDITION_HEADER, self.edition), (READER_HEADER, self.user))
        return [(name, quote(text, safe=" :@/+,;()'").encode()) for name, text in pairs]


def marking_of(scope: Scope) -> Marking | None:
    """The marking of an answer to this request; ``None`` where the edition is for everybody, or none answers."""
    visit: Visit | None = scope.get("state", {}).get("visit")
    if visit is None or is_open(visit.edition):
        return None
    manifest, usual = visit.edition.manifest, content.edition_words(visit.edition.name)
    return Marking(
        manifest.get("marking", usual.marking),
        manifest.get("handling", usual.handling),
        visit.edition.name,
        _reader(visit),
        datetime.now(UTC).date().isoformat(),
    )


def marking_headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Headers that carry the marking; none for what is for everybody."""
    found = None if is_asset(scope) else marking_of(scope)
    return [] if found is None else found.headers


def marked(scope: Scope, body: bytes, content_type: str) -> bytes:
    """The body of an answer with its marking in it.

    Raises ``UnmarkedError`` for a kind of answer that has no way to carry it.
    """
    found = marking_of(scope)
    if found is None or not body or is_asset(scope):
        return body
    kind = content_type.partition(";")[0].strip().lower()
    marker = MARKERS.get(kind)
    if marker is None:
        message = f"An answer of the kind {kind[:80]!r} has no way to carry the marking of a closed edition."
        raise UnmarkedError(message, remedy="Give the kind a row in MARKERS of marking.py.")
    return marker(body, found)


def is_asset(scope: Scope) -> bool:
    """Whether a request is for a file of the page."""
    path, prefix = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(prefix).startswith(ASSETS)


def _reader(visit: Visit) -> str:
    """Name of who asks, as the log of accesses has it; without a credential, their role."""
    visitor = visit.visitor
    name = visitor.person or visitor.id or content.anybody(visit.role)
    return _NOT_PRINTED.sub(" ", name)[:_LONGEST_NAME]


def _in_object(body: bytes, marking: Marking) -> bytes:
    """As the first member of a JSON object."""
    start = body.lstrip()
    if not start.startswith(b"{"):
        message = "A JSON answer of a closed edition is no object, so it cannot carry the marking."
        raise UnmarkedError(message, remedy="Answer with an object.")
    rest = start[1:].lstrip()
    member = json.dumps({MEMBER: asdict(marking)}, ensure_ascii=False, separators=(",", ":"))[:-1].encode()
    return member + (b"" if rest.startswith(b"}") else b",") + rest


def _above_rows(body: bytes, marking: Marking) -> bytes:
    """As the first of the lines that stand above the rows of a CSV."""
    return f"# {marking.line}\n".encode() + body


def _in_schema(body: bytes, marking: Marking) -> bytes:
    """In the metadata of the schema of an Arrow stream."""
    table = pa.ipc.open_stream(body).read_all()
    about = {**(table.schema.metadata or {}), MEMBER.encode(): json.dumps(asdict(marking), ensure_ascii=False).encode()}
    sink = pa.BufferOutputStream()
    shaped = table.replace_schema_metadata(about)
    with pa.ipc.new_stream(sink, shaped.schema) as writer:
        writer.write_table(shaped)
    return bytes(sink.getvalue())


def _at_top(body: bytes, marking: Marking) -> bytes:
    """As the first line of a page, on the screen and in print."""
    line = f'<aside class="app-banner" id="marking" aria-label="Protective marking"><strong>{escape(marking.line)}</strong></aside>'
    return _after(rb"<body[^>]*>", body, line)


def _in_drawing(body: bytes, marking: Marking) -> bytes:
    """As text in the upper margin of a drawing, over whatever else is drawn."""
    said = escape(marking.line)
    squeezed = ' textLength="96%" lengthAdjust="spacingAndGlyphs"' if len(marking.line) > _SVG_LINE else ""
    text = f'<text id="geointel-marking" x="50%" y="12" font-size="11" font-weight="bold" text-anchor="middle"{squeezed}>{said}</text>\n'
    head, closing, tail = body.rpartition(b"</svg>")
    if not closing:
        message = "A drawing of a closed edition has no end, so it cannot carry the marking."
        raise UnmarkedError(message)
    return head + text.encode() + closing + tail


def _as_rights(body: bytes, marking: Marking) -> bytes:
    """As the rights of an Atom feed (RFC 4287, 4.2.10)."""
    return _after(rb"<feed\b[^>]*>", body, f'<rights type="text">{escape(marking.line)}</rights>')


def _in_headers(body: bytes, _: Marking) -> bytes:
    """Nothing in the body: the headers carry it."""
    return body


def _after(pattern: bytes, body: bytes, text: str) -> bytes:
    place = re.search(pattern, body)
    if place is None:
        message = "A page or feed of a closed edition has no beginning, so it cannot carry the marking."
        raise UnmarkedError(message)
    return body[: place.end()] + text.encode() + body[place.end() :]


MARKERS: Mapping[str, Callable[[bytes, Marking], bytes]] = {
    JSON: _in_object,
    GEOJSON: _in_object,
    SCHEMA: _in_object,
    "text/csv": _above_rows,
    "application/vnd.apache.arrow.stream": _in_schema,
    HTML: _at_top,
    "image/svg+xml": _in_drawing,
    "application/atom+xml": _as_rights,
    OPENAPI.partition(";")[0]: _in_headers,  # says what the software can do, and nothing of an edition
    PROBLEM: _in_headers,  # says why there is no answer
}
"""How each kind of answer carries its marking. Tiles are marked by their headers, in ``send_raw``."""
