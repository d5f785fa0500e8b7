"""How answers leave: entity tags and 304, compression, caching. Plain ASGI."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.datastructures import MutableHeaders

from geointel_api.access import is_open
from geointel_api.errors import PROBLEM, Problem, problem_of
from geointel_api.marking import marked, marking_headers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from geointel_api.door import Visit

    Headers = list[tuple[bytes, bytes]]

VARY = "Accept, Accept-Encoding, Authorization, Cookie, X-API-Key"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
ONLY_MINE = "private, no-cache"
"""How an answer of an edition that is not for everybody is kept: by its reader alone, who asks again each time."""
SMALLEST_COMPRESSED = 800
LEVEL = 5
LONG = 200_000
LARGEST_REQUEST = 4_000_000
_TEXTS = ("text/", "application/json", "application/geo+json", "application/problem+json", "application/schema+json")
_MORE_TEXTS = (
    "application/atom+xml",
    "image/svg+xml",
    "application/vnd.oai.openapi+json",
    "application/vnd.apache.arrow",
    "application/javascript",
)


class Delivery:
    """Finishes the answers of an application that answers in one piece."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Collect the answer, then send it with its tag; a HEAD request is answered as a GET without its body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        parcel = _Parcel()
        try:
            await self.app(asked, receive, parcel.take)
            body = marked(scope, b"".join(parcel.body), parcel.headers.get("content-type", ""))
        except Exception as error:  # noqa: BLE001 - the last door: whatever it is, the visitor gets an answer
            await send_problem(problem_of(error), scope, send)
            return
        await send_answer(scope, send, status=parcel.status, headers=parcel.headers, body=body)


class _Parcel:
    """One answer, collected."""

    def __init__(self) -> None:
        self.status = int(HTTPStatus.INTERNAL_SERVER_ERROR)
        self.headers = MutableHeaders()
        self.body: list[bytes] = []

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = MutableHeaders(raw=list(message.get("headers", ())))
        elif message["type"] == "http.response.body":
            self.body.append(message.get("body", b""))


async def send_answer(scope: Scope, send: Send, *, status: int, headers: MutableHeaders, body: bytes) -> None:
    """Send one answer: tagged and, where the visitor has it already, as 304."""
    headers.setdefault("vary", VARY)
    readable = scope["method"] in ("GET", "HEAD") and status == HTTPStatus.OK
    edition = closed_edition(scope)
    headers.setdefault("cache-control", (ONLY_MINE if edition else ASK_AGAIN) if readable else "no-store")
    packed = len(body) >= SMALLEST_COMPRESSED and _is_text(headers.get("content-type", "")) and accepts_gzip(scope)
    if readable:
        tag = tag_of(body, edition)
        headers["etag"] = f'"{tag}-gzip"' if packed else f'"{tag}"'
        if has_already(scope, tag):
            status, body, packed = HTTPStatus.NOT_MODIFIED, b"", False
            for name in ("content-type", "content-length", "content-disposition"):
                del headers[name]
    if packed:
        body = await _packed(body)
        headers["content-encoding"] = "gzip"
    if status not in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT):
        headers["content-length"] = str(len(body))
    await send_raw(scope, send, status=status, headers=headers.raw, body=body)


async def send_raw(
    scope: Scope, send: Send, *, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes
) -> None:
    """Send the two messages of an answer, with the marking of its edition; no body to a HEAD request."""
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *marking_headers(scope)]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def send_problem(problem: Problem, scope: Scope, send: Send) -> None:
    """Send an error answer."""
    headers = MutableHeaders({"content-type": PROBLEM, **problem.headers()})
    await send_answer(scope, send, status=problem.status, headers=headers, body=problem.body())


def closed_edition(scope: Scope) -> str:
    """Name of the edition that answers, if it is not for everybody; else nothing."""
    visit: Visit | None = scope.get("state", {}).get("visit")
    return "" if visit is None or is_open(visit.edition) else visit.edition.name


def tag_of(body: bytes, edition: str = "") -> str:
    """Hash of the bytes, as an entity tag without its quotes. Equal bytes of two closed editions have different tags."""
    key = hashlib.sha256(edition.encode()).digest() if edition else b""
    return hashlib.blake2b(body, digest_size=16, key=key).hexdigest()


def header(scope: Scope, name: bytes) -> str:
    """Every value of a request header, joined with commas."""
    return ", ".join([value.decode("latin-1") for key, value in scope["headers"] if key == name])


def has_already(scope: Scope, tag: str) -> bool:
    """Whether the visitor has the bytes with this tag, packed or not."""
    wanted = header(scope, b"if-none-match")
    if not wanted:
        return False
    tags = {part.strip().removeprefix("W/").strip('"').removesuffix("-gzip") for part in wanted.split(",")}
    return tag in tags or "*" in tags


def accepts_gzip(scope: Scope) -> bool:
    """Whether the visitor takes gzip."""
    return _takes_gzip(header(scope, b"accept-encoding"))


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def too_long(scope: Scope) -> Problem | None:
    """What to say to a request whose body is too long, or that does not say how long it is."""
    if header(scope, b"transfer-encoding"):
        return Problem(HTTPStatus.LENGTH_REQUIRED, "The request does not say how long it is.", "Send Content-Length.")
    length = header(scope, b"content-length")
    if length.isdigit() and int(length) > LARGEST_REQUEST:
        detail = f"The request has more than {LARGEST_REQUEST:,} bytes."
        return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, "Ask in parts.", "body")
    return None


async def _packed(body: bytes) -> bytes:
    """Gzip; long answers in a thread, so that others need not wait."""
    if len(body) < LONG:
        return gzip.compress(body, LEVEL, mtime=0)
    return await to_thread.run_sync(lambda: gzip.compress(body, LEVEL, mtime=0))


def _is_text(content_type: str) -> bool:
    return content_type.startswith((*_TEXTS, *_MORE_TEXTS))
