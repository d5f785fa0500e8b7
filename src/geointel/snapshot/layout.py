"""Names inside a snapshots folder, and the hashes that tie them together."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

CURRENT = "current"
MANIFEST = "manifest.json"
FACTS = "facts.parquet"
UNMAPPED = "unmapped.parquet"
FIGURES = "figures.parquet"
PROFILE = "profile.parquet"
HIDDEN = "hidden.parquet"
AREAS = "areas.parquet"
PLACES = "places.parquet"
LAYERS = "layers"
AREA_LAYERS = "areas"
AREA_FACTS = "areas/facts.parquet"
TILES = "tiles"
FEATURES = "features"
ACCESS = "access"
"""What layers of access and need were computed from, for scenarios."""
NOWHERE = 1 << 8
"""A resolution that no cell has."""
STAGING = ".staging-"
GROUPS = b"geointel.groups"
"""Key of a layer file's metadata: which resolution and window each row group holds."""

ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
DIGEST_LENGTH = 8
CHUNK = 1 << 20


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, as hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def files_in(folder: Path) -> list[Path]:
    """Every file below ``folder``, sorted by its path inside it."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def content_digest(hashes: dict[str, str]) -> str:
    """Digest of a snapshot's content: of the path and hash of every file but the manifests."""
    lines = "".join(f"{path} {hashes[path]}\n" for path in sorted(hashes))
    return hashlib.sha256(lines.encode()).hexdigest()


def manifest_bytes(manifest: dict[str, Any]) -> bytes:
    """The one spelling of a manifest, with the digest of everything else in it.

    A changed bit anywhere in the file, white space too, is then a difference.
    """
    body = {key: value for key, value in manifest.items() if key != "digest"}
    digest = hashlib.sha256(_spell(body)).hexdigest()
    return _spell({**body, "digest": digest})


def _spell(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()
