"""From a TOML file to a partnership, or to all of its faults."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pydantic

from geointel.config import defaults
from geointel.config.checks import between_tables
from geointel.config.document import Document
from geointel.config.draft import draft
from geointel.config.faults import to_faults
from geointel.config.kinds import installed
from geointel.config.partnership import Partnership
from geointel.errors import ConfigError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geointel.config.kinds import Kinds

MOST_BYTES = 200_000
"""A partnership of hundreds of sources has fewer."""
DEEPEST = 20
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


def load(path: Path, *, kinds: Kinds | None = None) -> Partnership:
    """Read a partnership file. Raises ``ConfigError`` with every fault that the file alone shows.

    ``kinds`` are the kinds of source and layer to allow; those installed when left out.
    """
    raw = _read(path)
    have = installed() if kinds is None else kinds
    frozen = _frozen(raw)
    document, faults = _document(frozen)
    parts = draft(frozen)
    faults += between_tables(parts, have)
    if document is None or faults:
        raise ConfigError(path, list(dict.fromkeys(faults)))
    return _partnership(document, have, path=path, digest=digest(raw))


def digest(raw: Mapping[str, Any]) -> str:
    """SHA-256 of a document as canonical JSON, in hex."""
    text = json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path) -> dict[str, Any]:
    try:
        body = path.read_bytes()
        if len(body) > MOST_BYTES:
            message = f"The file has more than {MOST_BYTES:,} bytes."
            raise ConfigError(path, [Fault("(file)", message, "Give a partnership file.")])
        return _shallow(tomllib.loads(body.decode("utf-8-sig").replace("\r\n", "\n")))
    except OSError as error:
        remedy = "Write one with `geointel init DIR`, or correct the path."
        message = f"The file cannot be read ({error.strerror})."
        raise ConfigError(path, [Fault("(file)", message, remedy)]) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError(
            path, [Fault(f"line {line}", "This is not UTF-8 text.", "Save the file as UTF-8.")]
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, [_syntax(str(error))]) from error
    except (RecursionError, ValueError) as error:
        message = "This is not TOML that can be read: it nests too deeply, or a number in it has thousands of digits."
        raise ConfigError(path, [Fault("(file)", message, "Give a partnership file.")]) from error


def _shallow(raw: dict[str, Any]) -> dict[str, Any]:
    """The same. Raises ``RecursionError`` when tables lie in tables more deeply than any configuration has them."""
    level: list[Any] = [raw]
    for _ in range(DEEPEST):
        inside = [each for one in level for each in (one.values() if isinstance(one, dict) else one)]
        level = [one for one in inside if isinstance(one, dict | list)]
    if level:
        raise RecursionError
    return raw


def _syntax(message: str) -> Fault:
    position = _POSITION.search(message)
    where = f"line {position[1]}, column {position[2]}" if position and position[1] else "end of file"
    text = _POSITION.sub("", message)
    return Fault(where, f"This is not TOML: {text}.", "Correct this line; the file is read again from the start.")


def _document(raw: Mapping[str, Any]) -> tuple[Document | None, list[Fault]]:
    try:
        return Document.model_validate(raw), []
    except pydantic.ValidationError as error:
        return None, to_faults(error, Document)


def _frozen(value: Any) -> Any:
    """Return the value with tuples for lists: the document is frozen, and read strictly."""
    if isinstance(value, dict):
        return {key: _frozen(part) for key, part in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(part) for part in value)
    return value


def _partnership(document: Document, kinds: Kinds, *, path: Path, digest: str) -> Partnership:
    return Partnership(
        id=document.partnership.id,
        name=document.partnership.name,
        synthetic=document.partnership.synthetic,
        area=document.area,
        grid=document.grid,
        period=document.period,
        sources=defaults.sources(document.source, kinds),
        agreements={agreement.id: agreement for agreement in document.agreement},
        fetch=document.fetch,
        layers=defaults.layers(document, kinds),
        editions=defaults.editions(document),
        roles=defaults.roles(document),
        secrets=document.secrets.model_dump(exclude_none=True),
        engine=document.engine,
        digest=digest,
        path=path,
    )
