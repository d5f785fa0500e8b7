"""The page of ``longest.py``: wards by name, what they were computed from, one scenario and one plan of sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import longest_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from longest import Findings

DASH = "\N{EN DASH}"
HEAD = """\
# The longest journeys and the greatest gaps

Where do people live far from drug treatment, and what would change it? This page is for the people who check the maps. It is **not a ranking**: rows stand in
the order of their names.

- **minutes**: mean over the residents of the ward of the minutes by car to the nearest and second nearest drug treatment service that the lists know, in straight lines × 1.3 at 40 km/h.
  Services up to 20 km beyond the border count. **own only**: the same minutes where they count for nobody here.
- **within**: share of residents within the standard of 30 minutes. **in reach**: mean number of services within 30 minutes.
- **weighted**: residents, counted more where more live on low incomes; all wards together add up to all residents.
- **index**: rank of weighted residents times rank of the journey among all wards, 0 to 100. It is about order alone: a ward of many people 21 minutes away can stand above a remote one with few.
  **P(gap)**: how often the ward is among the highest fifth when the weighting is drawn again; **rank** lies between these in 95 % of the draws, 1 the greatest.
- **beyond**: weighted residents who are further than the standard, with their range. Read it before the index: where it is 0, nobody there is beyond the standard.

None of the open files gives an estimate of need, numbers in treatment, or the capacity of services. So this is **distance alone and residents, not need**, and
says nothing of whether a service has room. A range that does not move a rank is no certainty: only the weighting is drawn, because no estimate was given to be drawn from.

**Read it with the lists in mind.** They make gaps and hide them, and what that does is measured below where the data can tell:

- **The border.** The lists do not say who may use a service. Most councils commission for their own residents, so which of both columns of minutes is nearer to the truth is for
  commissioners to say (`eligible_areas`).
- **One address.** Drug services are found among the NHS's prescribing units, which list a contract once. [Inspire told councillors of Hyndburn](https://democracy.hyndburnbc.gov.uk/mgAi.aspx?ID=14259)
  of three hubs in East Lancashire (Hyndburn, Burnley, Pendle); one is listed. All of Worcestershire hangs on one unit in Worcester. Journeys are too long wherever a hub is missing.
- **Ages.** The lists give none, so a service for young people counts for everybody, and journeys of adults are too short there.
- **Where people live.** Residents of a small area are spread by its current postcodes, where the files of the data folder know enough of them, and else by all of the ONS Postcode Directory, which
  has retired ones too (Skelmersdale, Ormskirk, Bromsgrove, Redditch, Kidderminster).
- **Water and hills.** A straight line crosses an estuary as if it were land.

A partnership's own list (kind `services`) mends the first three, all current postcodes the fourth, and a road network the last. They are the first things to ask for.

Run it again, for these or for other partnerships, with:

```
python scripts/longest.py examples/pan-lancashire/partnership.toml examples/herefordshire-worcestershire/partnership.toml --data ../shared/data --out docs/validation/gaps.md
```
"""
JUDGED = {
    "pan-lancashire": """\
Do they make sense? In part. **Upper Lune Valley, Bowland, Chipping, Calder and Garstang** have the longest journeys with every list: upland parishes, and the countryside between Preston and Lancaster, about half an hour from
both, with few people. **Fleetwood** (Mount, Pharos, Rossall) is the greatest gap: many people on low incomes 20 to 23 minutes from Blackpool, by rank and not beyond the standard; without a car that is another journey, which only a
timetable would show. **Skelmersdale and southern Chorley** hang on the border: Wigan's service is 17 and 20 minutes away, and 47 and 28 where it counts for nobody here; then nobody in Skelmersdale is within the standard. So the first
question to the partnership is not where a new site should be, but **who may use which service**, and whether Inspire has a hub in Skelmersdale that the register does not list. The same holds of Whitworth (Rochdale), and of Ormskirk
and Southport's hinterland. **Pendle** looks well served because Early Break in Nelson counts, which says of itself that it is for people up to 21; without services for young people the mean journey there is 16 minutes and not 7,
unless Inspire's hub in Pendle is listed. **Second nearest** is not to be trusted on the Fylde coast: for most people of Blackpool and Fylde it is Southport, straight across the Ribble estuary, and much further by road.""",
    "herefordshire-worcestershire": """\
Do they make sense? In part. Only two services are listed inside, one for each county, so most journeys are the distance to Worcester or Hereford. **Mortimer, Kington, Tenbury, Broadway and Honeybourne** have the longest: rural, between
50 and 64 minutes, with few people. **Kidderminster** (Foley Park, Broadwaters, Blakebrook) and **Evesham** (Hampton, Evesham North and South) are the greatest gaps: towns with many people on low incomes about 40 and 45 minutes
from any service, wherever borders are drawn. **Redditch** and **Wythall, Hollywood and Hagley** hang on the border: Birmingham's service in Bournville is the nearest for all of them, and where it counts for nobody here Redditch
is 45 minutes from Worcester and not 28. Kidderminster, Evesham and Redditch are towns where the provider of a county may well have a hub, so whether Cranstoun has one there is the first question.""",
}
"""What people made of the tables of the lists of 2019 and 2024; a partnership without an entry has its figures alone."""


def page(findings: Sequence[Findings]) -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for found in findings for line in _partnership(found))]) + "\n"


def _partnership(found: Findings) -> Iterator[str]:
    yield f"## {found.name}\n"
    if found.id in JUDGED:
        yield JUDGED[found.id] + "\n"
    yield "### Ten wards with the longest journeys to drug treatment\n"
    yield from _table(
        ("ward", "district", "residents", "minutes", "second nearest", "own only", "within", "in reach"),
        [
            (
                *_place(row),
                _one(row["value"]),
                _one(row["minutes_2"]),
                _own(found, row),
                f"{row['within']:.0%}",
                _one(row["services"]),
            )
            for row in found.longest
        ],
    )
    yield "### Ten wards with the greatest gaps\n"
    yield from _table(
        ("ward", "district", "residents", "weighted", "index", "P(gap)", "rank", "beyond", "minutes", "own only", "why"),
        [
            (*_place(row), f"{row['support']:,}", _one(row["value"]), _chance(row["p_gap"]), f"{row['rank_lower']:.0f}{DASH}{row['rank_upper']:.0f}",
             f"{row['people']:,.0f} ({row['people_lower']:,.0f}{DASH}{row['people_upper']:,.0f})", _one(row["minutes_1"]), _own(found, row), row["explanation"])
            for row in found.greatest
        ],
    )  # fmt: skip
    yield "### What the lists do to it\n"
    yield from longest_lists.told(found)
    yield "### What it was computed from\n"
    yield from _inputs(found)
    yield "### One scenario\n"
    yield from _scenario(found)
    yield from longest_lists.scenario(found)
    yield f"### Where {len(found.sites['plans'][0]['sites'])} new services would reach most people\n"
    yield from _sites(found)
    yield from longest_lists.plan(found)


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
    best = told["curve"][1]["reached"]["residents"] - found.scenario["within_standard"]["after"]["residents"]
    yield (
        f"Among {told['candidates'] - told['existing']} candidates, one in each larger hexagon, with the {told['existing']} services of today where they are: which plan brings most residents, weighted by deprivation, within {told['minutes']:g} minutes? It is "
        f"**{plan['status']}**, gap {plan['gap']:.1%}: {_weighted(plan['reached'])} with the plan, {_weighted(told['before'])} today. Of residents, each counted once: {plan['reached']['residents']:,.0f} and {told['before']['residents']:,.0f}; "
        f"a plan for those alone can be another. Sites: {longest_lists.spots(plan)}. Other sets of sites can be as good.\n"
    )
    steps = "; ".join(f"{step['new']}: {step['reached']['residents']:,.0f}" for step in told["curve"])
    yield f"Residents within the standard by number of new services, chosen one after another: {steps}."
    yield (
        f"The first alone reaches {best:,.0f} more than the service of the scenario: the ward with the greatest gap is not the place from which most are reached.\n"
        if best >= 1
        else "The service of the scenario reaches as many as the best single place.\n"
    )


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


def _weighted(reached: Mapping[str, Any]) -> str:
    return f"{reached['weighted_residents']['value']:,.0f}"


def _place(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["name"], row["district"], f"{row['residents']:,}"


def _own(found: Findings, row: Mapping[str, Any]) -> str:
    return _one(found.own.minutes.get(row["code"]))
