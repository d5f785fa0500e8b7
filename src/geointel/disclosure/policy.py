"""What an edition may know of a source, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from geointel.model import YEAR, Window, format_month

if TYPE_CHECKING:
    from collections.abc import Sequence

Method = Literal["cell-key", "rounding", "suppress", "dp"]
KEYED = frozenset({"cell-key", "rounding"})
"""Methods that change every count by the keys of its records; the others work on one financial year as a whole."""
Floor = Literal["none", "ndtms", "nhs"]
MARCH = 2
"""The last month of a financial year, counted from 0."""


@dataclass(frozen=True)
class Rule:
    """How the counts of one source become publishable in one edition.

    ``max_noise``, ``variance``, ``never_show`` and ``stay`` make the perturbation table of ``cell-key``; ``base`` is that of ``rounding``.
    ``suppress`` hides counts up to ``max_small`` and leaves each a range of at least ``min_width``. ``epsilon`` is what a person with at
    most ``max_records`` in a year loses by ``dp``. ``coarsen_below`` and
    ``coarsen_population`` are the least count and residents of cells that are shown, 0 for any; ``floor`` is the rule of the
    data's owner. ``min_contributors`` persons or places make up a count that is shown, and none of them more than ``max_share`` of it. ``finest`` is the finest resolution
    of cells that are shown, None for any; with it no areas are shown but those of the first level and its groups.
    """

    max_noise: int = 0
    variance: float = 0.0
    never_show: int = 0
    stay: float | None = None
    coarsen_below: int = 0
    coarsen_population: int = 0
    floor: Floor = "none"
    min_contributors: int = 3
    max_share: float = 0.85
    method: Method = "cell-key"
    base: int = 5
    max_small: int = 4
    min_width: float = 5.0
    epsilon: float = 0.0
    max_records: int = 1
    finest: int | None = None

    @property
    def noise(self) -> tuple[int, float, int, float]:
        """What the change of counts depends on, in order of how much that is."""
        if self.method == "rounding":
            return self.base - 1, (self.base**2 - 1) / 6, 0, 0.0
        return self.max_noise, self.variance, self.never_show, self.stay or 0.0


@dataclass(frozen=True)
class SourceTerms:
    """How one source stands towards one edition.

    ``public`` rows are already published under an open licence and pass every policy unchanged.
    ``admitted`` is false where the source's ``editions`` leave this one out. ``rule`` is None where no count is changed; ``finer`` are
    the rules with less noise that other editions have for the source, least first. ``twin_of``
    is the public source whose records this one repeats; ``categories`` are those that its records may have, whether any has or not.
    """

    source: str
    public: bool
    method: str
    admitted: bool = True
    rule: Rule | None = None
    finer: tuple[Rule, ...] = ()
    twin_of: str | None = None
    categories: tuple[str, ...] = ()

    @property
    def effect(self) -> SourceTerms:
        """The same terms without what makes no difference to the rows that pass."""
        return (
            replace(self, public=True, method="none", rule=None, finer=(), twin_of=None, categories=())
            if self.rolling
            else self
        )

    @property
    def rolling(self) -> bool:
        """Whether overlapping windows may be shown: they can be differenced, so only for these."""
        return self.public or self.method == "none"

    @property
    def yearly(self) -> bool:
        """Whether only financial years are shown: the method works on all numbers of one together."""
        return not self.rolling and self.rule is not None and self.rule.method not in KEYED

    def allowed(self, windows: Sequence[Window]) -> tuple[Window, ...]:
        """Those of some windows that an edition may have of the source: overlapping years can be differenced."""
        if self.rolling:
            return tuple(windows)
        return tuple(w for w in windows if (w.months[-1] % YEAR == MARCH if w.kind == "year" else not self.yearly))


def year_of(month: int) -> int:
    """Last month of the financial year in which a month lies."""
    return month + (MARCH - month) % YEAR


def year_id(last: int) -> str:
    """Name of the financial year that ends with a month, as of its window."""
    return f"12m:{format_month(last)}"
