"""The content file, read once, and its single words."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
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


def category(
    slug: str, kind: str | None = None, *, label: str | None = None, special_points: str = "in"
) -> CategoryWords:
    """Return the words of a category; one that the file does not have gets ``label``, or is spelt out.

    A ``kind`` of layer may have its own words for all of its categories together. With ``special_points`` "out" they
    name what is counted there: records away from these points.
    """
    words = _category(slug, kind, label)
    if special_points == "in":
        return words
    away = table("special")["away"]
    return replace(words, one=f"{words.one} {away}", many=f"{words.many} {away}")


def knows_category(slug: str) -> bool:
    """Whether the content file has words for a category."""
    return slug in table("category")


def special_points_of(spec: Mapping[str, Any]) -> str:
    """Whether a layer, described as in the manifest, counts records at special points: "in" or "out"."""
    return str(spec["parameters"].get("special_points", "in"))


def _category(slug: str, kind: str | None, label: str | None) -> CategoryWords:
    words = table("layer").get(kind or "", {}).get(slug) or table("category").get(slug)
    if words is None:
        label = label or slug.replace("-", " ").capitalize()
        return CategoryWords(slug, label, f"record of {label.lower()}", f"records of {label.lower()}")
    return CategoryWords(slug, words["label"], words["one"], words["many"])


def layer_table(kind: str, variant: str = "") -> Mapping[str, Any]:
    """Return all that the file says of a layer kind; a ``variant`` of it has words of its own for some.

    Raises ``KeyError`` for a kind that the file does not have.
    """
    words = table("layer")[kind]
    return MappingProxyType({**words, **words.get("variant", {}).get(variant, {})})


def first_of(kind: str, variant: str = "") -> tuple[str, bool]:
    """Return what comes first in a table of a layer kind, in words, and whether low values do."""
    page = layer_table(kind, variant)["page"]
    return str(page.get("order", "strongest first")), bool(page.get("rising", False))


def layer_words(kind: str, variant: str = "", *, special_points: str = "in") -> LayerWords:
    """Return the words of a layer kind; with ``special_points`` "out" they say that these are left out.

    Raises ``KeyError`` for a kind that the file does not have.
    """
    words = dict(layer_table(kind, variant))
    for apart in ("sentence", "also", "page", "status", "digits", "decimals", "variant", ALL):
        words.pop(apart, None)
    words["caveats"] = tuple(words["caveats"])
    words["method"] = words["method"].strip()
    found = LayerWords(kind=kind, **words)
    return found if special_points == "in" else _without_special_points(found)


def _without_special_points(words: LayerWords) -> LayerWords:
    """Title and method say what is left out, and its caveat stands where that on special points did, or second."""
    special = table("special")
    others = [name for name in words.caveats if name != "special-points"]
    place = words.caveats.index("special-points") if "special-points" in words.caveats else 1
    return replace(
        words,
        title=special["title"].format(title=words.title),
        method=f"{words.method} {special['method']}",
        caveats=(*others[:place], "without-special-points", *others[place:]),
    )


def column(name: str) -> str:
    """Return the heading of a table's column; the name itself when the file does not have it."""
    return str(table("column").get(name, {}).get("label", name))


def digits(name: str) -> int:
    """Return how many decimals of a column people are shown."""
    return int(table("column").get(name, {}).get("digits", 0))


def status_label(status: str) -> str:
    """Return a status in a few words."""
    return str(table("status")[status]["label"])


def outcome(group: str) -> str:
    """Return a group of outcomes in a few words; the group itself when the file does not have it."""
    return str(table("outcome").get(group, {}).get("label", group))


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
