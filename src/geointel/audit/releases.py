"""Two sets of published numbers of the same source: releases over time, and editions side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from geointel.audit.allowed import own_rows
from geointel.snapshot import layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geointel.snapshot import Edition

PLACES = {layout.FACTS: ("resolution", "cell"), layout.AREA_FACTS: ("level", "code"), layout.UNMAPPED: ("reason",)}
EXAMPLES = 3
Number = tuple[Any, ...]


@dataclass(frozen=True)
class Comparison:
    """``compared`` numbers of windows that both have; ``different`` of them are not the same, ``examples`` names some."""

    compared: int
    different: int
    examples: tuple[str, ...]


def compare(first: Edition, second: Edition, source: str) -> Comparison:
    """Every number of a source in the windows that two editions both have. A number that only one shows differs too."""
    compared, examples = 0, []
    for path in PLACES:
        have = [numbers_of(edition, path, source) for edition in (first, second)]
        both = {key[0] for key in have[0]} & {key[0] for key in have[1]}
        keys = {key for numbers in have for key in numbers if key[0] in both}
        compared += len(keys)
        examples += [key for key in sorted(keys, key=str) if have[0].get(key) != have[1].get(key)]
    return Comparison(compared, len(examples), tuple(" ".join(map(str, key)) for key in examples[:EXAMPLES]))


def numbers_of(edition: Edition, path: str, source: str) -> Mapping[Number, float]:
    """Published numbers of a source by window, category, measure and place."""
    if path not in edition.manifest["files"]:
        return {}
    table = own_rows(edition, path, source)
    names = [name for name in ("window", "category", "measure", *PLACES[path]) if name in table.column_names]
    columns = [_plain(table[name]).to_pylist() for name in names]
    return dict(zip(zip(*columns, strict=True), table["value"].to_pylist(), strict=True))


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
