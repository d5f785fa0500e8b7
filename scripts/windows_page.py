"""The page of ``windows.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import windows_noise

from geointel import content
from geointel.hotspots.enforcement import REPEATS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from windows import Findings, Row, Split
    from windows_noise import Noise

    from geointel.hotspots import Judged

HEAD = """\
# Windows for enforcement

When do collisions happen, how much of them do the three busiest windows of four hours hold, and can the share be believed? The methods stand
in [Profile](../methods.md#profile). The real collisions are those of `{file}`: West Yorkshire in 2024, STATS19, as the Department for
Transport publishes them. Their times are local, summer time included; {untimed} have none. Nobody knows from these data whether drugs or drink played a part.

Run it again with:

```
python scripts/windows.py ../shared/data/stats19/{file} --searches ../shared/data/police-stop-and-search --out docs/validation/enforcement.md
```

## The windows

- **own**: share of the very collisions that chose the windows. It is always too high.
- **other**: share of collisions that did not choose them, with its 95 % interval: chosen on one half of the records and judged by the other (`judged_by_halves`). This is the share to plan with.
- **p**: how rarely as many collisions of a flat week lie as close together. Windows are named where p ≤ .05.
- Twelve hours are 7.1 % of a week.

Rows stand by place, not by share.

| place | collisions | number | windows, the busiest first | own | other | 95 % interval | p |
|---|---|--:|---|--:|--:|--:|--:|
"""
READING = """
In the row "five times" windows are chosen and judged by harm: a collision with somebody killed or seriously injured counts five times. In the whole force, with all its collisions, these
hours have more than an even share, by intervals that hold for all hours at once: {hours}. So have these weekdays: {weekdays}.
{judged}
## Judged by time instead of by the toss of a coin

One year can be split in time too. The parts share no night and no weather, so what comes together stays together; a split by the toss of a coin would have
it in both halves.

| split of the year | chosen on the first, judged by the second | the other way |
|---|--:|--:|
"""
DISPERSION = """
From week to week the variance of an hour's count is {dispersion:.2f} times its mean over all hours; 1 is what Poisson counts have. {verdict}
Stops and searches are different: officers go out together, and operations are on some nights.

| force | stops and searches, December 2019 to February 2020 | variance / mean |
|---|--:|--:|
"""
FLAT = """
## Flat weeks

{weeks:,} weeks in which all hours are alike: how often windows are named (p ≤ .05), and how often an hour of the day, or a weekday, is said to be above the others.
Each should be at most 5 in 100.

| records | windows named | an hour above | a weekday above |
|--:|--:|--:|--:|
"""
COVERAGE = """
## Weeks that are known

{weeks:,} simulated weeks each: flat; *real*, the week of all collisions above made smooth; *one night*, flat but for Friday 22:00 to 02:00, eight times as busy. **truth** is what
the windows that a week names truly hold, in the mean; an interval holds it in so many of 100. *Halves*: of one year. *Next year*: windows chosen on a year before and
judged by this one. **named** is the share with p ≤ .05.

| truth | records | named | own | other, by halves | truth | interval of halves | if of all records | other, next year | truth | interval of next year |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
"""
READ_COVERAGE = """
The interval of halves is that of one toss, though the share is the mean of many: it holds the truth in at least 95 of 100, mostly in more, and is on the
safe side where records come together a little. An interval as narrow as all of the records would have (*if of all records*) misses too often where windows hold much the same. The share itself is a little too low, because half of the records choose a little worse than all of them. Chosen on nine tenths and judged by the last tenth
it would be less so, but it would vary more than an interval of its own records allows (which holds the truth in {tenths:.0%} of flat weeks of {few} records), and so it is not done.

## Counts that come in bursts

The same with {records} records whose counts vary more than Poisson counts: negative binomial, with a variance of so many times the mean.

| truth | variance / mean | named | own | other, by halves | truth | interval of halves | if of all records | other, next year | truth | interval of next year |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
"""
END = """
Thinning is exact for Poisson counts. With bursts both halves know of the same burst, so that the share by halves is too high, and too many weeks are called not flat. A year before does
not know of this year's bursts: its share stays right, and only its interval is too narrow. So where there are two years, they are used.

## The exact choice

The busiest window, then the busiest of what is left, holds less than the best three in {greedy:.1%} of {weeks:,} simulated weeks of 150 records with the real pattern, by up to {lost:.1%} of the records. The best three
are found by a dynamic programme; tests hold it against an integer programme.
"""
JUDGED = {
    "2024-west-yorkshire-collision.csv": """
What the rows say: the week of collisions is the week of traffic. The busiest windows are mostly afternoons of working days. They hold about twice their
hours' share, and no more: five in six collisions happen at other times. Where collisions are few, **own** and **other** lie far apart, and many other windows would have been as good.
""",
}
"""What people made of the tables of a file; another has its figures alone."""
POISSON = 1.1
"""Up to here counts are as good as Poisson counts."""


def page(findings: Findings, noise: Noise, file: str) -> str:
    """The whole page."""
    return "".join(_parts(findings, noise, file))


def _parts(findings: Findings, noise: Noise, file: str) -> Iterator[str]:
    yield HEAD.format(file=file, untimed=findings.untimed)
    yield from (_row(row) for row in findings.rows)
    hours = ", ".join(content.clock(hour) for hour in findings.hours) or "none"
    weekdays = ", ".join(content.weekday(day) for day in findings.weekdays) or "none"
    yield READING.format(hours=hours, weekdays=weekdays, judged=JUDGED.get(file, ""))
    yield f"| the toss of a coin, {2 * REPEATS} choices | {_share(findings.halves)} | both ways |\n"
    yield from (_split(split) for split in findings.splits)
    verdict = (
        "So collisions come as good as one by one, and halves may be trusted."
        if findings.dispersion <= POISSON
        else ("Collisions come together, and halves make the share too high.")
    )
    yield DISPERSION.format(dispersion=findings.dispersion, verdict=verdict)
    for force, (number, dispersion) in findings.searches.items():
        yield f"| {force} | {number:,} | {dispersion:.2f} |\n"
    yield from _simulated(noise)


def _simulated(noise: Noise) -> Iterator[str]:
    yield FLAT.format(weeks=windows_noise.FLAT_WEEKS)
    for flat in noise.flat:
        yield f"| {flat.records:,} | {flat.low:.1%} | {flat.hour:.1%} | {flat.weekday:.1%} |\n"
    yield COVERAGE.format(weeks=windows_noise.WEEKS)
    for one in noise.coverage:
        yield f"| {one.truth} | {one.records:,} | {_figures(one)}\n"
    yield READ_COVERAGE.format(records=noise.bursts[0].records, tenths=noise.tenths, few=windows_noise.TENTHS_RECORDS)
    for one in noise.bursts:
        yield f"| {one.truth} | {one.fano:g} | {_figures(one)}\n"
    yield END.format(weeks=windows_noise.WEEKS, greedy=noise.greedy, lost=noise.lost)


def _figures(one: object) -> str:
    names = ("found", "own", "other", "known", "halves", "every", "next_other", "next_known", "next")
    return " | ".join(f"{getattr(one, name):.1%}" for name in names) + " |"


def _row(row: Row) -> str:
    (starts,) = row.found.standing_out()
    named = content.week_windows(starts, row.found.windows.plan.hours) or "none stands out"
    judged = row.found.judged
    interval = f"{judged.lower:.1%} to {judged.upper:.1%}"
    return (
        f"| {row.place} | {row.what} | {row.counts.sum():,} | {named} | {row.found.share:.1%} | "
        f"{judged.share:.1%} | {interval} | {_chance(float(row.found.p_flat))} |\n"
    )


def _chance(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.3f}"


def _split(split: Split) -> str:
    return f"| {split.name} | {_share(split.there)} | {_share(split.back)} |\n"


def _share(judged: Judged) -> str:
    return f"{judged.share:.1%} ({judged.lower:.1%} to {judged.upper:.1%})"
