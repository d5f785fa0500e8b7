"""What was fetched, from where, when and under which licence: ``fetched.json`` in the cache folder."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from geointel.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RECORD = "fetched.json"


@dataclass(frozen=True)
class Fetched:
    """One file as obtained. ``date`` is when its bytes came (UTC); the last two are the server's own marks."""

    what: str
    url: str
    final_url: str
    sha256: str
    bytes: int
    date: str
    publisher: str
    licence: str
    etag: str | None
    last_modified: str | None


def read(cache: Path) -> dict[str, Fetched]:
    """Every file by its path under the cache folder. Raises ``FetchError`` for a record that cannot be read."""
    path = cache / RECORD
    if not path.is_file():
        return {}
    try:
        return {name: Fetched(**entry) for name, entry in json.loads(path.read_text(encoding="utf-8")).items()}
    except (ValueError, TypeError, AttributeError) as error:
        message = f"The record {path} cannot be read."
        raise FetchError(message, remedy="Move it away; the files are then fetched again.") from error


def write(cache: Path, record: Mapping[str, Fetched]) -> None:
    """Replace the record in one step."""
    text = json.dumps({name: asdict(record[name]) for name in sorted(record)}, indent=2, ensure_ascii=False)
    held = cache / f"{RECORD}.new"
    held.write_text(text + "\n", encoding="utf-8")
    os.replace(held, cache / RECORD)  # noqa: PTH105 - says that it replaces
