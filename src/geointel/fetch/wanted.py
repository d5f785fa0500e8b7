"""What a partnership wants fetched: its ``[[fetch]]`` tables and the catalogue, as a list of files."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from geointel.config.kinds import did_you_mean
from geointel.errors import Fault
from geointel.fetch.entries import Entry, catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from geointel.config import FetchTable, Partnership
    from geointel.fetch.entries import Content

CACHE = "fetched"
"""Folder under the data root that holds what was fetched."""
OWN = "own"
"""Folder in it for addresses that the catalogue does not have."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]*")


@dataclass(frozen=True)
class Wanted:
    """One file to fetch: ``name`` is its path under the cache folder, ``members`` what to take out of it."""

    what: str
    url: str
    name: str
    content: Content
    publisher: str
    licence: str
    sha256: str | None
    members: tuple[str, ...] = ()


def plan(partnership: Partnership) -> list[Wanted]:
    """The files of every ``[[fetch]]`` table, in their order. The tables must have no ``faults``."""
    return [wanted for table in partnership.fetch for wanted in _wanted(table)]


def faults(partnership: Partnership) -> tuple[Fault, ...]:
    """Every fault of the ``[[fetch]]`` tables that the catalogue shows."""
    found: list[Fault] = []
    taken: dict[str, str] = {}
    for number, table in enumerate(partnership.fetch):
        key = f"fetch[{number}]"
        wrong = list(_faults(table, key))
        found += wrong
        for wanted in () if wrong else _wanted(table):
            if wanted.name in taken:
                message = f"It fetches {wanted.name}, as {taken[wanted.name]} does."
                found.append(Fault(key, message, "Remove one of them, or give this one another `file`."))
            taken.setdefault(wanted.name, key)
    return tuple(found)


def _wanted(table: FetchTable) -> Iterator[Wanted]:
    entry = _entry(table)
    chosen = {name: values for name, values in table.choose.items() if name in entry.choose}
    apart = [name for name in chosen if f"{{{name}}}" in entry.url and name not in entry.together]
    joined = {name: _joined(each, chosen[name]) for name, each in entry.together.items()}
    members = tuple(
        _filled(pattern, {"force": force}) for pattern in entry.members for force in chosen.get("force", ())
    )
    for values in product(*(chosen[name] for name in apart)):
        words = dict(zip(apart, values, strict=True))
        file = table.file or _filled(entry.file, words)
        yield Wanted(
            what=table.what or OWN,
            url=_filled(entry.url, {**words, **joined}, escape=True),
            name=f"{table.what or OWN}/{file}",
            content=entry.content,
            publisher=entry.publisher,
            licence=entry.licence,
            sha256=table.sha256.get(file),
            members=members,
        )


def _entry(table: FetchTable) -> Entry:
    """The catalogue's entry, or one made of the table's own address."""
    if table.what is not None:
        return catalogue()[table.what]
    url = table.url or ""
    return Entry(
        title="",
        publisher=table.publisher or "",
        licence=table.licence or "",
        page="",
        url=url.replace("{", "%7B").replace("}", "%7D"),
        file=urlsplit(url).path.rpartition("/")[2],
        content="any",
    )


def _joined(each: str, values: Sequence[str]) -> str:
    """All values in one condition; a quote inside a value is doubled."""
    return " OR ".join(each.replace("{}", value.replace("'", "''")) for value in values)


def _filled(text: str, words: Mapping[str, str], *, escape: bool = False) -> str:
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", quote(word, safe="") if escape else word)
    return text


def _faults(table: FetchTable, key: str) -> Iterator[Fault]:
    if table.what is None:
        yield from _own_faults(table, key)
    elif table.what not in catalogue():
        yield Fault(f"{key}.what", f"The catalogue has no {table.what!r}.", did_you_mean(table.what, catalogue()))
        return
    else:
        yield from _choice_faults(table, catalogue()[table.what], key)
    names = {table.file} if table.file else set()
    if len(names) and (table.choose and len({w.name for w in _safe(table)}) < len(_safe(table))):
        yield Fault(f"{key}.file", "Several files would have one name.", "Leave `file` out, or choose one value.")
    for name in set(table.sha256) - {wanted.name.partition("/")[2] for wanted in _safe(table)}:
        yield Fault(f"{key}.sha256", f"It fetches no file {name!r}.", "Give the name that the file is kept under.")


def _safe(table: FetchTable) -> list[Wanted]:
    """The files of a table, or none while its choices are wrong."""
    entry = _entry(table)
    return list(_wanted(table)) if set(entry.choose) <= set(table.choose) else []


def _choice_faults(table: FetchTable, entry: Entry, key: str) -> Iterator[Fault]:
    for name, pattern in entry.choose.items():
        if name not in table.choose:
            remedy = f'Add it: choose = {{ {name} = ["…"] }}. See {entry.page}'
            yield Fault(f"{key}.choose", f"It does not say which {name}.", remedy)
        wrong = [value for value in table.choose.get(name, ()) if not re.fullmatch(pattern, value)]
        for value in wrong:
            yield Fault(f"{key}.choose.{name}", f"{value!r} is not a {name}.", f"See {entry.page}")
    for name in table.choose.keys() - entry.choose.keys():
        message = f"There is no {name!r} to choose."
        yield Fault(f"{key}.choose.{name}", message, did_you_mean(name, entry.choose))
    for name in ("licence", "publisher"):
        if getattr(table, name) is not None:
            yield Fault(f"{key}.{name}", "The catalogue says this.", "Leave it out.")


def _own_faults(table: FetchTable, key: str) -> Iterator[Fault]:
    url = table.url or ""
    if not is_allowed(url):
        yield Fault(f"{key}.url", "This is not an https address.", "Give an address that begins with https://.")
    if not _NAME.fullmatch(table.file or _entry(table).file):
        yield Fault(f"{key}.file", "The address does not end in a file name.", 'Give one: file = "name.csv".')
    if table.licence is None:
        yield Fault(f"{key}.licence", "It does not say under which licence the file is.", "Add `licence`.")
    if table.choose:
        yield Fault(f"{key}.choose", "There is nothing to choose in an address of your own.", "Leave it out.")


def is_allowed(url: str) -> bool:
    """Whether an address may be opened: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
        )
    except ValueError:
        return False


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine, by its number."""
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"
