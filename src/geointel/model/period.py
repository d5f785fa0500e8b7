"""Calendar months and the windows built from them.

A month is an ``int``: months since January of year 0, so that adding 1 is the next month.
A window is a named, ordered set of whole months; its id is what files, URLs and tables carry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_NAMES = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
YEAR = 12
QUARTER = 3

WindowKind = Literal["month", "quarter", "year"]


def parse_month(text: str) -> int:
    """Return the month number of ``"2025-07"``. Raises ``ValueError`` for anything else."""
    match = _MONTH.fullmatch(text)
    if match is None:
        message = f"{text!r} is not a month; write it as YYYY-MM"
        raise ValueError(message)
    return int(match[1]) * YEAR + int(match[2]) - 1


def format_month(month: int) -> str:
    """Return ``"2025-07"`` for a month number."""
    return f"{month // YEAR:04d}-{month % YEAR + 1:02d}"


def month_label(month: int) -> str:
    """Return ``"July 2025"`` for a month number."""
    return f"{_NAMES[month % YEAR]} {month // YEAR}"


def months_between(start: int, stop: int) -> range:
    """Months of the half-open interval [start, stop)."""
    return range(start, stop)


@dataclass(frozen=True)
class Window:
    """A named run of whole months.

    ``id`` is ``2025-07``, ``2025-Q3`` or ``12m:2025-12`` (twelve months to the end of).
    """

    id: str
    kind: WindowKind
    months: tuple[int, ...]

    @property
    def label(self) -> str:
        """The window in words."""
        last = self.months[-1]
        if self.kind == "month":
            return month_label(last)
        if self.kind == "quarter":
            return f"{_NAMES[self.months[0] % YEAR]} to {month_label(last)}"
        return f"12 months to {month_label(last)}"


def windows_over(months: Collection[int], *, rolling: bool) -> tuple[Window, ...]:
    """Every window whose months are all present: months, calendar quarters, twelve months.

    Parameters
    ----------
    months
        Months for which every covering source has a file. A missing month takes every
        window that needs it with it: a gap is not zero crime.
    rolling
        Twelve-month windows ending in every month. Otherwise only financial years
        (April to March), because overlapping years can be differenced.
    """
    have = frozenset(months)
    found = [Window(format_month(m), "month", (m,)) for m in sorted(have)]
    found += _runs(have, QUARTER, "quarter", every=lambda last: last % QUARTER == QUARTER - 1)
    march = 2
    found += _runs(have, YEAR, "year", every=lambda last: rolling or last % YEAR == march)
    return tuple(found)


def in_order(windows: Collection[Window]) -> tuple[Window, ...]:
    """Each window once: months, quarters, twelve months, earlier ones first."""
    kinds = ("month", "quarter", "year")
    return tuple(sorted(frozenset(windows), key=lambda w: (kinds.index(w.kind), w.months)))


def _runs(have: frozenset[int], length: int, kind: WindowKind, *, every: _Ends) -> Iterator[Window]:
    for last in sorted(have):
        months = tuple(range(last - length + 1, last + 1))
        if every(last) and have.issuperset(months):
            yield Window(_window_id(kind, last), kind, months)


def _window_id(kind: WindowKind, last: int) -> str:
    if kind == "quarter":
        return f"{last // YEAR:04d}-Q{last % YEAR // QUARTER + 1}"
    return f"12m:{format_month(last)}"


if TYPE_CHECKING:
    from collections.abc import Callable

    _Ends = Callable[[int], bool]
