"""One file over HTTP: conditional, resumable, patient with a busy server, and nowhere that it should not go."""

from __future__ import annotations

import ipaddress
import json
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import httpx

import geointel
from geointel.errors import FetchError
from geointel.fetch.wanted import is_allowed, is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Tell = Callable[[int, int | None], None]
    """Told the bytes that are there, and how many there will be (None: not known)."""

USER_AGENT = f"geointel/{geointel.__version__} (geointel fetch; one connection)"
REDIRECTS = 5
TRIES = 5
LONGEST_WAIT = 120.0
BUSY = {429, 500, 502, 503, 504}
TIMEOUT = httpx.Timeout(60.0, connect=20.0)
OK, PARTIAL, NOT_MODIFIED, BEYOND_END = 200, 206, 304, 416
LATER = "Run it again later: what is there is kept, and the rest is fetched."


class _Again(Exception):  # noqa: N818 - not an error, a reason to try once more
    """The transfer did not come to its end; ``wait`` is how long the server asks to wait, in seconds."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True)
class Marks:
    """What a server says of a version of a file, and gives it back for."""

    etag: str | None
    last_modified: str | None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Marks:
        """Marks in the headers of an answer."""
        return cls(headers.get("etag"), headers.get("last-modified"))

    @property
    def exact(self) -> str | None:
        """The mark that stands for the same bytes; a weak one does not."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified

    @property
    def unless_same(self) -> dict[str, str]:
        """Headers that ask for a file only where it has changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: mark for name, mark in asked.items() if mark}


@dataclass(frozen=True)
class Transfer:
    """How a transfer ended: ``changed`` is false where the server says that the file is the one we have."""

    changed: bool
    final_url: str
    marks: Marks


@dataclass(frozen=True)
class Line:
    """A connection, and what limits it: ``room`` gives the bytes that may still come, ``sleep`` waits."""

    client: httpx.Client
    room: Callable[[], int]
    sleep: Callable[[float], None] = time.sleep


def open_client() -> httpx.Client:
    """A client that names us, follows nothing by itself, and takes bytes as they are."""
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
    return httpx.Client(
        headers=headers, timeout=TIMEOUT, limits=httpx.Limits(max_connections=1), follow_redirects=False
    )


def transfer(line: Line, url: str, part: Path, *, have: Marks | None, tell: Tell) -> Transfer:
    """Bring a file to ``part``; go on where an earlier try broke off.

    ``have`` are the marks of the file as it was fetched before, if it is still there. Raises ``FetchError``.
    """
    for turn in range(1, TRIES + 1):
        try:
            return _once(line, url, part, have=have, tell=tell)
        except httpx.InvalidURL as error:
            message = f"{url}: it is not an address, or redirects to what is none."
            raise FetchError(message, remedy="Correct the address.") from error
        except (_Again, httpx.TransportError) as error:
            if turn == TRIES:
                why = str(error) or type(error).__name__
                message = f"{url}: the transfer broke off {TRIES} times ({why})."
                raise FetchError(message, remedy=LATER) from error
            asked = error.wait if isinstance(error, _Again) else None
            line.sleep(min(LONGEST_WAIT, 2.0**turn if asked is None else asked))
    raise AssertionError(url)  # the loop returns or raises


def _once(line: Line, url: str, part: Path, *, have: Marks | None, tell: Tell) -> Transfer:
    before, marks = _begun(part, url)
    headers = {} if have is None else dict(have.unless_same)
    if before and marks is not None and marks.exact:
        headers = {"Range": f"bytes={before}-", "If-Range": marks.exact}
    else:
        before = 0
    with _answer(line.client, url, headers) as answer:
        if answer.status_code == NOT_MODIFIED and have is not None:
            return Transfer(changed=False, final_url=str(answer.url), marks=have)
        if answer.status_code == BEYOND_END or (answer.status_code == PARTIAL and _start(answer) != before):
            _forget(part)
            raise _Again("the server could not go on where it stopped", 0.0)
        _refuse_status(answer)
        _receive(line, answer, part, url, before if answer.status_code == PARTIAL else 0, tell)
        return Transfer(changed=True, final_url=str(answer.url), marks=Marks.of(answer.headers))


def _receive(line: Line, answer: httpx.Response, part: Path, url: str, before: int, tell: Tell) -> None:
    length = answer.headers.get("content-length", "")
    total = before + int(length) if length.isdecimal() else None
    room = line.room()
    _refuse_size(url, total or 0, room)
    _begin(part, url, Marks.of(answer.headers))
    done = before
    with part.open("ab" if before else "wb") as stream:
        for block in answer.iter_raw():
            stream.write(block)
            done += len(block)
            tell(done, total)
            _refuse_size(url, done, room)
    if total is not None and done != total:
        raise _Again(f"{done} of {total} bytes came")


def _refuse_size(url: str, size: int, room: int) -> None:
    if size > room:
        message = f"{url}: it is larger than the {room:,} bytes that may still be fetched."
        raise FetchError(message, remedy="Raise the limit with --limit, or fetch less.")


class _answer:  # noqa: N801 - used like a function, in a with statement
    """The answer at the end of redirects, each looked at before it is followed."""

    def __init__(self, client: httpx.Client, url: str, headers: Mapping[str, str]) -> None:
        self._client, self._url, self._headers = client, url, headers
        self._open: httpx.Response | None = None

    def __enter__(self) -> httpx.Response:
        url = self._url
        for _ in range(REDIRECTS + 1):
            request = self._client.build_request("GET", url, headers=self._headers)
            found = self._open = self._client.send(request, stream=True)
            if not found.has_redirect_location:
                return found
            found.close()
            url = _next(url, found.headers["location"])
        message = f"{self._url}: it redirects more than {REDIRECTS} times."
        raise FetchError(message, remedy="Look for the file's own address.")

    def __exit__(self, *_: object) -> None:
        if self._open is not None:
            self._open.close()


def _next(url: str, location: str) -> str:
    """Where a redirect leads. Raises ``FetchError`` where it must not."""
    target = urljoin(url, location)
    here, there = urlsplit(url).hostname, urlsplit(target).hostname
    same = is_loopback(here) and here == there
    if not is_allowed(target) or (there != here and not same and _is_private(there or "")):
        message = f"{url}: it redirects to {target[:200]}, which is not a public https address."
        raise FetchError(message, remedy="Look for the file's new address, and give it as `url`.")
    return target


def _is_private(host: str) -> bool:
    """Whether a host is in a network of its own. One whose name cannot be looked up here is left to the connection."""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return any(not ipaddress.ip_address(str(address).partition("%")[0]).is_global for address in found)


def _refuse_status(answer: httpx.Response) -> None:
    status = answer.status_code
    if status in {OK, PARTIAL}:
        return
    if status in BUSY:
        raise _Again(f"the server answers {status}", _retry_after(answer.headers.get("retry-after")))
    message = f"{answer.url}: the server answers {status} {answer.reason_phrase}."
    raise FetchError(message, remedy="Check the choice and the address: the publisher may have moved the file.")


def _retry_after(text: str | None) -> float | None:
    """Seconds that a server asks to wait: a number, or a date."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _start(answer: httpx.Response) -> int | None:
    """First byte of a partial answer."""
    first = answer.headers.get("content-range", "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdecimal() else None


def _about(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _begun(part: Path, url: str) -> tuple[int, Marks | None]:
    """How many bytes an earlier try brought, and of which version; 0 where they are of another address."""
    try:
        about = json.loads(_about(part).read_text(encoding="utf-8"))
        size = part.stat().st_size
        return (size, Marks(about["etag"], about["last_modified"])) if about["url"] == url else (0, None)
    except (OSError, ValueError, KeyError, TypeError):
        return 0, None


def _begin(part: Path, url: str, marks: Marks) -> None:
    part.parent.mkdir(parents=True, exist_ok=True)
    about = {"url": url, "etag": marks.etag, "last_modified": marks.last_modified}
    _about(part).write_text(json.dumps(about), encoding="utf-8")


def _forget(part: Path) -> None:
    for path in (part, _about(part)):
        path.unlink(missing_ok=True)


def finish(part: Path, target: Path) -> None:
    """Put a whole file in its place in one step."""
    part.replace(target)
    _about(part).unlink(missing_ok=True)
