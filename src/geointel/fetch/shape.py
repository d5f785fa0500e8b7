"""Whether a file is what it should be: a server may answer with a page that says sorry, and call it a success."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from geointel.fetch.entries import Content

HEAD = 1024
PBF_MARK = b"OSMHeader"


def wrong_shape(path: Path, content: Content) -> str | None:
    """What is wrong with a file, in words that follow "it is"; None where nothing is."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if not head:
        return "empty"
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    if content == "zip" and not zipfile.is_zipfile(path):
        return "no zip archive"
    if content == "csv" and (b"\x00" in head or start.startswith((b"<", b"{", b"pk\x03\x04"))):
        return "no table of text"
    if content == "pbf" and PBF_MARK not in head:
        return "no OpenStreetMap file"
    return _wrong_features(path) if content == "geojson" else None


def _wrong_features(path: Path) -> str | None:
    """Outlines that were asked for and are not all there are as bad as none."""
    try:
        found = json.loads(path.read_bytes())
    except ValueError:
        return "no GeoJSON"
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        return "no GeoJSON with features"
    if not found["features"]:
        return "without any feature: nothing has what was chosen"
    more = found.get("exceededTransferLimit") or (found.get("properties") or {}).get("exceededTransferLimit")
    return "not complete: the server gives fewer features than were asked for" if more else None
