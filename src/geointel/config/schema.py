"""The JSON Schema of a partnership file, for editors and for checking in other tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from geointel.config.document import Document
from geointel.config.kinds import Kinds, installed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pydantic

    from geointel.sources.base import SourceKind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "Partnership"


def schema(kinds: Kinds | None = None) -> dict[str, Any]:
    """Return the schema, with the installed kinds of source and layer and the keys that each has."""
    have = installed() if kinds is None else kinds
    document = Document.model_json_schema(by_alias=True)
    tables = document["$defs"]
    tables |= _choose(tables["SourceTable"], {name: kind.options for name, kind in have.sources.items()})
    _need_files(tables["SourceTable"], [name for name, kind in have.sources.items() if not _may_be_package(kind)])
    tables |= _choose(tables["LayerTable"], {name: kind.options for name, kind in have.layers.items()})
    tidied: dict[str, Any] = _tidy(document)
    return {"$schema": DIALECT, "title": TITLE, **tidied}


def schema_text(kinds: Kinds | None = None) -> str:
    """Return the schema as the text of ``schemas/partnership.json``."""
    return json.dumps(schema(kinds), indent=2, ensure_ascii=False) + "\n"


def _need_files(table: dict[str, Any], kinds: list[str]) -> None:
    """Ask the sources of these kinds for files: the others can be read from a package."""
    known = {"properties": {"kind": {"enum": sorted(kinds)}}}
    table.setdefault("allOf", []).append({"if": known, "then": {"required": ["files"]}})


def _may_be_package(kind: SourceKind) -> bool:
    return "package" in kind.options.model_fields


def _choose(table: dict[str, Any], options: Mapping[str, type[pydantic.BaseModel]]) -> dict[str, Any]:
    """Let ``kind`` select the other keys of a table; keys of no kind are refused. Returns the kinds' own tables."""
    table["properties"]["kind"] = {**table["properties"]["kind"], "enum": sorted(options)}
    del table["additionalProperties"]
    own = {name: model.model_json_schema(by_alias=True) for name, model in sorted(options.items())}
    table["allOf"] = [
        {"if": {"properties": {"kind": {"const": name}}}, "then": _keys(keys)}
        for name, keys in own.items()
        if keys.get("properties")
    ]
    if not table["allOf"]:
        del table["allOf"]
    table["unevaluatedProperties"] = False
    return {name: part for keys in own.values() for name, part in keys.get("$defs", {}).items()}


def _keys(own: Mapping[str, Any]) -> dict[str, Any]:
    return {key: own[key] for key in ("properties", "required") if key in own}


def _tidy(node: Any) -> Any:
    """Return the schema without made-up titles and nulls: TOML has no null, a key is left out instead."""
    if isinstance(node, list):
        return [_tidy(part) for part in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _tidy(part) for key, part in node.items() if part is not None and not _made_up(key, part)}
    choices = [choice for choice in kept.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        del kept["anyOf"]
        return choices[0] | kept
    return kept


def _made_up(key: str, part: Any) -> bool:
    """Whether this is the title that pydantic makes from a name, and not a property called title."""
    return key == "title" and isinstance(part, str)
