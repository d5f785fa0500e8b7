"""``fetch``: every file that a partnership names, into the cache folder, one after another."""

from __future__ import annotations

import fcntl
import fnmatch
import hashlib
import shutil
import time
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from geointel.errors import FetchError
from geointel.fetch import record
from geointel.fetch.record import Fetched
from geointel.fetch.shape import wrong_shape
from geointel.fetch.transfer import Line, Marks, Transfer, finish, open_client, transfer
from geointel.fetch.wanted import CACHE, plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geointel.config import Partnership
    from geointel.fetch.wanted import Wanted

    Tell = Callable[[str, int, int | None], None]
    """Told a file's name, the bytes that are there, and how many there will be (None: not known)."""

LIMIT = 8_000_000_000
"""Bytes that one run may fetch, and that the members of one archive may have."""
ASIDE = ".refused"
BLOCK = 1 << 20
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Outcome:
    """What became of one file; ``fault`` and ``remedy`` where it could not be had."""

    name: str
    status: Literal["fetched", "unchanged", "failed"]
    file: Fetched | None = None
    members: tuple[str, ...] = ()
    fault: str = ""
    remedy: str = ""


def fetch(
    partnership: Partnership,
    *,
    data: Path,
    limit: int = LIMIT,
    tell: Tell = lambda *_: None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Outcome]:
    """Fetch the files of a partnership whose ``[[fetch]]`` tables have no faults.

    A file that cannot be had does not keep the next from being fetched. What was fetched before stays as it is
    unless a whole new file is there. Raises ``FetchError`` when another run holds the cache folder.
    """
    wanted = plan(partnership)
    if not wanted:
        return []
    with _held(data / CACHE) as cache, open_client() as client:
        known = record.read(cache)
        spent = [0]
        line = Line(client, lambda: limit - spent[0], sleep)
        outcomes = []
        for one in wanted:
            found: Outcome | None = None
            try:
                found = _fetch(one, cache, known.get(one.name), line, tell)
                if found.file is not None and found.status == "fetched":
                    spent[0] += found.file.bytes
                    known[one.name] = found.file
                    record.write(cache, known)
                members = _unpacked(one, cache / one.name, new=found.status == "fetched")
                outcomes.append(replace(found, members=members))
            except FetchError as error:
                file = None if found is None else found.file
                outcomes.append(Outcome(one.name, "failed", file, fault=error.message, remedy=error.remedy))
    return outcomes


@contextmanager
def _held(cache: Path) -> Iterator[Path]:
    """The cache folder, for one run at a time."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"Another run is fetching into {cache}."
            raise FetchError(message, remedy="Wait for it to end.") from error
        yield cache


def _fetch(wanted: Wanted, cache: Path, before: Fetched | None, line: Line, tell: Tell) -> Outcome:
    target = cache / wanted.name
    part = target.with_name(f"{target.name}.part")
    same = before if before is not None and before.url == wanted.url and _is_there(target, before) else None
    have = None if same is None else Marks(same.etag, same.last_modified)
    done = transfer(line, wanted.url, part, have=have, tell=lambda now, all_: tell(wanted.name, now, all_))
    if not done.changed and same is not None:
        _refuse_digest(wanted, target, same.sha256)
        return Outcome(wanted.name, "unchanged", same)
    found = _accepted(wanted, part, done)
    finish(part, target)
    return Outcome(wanted.name, "fetched", found)


def _accepted(wanted: Wanted, part: Path, done: Transfer) -> Fetched:
    """What to record of a new file. One that is not what it should be is kept aside; raises ``FetchError``."""
    wrong = wrong_shape(part, wanted.content)
    if wrong is not None:
        message = f"{wanted.url}: what came is {wrong}."
        raise FetchError(message, remedy=f"Look at it: {_put_aside(part)}. The file may have moved.")
    digest = _sha256(part)
    _refuse_digest(wanted, part, digest)
    return Fetched(
        what=wanted.what,
        url=wanted.url,
        final_url=done.final_url,
        sha256=digest,
        bytes=part.stat().st_size,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        publisher=wanted.publisher,
        licence=wanted.licence,
        etag=done.marks.etag,
        last_modified=done.marks.last_modified,
    )


def _refuse_digest(wanted: Wanted, path: Path, digest: str) -> None:
    if wanted.sha256 is not None and wanted.sha256 != digest:
        kept = _put_aside(path) if path.name.endswith(".part") else path
        message = f"{wanted.url}: its SHA-256 is {digest}, and the partnership file says {wanted.sha256}."
        raise FetchError(message, remedy=f"It is kept as {kept}. Correct `sha256` if the new file is right.")


def _put_aside(part: Path) -> Path:
    aside = part.with_name(part.name.removesuffix(".part") + ASIDE)
    finish(part, aside)
    return aside


def _is_there(target: Path, before: Fetched) -> bool:
    """Whether a file is still the one that was fetched."""
    return target.is_file() and target.stat().st_size == before.bytes and _sha256(target) == before.sha256


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _unpacked(wanted: Wanted, target: Path, *, new: bool) -> tuple[str, ...]:
    """Take the chosen members out of an archive, into a folder of its name; their paths under the cache folder."""
    if not wanted.members:
        return ()
    try:
        return _take_members(wanted, target, new=new)
    except BROKEN as error:
        message = f"{wanted.url}: the archive cannot be read ({error})."
        raise FetchError(message, remedy=f"Delete {target} and fetch it again.") from error


def _take_members(wanted: Wanted, target: Path, *, new: bool) -> tuple[str, ...]:
    folder = target.with_suffix("")
    with zipfile.ZipFile(target) as archive:
        chosen = [info for info in archive.infolist() if _is_chosen(info, wanted)]
        if not chosen:
            message = f"{wanted.url}: the archive has no file like {', '.join(wanted.members)[:200]}."
            raise FetchError(message, remedy="Correct `choose`.")
        if sum(info.file_size for info in chosen) > LIMIT:
            message = f"{wanted.url}: the chosen files of the archive have more than {LIMIT:,} bytes."
            raise FetchError(message, remedy="Choose fewer.")
        for info in chosen:
            _take_out(archive, info, folder / info.filename, new=new)
    return tuple(f"{PurePosixPath(wanted.name).with_suffix('')}/{info.filename}" for info in chosen)


def _is_chosen(info: zipfile.ZipInfo, wanted: Wanted) -> bool:
    path = PurePosixPath(info.filename)
    safe = not path.is_absolute() and ".." not in path.parts and "\\" not in info.filename
    return safe and any(fnmatch.fnmatchcase(info.filename, pattern) for pattern in wanted.members)


def _take_out(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, *, new: bool) -> None:
    if not new and path.is_file() and path.stat().st_size == info.file_size:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    held = path.with_name(f"{path.name}.part")
    with archive.open(info) as inside, held.open("wb") as outside:
        shutil.copyfileobj(inside, outside, BLOCK)
    held.replace(path)
