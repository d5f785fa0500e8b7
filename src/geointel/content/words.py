"""The content file, read once, and its single words."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from geointel.model import ALL

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Caveat:
    """What must be said beside a figure: ``short`` next to the map, ``long`` where there is room."""

    id: str
    short: str
    long: str


@dataclass(frozen=True)
class CategoryWords:
    """A category in lists (``label``) and in sentences, after a number (``one``, ``many``)."""

    id: str
    label: str
    one: str
    many: str


@dataclass(frozen=True)
class LayerWords:
    """What a kind of layer says about itself. ``caveats`` are ids, the most important first."""

    kind: str
    title: str
    question: str
    unit: str
    value_label: str
    method: str
    tests: str
    caveats: tuple[str, ...]
    heading: str


@dataclass(frozen=True)
class EditionWords:
    """Name, protective marking and handling line of an edition."""

    label: str
    marking: str
    handling: str


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((files("geointel.content") / "words.toml").read_text(encoding="utf-8"))


def table(name: str) -> Mapping[str, Any]:
    """Return one table of the content file, to read. Raises ``KeyError`` for a name it does not have."""
    return MappingProxyType(_file()[name])


def caveats() -> dict[str, Caveat]:
    """Return every caveat by its id."""
    return {name: Caveat(name, words["short"], words["long"].strip()) for name, words in table("caveat").items()}


def caveat(name: str) -> Caveat:
    """Return one caveat. Raises ``KeyError`` for an id that the content file does not have."""
    return caveats()[name]


def category(slug: str, kind: str | None = None, *, label: str | None = None) -> CategoryWords:
    """Return the words of a category; one that the file does not have gets ``label``, or is spelt out.

    A ``kind`` of layer may have its own words for all of its categories together.
    """
    words = table("layer").get(kind or "", {}).get(slug) or table("category").get(slug)
    if words is None:
        label = label or slug.replace("-", " ").capitalize()
        return CategoryWords(slug, label, f"record of {label.lower()}", f"records of {label.lower()}")
    return CategoryWords(slug, words["label"], words["one"], words["many"])


def layer_words(kind: str) -> LayerWords:
    """Return the words of a layer kind. Raises ``KeyError`` for a kind that the file does not have."""
    words = dict(table("layer")[kind])
    for apart in ("sentence", "page", "status", ALL):
        words.pop(apart, None)
    words["caveats"] = tuple(words["caveats"])
    words["method"] = words["method"].strip()
    return LayerWords(kind=kind, **words)


def column(name: str) -> str:
    """Return the heading of a table's column; the name itself when the file does not have it."""
    return str(table("column").get(name, {}).get("label", name))


def digits(name: str) -> int:
    """Return how many decimals of a column people are shown."""
    return int(table("column").get(name, {}).get("digits", 0))


def status_label(status: str) -> str:
    """Return a status in a few words."""
    return str(table("status")[status]["label"])


def reason(slug: str) -> str:
    """Return why a row is not on the map, in words."""
    return str(table("reason")[slug])


def indicator(slug: str) -> str:
    """Return the label of an indicator of our own; the slug spelt out when the file does not have it."""
    return str(table("indicator").get(slug, {}).get("label", slug.replace("-", " ").capitalize()))


def special_points() -> tuple[str, ...]:
    """Names of map points that collect records: police station, prison, hospital and the like."""
    return tuple(table("special")["points"])


def edition_words(edition: str) -> EditionWords:
    """Return name, marking and handling of an edition."""
    editions = table("edition")
    words = editions["open" if edition == "open" else "other"]
    return EditionWords(words["label"].format(edition=edition), words["marking"], words["handling"])


def notice(name: str, **values: object) -> str:
    """Return a notice with its braces filled in."""
    return str(table("notice")[name]).format(**values)
