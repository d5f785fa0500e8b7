"""Keys of the map: class slugs with their words and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geointel.content.sentences import number
from geointel.content.words import table
from geointel.model import ClassStyle

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


FEW = 7
"""A key with more classes than this has only those that occur: nobody reads a list of seventeen."""


def signed_classes(words: str = "signed") -> tuple[ClassStyle, ...]:
    """Return the seven classes from ``cold-99`` to ``hot-99``, in words and colours of one kind of layer."""
    return named_classes(words)


def named_classes(words: str) -> tuple[ClassStyle, ...]:
    """Return the classes of one table of the content file, weakest first, as every key has them."""
    named = table("class")[words]
    return tuple(ClassStyle(slug, words["label"], words["colour"]) for slug, words in named.items())


def in_key(styles: Sequence[ClassStyle], occurring: Collection[str | None]) -> tuple[ClassStyle, ...]:
    """Return the classes that a key shows beside a map with these: of many those that occur, of few all but an idle cold half.

    On real counts few or none can be cold.
    """
    if len(styles) > FEW:
        return tuple(style for style in styles if style.id in occurring)
    cold = any(slug is not None and slug.startswith("cold") for slug in occurring)
    return tuple(style for style in styles if cold or not style.id.startswith("cold"))


def count_classes(breaks: Sequence[float] | None = None) -> tuple[ClassStyle, ...]:
    """Return the classes of a count: ``0`` is zero, the last one is open.

    Parameters
    ----------
    breaks
        Ascending upper bounds, inclusive, of class 1 and onwards, at most four. Labels are then
        numbers, such as "2 to 3" and "9 or more"; without them they are words, for a key that must
        serve several sets of breaks.
    """
    styles = stepped_classes("count")
    return styles if breaks is None else _named(styles, breaks, 0)


def stepped_classes(words: str) -> tuple[ClassStyle, ...]:
    """Return the classes of a value in steps, weakest first, in words and colours of one kind of layer."""
    steps = table("class")[words]
    numbered = enumerate(zip(steps["words"], steps["colours"], strict=True), start=steps.get("first", 0))
    return tuple(ClassStyle(str(step), label, colour) for step, (label, colour) in numbered)


def key_classes(spec: Mapping[str, Any], *, resolution: int, category: str, window: str) -> tuple[ClassStyle, ...]:
    """Return the classes of one map's key: where they are bands of the value, their labels are its bounds.

    Parameters
    ----------
    spec
        The layer in the manifest.
    window
        Kind of the map's window.
    """
    styles = tuple(ClassStyle(**style) for style in spec["classes"])
    bands = table("layer").get(spec["kind"], {}).get("page", {}).get("bands")
    breaks = spec["breaks"].get(str(resolution), {}).get(category, {}).get(window)
    if bands is None or breaks is None:
        return styles
    own = next((column["digits"] for column in spec["columns"] if column["id"] == "value"), 1)
    return _named(styles, breaks, max(1, own) if bands == "real" else 0)


def band_label(step: int, breaks: Sequence[float], digits: int) -> str:
    """Return the words of a band: step k goes up to ``breaks[k − 1]``, step 0 is zero, the last is open.

    Bounds of whole numbers have no ``digits``. The page has the same in ``palette.ts``.
    """
    if step == 0:
        return "0"
    last = step > len(breaks)
    if digits == 0:
        lower = int(breaks[step - 2]) + 1 if step > 1 else 1
        upper = lower if last else int(breaks[step - 1])
        return f"{lower:,} or more" if last else f"{lower:,}" if upper <= lower else f"{lower:,} to {upper:,}"
    if step == 1:
        return "any" if last else f"up to {number(breaks[0], digits)}"
    lower_bound = number(breaks[step - 2], digits)
    return f"above {lower_bound}" if last else f"{lower_bound} to {number(breaks[step - 1], digits)}"


def _named(styles: Sequence[ClassStyle], breaks: Sequence[float], digits: int) -> tuple[ClassStyle, ...]:
    """Those of the classes that the bounds make, named by them."""
    return tuple(
        ClassStyle(style.id, band_label(int(style.id), breaks, digits), style.colour)
        for style in styles
        if int(style.id) <= len(breaks) + 1
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
