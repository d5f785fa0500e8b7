"""A partner's own records of what happened where (``incidents``).

Ambulance call-outs, needle litter, tests on arrest, a police force's own records: any file with a date and a place.
The partnership file says what its columns are called; ``ingest.door`` reads the file and lets in nothing else, so
that ``read`` is given columns that are called by what they mean.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, NoReturn, Self

import ibis
import ibis.expr.types as ir
import pydantic
from pydantic_core import PydanticCustomError

from geointel.content import category as words_of
from geointel.model import ALL, parse_month
from geointel.sources.base import Door, EventKind, TextForm

if TYPE_CHECKING:
    from collections.abc import Mapping

DEGREES = "EPSG:4326"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MONTH = re.compile(r"(?<!\d)(\d{4}-(?:0[1-9]|1[0-2]))(?!\d)")
_DAY = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
DAY_LENGTH = len("2025-01-31")
NO_WORDS: Mapping[str, str] = MappingProxyType({})


def _refuse(message: str, remedy: str) -> NoReturn:
    kind, template = "refused", "{message}"
    raise PydanticCustomError(kind, template, {"message": message, "remedy": remedy})


def _slug(text: str) -> str:
    if _SLUG.fullmatch(text) is None or text == ALL:
        _refuse(f"{text!r} cannot be a category.", "Use small letters, digits and hyphens, and not the word all.")
    return text


def _month(text: str) -> str:
    try:
        parse_month(text)
    except ValueError:
        _refuse(f"{text!r} is not a month.", 'Write a month in quotes, as "2025-01".')
    return text


Name = Annotated[str, pydantic.Field(min_length=1)]
Slug = Annotated[str, pydantic.AfterValidator(_slug)]
Month = Annotated[str, pydantic.AfterValidator(_month)]


class Table(pydantic.BaseModel):
    """A table of the partnership file."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class IncidentColumns(Table):
    """What the file calls its columns. Nothing that is not named here is kept."""

    date: Name
    """Date, or date and time."""
    id: Name | None = None
    """What tells whether two rows are one incident; only a keyed digest of it is kept."""
    lat: Name | None = None
    """Latitude, with `lng`."""
    lng: Name | None = None
    """Longitude, with `lat`."""
    x: Name | None = None
    """Easting or longitude in the system `crs`, with `y`."""
    y: Name | None = None
    """Northing or latitude in the system `crs`, with `x`."""
    crs: Name | None = None
    """Coordinate system of `x` and `y`, such as EPSG:27700."""
    area: Name | None = None
    """Code of the official area that the record carries."""
    category: Name | None = None
    """What happened, in the words that `categories` lists."""
    weight: Name | None = None
    """How much the row counts; 1 when left out."""
    person: Name | None = None
    """What tells whether two rows are about one person; only a keyed digest of it is kept."""
    place: Name | None = None
    """What tells whether two rows are at one address; only a keyed digest of it is kept."""

    @pydantic.model_validator(mode="after")
    def _one_place(self) -> Self:
        for one, other in (("lat", "lng"), ("lng", "lat"), ("x", "y"), ("y", "x"), ("x", "crs"), ("crs", "x")):
            if getattr(self, one) is not None and getattr(self, other) is None:
                _refuse(f"`{one}` is given without `{other}`.", "Name `lat` and `lng`, or `x`, `y` and `crs`.")
        if self.lat is not None and self.x is not None:
            _refuse("Both `lat` and `x` are given.", "Keep one pair of coordinates.")
        return self

    def at_the_door(self) -> dict[str, str]:
        """What each column means → its name in the file."""
        found = self.model_dump(exclude_none=True, exclude={"lat", "lng", "crs"})
        return found | ({"x": self.lng, "y": self.lat} if self.lng is not None and self.lat is not None else {})


class IncidentMonths(Table):
    """Months that the files stand for: from the first one to the one before `to`."""

    first: Month = pydantic.Field(alias="from")
    """First month."""
    after: Month = pydantic.Field(alias="to")
    """Month after the last one."""

    @pydantic.model_validator(mode="after")
    def _forward(self) -> Self:
        if parse_month(self.first) >= parse_month(self.after):
            _refuse("The months end before they have begun.", "Give a `to` that is later than `from`.")
        return self


class Options(Table):
    """Keys of a partner's own file."""

    columns: IncidentColumns
    """What the file calls its columns."""
    category: Slug | None = None
    """Category of every row, for a file that has only one."""
    categories: dict[Name, Slug] = pydantic.Field(default_factory=dict)
    """Word of the file → category, for a file with a column of them."""
    labels: dict[Slug, Name] = pydantic.Field(default_factory=dict)
    """Category → what people read, for a category that is not one of police.uk."""
    months: IncidentMonths | None = None
    """Months that the files stand for; those of their names or rows when left out."""
    day_first: bool = False
    """True when dates are written as 31/01/2025."""
    sheet: Name | None = None
    """Sheet of a workbook; the first when left out."""
    layer: Name | None = None
    """Layer of a GeoPackage or another file of points; the first when left out."""
    separator: Annotated[str, pydantic.Field(min_length=1, max_length=1)] = ","
    """What stands between the fields of a text file."""
    encoding: Annotated[str, pydantic.Field(pattern="^(utf-8|windows-1252)$")] = "utf-8"
    """How a text file is written: utf-8 or windows-1252."""

    @pydantic.model_validator(mode="after")
    def _one_source_of_categories(self) -> Self:
        if (self.category is None) == (self.columns.category is None):
            remedy = "Give `category` for all rows, or `columns.category` and `categories`."
            _refuse("It must be said once how rows get their category.", remedy)
        if (self.columns.category is None) == bool(self.categories):
            remedy = 'Write categories = { "word in the file" = "category" } beside `columns.category`.'
            _refuse("`columns.category` and `categories` belong together.", remedy)
        folded = [_folded(word) for word in self.categories]
        if len(set(folded)) < len(folded):
            _refuse("`categories` has a word twice: case and spaces do not count.", "List each word once.")
        stray = set(self.labels) - {self.category, *self.categories.values()}
        if stray:
            _refuse(f"`labels` names {min(stray)!r}, which no row can be.", "Remove it, or correct its spelling.")
        if self.sheet is not None and self.layer is not None:
            _refuse("Both `sheet` and `layer` are given.", "Keep the one that the file has.")
        return self


def month_of(name: str) -> str | None:
    """Month in a file's own name, ``needles-2025-01.csv``; None where it has none, several, or a day."""
    own = name.replace("\\", "/").rpartition("/")[2]
    found = set(_MONTH.findall(own))
    return found.pop() if len(found) == 1 and not _DAY.search(own) else None


def read(rows: ir.Table, *, category: str | None = None, words: Mapping[str, str] = NO_WORDS) -> ir.Table:
    """Columns from the door → canonical text columns. Adds no row and drops none; keeps ``file``.

    ``words`` are folded: small letters, single spaces.
    """
    has = frozenset(rows.columns)
    blank = ibis.null(str)

    def given(name: str) -> ir.StringValue:
        return rows[name] if name in has else blank

    return rows.select(
        "file",
        "x",
        "y",
        id=given("id"),
        month=rows.date.substr(0, len("2025-01")),
        when=(rows.date.length() > DAY_LENGTH).ifelse(rows.date, blank),
        category=_category(given("category"), category, words),
        word=given("category"),
        osgb=(rows.osgb == "true").fill_null(False),  # noqa: FBT003 - ibis has no keyword
        special=ibis.literal(False),  # noqa: FBT003
        area_code=given("area"),
        area_name=blank,
        weight=given("weight"),
        person_key=given("person").try_cast("int64"),
        place_key=given("place").try_cast("int64"),
    )


def _category(word: ir.StringValue, category: str | None, words: Mapping[str, str]) -> ir.StringValue:
    if not words:
        return ibis.literal(category, str)
    return ibis.cases(*((word.lower() == folded, slug) for folded, slug in words.items()))


def _folded(word: str) -> str:
    return " ".join(word.split()).lower()


def configure(kind: EventKind, options: Options) -> EventKind:
    """The kind as one source's keys make it."""
    slugs = dict.fromkeys([options.category] if options.category else options.categories.values())
    words = {_folded(word): slug for word, slug in options.categories.items()}
    months = options.months
    return replace(
        kind,
        read=partial(read, category=options.category, words=words),
        categories={slug: options.labels.get(slug, words_of(slug).label) for slug in slugs},
        months=frozenset(range(parse_month(months.first), parse_month(months.after))) if months else frozenset(),
        door=Door(
            columns=options.columns.at_the_door(),
            crs=options.columns.crs or DEGREES,
            day_first=options.day_first,
            table=options.sheet or options.layer,
            form=TextForm(options.separator, "utf-8-sig" if options.encoding == "utf-8" else options.encoding),
        ),
    )


SOURCE = EventKind(
    kind="incidents",
    title="A partner's own records",
    public=False,
    snapped=False,
    licence="Not published: supplied by a partner for this partnership.",
    attribution="The partner that supplied the records.",
    caveats=("partner-records",),
    options=Options,
    configure=configure,
    month_of=month_of,
    read=read,
    door=Door(columns={"date": "date"}),
)
