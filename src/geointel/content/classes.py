"""Keys of the map: class slugs with their words and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.content.words import table
from geointel.model import ClassStyle

if TYPE_CHECKING:
    from collections.abc import Sequence


def signed_classes(words: str = "signed") -> tuple[ClassStyle, ...]:
    """Return the seven classes from ``cold-99`` to ``hot-99``, in words and colours of one kind of layer."""
    return named_classes(words)


def named_classes(words: str) -> tuple[ClassStyle, ...]:
    """Return the classes of one table of the content file, weakest first, as every key has them."""
    named = table("class")[words]
    return tuple(ClassStyle(slug, words["label"], words["colour"]) for slug, words in named.items())


def count_classes(breaks: Sequence[float] | None = None) -> tuple[ClassStyle, ...]:
    """Return the classes of a count: ``0`` is zero, the last one is open.

    Parameters
    ----------
    breaks
        Ascending upper bounds, inclusive, of class 1 and onwards, at most four. Labels are then
        numbers, such as "2 to 3" and "9 or more"; without them they are words, for a key that must
        serve several sets of breaks.
    """
    count = table("class")["count"]
    labels = count["words"] if breaks is None else _ranges([int(bound) for bound in breaks])
    return tuple(
        ClassStyle(str(number), label, colour)
        for number, (label, colour) in enumerate(zip(labels, count["colours"], strict=False))
    )


def ratio_bounds() -> tuple[float, ...]:
    """Return the bounds, ascending and upper-inclusive, between the steps of ``ratio_classes``."""
    return tuple(table("class")["ratio"]["bounds"])


def ratio_classes() -> tuple[ClassStyle, ...]:
    """Return the seven steps in which a map draws observed over expected: ``0`` is the lowest."""
    ratio = table("class")["ratio"]
    return tuple(
        ClassStyle(str(number), label, colour)
        for number, (label, colour) in enumerate(zip(ratio["words"], ratio["colours"], strict=True))
    )


def blank_colours() -> tuple[str, str]:
    """Return fill and outline of a hexagon without a value; it is drawn with dots."""
    blank = table("class")["blank"]
    return blank["colour"], blank["outline"]


def _ranges(breaks: list[int]) -> list[str]:
    """Words of each class: zero, one range per bound, and what is above the last bound."""
    labels = ["0"]
    lower = 1
    for upper in breaks:
        labels.append(f"{lower:,}" if upper <= lower else f"{lower:,} to {upper:,}")
        lower = upper + 1
    return [*labels, f"{lower:,} or more"]
