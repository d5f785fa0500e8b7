"""Rounding of counts to multiples of a base, each count by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.disclosure.whole_counts import keys_of, whole_counts
from geointel.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

BASE = 5
_KEYS = 2**64


def nearest(counts: ArrayLike, base: int = BASE) -> NDArray[np.int64]:
    """Round each count to the nearest multiple of ``base``, a half up.

    It is the same for the same count, so overlapping counts can be differenced: use it after another method, not alone.

    Raises ``MethodError`` if a count is negative or not whole, or the base is below 1.
    """
    true = whole_counts(counts)
    check_base(base)
    return np.asarray((2 * true + base) // (2 * base) * base)


def by_key(counts: ArrayLike, keys: ArrayLike, base: int = BASE) -> NDArray[np.int64]:
    """Round each count up with probability (n mod ``base``) / ``base``, else down, as its cell key says: unbiased, and always the same.

    A count is rounded up where key / 2⁶⁴ is below that share; the comparison is of whole numbers.

    Parameters
    ----------
    counts
        Counts, whole and not negative, shape ``(n,)``.
    keys
        Sum of the keys of the records of each cell modulo 2⁶⁴, ``uint64``, shape ``(n,)``.
    base
        What every result is a multiple of.

    Raises
    ------
    MethodError
        If a count is negative or not whole, a key is not an unsigned 64-bit number, shapes differ, or the base is below 1.
    """
    true = whole_counts(counts)
    key = keys_of(keys, true.shape)
    check_base(base)
    over = true % base
    # The least key that is not below over / base; a remainder is below the base, so it fits into 64 bits.
    thresholds = np.array([-(-rest * _KEYS // base) for rest in range(base)], dtype=np.uint64)
    return np.asarray(true - over + base * (key < thresholds[over]))


def check_base(base: int) -> None:
    """Raise unless numbers can be multiples of the base."""
    if base < 1:
        raise MethodError(
            f"Counts cannot be rounded to multiples of {base}.", remedy="Use a base of 1 or more, such as 5."
        )
