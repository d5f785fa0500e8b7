"""What an edition may know of a source, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Method = Literal["none", "cell-key"]


@dataclass(frozen=True)
class SourceTerms:
    """How one source stands towards one edition.

    ``public`` rows are already published under an open licence and pass every policy unchanged.
    ``admitted`` is false where the source's ``editions`` leave this one out.
    """

    source: str
    public: bool
    method: str
    admitted: bool = True

    @property
    def effect(self) -> SourceTerms:
        """The same terms without what makes no difference to the rows that pass."""
        return replace(self, public=True, method="none") if self.rolling else self

    @property
    def rolling(self) -> bool:
        """Whether overlapping windows may be shown: they can be differenced, so only for these."""
        return self.public or self.method == "none"
