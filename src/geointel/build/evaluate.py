"""``evaluate``: how well the layers of a partnership foretold the month after, without publishing anything."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geointel import snapshot
from geointel.build.build import build
from geointel.errors import ConfigError, Fault
from geointel.layers.base import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geointel.build.taken import Announce
    from geointel.config import Partnership


@dataclass(frozen=True)
class Judged:
    """One layer of one edition: its title, default view, and accuracy as it stands in the manifest."""

    edition: str
    layer: str
    title: str
    default: Mapping[str, Any]
    accuracy: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"edition": self.edition, "layer": self.layer, "title": self.title, "accuracy": self.accuracy}


def evaluate(partnership: Partnership, *, data: Path, announce: Announce = lambda _: None) -> tuple[Judged, ...]:
    """Compute the layers that are judged as a build does, in a folder that is removed; return their accuracy.

    The numbers are those of a build's manifests, since they are one. Raises ``ConfigError`` for a partnership without
    such a layer, and what ``build`` raises.
    """
    layers = tuple(choice for choice in partnership.layers if kinds()[choice.kind].judged)
    if not layers:
        judged = ", ".join(repr(kind.kind) for kind in kinds().values() if kind.judged)
        fault = Fault("layer", "no layer of a kind that foretells anything.", f"Add a layer of the kind {judged}.")
        raise ConfigError(partnership.path, (fault,))
    with tempfile.TemporaryDirectory(prefix="geointel-evaluate-") as folder:
        report = build(replace(partnership, layers=layers), data=data, out=Path(folder) / "out", announce=announce)
        editions = snapshot.open_whole(report.path).editions
    return tuple(
        Judged(name, spec["id"], spec["title"], spec["default"], spec["accuracy"])
        for name, edition in editions.items()
        for spec in edition.manifest["layers"]
    )
