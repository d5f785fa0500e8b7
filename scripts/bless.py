"""Rewrite every generated file. Look at the difference before you commit it.

::

    python scripts/bless.py            rewrite
    python scripts/bless.py --check    only say which files differ
"""

from __future__ import annotations

import argparse
import json
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Node = Mapping[str, Any]

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- generated: keys -->", "<!-- end -->"
GOLDEN = ROOT / "tests" / "golden"
"""Its folders may have a ``statements.py`` whose function ``statements`` gives files and their texts."""
SAMPLES = ROOT / "tests" / "golden" / "sources" / "samples.py"
CONFIGURATION = ROOT / "docs" / "configuration.md"

PATTERNS = {
    r"\d{4}-(0[1-9]|1[0-2])": 'month, as `"2025-01"`',
    r"^\d{4}-\d{2}-\d{2}$": "date, as `2026-12-31`",
    "env:": '`"env:NAME"`',
    "[a-z0-9][a-z0-9_-]*": "id",
}
"""What a pattern in the schema means to people."""
TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}


def generated() -> dict[Path, str]:
    """Every generated file with the text that it should have."""
    from geointel.config import schema, schema_text  # noqa: PLC0415 - the module can be read without the package
    from geointel_api.app import description_text  # noqa: PLC0415

    page = CONFIGURATION.read_text(encoding="utf-8")
    golden = [runpy.run_path(str(path))["statements"]() for path in sorted(GOLDEN.glob("*/statements.py"))]
    return {
        ROOT / "schemas" / "partnership.json": schema_text(),
        ROOT / "schemas" / "openapi.json": description_text(),
        CONFIGURATION: between_marks(page, key_tables(schema())),
        **{path: text for statements in golden for path, text in statements},
        **dict(runpy.run_path(str(SAMPLES))["expected"]()),
    }


def between_marks(page: str, text: str) -> str:
    """The page with ``text`` between its marks. Raises ``ValueError`` when it does not have them once each."""
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        message = f"{CONFIGURATION.name} needs {BEGIN} and {END}, once each."
        raise ValueError(message)
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{text}\n{END}{rest.partition(END)[2]}"


def key_tables(schema: Node) -> str:
    """One Markdown table for each table of the partnership file, in the file's order."""
    first: dict[str, str] = {}
    parts = []
    for title, name in _sections(schema, schema, ""):
        if name in first:
            parts.append(f"### `{title}`\n\nThe keys of `{first[name]}`.\n")
        else:
            first[name] = title
            parts.append(_section(f"`{title}`", schema["$defs"][name]))
            parts += _kinds(schema, schema["$defs"][name], title)
    return "\n".join(parts)


def _kinds(schema: Node, table: Node, title: str) -> Iterator[str]:
    """The keys that each kind of a table has of its own."""
    for choice in table.get("allOf", ()):
        kind = choice["if"]["properties"]["kind"].get("const")
        if kind is None:  # what holds for several kinds stands in the table of keys
            continue
        yield _section(f"`{title}` of the kind `{kind}`", {"description": "Its own keys.", **choice["then"]})
        for inside, name in _sections(schema, choice["then"], f"{title.strip('[]')}."):
            yield _section(f"`{inside}` of the kind `{kind}`", schema["$defs"][name])


def _sections(schema: Node, table: Node, prefix: str) -> Iterator[tuple[str, str]]:
    """Title and definition of every table below ``table``."""
    for key, node in table["properties"].items():
        path = f"{prefix}{key}"
        for title, name in _tables(node, path):
            yield title, name
            yield from _sections(schema, schema["$defs"][name], f"{title.strip('[]')}.")


def _tables(node: Node, path: str) -> list[tuple[str, str]]:
    """The table that a key holds, or an item of its list, or what stands under a name of one's own."""
    forms = (
        (node, f"[{path}]"),
        (node.get("items", {}), f"[[{path}]]"),
        (node.get("additionalProperties", {}), f"[{path}.NAME]"),
    )
    return [
        (title, part["$ref"].rpartition("/")[2]) for part, title in forms if isinstance(part, dict) and "$ref" in part
    ]


def _section(title: str, table: Node) -> str:
    required = set(table.get("required", ()))
    about = table["description"].replace("``", "`")
    lines = [f"### {title}", "", about, "", "| key | value | default | what |", "|---|---|---|---|"]
    for key, node in table["properties"].items():
        default = "**needed**" if key in required else _default(node)
        lines.append(f"| `{key}` | {value_of(node)} | {default} | {node.get('description', '')} |")
    return "\n".join([*lines, ""])


def _default(node: Node) -> str:
    found = node.get("default")
    return "" if found in (None, [], {}) or isinstance(found, dict) else f"`{json.dumps(found)}`"


def value_of(node: Node) -> str:
    """What may stand in a key, in words."""
    if "enum" in node or "const" in node:
        return ", ".join(f'`"{word}"`' for word in node.get("enum", [node.get("const")]))
    if "anyOf" in node:
        return " or ".join(value_of(choice) for choice in node["anyOf"])
    if node.get("type") == "array":
        return f"list: {value_of(node['items'])}"
    return _simple(node) if node.get("type") in TYPES else _nested(node)


def _nested(node: Node) -> str:
    inside = node.get("additionalProperties")
    return f"table by name: {value_of(inside)}" if isinstance(inside, dict) else "table"


def _simple(node: Node) -> str:
    for part, words in PATTERNS.items():
        if part in node.get("pattern", ""):
            return words
    low, high = node.get("minimum"), node.get("maximum")
    span = (
        f", {low:g} to {high:g}"
        if low is not None and high is not None
        else f", from {low:g}"
        if low is not None
        else ""
    )
    return TYPES[node["type"]] + span


def main() -> int:
    """Rewrite or compare; the exit code of ``--check`` says whether all files are as generated."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing, only say which files differ")
    options = parser.parse_args()
    differs = 0
    for path, text in generated().items():
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        differs += 1
        print(f"{path.relative_to(ROOT)} {'differs' if options.check else 'rewritten'}")
        if not options.check:
            path.write_text(text, encoding="utf-8")
    if not differs:
        print("Every generated file is up to date.")
    return 1 if options.check and differs else 0


if __name__ == "__main__":
    sys.exit(main())
