"""Did a count rise, fall, or neither, beyond chance alone? For counts that explain others, such as police activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.hotspots.change import change

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LEVEL = 0.1


def direction(
    before: ArrayLike, after: ArrayLike, *, level: float = LEVEL
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Return 1 where the count rose, −1 where it fell and 0 where neither is clear, and where that can be told at all.

    Parameters
    ----------
    before, after
        Whole counts of two windows of one length, shape ``(n,)``.
    level
        A count rose or fell where the exact two-sided p of the conditional test is not above this.

    Notes
    -----
    The test knows of chance alone, on purpose. A burst of searches is police activity, whether or not bursts are usual, and
    is what may explain a burst of recorded offences. The second array is false where not even all events in one window
    would reach the level (fewer than 5 at 0.1): "neither" would then be a claim without evidence.

    Raises
    ------
    MethodError
        If counts are not whole numbers from 0.
    """
    found = change(before, after)
    x0, x1 = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    enough: NDArray[np.bool_] = 2.0 * 0.5 ** (x0 + x1) <= level
    clear = enough & (np.nan_to_num(found.p, nan=1.0) <= level)
    return np.where(clear, np.sign(x1 - x0), 0).astype(np.int8), enough
