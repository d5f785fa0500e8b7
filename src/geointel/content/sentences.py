"""Sentences about one hexagon, headings of a view, and the lines above an export."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geointel.content.words import category, caveat, digits, edition_words, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHOWN = "shown"
DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
YEAR_LABEL = "12 months"
VALUE_DIGITS = 1
"""Decimals of a value in a sentence; a table may give more."""


@dataclass(frozen=True)
class View:
    """What an export or a picture shows, in words. ``caveats`` are ids."""

    title: str
    window: str
    edition: str
    sources: tuple[str, ...]
    data_through: str
    caveats: tuple[str, ...]
    synthetic: bool = False


def number(value: float | None, digits: int = 0) -> str:
    """Return a number as people write it: thousands with commas, a dash for none."""
    if value is None or math.isnan(value):
        return DASH
    text = f"{value:,.{digits}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text.replace("-", MINUS)


def counted(value: float | None, slug: str, kind: str | None = None) -> str:
    """Return "1 recorded drug offence", "3 recorded drug offences" or "No recorded drug offences"."""
    words = category(slug, kind)
    if value == 0:
        return f"No {words.many}"
    return f"{number(value)} {words.one if value == 1 else words.many}"


def when(window: str) -> str:
    """Return a window's label as it stands after "in": "the 12 months to December 2025"."""
    return f"the {window}" if window.startswith(YEAR_LABEL) else window


def heading(kind: str, slug: str, window: str) -> str:
    """Return the title of a view, such as "Hotspots of recorded drug offences, July 2025"."""
    many = category(slug, kind).many
    pattern = str(table("layer")[kind]["heading"])
    return pattern.format(many=many, Many=many[:1].upper() + many[1:], window=window)


def sentence(kind: str, row: Mapping[str, Any], *, slug: str, window: str) -> str:
    """Return what one row of a layer says, in plain English.

    Parameters
    ----------
    kind
        Kind of layer.
    row
        ``value``, ``class``, ``support``, ``status`` and the kind's own columns.
    slug, window
        Category slug, and the window's label.
    """
    many = category(slug, kind).many
    status = str(row["status"])
    if status != SHOWN:
        said = table("layer")[kind].get("status", {}).get(status) or table("status")[status]["sentence"]
        return str(said).format(many=many, when=when(window))
    pattern, level = _pattern(table("layer")[kind]["sentence"], row)
    return pattern.format(many=many, when=when(window), level=level, **_numbers(row, slug, kind))


def export_header(view: View) -> tuple[str, ...]:
    """Return the lines that stand above every export: what, when, for whom, from where, and what it cannot say."""
    lines = table("export")
    edition = edition_words(view.edition)
    head = [str(table("notice")["synthetic"])] if view.synthetic else []
    head += [
        lines["title"].format(title=view.title),
        lines["period"].format(window=view.window),
        lines["edition"].format(edition=edition.label, marking=edition.marking, handling=edition.handling),
        lines["source"].format(sources="; ".join(view.sources)),
        lines["data_through"].format(data_through=view.data_through),
    ]
    return (*head, *_caveat_lines(view.caveats, str(lines["caveat"])))


def _numbers(row: Mapping[str, Any], slug: str, kind: str) -> dict[str, str]:
    """Every column of numbers as people write it: itself, ``…_of`` as so many of the category, ``…_percent`` as a share."""
    found: dict[str, str] = {}
    for name, value in row.items():
        if value is None or isinstance(value, int | float):
            found[name] = number(value, VALUE_DIGITS if name == "value" else digits(name))
            found[f"{name}_of"] = counted(value, slug, kind)
            found[f"{name}_percent"] = DASH if value is None else f"{value:.0%}"
    return found


def _caveat_lines(names: Sequence[str], pattern: str) -> list[str]:
    return [pattern.format(caveat=caveat(name).short) for name in names]


def _pattern(sentences: Mapping[str, str], row: Mapping[str, Any]) -> tuple[str, str]:
    """Template of a shown row, and the level of its class in percent.

    A class may have its own; else there is one for each side of a test, or one for a value and one for none.
    """
    own = str(row.get("class") or "none")
    if own in sentences and own != "none":
        return sentences[own], ""
    if "none" not in sentences:
        return sentences["zero" if row.get("value") == 0 and "zero" in sentences else SHOWN], ""
    side, _, level = own.partition("-")
    return sentences[{"hot": "higher", "cold": "lower"}.get(side, "none")], level
