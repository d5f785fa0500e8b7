"""What a source is, and how the kinds are found.

A source kind is one module of this folder (or of an installed package, by the entry point
``geointel.sources``) with a ``SOURCE`` constant. Sources are strangers: none imports another.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import pydantic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import ibis.expr.types as ir


class NoOptions(pydantic.BaseModel):
    """Options of a source kind that has none of its own."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class RawFile:
    """A source file as obtained, with its provenance.

    ``path`` can be opened; ``name`` is what people know it by (the path under the data root, with
    the member's name for a file inside an archive) and gives the order of files.
    """

    source: str
    path: Path
    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class SourceKind:
    """One kind of source.

    Attributes
    ----------
    kind
        The word in the configuration, such as ``police-uk-street``.
    public
        Whether its rows are already published under an open licence: the default of the
        configuration key ``public``. False is the safe value.
    snapped
        Whether its points are moved to a fixed list of map points, so that a cell without
        any record ever is not a zero but has no support.
    month_of
        The month (as ``YYYY-MM``) that a file's name gives, or None.
    is_member
        Whether a file of that name inside an archive belongs to the kind.
    read
        Rows of one file as text columns → canonical text columns; see ``ingest.incidents``.
    required
        Columns a file must have; of a tuple with several names, one is enough.
    categories
        Category slugs of the kind → the words of its files.
    """

    kind: str
    title: str
    public: bool
    snapped: bool
    licence: str
    attribution: str
    caveats: tuple[str, ...]
    month_of: Callable[[str], str | None]
    is_member: Callable[[str], bool]
    read: Callable[[ir.Table], ir.Table]
    required: tuple[tuple[str, ...], ...]
    categories: Mapping[str, str]
    options: type[pydantic.BaseModel] = NoOptions


@cache
def kinds() -> dict[str, SourceKind]:
    """Every source kind there is, by its word in the configuration."""
    package = importlib.import_module("geointel.sources")
    modules = [
        importlib.import_module(f"geointel.sources.{info.name}")
        for info in pkgutil.iter_modules(package.__path__)
        if info.name != "base"
    ]
    found: list[Any] = [module.SOURCE for module in modules]
    found += [entry.load() for entry in entry_points(group="geointel.sources")]
    return {source.kind: source for source in sorted(found, key=lambda s: s.kind)}
