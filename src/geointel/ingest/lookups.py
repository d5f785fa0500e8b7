"""Tables of two columns of area codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv as pacsv

from geointel.errors import SchemaError

if TYPE_CHECKING:
    from pathlib import Path


def read_pairs(path: Path, columns: tuple[str, str], *, remedy: str) -> list[tuple[str, str]]:
    """Pairs of codes, in the order of the file; those with a blank side are left out.

    Raises ``SchemaError`` with the ``remedy`` when the file cannot be read or lacks a column.
    """
    first, second = columns
    try:
        options = pacsv.ConvertOptions(
            include_columns=list(dict.fromkeys(columns)), column_types=dict.fromkeys(columns, pa.string())
        )
        table = pacsv.read_csv(path, convert_options=options)
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        message = f"the lookup cannot be read ({str(error).splitlines()[0]})."
        raise SchemaError(message, file=path, remedy=remedy) from error
    return [pair for pair in zip(table[first].to_pylist(), table[second].to_pylist(), strict=True) if all(pair)]
