"""What can go wrong, as one tree.

::

    GeointelError                 what happened, and what to do
    ├─ ConfigError                all faults of the partnership file together
    ├─ NotInThisVersionError      the contract names it, this version does not do it yet
    ├─ SourceError
    │  ├─ FetchError              a file could not be obtained
    │  └─ SchemaError             a file is not what its source promises (file, row, column)
    ├─ GridError                  bad resolution, or a cell outside the study area
    ├─ EngineError                an engine is missing (names the extra) or failed
    ├─ MethodError                a statistic is undefined for this input
    ├─ QuestionError              a question that a snapshot cannot answer as asked (field)
    ├─ DisclosureError            a layer would break its edition's policy
    └─ SnapshotError
       ├─ SnapshotNotFoundError
       └─ SnapshotCorruptError    a checksum differs

Raise where the fact is known; translate once at each door (``cli`` to an exit code,
``geointel_api.errors`` to an HTTP status). A suppressed value is data, not an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class GeointelError(Exception):
    """Anything this package refuses to do.

    ``message`` says what happened and where; ``remedy`` says what to do about it.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with a partnership file: where, what, and what to do."""

    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.key}: {self.message} {self.remedy}".strip()


class ConfigError(GeointelError):
    """The partnership file has faults; all of them are in ``faults``."""

    def __init__(self, path: Path, faults: Sequence[Fault]) -> None:
        self.path = path
        self.faults = tuple(faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        count = len(self.faults)
        super().__init__(f"{path} has {count} fault{'s' if count != 1 else ''}:\n{lines}")


class NotInThisVersionError(GeointelError):
    """The contract describes it, but this version cannot do it yet."""

    def __init__(self, what: str, *, remedy: str = "") -> None:
        super().__init__(f"{what}: not in this version.", remedy=remedy)


class SourceError(GeointelError):
    """A source could not be used."""


class FetchError(SourceError):
    """A file could not be obtained."""


class SchemaError(SourceError):
    """A file is not what its source promises."""

    def __init__(
        self,
        message: str,
        *,
        file: Path | str,
        row: int | None = None,
        column: str | None = None,
        remedy: str = "",
    ) -> None:
        self.file = str(file)
        self.row = row
        self.column = column
        place = self.file
        if row is not None:
            place += f", row {row}"
        if column is not None:
            place += f", column {column!r}"
        super().__init__(f"{place}: {message}", remedy=remedy)


class GridError(GeointelError):
    """A resolution or cell that the grid does not have."""


class EngineError(GeointelError):
    """The engine is not installed or failed."""


class MethodError(GeointelError):
    """A statistic is undefined for the input it was given."""


class QuestionError(GeointelError):
    """A question that a snapshot cannot answer as it is asked. ``field`` is the part of it that is at fault."""

    def __init__(self, message: str, *, field: str, remedy: str = "") -> None:
        self.field = field
        super().__init__(message, remedy=remedy)


class DisclosureError(GeointelError):
    """A release would break its edition's policy. Never caught inside the package."""


class SnapshotError(GeointelError):
    """A snapshot cannot be read or written."""


class SnapshotNotFoundError(SnapshotError):
    """There is no snapshot, layer or edition of that name."""


class SnapshotCorruptError(SnapshotError):
    """A file of a snapshot is not the one that was published."""
