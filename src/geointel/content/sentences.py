"""Sentences about one hexagon, headings of a view, and the lines above an export."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geointel.content.words import category, caveat, digits, edition_words, layer_table, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHOWN = "shown"
DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
YEAR_LABEL = "12 months"
VALUE_DIGITS = 1
"""Decimals of a value in a sentence, unless its layer has its own ``digits``; a table may give more."""
RANGED = ("value", "lower", "upper")
"""Columns that have the decimals of their layer, where it says how many."""
SURE = 0.99


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
    marking: str = ""
    """As the manifest has it; blank for the usual one of an edition of this name. The same of ``handling``."""
    handling: str = ""


def number(value: float | None, digits: int = 0) -> str:
    """Return a number as people write it: thousands with commas, a dash for none."""
    if value is None or math.isnan(value):
        return DASH
    text = f"{value:,.{digits}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text.replace("-", MINUS)


def counted(value: float | None, slug: str, kind: str | None = None, *, special_points: str = "in") -> str:
    """Return "1 recorded drug offence", "3 recorded drug offences" or "No recorded drug offences"."""
    words = category(slug, kind, special_points=special_points)
    if value == 0:
        return f"No {words.many}"
    return f"{number(value)} {words.one if value == 1 else words.many}"


def when(window: str) -> str:
    """Return a window's label as it stands after "in": "the 12 months to December 2025"."""
    return f"the {window}" if window.startswith(YEAR_LABEL) else window


def heading(kind: str, slug: str, window: str, *, variant: str = "", special_points: str = "in") -> str:
    """Return the title of a view, such as "Hotspots of recorded drug offences, July 2025"."""
    many = category(slug, kind, special_points=special_points).many
    pattern = str(layer_table(kind, variant)["heading"])
    return pattern.format(many=many, Many=many[:1].upper() + many[1:], window=window)


def sentence(
    kind: str, row: Mapping[str, Any], *, slug: str, window: str, variant: str = "", special_points: str = "in"
) -> str:
    """Return what one row of a layer says, in plain English.

    Parameters
    ----------
    kind
        Kind of layer.
    row
        ``value``, ``class``, ``support``, ``status`` and the kind's own columns.
    slug, window
        Category slug, and the window's label.
    variant
        Variant of the kind's words, as it stands in the layer's notes.
    special_points
        "out" where the layer leaves them out.
    """
    many = category(slug, kind, special_points=special_points).many
    words = layer_table(kind, variant)
    given = _given(row, slug, kind, words=words, special_points=special_points)
    given |= {"many": many, "when": when(window)}
    status = str(row["status"])
    if status != SHOWN:
        said = words.get("status", {}).get(status) or table("status")[status]["sentence"]
        return str(said).format_map(defaultdict(lambda: DASH, given))  # it may come without a column
    pattern, level = _pattern(words["sentence"], row)
    given["level"] = level
    return " ".join(text.format_map(given) for text in (pattern, *_more(words, row, slug)))


def further(kind: str, row: Mapping[str, Any], *, slug: str) -> str:
    """Return what a kind of layer goes on to say of a row, without the sentence of its value; blank for nothing."""
    words = layer_table(kind)
    given = _given(row, slug, kind, words=words, special_points="in") | {"many": category(slug, kind).many}
    return " ".join(text.format_map(given) for text in _more(words, row, slug))


def export_header(view: View) -> tuple[str, ...]:
    """Return the lines that stand above every export: what, when, for whom, from where, and what it cannot say."""
    lines = table("export")
    edition = edition_words(view.edition)
    head = [str(table("notice")["synthetic"])] if view.synthetic else []
    head += [
        lines["title"].format(title=view.title),
        lines["period"].format(window=view.window),
        lines["edition"].format(
            edition=edition.label, marking=view.marking or edition.marking, handling=view.handling or edition.handling
        ),
        lines["source"].format(sources="; ".join(view.sources)),
        lines["data_through"].format(data_through=view.data_through),
    ]
    return (*head, *_caveat_lines(view.caveats, str(lines["caveat"])))


def marking_line(*, marking: str, handling: str, edition: str, user: str, date: str) -> str:
    """Return what stands on everything that leaves an edition that is not for everybody."""
    label = edition_words(edition).label
    return str(table("export")["marking"]).format(marking=marking, handling=handling, label=label, user=user, date=date)


def anybody(role: str) -> str:
    """Return who reads where nobody has to say who they are."""
    return str(table("export")["anybody"]).format(role=role)


def likelihood(value: float | None) -> str:
    """Return a chance as a percentage: what is nearly sure, or nearly never, is not written as certain."""
    if value is None or math.isnan(value):
        return DASH
    if value > SURE:
        return "over 99%"
    return "under 1%" if value < 1 - SURE else f"{value:.0%}"


def _decimals(words: Mapping[str, Any]) -> dict[str, int]:
    """Decimals of a layer's own, by column: ``digits`` of its value and range, ``decimals`` of others."""
    ranged = dict.fromkeys(RANGED, int(words["digits"])) if "digits" in words else {}
    return {**ranged, **words.get("decimals", {})}


def _given(
    row: Mapping[str, Any], slug: str, kind: str, *, words: Mapping[str, Any], special_points: str
) -> dict[str, str]:
    """Every column as people write it: text as it is, and numbers.

    Themselves, ``…_of`` as so many of the category, ``…_percent`` as a share, ``…_likely`` as a chance. ``words`` are the layer's.
    """
    own = _decimals(words)
    found: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, str):
            found[name] = value
        elif value is None or isinstance(value, int | float):
            usual = VALUE_DIGITS if name == "value" else digits(name)
            found[name] = number(value, own.get(name, usual))
            found[f"{name}_of"] = counted(value, slug, kind, special_points=special_points)
            found[f"{name}_percent"] = DASH if value is None else f"{value:.0%}"
            found[f"{name}_likely"] = likelihood(value)
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
    return sentences[_side(own)], own.partition("-")[2]


def _side(own: str) -> str:
    """Template of a test's class: which side of the usual it is on."""
    return {"hot": "higher", "cold": "lower"}.get(own.partition("-")[0], "none")


def _more(words: Mapping[str, Any], row: Mapping[str, Any], slug: str) -> tuple[str, ...]:
    """Templates of what a layer goes on to say of a row."""
    return tuple(str(more["says"]) for more in words.get("also", ()) if _applies(more, row, slug))


def _applies(more: Mapping[str, Any], row: Mapping[str, Any], slug: str) -> bool:
    """Whether a shown row is one of which a layer goes on to say something."""
    return (
        more.get("side") in {None, _side(str(row.get("class")))}
        and slug in more.get("categories", (slug,))
        and all(row.get(name) == word for name, word in more.get("is", {}).items())
        and all(row.get(name) is not None for name in more.get("known", ()))
        and all(row.get(name) is None for name in more.get("unknown", ()))
    )
