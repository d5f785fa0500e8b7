"""What a source is, and how the kinds are found.

A source kind is one module of this folder (or of an installed package, by the entry point
``geointel.sources``) with a ``SOURCE`` constant. Sources are strangers: none imports another.

A kind says what its columns mean; ``ingest`` does the work. Which work depends on the grain of its rows:

- ``EventKind``: something that happened at a place in a month;
- ``ServiceKind``: a place where help is given;
- ``FigureKind``: a figure for an official area and a period;
- ``PostcodeKind``: where postcodes are; ``RasterKind``: a grid of numbers; ``RoadKind``: a road network.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import pydantic

if TYPE_CHECKING:
    from collections.abc import Mapping
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
class TextForm:
    """How a kind's text files are written.

    ``names`` are the columns of files that have no header line; such a file may leave out the last ones, but
    has the first ``least`` (0 stands for all).
    """

    separator: str = ","
    encoding: str = "utf-8-sig"
    names: tuple[str, ...] = ()
    least: int = 0


@dataclass(frozen=True)
class Package:
    """A package with data: the module to import, and our extra that installs it."""

    module: str
    extra: str

    @property
    def installed(self) -> bool:
        """Whether it can be imported."""
        return find_spec(self.module) is not None

    @property
    def remedy(self) -> str:
        """What to do when it is not there."""
        return f"Install it: pip install 'geointel[{self.extra}]'."


def is_csv(name: str) -> bool:
    """Whether an archive's member looks like a table of text."""
    return name.lower().endswith(".csv")


Read = Callable[["ir.Table"], "ir.Table"]
"""Rows of files as text columns (with ``path``) → canonical text columns of the grain.

Adds no row and drops none; keeps ``path``. Which columns a grain has is said in its module of ``ingest``.
"""


@dataclass(frozen=True, kw_only=True)
class SourceKind:
    """One kind of source.

    Attributes
    ----------
    kind
        The word in the configuration, such as ``police-uk-street``.
    public
        Whether its rows are already published under an open licence: the default of the
        configuration key ``public``. False is the safe value.
    required
        Columns a file must have; of a tuple with several names, one is enough.
    is_member
        Whether a file of that name inside an archive belongs to the kind.
    form
        How its text files are written.
    categories
        Category slugs of its rows → the words of its files, for a kind whose rows have categories.
    configure
        The kind as the options of one source make it, for a kind that has options.
    package
        An optional package that the source is read from, and the extra that installs it. Such a source may
        do without files.
    """

    grain: ClassVar[str]
    kind: str
    title: str
    public: bool
    licence: str
    attribution: str
    caveats: tuple[str, ...]
    required: tuple[tuple[str, ...], ...] = ()
    is_member: Callable[[str], bool] = is_csv
    form: TextForm = TextForm()
    options: type[pydantic.BaseModel] = NoOptions
    categories: Mapping[str, str] = field(default_factory=dict)
    configure: Callable[[Any, Any], SourceKind] | None = None
    package: Package | None = None

    def configured(self, options: pydantic.BaseModel) -> Self:
        """Return the kind as the options of one source make it."""
        return self if self.configure is None else cast("Self", self.configure(self, options))


@dataclass(frozen=True, kw_only=True)
class TextKind(SourceKind):
    """A kind whose files are tables: ``read`` says what their columns mean."""

    read: Read


@dataclass(frozen=True, kw_only=True)
class EventKind(TextKind):
    """Rows that happened at a place in a month; see ``ingest.incidents``.

    Attributes
    ----------
    snapped
        Whether its points are moved to a fixed list of map points, so that a cell without
        any record ever is not a zero but has no support.
    month_of
        The month (as ``YYYY-MM``) that a file's name gives, or None.
    """

    grain: ClassVar[str] = "events"

    snapped: bool
    month_of: Callable[[str], str | None]


@dataclass(frozen=True, kw_only=True)
class ServiceKind(TextKind):
    """Places where help is given; see ``ingest.services``.

    Attributes
    ----------
    once_at
        Categories of which one address holds one service: it may stand in the list under several names.
    as_of, details
        What the options of the source say; see ``sources.service_list``.
    """

    grain: ClassVar[str] = "services"

    once_at: tuple[str, ...] = ()
    as_of: str | None = None
    details: Mapping[str, pydantic.BaseModel] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FigureKind(TextKind):
    """Figures for official areas; see ``ingest.figures``.

    ``measure`` is the measure as which the figures are spread to cells, such as ``residents``; None where a
    figure stays with its area.
    """

    grain: ClassVar[str] = "figures"

    measure: str | None = None


@dataclass(frozen=True, kw_only=True)
class PostcodeKind(TextKind):
    """Where postcodes are; see ``ingest.postcodes``."""

    grain: ClassVar[str] = "postcodes"


@dataclass(frozen=True, kw_only=True)
class RasterKind(SourceKind):
    """A grid of numbers; see ``ingest.raster``."""

    grain: ClassVar[str] = "raster"

    measure: str


@dataclass(frozen=True, kw_only=True)
class RoadKind(SourceKind):
    """A road network; see ``ingest.roads``."""

    grain: ClassVar[str] = "roads"


@cache
def kinds() -> dict[str, SourceKind]:
    """Every source kind there is, by its word in the configuration."""
    package = importlib.import_module("geointel.sources")
    modules = [
        importlib.import_module(f"geointel.sources.{info.name}") for info in pkgutil.iter_modules(package.__path__)
    ]
    found: list[Any] = [module.SOURCE for module in modules if hasattr(module, "SOURCE")]
    found += [entry.load() for entry in entry_points(group="geointel.sources")]
    return {source.kind: source for source in sorted(found, key=lambda s: s.kind)}
