"""Published figures as a layer of need uses them: an estimate by authority with its interval, and numbers in treatment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from geointel.errors import MethodError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.layers.care.demand import DemandOptions
    from geointel.layers.care.ground import Ground
    from geointel.layers.cube import Cube


HALF = 0.5


@dataclass(frozen=True)
class Authorities:
    """Totals to be shared out, and the share of each cell in each authority, shape ``(n, a)``."""

    share: csr_array
    value: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    treated: NDArray[np.float64] | None
    facts: Mapping[str, Any]

    def only_known(self, people: NDArray[np.float64], totals: NDArray[np.float64]) -> NDArray[np.float64]:
        """Draws ``(d, n)`` with NaN in cells that lie mostly in authorities whose total, of ``(a,)``, is not known."""
        lost = np.asarray(self.share[:, np.flatnonzero(np.isnan(totals))].sum(axis=1)).ravel() > HALF
        return np.where(lost, np.nan, people)


def authorities_of(cube: Cube, ground: Ground, options: DemandOptions, group: str) -> Authorities:
    """Totals of one group by authority; all residents as one total where there is no estimate. Raises ``MethodError``."""
    if not options.estimate:
        total = np.array([ground.residents.sum()])
        return Authorities(csr_array(np.ones((len(ground.cells), 1))), total, total, total, None, {"estimate": None})
    level, period, rows = latest_figures(
        cube, options.estimate, options.indicator, group=group, method=options.method, period=options.period
    )
    codes = ground.codes[level]
    value, lower, upper = (by_code(rows, name, codes) for name in ("value", "lower", "upper"))
    facts: dict[str, Any] = {
        "estimate": {"source": options.estimate, "period": period, "level": level, "method": options.method or None}
    }
    facts["without_estimate"] = [code for code, one in zip(codes, value, strict=True) if np.isnan(one)]
    facts["without_interval"] = [
        code for code, one, end in zip(codes, value, lower, strict=True) if np.isnan(end) and not np.isnan(one)
    ]
    treated = None
    if options.treated and options.treated in cube.beside:
        name = options.treated_groups.get(group, group)
        _, year, found = latest_figures(cube, options.treated, options.treated_indicator, group=name, level=level)
        treated = by_code(found, "value", codes)
        facts["treated"] = {"source": options.treated, "period": year, "group": name}
        facts["treated_above_lower"] = [c for c, t, low in zip(codes, treated, lower, strict=True) if t > low]
        facts["treated_above_estimate"] = [c for c, t, v in zip(codes, treated, value, strict=True) if t > v]
    lower, upper = np.where(np.isnan(lower), value, lower), np.where(np.isnan(upper), value, upper)
    return Authorities(csr_array(ground.areas[level].T), value, lower, upper, treated, facts)


def by_code(rows: pa.Table, column: str, codes: tuple[str, ...]) -> NDArray[np.float64]:
    """A column of figures in the order of some areas; NaN where an area has none."""
    found = dict(zip(rows["code"].to_pylist(), rows[column].to_pylist(), strict=True))
    return np.array([np.nan if found.get(code) is None else float(found[code]) for code in codes])


def latest_figures(
    cube: Cube, source: str, indicator: str, *, group: str = "", method: str = "", period: str = "", level: str = ""
) -> tuple[str, str, pa.Table]:
    """Level, period and rows of one indicator, one row an area. Raises ``MethodError`` where that is none or more than one."""
    facts = cube.beside.get(source)
    rows = None if facts is None else facts.figures
    wanted = {"indicator": indicator, "group": group, "method": method, "period": period, "level": level}
    for column, word in wanted.items():
        if rows is not None and word:
            kept = rows.filter(pc.equal(rows[column].cast(pa.string()), word))
            if not kept.num_rows:
                have = ", ".join(sorted({str(one) for one in rows[column].to_pylist() if one is not None})) or "none"
                message = f"The source {source!r} has no {column} {word!r} of {indicator!r}."
                raise MethodError(message, remedy=f"It has {have}.")
            rows = kept
    if rows is None:
        message = f"The source {source!r} has no figures."
        raise MethodError(message, remedy="Name a source of the kind `area-indicator`.")
    rows = rows.filter(pc.is_valid(rows["level"].cast(pa.string())))
    last = max((str(one) for one in rows["period"].to_pylist()), default="")
    rows = rows.filter(pc.equal(rows["period"].cast(pa.string()), last))
    levels, methods = ({str(one) for one in rows[column].to_pylist()} for column in ("level", "method"))
    if len(levels) != 1 or len(methods) != 1:
        message = f"The figures {indicator!r} of {source!r} for {last or 'no period'} are of levels {sorted(levels)} and methods {sorted(methods)}."
        raise MethodError(message, remedy="Say `method`, and give the source one level of areas.")
    return levels.pop(), last, rows
