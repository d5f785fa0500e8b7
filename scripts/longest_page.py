"""The page of ``longest.py``: wards by name, what they were computed from, one scenario and one plan of sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from longest import Findings

DASH = "\N{EN DASH}"
HEAD = """\
# The longest journeys and the greatest gaps

Where do people live far from drug treatment, and what would change it? This page is for the people who check the maps. It is **not a ranking**: rows stand in
the order of their names.

- **minutes**: mean over the residents of the ward of the minutes by car to the nearest and second nearest drug treatment service that the lists know, in straight lines × 1.3 at 40 km/h.
- **within**: share of residents within the standard of 30 minutes.
- **index**: rank of residents weighted by deprivation times rank of the journey among all wards, 0 to 100. **P(gap)**: how often the ward is among the highest fifth when the
  weighting is drawn again; **rank** lies between these in 95 % of the draws, 1 the greatest.
- **beyond**: residents, weighted by deprivation, who are further than the standard, with their range.

None of the open files gives an estimate of need, numbers in treatment, or the capacity of services. So this is **distance alone and residents, not need**, and
says nothing of whether a service has room.

**Read it with the register in mind.** Drug services are found among the NHS's prescribing units, which list a provider once, at one address. A provider with several
sites in a county is one point here: all of Worcestershire hangs on one unit in Worcester, and Skelmersdale on one across the border in Sefton. Where the provider has a site in Redditch,
Kidderminster or Skelmersdale, those gaps are the register's and not the county's. A partnership's own list of services (kind `services`) mends that, and is the first thing to
ask for. What stands on its own feet is the shape: journeys are longest in the Wyre Forest and the north-east of Worcestershire, in West Lancashire and in the upland parishes, as long as nothing else is listed there.
A range that does not move a rank is no certainty: only the weighting is drawn, because no estimate was given to be drawn from.

Run it again, for these or for other partnerships, with:

```
python scripts/longest.py examples/pan-lancashire/partnership.toml examples/herefordshire-worcestershire/partnership.toml --data ../shared/data --out docs/validation/gaps.md
```
"""


def page(findings: Sequence[Findings]) -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for found in findings for line in _partnership(found))]) + "\n"


def _partnership(found: Findings) -> Iterator[str]:
    yield f"## {found.name}\n"
    yield "### Ten wards with the longest journeys to drug treatment\n"
    yield from _table(
        ("ward", "residents in reach", "minutes", "second nearest", "within", "services in reach"),
        [
            (
                row["name"],
                f"{row['support']:,}",
                _one(row["value"]),
                _one(row["minutes_2"]),
                f"{row['within']:.0%}",
                _one(row["services"]),
            )
            for row in found.longest
        ],
    )
    yield "### Ten wards with the greatest gaps\n"
    yield from _table(
        ("ward", "index", "P(gap)", "rank", "beyond", "minutes", "why"),
        [
            (row["name"], _one(row["value"]), _chance(row["p_gap"]), f"{row['rank_lower']:.0f}{DASH}{row['rank_upper']:.0f}",
             f"{row['people']:,.0f} ({row['people_lower']:,.0f}{DASH}{row['people_upper']:,.0f})", _one(row["minutes_1"]), row["explanation"])
            for row in found.greatest
        ],
    )  # fmt: skip
    yield "### What it was computed from\n"
    yield from _inputs(found)
    yield "### One scenario\n"
    yield from _scenario(found)
    yield f"### Where {len(found.sites['plans'][0]['sites'])} new services would reach most people\n"
    yield from _sites(found)


def _inputs(found: Findings) -> Iterator[str]:
    spec = found.specs["treatment-gap"]
    need, travel = next(iter(spec["notes"]["need"].values())), spec["notes"]["travel"]
    lists = ", ".join(f"{name} {day}" for name, day in spec["notes"]["lists"].items())
    yield f"- Services that count ({len(found.services)}): " + "; ".join(
        f"{one['name']} ({one['as_of']}{'' if one['inside'] else ', beyond the border'})" for one in found.services
    )
    yield f"- Lists of services: {lists}. Residents: {travel['residents']}. Weightings: {', '.join(need['weightings'])}."
    yield f"- Journeys: {travel['how']}, {travel['mode']}, {travel['kmh']:g} km/h, detour {travel['detour']:g}."
    yield f"- Not supplied: {', '.join([*need['not_supplied'], 'capacity', 'opening hours', 'roads'])}.\n"


def _scenario(found: Findings) -> Iterator[str]:
    told, where = found.scenario, found.where
    within, gap = told["within_standard"], told["gap"]
    yield (
        f"A new drug service in the ward {where['ward']} ({where['lat']}, {where['lng']}), in the hexagon where most of its people live. "
        f"{told['gaining']['residents']:,.0f} residents would have a shorter journey and nobody a longer one. Within {within['minutes']:g} minutes: "
        f"{within['before']['residents']:,.0f} residents before and {within['after']['residents']:,.0f} after, {within['change']['residents']:,.0f} more. "
        f"Of those beyond the standard, weighted by deprivation, {_ranged(gap['closed'])} would be within it. The mean journey falls from "
        f"{told['journeys']['before']:.1f} to {told['journeys']['after']:.1f} minutes.\n"
    )
    before, after = (told["equity"][when]["value"]["mean_by_decile"] for when in ("before", "after"))
    yield f"In the most deprived tenth the mean journey falls from {before[0]:.1f} to {after[0]:.1f} minutes, in the least deprived from {before[-1]:.1f} to {after[-1]:.1f}.\n"
    moved = [area for area in told["areas"] if area["gaining"]["residents"] >= 1]
    yield from _table(
        ("area", "mean minutes before", "after", "residents better off"),
        [
            (area["name"], _one(area["before"]), _one(area["after"]), f"{area['gaining']['residents']:,.0f}")
            for area in moved
        ],
    )


def _sites(found: Findings) -> Iterator[str]:
    told = found.sites
    plan = told["plans"][0]
    yield (
        f"Among {told['candidates'] - told['existing']} candidates, one in each larger hexagon, with the {told['existing']} services of today where they are: the plan is "
        f"**{plan['status']}**, gap {plan['gap']:.1%}. Within {told['minutes']:g} minutes: {told['before']['residents']:,.0f} residents today, {plan['reached']['residents']:,.0f} with the plan. "
        f"Sites: {_spots(plan)}. Other sets of sites can be as good.\n"
    )
    steps = "; ".join(f"{step['new']}: {step['reached']['residents']:,.0f}" for step in told["curve"])
    yield f"Residents within the standard by number of new services, chosen one after another: {steps}.\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' + '--:|' * (len(head) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _ranged(found: Mapping[str, Any] | None) -> str:
    return "none" if found is None else f"{found['value']:.0%} ({found['lower']:.0%} to {found['upper']:.0%})"


def _one(value: float | None) -> str:
    return DASH if value is None else f"{value:.1f}"


def _chance(value: float | None) -> str:
    return DASH if value is None else f"{value:.2f}"


def _spots(plan: Mapping[str, Any]) -> str:
    return "; ".join(f"{site['lat']:.4f}, {site['lng']:.4f}" for site in plan["sites"])
