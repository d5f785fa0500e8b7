"""What is said of how well a map foretold the month after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.content.sentences import DASH
from geointel.content.words import category, table
from geointel.model import month_label, parse_month

if TYPE_CHECKING:
    from collections.abc import Mapping


def accuracy(
    slug: str,
    kind: str,
    *,
    share: float,
    months: tuple[str, str],
    steps: int,
    better: bool,
    special_points: str = "in",
    **shares: float | None,
) -> str:
    """Return what the hottest cells held of the months after, beside what naive counts held.

    Parameters
    ----------
    slug, kind
        Category, and kind of window that the maps were made of.
    share
        Share of the cells that counts as hottest.
    months, steps
        First and last of the months that were foretold (``2025-07``), and how many.
    better
        Whether the map did better than last year's counts. Of what is found by policing it is never said.
    special_points
        "out" where the map leaves them out, and is judged without them.
    shares
        ``hit_rate``, ``lower``, ``upper``, ``last_year`` and ``last_month``, from 0 to 1.
    """
    words = table("accuracy")
    held = words["held"].format(
        steps=steps,
        first=month_label(parse_month(months[0])),
        last=month_label(parse_month(months[1])),
        share=f"{100 * share:g}",
        before=words["before"][kind],
        many=category(slug, special_points=special_points).many,
        **_percents(shares),
    )
    verdict = "persistence" if slug in words["policed"] else "better" if better else "no-better"
    return f"{held} {words['rivals'].format(**_percents(shares))} {words[verdict]}"


def no_accuracy(kind: str) -> str:
    """Return that there is too little to say it."""
    words = table("accuracy")
    return str(words["none"]).format(before=words["before"][kind])


def _percents(shares: Mapping[str, float | None]) -> dict[str, str]:
    return {name: DASH if value is None else f"{100 * value:.0f}" for name, value in shares.items()}
