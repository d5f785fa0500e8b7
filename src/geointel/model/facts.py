"""Facts on either side of the gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from geointel.model.period import Window


@dataclass(frozen=True)
class HexFacts:
    """Counts as the sources have them, before the gate. Never leaves the build.

    The tables follow ``FACTS``, ``AREA_FACTS``, ``UNMAPPED``, ``SUPPORT`` and ``NAMES``.
    """

    cells: pa.Table
    areas: pa.Table
    unmapped: pa.Table
    support: pa.Table
    names: pa.Table


@dataclass(frozen=True)
class ReleasedFacts:
    """Counts that one edition may know. Made only by ``disclosure.release``.

    Everything after the gate is arithmetic on these numbers.
    """

    edition: str
    windows: tuple[Window, ...]
    cells: pa.Table
    areas: pa.Table
    unmapped: pa.Table
    support: pa.Table
    names: pa.Table
