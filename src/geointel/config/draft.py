"""The parts of a partnership file that can be read, even when others cannot.

Checks between tables run on a draft, so that a wrong word in one table does not hide a fault in another.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import pydantic

from geointel.config.area import AreaLevel
from geointel.config.document import Grid, LayerTable, SourceTable
from geointel.config.policy import Edition, Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geointel.config.faults import Location

M = TypeVar("M", bound=pydantic.BaseModel)
UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Draft:
    """Readable tables by their number in the file; ``ids`` are those of all tables, readable or not."""

    raw: Mapping[str, Any]
    levels: Mapping[int, AreaLevel]
    sources: Mapping[int, SourceTable]
    layers: Mapping[int, LayerTable]
    editions: Mapping[str, Edition]
    grid: Grid | None

    def ids(self, *location: str) -> list[tuple[Location, str]]:
        """Return where each id of a list of tables stands, and the id."""
        found: list[tuple[Location, str]] = []
        for number, table in enumerate(_tables(self.raw, *location)):
            name = table.get("id") if isinstance(table, dict) else None
            if isinstance(name, str):
                found.append(((*location, number, "id"), name))
        return found

    def names(self, key: str) -> tuple[str, ...]:
        """Return the keys of a table of tables, such as ``edition``."""
        table = self.raw.get(key)
        return tuple(table) if isinstance(table, dict) else ()


def draft(raw: Mapping[str, Any]) -> Draft:
    """Read what can be read."""
    return Draft(
        raw=raw,
        levels=_numbered(AreaLevel, _tables(raw, "area", "level"), {}),
        sources=_numbered(SourceTable, _tables(raw, "source"), {"id": UNREADABLE, "files": ("*",)}),
        layers=_numbered(LayerTable, _tables(raw, "layer"), {"id": UNREADABLE}),
        editions=_editions(raw.get("edition", {})),
        grid=_salvaged(Grid, raw.get("grid", {})),
    )


def _tables(raw: Mapping[str, Any], *location: str) -> tuple[Any, ...]:
    here: Any = raw
    for part in location:
        here = here.get(part, ()) if isinstance(here, dict) else ()
    return here if isinstance(here, tuple) else ()


def _numbered(model: type[M], tables: tuple[Any, ...], stand_in: Mapping[str, Any]) -> dict[int, M]:
    """Read each table; ``stand_in`` takes the place of what it must have and no check between tables looks at."""
    read = {number: _salvaged(model, table, stand_in) for number, table in enumerate(tables)}
    return {number: table for number, table in read.items() if table is not None}


def _editions(tables: Any) -> dict[str, Edition]:
    if not isinstance(tables, dict):
        return {}
    found: dict[str, Edition] = {}
    for name, table in tables.items():
        edition = _salvaged(Edition, table)
        if edition is None and isinstance(table, dict):
            edition = _without_policy(table.get("source"))
        if edition is not None:
            found[name] = edition
    return found


def _without_policy(policies: Any) -> Edition | None:
    """Return an edition whose own policy cannot be read, for the checks on its sources' policies."""
    if not isinstance(policies, dict):
        return None
    read = {name: _salvaged(Policy, table) for name, table in policies.items()}
    readable = {name: policy for name, policy in read.items() if policy is not None}
    return Edition(policy=Policy(method="none"), source=readable)


def _salvaged(model: type[M], table: Any, stand_in: Mapping[str, Any] = MappingProxyType({})) -> M | None:
    """Return the table without the keys that are wrong, or None when it cannot stand without them."""
    try:
        return model.model_validate(table)
    except pydantic.ValidationError as error:
        wrong = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
    if not isinstance(table, dict) or not wrong:
        return None
    right = {key: value for key, value in table.items() if key not in wrong}
    try:
        return model.model_validate({**stand_in, **right})
    except pydantic.ValidationError:
        return None
