"""Sources that a person has withdrawn: no build uses them until that is lifted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geointel.config.faults import key_path
from geointel.errors import Fault
from geointel.snapshot import read_decisions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geointel.config import Partnership


def withdrawn(partnership: Partnership, snapshots: Path) -> Iterator[Fault]:
    """Yield a fault for every source that was withdrawn from a snapshots folder."""
    blocked = read_decisions(snapshots).blocked
    for number, source in enumerate(partnership.sources):
        if source.id in blocked:
            found = blocked[source.id]
            message = f"The source {source.id!r} was withdrawn by {found.by} on {found.at[:10]}."
            remedy = (
                "Remove it from the file. If it may be used again, run "
                f"`geointel withdraw {snapshots} --source {source.id} --lift --by NAME` first."
            )
            yield Fault(key_path(("source", number, "id")), message, remedy)
