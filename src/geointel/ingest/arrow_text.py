"""Arrow columns as text, and points as numbers in text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOT_A_POINT = "not a point"
POINT = 0
"""Type of a geometry, as GEOS numbers them."""


def can_be_text(kind: pa.DataType) -> bool:
    """Whether a column holds single values that have a text."""
    if pa.types.is_dictionary(kind):
        return can_be_text(kind.value_type)
    nested = pa.types.is_nested(kind) or pa.types.is_map(kind)
    blobs = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    return not nested and not blobs


def text_of(column: pa.Array) -> list[str]:
    """The values as text: dates and times as ISO, UTC marked by ``Z``, whole numbers without a point; null is blank.

    Raises ``pyarrow.ArrowException`` for a type that has no text.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    zoned = pa.types.is_timestamp(kind) and kind.tz is not None
    if zoned:
        column = column.cast(pa.timestamp(kind.unit))
    texts = column.cast(pa.large_string())
    if zoned:
        texts = pc.binary_join_element_wise(texts, pa.scalar("Z", pa.large_string()), pa.scalar("", pa.large_string()))
    found: list[str] = texts.fill_null("").to_pylist()
    return found


def points_of(column: pa.Array) -> tuple[list[str], list[str]]:
    """Well-known binary as ``x`` and ``y``: blank where there is no geometry, words where it is no point."""
    raw = column.to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(raw, on_invalid="ignore")
    broken = shapely.is_missing(shapes) & np.array([part is not None for part in raw], dtype=bool)
    blank = ~broken & (shapely.is_missing(shapes) | shapely.is_empty(shapes))
    right = (shapely.get_type_id(shapes) == POINT) & ~blank
    placed = np.where(right, shapes, None)
    return _words(shapely.get_x(placed), right, blank), _words(shapely.get_y(placed), right, blank)


def _words(values: NDArray[np.float64], right: NDArray[np.bool_], blank: NDArray[np.bool_]) -> list[str]:
    return [
        repr(float(value)) if good else "" if empty else NOT_A_POINT
        for value, good, empty in zip(values, right, blank, strict=True)
    ]
