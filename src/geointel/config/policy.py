"""The tables ``[edition.*]``: who may know what, and under which disclosure policy."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import pydantic

from geointel.config.shape import Table, not_yet, refuse

Method = Literal["none", "cell-key", "suppress", "rounding", "dp"]
BUILT = ("none", "cell-key")
_NOISE_KEYS = frozenset({"max_noise", "variance", "never_show", "stay"})


def _built(method: str) -> str:
    if method not in BUILT:
        what = f"The policy method {method!r}"
        not_yet(what, 'Use "cell-key", or "none" where the readers may know true counts.')
    return method


def _waits(approval: str) -> str:
    if approval == "required":
        remedy = 'Write approval = "none" and keep the snapshot back until it is agreed.'
        not_yet("Approval of an edition", remedy)
    return approval


class Policy(Table):
    """How counts become publishable: unchanged, or changed by a fixed, keyed amount."""

    method: Annotated[Method, pydantic.AfterValidator(_built)]
    """Rule that counts pass: cell-key or none."""
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
    floor: Literal["none", "ndtms", "nhs"] = "none"
    """Rule of the data's owner after the change of counts: `ndtms` shows none below 5, `nhs` none from 1 to 7 and others to the nearest 5."""
    min_persons: int = pydantic.Field(default=3, ge=1, le=10)
    """Least number of persons, or places, that make up a count that is shown, where the source tells them apart."""
    max_share: float = pydantic.Field(default=0.85, ge=0.5, le=1)
    """Largest share of a count that one person or place may make up."""

    @pydantic.model_validator(mode="after")
    def _whole(self) -> Self:
        if self.method == "none" and self.model_fields_set & _NOISE_KEYS:
            given = ", ".join(f"`{key}`" for key in sorted(self.model_fields_set & _NOISE_KEYS))
            message = f'The method "none" changes no count, so {given} would do nothing.'
            refuse(message, "Remove it, or choose a method.")
        if self.method == "cell-key":
            self._check_noise()
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
    approval: Annotated[Literal["none", "required"], pydantic.AfterValidator(_waits)] = "none"
    """Whether the edition is served only after somebody approved it."""
    source: dict[str, Policy] = pydantic.Field(default_factory=dict)
    """Policies for single sources, by source id."""
    names: Literal["district", "msoa"] | None = None
    """How cells are named; when left out, the edition "open" has districts and the others MSOAs."""

    def policy_for(self, source: str) -> Policy:
        """Return the policy that a source meets in this edition."""
        return self.source.get(source, self.policy)
