"""The page of ``noise_emerging.py``: three tables and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEAD = """# How hotspots come and go: noise, power and real data

How often does the layer `emerging` find a pattern where there is none, which planted hotspots does it find and how does it
name them, and what does it show on real data? Everything is about the twelve months of 2025. Run it again with:

```
{command}
```

## False categories on noise

Cubes of cells and months are simulated with the size of the real ones. A map is false where **any** hexagon has a category other
than *no pattern*. The bar is at most 16 of 200 maps for the three kinds of noise under "layer":

- **Poisson**: one rate for all.
- **bursts**: negative binomial with the mean and variance of the real cube, drawn for each hexagon and month by itself.
- **kept**: each hexagon has a level of its own and keeps it all year (gamma, with the dispersion of the real map of twelve months),
  and its months are Poisson. A busy street stays busy. Such hexagons have no neighbourhood in common, so there is no hotspot.

"Apart" is the randomisation tail of one map used on the flat cube, hexagons and months drawn apart from each other: it does not
know that a neighbourhood holds the same hexagon in two months, and fails on kept levels. "Normal" is the usual test
of space-time Gi\\*. Neither is used.

The last columns have no bar. Levels are kept, and in the last month *everything in the area* is 1.25, 1.5 or 2 times as much.
Months are judged by the whole year, so a rise of the whole area can show as new hotspots.

| area | resolution | category | cells | layer: Poisson | bursts | kept | apart: kept | normal: Poisson | bursts | kept | layer, whole area ×1.25 | ×1.5 | ×2 |
|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
"""
PLANTED = """
## Planted hotspots

A hotspot is planted in a hexagon and its ring, among hexagons that keep levels of their own. In each planted month every one of
its seven hexagons has so many times the *mean* of the map:

- **new**: in the last month alone. **consecutive**: in the last four months.
- **persistent**: in all twelve. **intensifying**, **diminishing**: rising evenly from half as strong to one and a half times as strong, or falling.

*Found* is any hot category of the hexagon in the middle, *named right* the one that was planted, and the last column what the
found ones were called, in per cent of all maps.

A month is tested together with the month before it, so what happens in the last month alone has half its strength. To be called growing or
fading nine tenths of the months must be hot, the weak ones at one end too: many rising hotspots are called recent, and many falling ones
former. The layer is cautious: in counts as uneven as these, a ring of three or five times the mean is nothing unusual, and is not found.

| area | resolution | category | planted | strength | found | named right | called |
|---|--:|---|---|--:|--:|--:|---|
"""
REAL = """
## Real data

Hexagons by category, twelve months to December 2025; those too quiet to say are not counted. The busiest and the last month are
monthly totals of the area, in times the mean. Records are read from the archives as they are: a built map counts a repeated crime once and
has a few more hexagons, so its numbers differ a little.

Where the last month is the busiest, the rise of the whole area has a part in hotspots that are new, recent or on and off. Of recorded drug
offences few hexagons have enough in a month to be hot in most of the twelve: a lasting hotspot of `hotspot`, which adds up the year, can
be on and off here.

| area | resolution | category | cells | too quiet | busiest month | last month | categories |
|---|--:|---|--:|--:|--:|--:|---|
"""
NOTHING = "no-pattern"
COLD = "cold"


@dataclass(frozen=True)
class Noise:
    """False maps of one real year: of the layer, of the flat tail, of the normal test, and with rises of the whole area."""

    place: tuple[str, int, str]
    cells: int
    maps: int
    own: tuple[int, ...]
    apart: int
    usual: tuple[int, ...]
    rises: tuple[int, ...]

    def __str__(self) -> str:
        numbers = (*self.own, self.apart, *self.usual, *self.rises)
        return _row(*self.place, f"{self.cells:,}", *numbers)


@dataclass(frozen=True)
class Planted:
    """One planted hotspot: how many of the maps called it what."""

    place: tuple[str, int, str]
    strength: float
    kind: str
    maps: int
    named: Mapping[str, int]

    def __str__(self) -> str:
        hot = {slug: n for slug, n in self.named.items() if slug != NOTHING and not slug.endswith(COLD)}
        called = ", ".join(
            f"{_short(s)} {n / self.maps:.0%}" for s, n in sorted(hot.items(), key=lambda i: (-i[1], i[0]))
        )
        shares = (f"{n / self.maps:.0%}" for n in (sum(hot.values()), hot.get(self.kind, 0)))
        return _row(*self.place, _short(self.kind), f"×{self.strength}", *shares, called)


@dataclass(frozen=True)
class Real:
    """Categories of one real year."""

    place: tuple[str, int, str]
    cells: int
    quiet: int
    months: tuple[str, float, float]
    """The busiest one, and how many times the mean the busiest and the last one had."""
    named: Mapping[str, int]

    def __str__(self) -> str:
        said = ", ".join(f"{slug} {number:,}" for slug, number in self.named.items())
        busiest, most, last = self.months
        numbers = (f"{self.cells:,}", f"{self.quiet:,}", f"{busiest}, ×{most:.2f}", f"×{last:.2f}")
        return _row(*self.place, *numbers, said)


def page(noise: Sequence[Noise], planted: Sequence[Planted], real: Sequence[Real], *, command: str) -> str:
    """All three tables, with what they mean."""
    parts = ((HEAD.replace("{command}", command), noise), (PLANTED, planted), (REAL, real))
    return "".join(head + "".join(f"{row}\n" for row in rows) for head, rows in parts)


def _row(*values: object) -> str:
    return f"| {' | '.join(map(str, values))} |"


def _short(slug: str) -> str:
    return slug.removesuffix("-hot")
