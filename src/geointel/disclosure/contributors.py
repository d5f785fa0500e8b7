"""Counts that few persons or places make up, or one of them nearly all of: they would tell how often one was there.

The rule is that of the least number of contributors and of their greatest share; the latter is the (n, k) rule of dominance with n = 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.disclosure.policy import Rule

    Concentrated = tuple[NDArray[np.int64], Mapping[str, frozenset[str]]]
    """Cells, and codes of areas by level."""


def concentrated(rows: pa.Table, rule: Rule) -> Concentrated:
    """Cells and areas of which some count of ``rows`` (as ``CONCENTRATION``) breaks the rule on persons and places.

    A count below the least number of contributors can have no more of them; the change of counts protects it.
    """
    value, largest = rows["value"].to_numpy(), rows["largest"].to_numpy()
    few = rows["contributors"].to_numpy() < rule.min_contributors
    broken = (value >= rule.min_contributors) & (few | (largest > rule.max_share * value))
    rows = rows.filter(pa.array(broken))
    areas: dict[str, set[str]] = {}
    for level, code in zip(rows["level"].to_pylist(), rows["code"].to_pylist(), strict=True):
        if level is not None:
            areas.setdefault(level, set()).add(code)
    return np.unique(rows["cell"].drop_null().to_numpy()), {level: frozenset(codes) for level, codes in areas.items()}
