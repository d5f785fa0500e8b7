"""A private source that repeats public rows: subtract the public numbers, and what is left is private."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geointel.audit.releases import numbers_of
from geointel.snapshot import layout

if TYPE_CHECKING:
    from geointel.snapshot import Edition

LARGE = 5
"""Public numbers at least this large are compared: an empty place agrees with every other empty place."""
ENOUGH = 20
SAME = 0.9
"""Share of the numbers that must be near for a source to count as a copy."""


@dataclass(frozen=True)
class Twin:
    """A public source that looks repeated: ``near`` of ``compared`` numbers are within the largest change."""

    public: str
    near: int
    compared: int

    @property
    def found(self) -> bool:
        """Whether it is one."""
        return self.compared >= ENOUGH and self.near >= SAME * self.compared


def twins_of(edition: Edition, source: str, max_noise: float) -> list[Twin]:
    """Each public source of an edition, compared with a protected one by the single categories and months that both have."""
    own = numbers_of(edition, layout.FACTS, source)
    found = []
    for public in (s["id"] for s in edition.manifest["sources"] if s["public"] and s["id"] != source):
        other = numbers_of(edition, layout.FACTS, public)
        known = {key[:2] for key in own}
        keys = [key for key, value in other.items() if value is not None and value >= LARGE and key[:2] in known]
        near = sum(abs((own.get(key) or 0.0) - other[key]) <= max_noise for key in keys)
        if keys:
            found.append(Twin(public, near, len(keys)))
    return found
