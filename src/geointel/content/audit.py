"""The words of the audit: what each attack tries and what its result means, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((files("geointel.content") / "audit.toml").read_text(encoding="utf-8"))


def audit_words(table: str) -> Mapping[str, Any]:
    """Return one table of words about the audit. Raises ``KeyError`` for a name that the file does not have."""
    return MappingProxyType(_file()[table])
