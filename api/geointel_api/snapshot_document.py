"""What the service says about its snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geointel_api.door import Visit

FROM_MANIFEST = (
    "created", "version", "synthetic", "partnership", "period", "windows",
    "categories", "area", "grid", "caveats", "names",
)  # fmt: skip
OF_A_SOURCE = ("id", "kind", "title", "licence", "attribution", "data_through", "missing")


def snapshot_document(visit: Visit) -> dict[str, Any]:
    """What ``/v1/snapshot`` answers, from the manifest of the edition that answers."""
    manifest = visit.edition.manifest
    return {
        "snapshot": visit.snapshot.id,
        "edition": visit.edition.name,
        "editions": list(visit.visible),
        "data_through": manifest["period"]["data_through"],
        **{name: manifest[name] for name in FROM_MANIFEST},
        "sources": [{name: source.get(name) for name in OF_A_SOURCE} for source in manifest["sources"]],
    }
