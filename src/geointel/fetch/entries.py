"""The official addresses that this version knows."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import pydantic

if TYPE_CHECKING:
    from collections.abc import Mapping

Content = Literal["any", "zip", "csv", "geojson", "pbf"]


class Entry(pydantic.BaseModel):
    """One official file, or a family of files.

    ``choose`` are the words in braces of ``url``, ``file`` and ``members``, with the pattern of their values. Of
    those in ``together`` all values go into one address, each written like the text there, with OR between.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    title: str
    publisher: str
    licence: str
    page: str
    url: str
    file: str
    content: Content
    members: tuple[str, ...] = ()
    choose: dict[str, str] = pydantic.Field(default_factory=dict)
    together: dict[str, str] = pydantic.Field(default_factory=dict)


@cache
def catalogue() -> Mapping[str, Entry]:
    """Every entry by its name."""
    text = (files("geointel.fetch") / "catalogue.toml").read_text(encoding="utf-8")
    return {name: Entry.model_validate(table) for name, table in tomllib.loads(text).items()}
