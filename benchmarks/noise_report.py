"""Tables of the noise study, as Markdown."""

from __future__ import annotations

from dataclasses import dataclass

BAR = {
    ("randomisation", "Poisson"), ("randomisation", "negative binomial"),
    ("excess", "binomial"), ("excess", "beta-binomial"),
}  # fmt: skip
"""Method and kind of noise that the bar holds for."""

BAR_SHARE = 16 / 200

TITLES = {
    "randomisation": "Hotspot: the randomisation tail",
    "normal": "For comparison: the normal tail",
    "excess": "Excess",
}

INTRODUCTION = """# False classes on noise

How often does a map show a class where there is nothing to find? We simulate maps in which place has no
meaning, on the cells, counts and records of real ones, and count the maps with at least one **false class**:
one at 95 % or stronger (q ≤ .05).

The bar is at most {bar} of {maps} maps for each kind of noise marked with a star. An error rate of 5 % would
give {five} in the mean.

The real maps are recorded offences from police.uk, January to December 2025 (the year) and July 2025 (the
month). The supported cells are those in which any record of any category fell in the 25 months to hand.

Run it again with:

```
{command}
```

It returns an error if a kind with a bar is above it.
"""

KINDS = {
    "randomisation": """Classes of the `hotspot` layer come from this tail.

- Poisson*: every cell has the map's mean.
- negative binomial*: the map's mean and variance.
- real counts permuted: the map's own counts, shuffled over the cells.
""",
    "normal": """The p-value that most software gives for Gi*. It is kept beside the class as `p_normal` and
is not used for classes: on counts as uneven as these it makes them out of noise.
""",
    "excess": """Each cell keeps its real number of records of all categories; only the share of the category
is simulated.

- binomial*: one share everywhere.
- beta-binomial*: shares that vary from cell to cell with the dispersion of the real map, before it is doubled.
- real shares resampled: each cell has the real share of some cell, drawn with replacement.
- real pairs permuted: the real numbers of both, shuffled over the cells.

The last two stand beside the others and have no bar, because a class on them is often right: a cell whose records
are far more often of the category than the area's keeps that share wherever it is moved to, and a busy cell
that inherits the share of a cell with one or two records (none or all) stands out too.

A month is published with the dispersion of the longest window as floor; "no floor" is the month on its own.
Without the floor, the few records of a month can make its dispersion look like none, and the test is then a
plain binomial that takes the ordinary variation between cells for a pattern.
""",
}


@dataclass(frozen=True)
class Result:
    """How many of ``maps`` noise maps of one kind had a false class; ``tested`` is the mean of tested cells."""

    category: str
    method: str
    noise: str
    maps: int
    false: int
    cells: int
    tested: float


@dataclass(frozen=True)
class Row:
    """A result and the real map it is for."""

    geography: str
    resolution: int
    window: str
    result: Result

    @property
    def has_bar(self) -> bool:
        """Whether the bar holds for this kind of noise, on a map as it is published."""
        return (self.result.method, self.result.noise) in BAR and "no floor" not in self.window

    @property
    def above_the_bar(self) -> bool:
        """Whether more maps had a false class than the bar allows."""
        return self.has_bar and self.result.false > BAR_SHARE * self.result.maps


def report(rows: list[Row], *, command: str) -> str:
    """Return the whole page."""
    maps = rows[0].result.maps
    parts = [INTRODUCTION.format(bar=int(BAR_SHARE * maps), maps=maps, five=round(0.05 * maps), command=command)]
    for method, title in TITLES.items():
        some = [row for row in rows if row.result.method == method]
        parts += [f"## {title}\n", KINDS[method], _table(some)]
        if any(row.has_bar for row in some):
            parts.append(_verdict(some))
    return "\n".join(parts)


def _verdict(rows: list[Row]) -> str:
    most = max((row for row in rows if row.has_bar), key=lambda row: row.result.false)
    place = f"{most.geography}, resolution {most.resolution}, {most.window}, {most.result.noise}"
    above = sum(row.above_the_bar for row in rows)
    return (
        f"Most false classes under the bar's kinds: {most.result.false} ({place}). Above the bar: {above or 'none'}.\n"
    )


def _table(rows: list[Row]) -> str:
    """One line for each real map, one column for each kind of noise."""
    noises = list(dict.fromkeys(row.result.noise for row in rows))
    heads = [
        f"{noise}*" if any(row.has_bar for row in rows if row.result.noise == noise) else noise for noise in noises
    ]
    lines = [
        "| area | resolution | window | category | cells | " + " | ".join(heads) + " |",
        "|---|--:|---|---|--:|" + "--:|" * len(noises),
    ]
    maps: dict[tuple[str, str, str, str, str], dict[str, Row]] = {}
    for row in rows:
        key = (row.geography, str(row.resolution), row.window, row.result.category, f"{row.result.cells:,}")
        maps.setdefault(key, {})[row.result.noise] = row
    for key, by_noise in maps.items():
        lines.append("| " + " | ".join([*key, *(_entry(by_noise[noise]) for noise in noises)]) + " |")
    return "\n".join(lines) + "\n"


def _entry(row: Row) -> str:
    return f"**{row.result.false}**" if row.above_the_bar else str(row.result.false)
