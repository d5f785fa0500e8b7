"""The tables ``[area]`` and ``[[area.level]]``: the study area and the geographies over it."""

from __future__ import annotations

from typing import Self

import pydantic

from geointel.config.shape import Id, Table, Text, refuse

FURTHEST_EDGE_KM = 100


class Lookup(Table):
    """A table from the area codes that sources carry to the codes of a level."""

    file: Text
    """CSV file under the data folder; .gz is read too."""
    source_code: Text = pydantic.Field(alias="from")
    """Column with the sources' own codes."""
    level_code: Text = pydantic.Field(alias="to")
    """Column with the level's codes."""


class AreaLevel(Table):
    """One geography over the study area: read from a file, or grouping another level's codes."""

    id: Id
    """Short name, used in files and addresses."""
    title: Text | None = None
    """Name that people read; the id when left out."""
    file: Text | None = None
    """Outlines, under the data folder: anything that OGR reads, .gz too, in any coordinate system."""
    code: Text | None = None
    """Property of the file that holds the area code."""
    name: Text | None = None
    """Property of the file that holds the area name."""
    only: tuple[Text, ...] | None = pydantic.Field(default=None, min_length=1)
    """Codes to use, when the file holds more areas than the partnership has."""
    attribution: Text | None = None
    """Credit for the outlines, shown on every page and export."""
    members_of: Id | None = None
    """Id of the level whose codes this one groups."""
    members: dict[str, tuple[Text, ...]] = pydantic.Field(default_factory=dict)
    """Name of each group and the codes in it."""
    lookup: tuple[Lookup, ...] = ()
    """Tables from the sources' own area codes to this level's, for the agreement report."""

    @pydantic.model_validator(mode="after")
    def _one_origin(self) -> Self:
        if self.file is None and self.members_of is None:
            refuse(
                f"The level {self.id!r} has neither a file nor members.",
                "Give `file`, `code` and `name`, or `members_of` and `members`.",
            )
        if self.file is not None:
            self._check_file()
        else:
            self._check_members()
        return self

    def _check_file(self) -> None:
        if self.members_of is not None or self.members:
            refuse(f"The level {self.id!r} has both a file and members.", "Keep one of them.")
        if self.code is None or self.name is None:
            refuse(
                f"The level {self.id!r} does not say which properties of its file are code and name.",
                "Give `code` and `name`, as the properties are called in the file.",
            )

    def _check_members(self) -> None:
        if self.code is not None or self.name is not None or self.only is not None:
            refuse(
                f"The level {self.id!r} groups other areas, so it has no file to take `code`, `name` or `only` from.",
                "Remove these keys.",
            )
        if not self.members or not all(self.members.values()):
            refuse(
                f"The level {self.id!r} has a group without areas.",
                'Give `members = { "Name of the group" = ["code", "code"] }`.',
            )
        _check_once(self)


def _check_once(level: AreaLevel) -> None:
    """Refuse a code in two groups: the areas of a level never overlap."""
    owner: dict[str, str] = {}
    for name, codes in level.members.items():
        for code in codes:
            if code in owner:
                message = f"The level {level.id!r} counts {code} twice, in {owner[code]!r} and in {name!r}."
                refuse(message, "Name each code once.")
            owner[code] = name


class Area(Table):
    """The study area: the union of the first level's areas."""

    edge_km: float = pydantic.Field(default=0, ge=0, le=FURTHEST_EDGE_KM)
    """Distance beyond the border, in km, within which records, services and roads count for neighbours; never published."""
    levels: tuple[AreaLevel, ...] = pydantic.Field(alias="level", min_length=1)
    """Geographies, the study area's own first."""
