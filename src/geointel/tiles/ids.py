"""Feature ids of tiles: an H3 cell as a whole number that survives a float64.

An H3 index is a 64-bit number of which a cell uses few bits; read as a double (which is what
every JavaScript map does) it changes value. The compact id keeps base cell, digits in use and
resolution: ``(base cell + digits) << 4 | resolution``, ``7 + 3 r + 4`` bits, so at most 53 up to
resolution 14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import GridError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FINEST = 14
"""The finest resolution whose compact id is exact as a double."""

_MODE = np.uint64(1) << np.uint64(59)
_BODY = (np.uint64(1) << np.uint64(52)) - np.uint64(1)  # base cell and fifteen digits
_RESOLUTION_AT = np.uint64(52)
_FOUR_BITS = np.uint64(15)
_ONE = np.uint64(1)


def compact_ids(cells: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Compact id of every cell, uint64 (n,). Raises ``GridError`` above resolution 14."""
    bits = np.asarray(cells, dtype=np.int64).view(np.uint64)
    resolution = (bits >> _RESOLUTION_AT) & _FOUR_BITS
    _check(resolution)
    return (((bits & _BODY) >> _unused(resolution)) << np.uint64(4)) | resolution


def cells_of_ids(ids: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Cell of every compact id, int64 (n,): the inverse of ``compact_ids``."""
    ids = np.asarray(ids, dtype=np.uint64)
    resolution = ids & _FOUR_BITS
    _check(resolution)
    unused = _unused(resolution)
    body = ((ids >> np.uint64(4)) << unused) | ((_ONE << unused) - _ONE)  # unused digits are all ones
    return (_MODE | (resolution << _RESOLUTION_AT) | body).view(np.int64)


def _unused(resolution: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return np.uint64(3) * (np.uint64(15) - resolution)


def _check(resolution: NDArray[np.uint64]) -> None:
    if resolution.size and int(resolution.max()) > FINEST:
        message = "A cell of resolution 15 has no compact id: it needs 56 bits."
        raise GridError(message, remedy="Use the 15-character cell string, or resolution 14.")
