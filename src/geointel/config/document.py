"""The partnership file as it is written: one pydantic model per table."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

import pydantic

from geointel.config.agreement import Agreement  # noqa: TC001 - pydantic reads it
from geointel.config.area import Area  # noqa: TC001 - pydantic reads it
from geointel.config.policy import Edition  # noqa: TC001 - pydantic reads it
from geointel.config.shape import Id, Month, Table, Text, Texts, not_yet, refuse

LEAF = 9
PUBLISH = (6, 7, 8)
FINEST = 15
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
Digest = Annotated[str, pydantic.Field(pattern=r"^[0-9a-f]{64}$")]
_SECRET = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")


class PartnershipTable(Table):
    """Who publishes."""

    id: Id
    """Short name, used in files and addresses."""
    name: Text
    """Name that people read."""
    synthetic: bool = False
    """True for made-up data: every page and export then says so."""


def _ascending(values: tuple[int, ...]) -> tuple[int, ...]:
    if list(values) != sorted(set(values)):
        ordered = ", ".join(str(value) for value in sorted(set(values)))
        refuse("The resolutions are not in ascending order, each once.", f"Write [{ordered}].")
    return values


Resolution = Annotated[int, pydantic.Field(ge=0, le=FINEST)]


class Grid(Table):
    """H3 resolutions: the one at which records are indexed, and those that are published."""

    leaf: Resolution = LEAF
    """Resolution at which every record is indexed, once."""
    publish: Annotated[tuple[Resolution, ...], pydantic.Field(min_length=1), pydantic.AfterValidator(_ascending)] = (
        PUBLISH
    )
    """Resolutions that are published, coarsest first."""

    @pydantic.model_validator(mode="after")
    def _coarser_than_leaf(self) -> Self:
        if self.publish[-1] > self.leaf:
            message = f"Resolution {self.publish[-1]} is finer than the leaf, {self.leaf}."
            refuse(message, "Publish the leaf or coarser resolutions only, or choose a finer leaf.")
        return self


class Period(Table):
    """Half-open run of months: ``start`` is the first one, ``stop`` the first one not counted."""

    start: Month = pydantic.Field(alias="from")
    """First month."""
    stop: Month = pydantic.Field(alias="to")
    """Month after the last one."""

    @pydantic.model_validator(mode="after")
    def _forward(self) -> Self:
        if self.start >= self.stop:
            message = "The period ends before it has begun: `to` is the month after the last one."
            refuse(message, "Give a `to` that is later than `from`.")
        return self


class SourceTable(Table):
    """One source of records. Other keys are the kind's own."""

    model_config = pydantic.ConfigDict(frozen=True, extra="allow", strict=True, use_attribute_docstrings=True)

    id: Id
    """Short name, used in files and tables."""
    kind: Text
    """Kind of source."""
    files: Texts = ()
    """File names or patterns under the data folder; only a source that is read from a package may do without."""
    public: bool | None = None
    """True when the rows are already published under an open licence; the kind has a default."""
    covers: Text | None = None
    """Area code, or the partnership's id: a month without a file is missing there, not zero."""
    extent: Text | None = None
    """File of the outlines of all land that the source covers, if not all within `area.edge_km`: no neighbours beyond it."""
    editions: tuple[Id, ...] | None = pydantic.Field(default=None, min_length=1)
    """Editions that may use the source; all when left out."""
    agreement: Id | None = None
    """Agreement under which the source is shared; it is not read after that has expired."""
    twin_of: Id | None = None
    """Public source of which this one is an extract: the same records, not others."""

    @property
    def own(self) -> dict[str, Any]:
        """The kind's own keys."""
        return self.model_extra or {}


class LayerTable(Table):
    """One layer of the map. Other keys are the kind's own."""

    model_config = pydantic.ConfigDict(frozen=True, extra="allow", strict=True, use_attribute_docstrings=True)

    id: Id
    """Short name, used in files and addresses."""
    kind: Text
    """Kind of layer."""
    title: Text | None = None
    """Title that people read; the kind has a default."""
    source: Texts | None = None
    """Sources to compute it from; when left out, the first that has the categories, with those of its series."""
    categories: tuple[Text, ...] | None = pydantic.Field(default=None, min_length=1)
    """Categories to compute; every one that has a meaning when left out."""
    default_resolution: Resolution | None = None
    """Resolution that the page opens with."""
    windows: tuple[Literal["month", "quarter", "year"], ...] | None = pydantic.Field(default=None, min_length=1)
    """Lengths of window to compute; all when left out."""

    @property
    def own(self) -> dict[str, Any]:
        """The kind's own keys."""
        return self.model_extra or {}


class FetchTable(Table):
    """Something to download into ``fetched/`` under the data folder: ``what`` of the catalogue, or an own ``url``."""

    what: Text | None = None
    """Name in the catalogue: `police-uk-archive`, `ons-districts-2024`, `census-2021` and so on."""
    choose: dict[str, Texts] = pydantic.Field(default_factory=dict)
    """Which of the catalogue's files: months, forces, tables, years …"""
    url: Text | None = None
    """Address of your own, beginning with https."""
    file: Text | None = None
    """Name to keep the file under; that of the catalogue or the address when left out."""
    licence: Text | None = None
    """Licence of the file at your own address."""
    publisher: Text | None = None
    """Publisher of the file at your own address."""
    sha256: dict[str, Digest] = pydantic.Field(default_factory=dict)
    """SHA-256 that a file must have, by its name."""

    @pydantic.model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.what is None) == (self.url is None):
            refuse("It says neither what nor where, or both.", "Give `what`, or `url`.")
        if self.file is not None and not _FILE.fullmatch(self.file):
            refuse(f"{self.file!r} cannot be a file name here.", "Use letters, digits, dots, hyphens and no folder.")
        return self


def _from_environment(value: str) -> str:
    if _SECRET.fullmatch(value) is None:
        refuse("A secret cannot stand in this file.", 'Put it in an environment variable and write "env:NAME".')
    return value


EnvironmentName = Annotated[
    str,
    pydantic.AfterValidator(_from_environment),
    pydantic.WithJsonSchema({"type": "string", "pattern": f"^{_SECRET.pattern}$"}),
]
"""Where a secret is, as ``env:NAME``."""


class Secrets(Table):
    """Where secrets are: names of environment variables, never the secrets."""

    cell_key: EnvironmentName | None = None
    """Key of the cell-key method, as env:NAME."""


ENGINES = ("duckdb",)


def _engine(name: str) -> str:
    if name.startswith(("spark", "databricks")):
        what = f"The engine {name!r}"
        not_yet(what, 'Write name = "duckdb".')
    if name not in ENGINES:
        message = f"There is no engine {name!r}."
        refuse(message, 'Write name = "duckdb".')
    return name


class Engine(Table):
    """What executes the large tables."""

    name: Annotated[str, pydantic.AfterValidator(_engine)] = "duckdb"
    """Name of the engine."""


class Document(Table):
    """A partnership: who publishes, for which area, from which sources, to whom."""

    partnership: PartnershipTable
    """Who publishes."""
    area: Area
    """The study area."""
    grid: Grid = Grid()
    """H3 resolutions."""
    period: Period | None = None
    """Months to use; all that the sources have when left out."""
    source: tuple[SourceTable, ...] = pydantic.Field(min_length=1)
    """Sources, one [[source]] each."""
    agreement: tuple[Agreement, ...] = ()
    """Agreements to share data, one [[agreement]] each."""
    fetch: tuple[FetchTable, ...] = ()
    """Files that `geointel fetch` downloads, one [[fetch]] each."""
    layer: tuple[LayerTable, ...] = ()
    """Layers, one [[layer]] each; a sensible set when left out."""
    edition: dict[str, Edition] = pydantic.Field(default_factory=dict)
    """Editions, one [edition.NAME] each; one open edition when left out."""
    role: dict[str, tuple[Text, ...]] = pydantic.Field(default_factory=dict)
    """Editions that each role may open; the first is its default."""
    secrets: Secrets = Secrets()
    """Names of environment variables that hold secrets."""
    engine: Engine = Engine()
    """What executes the large tables."""
