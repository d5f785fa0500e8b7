"""Figures by the owner of a file, such as a police force: what must not be drawn on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.model import FIGURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from geointel.engine.base import Engine
    from geointel.ingest.text import StagedFile
    from geointel.sources.base import EventKind


def figures_of_owners(
    engine: Engine, kind: EventKind, staged: Sequence[StagedFile], *, source: str, span: range | None
) -> tuple[pa.Table, tuple[str, ...]]:
    """Figures of a source's kept columns by owner, and notes on them."""
    return FIGURES.empty_table(), ()
