"""The tables ``[edition.*]``: who may know what, and under which disclosure policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

import pydantic

from geointel.config.shape import Table, Text, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

Method = Literal["none", "cell-key", "suppress", "rounding", "dp"]
_ANY = frozenset({"method", "floor", "finest"})
_PERSONS = frozenset({"min_persons", "max_share"})
_COARSER = frozenset({"coarsen_below", "coarsen_population"})
USED: Mapping[str, frozenset[str]] = {
    "none": _ANY | _PERSONS | _COARSER,  # they change no count, so a policy may keep them while it is switched off
    "cell-key": _ANY | _PERSONS | _COARSER | {"max_noise", "variance", "never_show", "stay"},
    "rounding": _ANY | _PERSONS | _COARSER | {"base"},
    "suppress": _ANY | _PERSONS | {"max_small", "min_width"},
    "dp": _ANY | {"epsilon", "max_records"},
}
"""Keys that each method reads: any other would do nothing."""


class Policy(Table):
    """How counts become publishable: unchanged, changed, or hidden where they are small."""

    method: Method
    """Rule that counts pass: `none`, `cell-key` (fixed, keyed noise), `rounding` (to multiples, by key), `suppress` (small counts are hidden, yearly) or `dp` (differential privacy, yearly)."""
    max_noise: int | None = pydantic.Field(default=None, ge=1, le=50)
    """Largest change of a count (D)."""
    variance: float | None = pydantic.Field(default=None, gt=0)
    """Variance of the change (V)."""
    never_show: int = pydantic.Field(default=0, ge=0)
    """Counts from 1 to this one are never shown (js)."""
    stay: float | None = pydantic.Field(default=None, gt=0, lt=1)
    """Least probability that a count stays as it is."""
    coarsen_below: int = pydantic.Field(default=0, ge=0)
    """A cell with fewer incidents in 12 months is shown at a coarser resolution; 0 switches it off."""
    coarsen_population: int = pydantic.Field(default=0, ge=0)
    """A cell with fewer residents is shown at a coarser resolution; 0 switches it off."""
    base: int = pydantic.Field(default=5, ge=2, le=100)
    """What every count that is rounded is a multiple of."""
    max_small: int = pydantic.Field(default=4, ge=1, le=50)
    """Largest count that `suppress` hides as too small."""
    min_width: float = pydantic.Field(default=5, ge=1, le=100)
    """Least width of the range in which arithmetic on all that is published leaves a small count."""
    epsilon: float | None = pydantic.Field(default=None, gt=0, le=10)
    """Loss of privacy (ε) of one financial year of the source."""
    max_records: int = pydantic.Field(default=1, ge=1, le=100)
    """Records of one person in a year that `epsilon` covers together: no more are counted where the source tells persons; elsewhere whoever has more loses more."""
    floor: Literal["none", "ndtms", "nhs"] = "none"
    """Rule of the data's owner after the change of counts: `ndtms` shows none below 5, `nhs` none from 1 to 7 and others to the nearest 5."""
    min_persons: int = pydantic.Field(default=3, ge=1, le=10)
    """Least number of persons, or places, that make up a count that is shown, where the source tells them apart."""
    finest: int | None = pydantic.Field(default=None, ge=0, le=15)
    """Finest resolution of hexagons that are shown, and with it no areas but those of the first level and its groups; any when left out."""
    max_share: float = pydantic.Field(default=0.85, ge=0.5, le=1)
    """Largest share of a count that one person or place may make up."""

    @pydantic.model_validator(mode="after")
    def _whole(self) -> Self:
        idle = sorted(self.model_fields_set - USED[self.method])
        if idle:
            given = ", ".join(f"`{key}`" for key in idle)
            what = "changes no count, so" if self.method == "none" else "does not read every key:"
            refuse(f'The method "{self.method}" {what} {given} would do nothing.', "Remove it, or choose a method.")
        if self.method == "cell-key":
            self._check_noise()
        if self.method == "dp" and self.epsilon is None:
            refuse(
                'The method "dp" needs `epsilon`.',
                "Give it, for example epsilon = 1, after you have read what it promises.",
            )
        return self

    def _check_noise(self) -> None:
        if self.max_noise is None or self.variance is None:
            refuse(
                'The method "cell-key" needs `max_noise` and `variance`.',
                "Give both, for example max_noise = 5, variance = 3.",
            )
        if self.variance > self.max_noise**2:
            refuse(
                f"Changes of at most {self.max_noise} cannot have a variance of {self.variance:g}.",
                f"Give a variance of at most {self.max_noise**2}.",
            )


class Edition(Table):
    """One edition of the map: the policy for its sources, and what it may name."""

    policy: Policy
    """Policy for every source that is not already public."""
    approval: Literal["none", "required"] = "none"
    """Whether the edition is served only after somebody approved it."""
    marking: Literal["OFFICIAL", "OFFICIAL-SENSITIVE"] | None = None
    """Protective marking of everything that is saved from the edition; when left out, `OFFICIAL` where the public may open it, else `OFFICIAL-SENSITIVE`."""
    handling: Text | None = None
    """What may be done with it, in a sentence that stands beside the marking."""
    source: dict[str, Policy] = pydantic.Field(default_factory=dict)
    """Policies for single sources, by source id."""
    names: Literal["district", "msoa"] | None = None
    """How cells are named; when left out, the edition "open" has districts and the others MSOAs."""

    def policy_for(self, source: str) -> Policy:
        """Return the policy that a source meets in this edition."""
        return self.source.get(source, self.policy)
