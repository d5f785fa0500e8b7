"""Tables of the study of local Moran's I on noise, as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KINDS = ("Poisson", "negative binomial", "real counts permuted")
BAR = 16
"""Maps of 200 that may have a false class."""

PATTERNS = tuple(
    [(name, times) for name in ("high-high", "low-high") for times in (4, 8, 16, 32)]
    + [("high-low", 16), ("low-low", 0)]
)
"""What is planted, and how many times the map's mean a high cell has. Low cells are empty."""

OWN = {"published": "published", "tail": "without the gate"}
USUAL = {
    "normal": "normal p",
    "normal, adjusted": "normal p, adjusted",
    "permutation": "999 permutations",
    "permutation, adjusted": "999 permutations, adjusted",
}
GATES = {"gate": "permutation", "gate, randomisation": "randomisation, normal", "gate, normality": "normality"}
BACKGROUNDS = {
    "real": "The real map with the pattern planted in it.",
    "noise": "A map without any pattern (negative binomial) but the planted one.",
}

HEAD = """# Local Moran's I on noise

How often does the layer `moran` show a class where place has no meaning? Maps are simulated on the cells of real ones of 2025 (the
year, and July), with no pattern: Poisson with the map's mean, negative binomial with its mean and variance, and the map's own
counts shuffled over the cells. A **false map** has at least one cell with q ≤ .05. The bar is at most {bar} of 200 for the
first two; an error rate of 5 % would give 10 in the mean.

Run it again with:

```
{command}
```

It returns an error if the classes are above the bar, with the gate or without it.

## In short

{short}

## Published classes

*Published* are classes with the exact tail of the ring, adjusted over the map, on maps that pass the gate. *Without the gate* shows
what the tail alone does.

{own}

## The usual ways

The same maps, with p of local Moran's I by the normal distribution of its conditional score, and by 999 conditional
permutations (two-sided), alone and adjusted over the map (Benjamini and Hochberg). None of them is used.

{usual}

## The real maps

Cells of each class on the real maps, and how many have an adjusted p ≤ .05 by the usual ways. Of 999 permutations the least p is .002: after the
adjustment, a map of so many cells keeps no class unless very many cells have it. That is why such maps show nothing false, and little that is true.

{real}

## The gate

How many of {maps} maps without a pattern pass at .05? The *permutation* test of the global I deals the map's own counts out to its cells, so
it holds its level whatever their distribution; it is the one that is used. Beside it the normal distribution with the
moments under *randomisation* and under *normality* (Cliff and Ord, 1981).

{gates}

## Power

How often does a planted pattern get its class? In one cell with six neighbours, and in these, new counts are drawn: Poisson around so many
times the *mean* of the map where they are high, none where they are low. `high-low` is one high cell among empty ones, `low-low` seven empty cells.

{power}

What it means:

- A class needs a ring that is rare on the whole map, town centres included: high rings must hold many times the mean.
- Low rings are found only where empty rings are rare. Where most cells have no record, six empty cells together are ordinary, so `low-low` and
  `high-low` do not occur on maps of drug offences: a map without them does not say that there are none.
"""


@dataclass(frozen=True)
class Noise:
    """One real map: how many of the simulated ones have a class, or pass, by method and kind of noise."""

    place: tuple[str, int, str, str]
    cells: int
    maps: int
    maps_with: dict[tuple[str, str], int]
    real: dict[str, float]
    """What the real map has: cells by class and by usual way, the global I and its p."""

    @property
    def above_the_bar(self) -> bool:
        """Whether there are too many false maps, with the gate or without it, on the noise that has a bar."""
        judged = [self.maps_with[method, kind] for method in ("published", "tail") for kind in KINDS[:2]]
        return any(count > BAR * self.maps / 200 for count in judged)


@dataclass(frozen=True)
class Power:
    """One real map: shares of planted patterns that are found, and of maps that pass the gate."""

    background: str
    place: tuple[str, int, str, str]
    mean: float
    passed: float
    shares: dict[tuple[str, int], float]


def report(rows: Sequence[Noise], planted: Sequence[Power], *, command: str) -> str:
    """The whole page."""
    return HEAD.format(
        bar=BAR,
        command=command,
        maps=rows[0].maps,
        short=_short(rows),
        own=_table(rows, OWN, KINDS),
        usual=_table(rows, USUAL, KINDS[:2]),
        real=_real(rows),
        gates=_table(rows, GATES, KINDS),
        power="\n\n".join(_power(planted, background) for background in BACKGROUNDS),
    )


def _short(rows: Sequence[Noise]) -> str:
    lines = []
    for method, name in {**OWN, **USUAL}.items():
        ranges = (f"{_range(rows, method, kind)} of {rows[0].maps} ({kind})" for kind in KINDS[:2])
        lines.append(f"- {name[:1].upper()}{name[1:]}: false maps {', '.join(ranges)}.")
    for method, name in GATES.items():
        ranges = (
            f"{_range(rows, method, kind)} ({kind}; {_mean(rows, method, kind):.1f} in the mean)" for kind in KINDS
        )
        lines.append(f"- Gate by {name}: passed by {', '.join(ranges)}.")
    return "\n".join(lines)


def _range(rows: Sequence[Noise], method: str, kind: str) -> str:
    counts = [row.maps_with[method, kind] for row in rows]
    return f"{min(counts)} to {max(counts)}"


def _mean(rows: Sequence[Noise], method: str, kind: str) -> float:
    return sum(row.maps_with[method, kind] for row in rows) / len(rows)


def _table(rows: Iterable[Noise], methods: dict[str, str], kinds: Sequence[str]) -> str:
    columns = [(method, kind) for method in methods for kind in kinds]
    head = ["area", "resolution", "window", "category", "cells", *(f"{methods[m]}: {k}" for m, k in columns)]
    body = [[*map(str, row.place), f"{row.cells:,}", *(str(row.maps_with[c]) for c in columns)] for row in rows]
    return _markdown(head, body)


def _real(rows: Iterable[Noise]) -> str:
    classes = ["high-high", "low-low", "high-low", "low-high"]
    usual = ["normal, adjusted", "permutation, adjusted"]
    head = ["area", "resolution", "window", "category", "global I", "p", *classes, *(USUAL[name] for name in usual)]
    body = [
        [*map(str, row.place), f"{row.real['i']:.3f}", f"{row.real['p']:.3f}"]
        + [f"{row.real[name]:.0f}" for name in classes + usual]
        for row in rows
    ]
    return _markdown(head, body)


def _power(planted: Iterable[Power], background: str) -> str:
    words = [f"{name} ×{times}" if times else name for name, times in PATTERNS]
    head = ["area", "resolution", "window", "category", "mean", "gate passed", *words]
    body = [
        [*map(str, row.place), f"{row.mean:.2f}", f"{row.passed:.0%}", *(f"{row.shares[p]:.0%}" for p in PATTERNS)]
        for row in planted
        if row.background == background
    ]
    return f"{BACKGROUNDS[background]}\n\n{_markdown(head, body)}"


def _markdown(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    line = "|---|--:|---|---|" + "--:|" * (len(head) - 4)
    return "\n".join([f"| {' | '.join(head)} |", line, *(f"| {' | '.join(row)} |" for row in body)])
