"""Counts, and the keys of their cells, as the methods before a release take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def whole_counts(counts: ArrayLike, what: str = "count") -> NDArray[np.int64]:
    """Return counts as whole numbers of their own shape; raise ``MethodError`` if one is negative or not whole."""
    found = np.asarray(counts)
    if found.size == 0:
        return found.astype(np.int64)
    if found.dtype.kind == "f" and bool(np.isfinite(found).all()) and bool((found == np.rint(found)).all()):
        found = found.astype(np.int64)
    if found.dtype.kind not in "iu" or found.min() < 0:
        raise MethodError(f"A {what} is negative or not a whole number.", remedy="Give counts of records.")
    return found.astype(np.int64)


def keys_of(keys: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.uint64]:
    """Return the keys of cells; raise ``MethodError`` unless they are unsigned 64-bit numbers, one for each count."""
    found = np.asarray(keys)
    if found.shape != shape or found.dtype != np.uint64:
        raise MethodError(
            f"Keys of shape {found.shape} and type {found.dtype} do not belong to counts of shape {shape}.",
            remedy="Give one unsigned 64-bit key for each count.",
        )
    return found
