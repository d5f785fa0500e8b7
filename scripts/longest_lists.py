"""The parts of the page of ``longest.py`` that say what the lists of services themselves do to its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from longest import Findings

DASH = "\N{EN DASH}"


def told(found: Findings) -> Iterator[str]:
    """Mean journeys of every district by three lists, and which wards would head the tables without the neighbours' services."""
    yield "Mean minutes over the residents of each district, with three lists of services:\n"
    yield "| district | residents | all services | own only | without services for young people |"
    yield "|---|--:|--:|--:|--:|"
    for one in found.districts:
        yield f"| {one.name} | {one.residents:,.0f} | {one.listed:.1f} | {one.own:.1f} | {_one(one.adults)} |"
    yield ""
    more = "; ".join(f"{one['name']} ({one['residents']:,.0f})" for one in found.beyond)
    yield f"Services beyond the border that are the nearest for anybody here, and for how many residents: {more or 'none'}.\n"
    yield f"Without them the ten longest journeys are those of {'; '.join(found.own.longest)}. The ten greatest gaps are those of {'; '.join(found.own.greatest)}.\n"


def scenario(found: Findings) -> Iterator[str]:
    """The same scenario where services beyond the border count for nobody."""
    within, gap = found.own.scenario["within_standard"], found.own.scenario["gap"]
    closed = "nobody was beyond it" if gap["closed"] is None else f"{gap['closed']['value']:.0%} of those beyond it"
    yield (
        f"Where only the partnership's own services count, the same service brings {within['change']['residents']:,.0f} more residents within {within['minutes']:g} minutes ({closed}): "
        f"{within['before']['residents']:,.0f} are within them today.\n"
    )


def plan(found: Findings) -> Iterator[str]:
    """The plan where services beyond the border count for nobody."""
    asked = found.own.sites
    best = asked["plans"][0]
    yield (
        f"Where only the partnership's own services count, the plan is ({best['status']}, gap {best['gap']:.1%}): {spots(best)}. Residents within the standard: "
        f"{asked['before']['residents']:,.0f} without it and {best['reached']['residents']:,.0f} with it.\n"
    )


def spots(best: Mapping[str, Any]) -> str:
    """Sites of a plan, each by its ward."""
    return "; ".join(f"{site['ward']} ({site['lat']:.4f}, {site['lng']:.4f})" for site in best["sites"])


def _one(value: float | None) -> str:
    return DASH if value is None else f"{value:.1f}"
