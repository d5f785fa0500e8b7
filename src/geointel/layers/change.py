"""``change``: is there more or less of it here than before, beyond the usual ups and downs?

Each window is compared with one of the same length: the one right before it, or the same months a year earlier. Classes
come from a beta-binomial test with the dispersion of the map, because the exact test finds changes on nearly every map
of bursty counts (``docs/validation/noise-change.md``). Beside them may stand what the police did (stops and searches) and
what harm was seen (ambulances called …) in the same windows: more recorded offences can be more policing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pydantic

from geointel import content
from geointel.errors import MethodError
from geointel.hotspots import benjamini_hochberg, direction, dispersed_change, signed_bins
from geointel.layers import rows
from geointel.layers.base import Beside, LayerKind
from geointel.layers.describe import describe, tests
from geointel.model import ALL, INCIDENTS, SIGNED_CLASSES, YEAR, Column, Layer, LayerSpec
from geointel.model.tables import WORD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.layers.base import LayerRequest
    from geointel.layers.cube import Cube
    from geointel.layers.lattice import Lattice
    from geointel.model import Window

    Pairs = Mapping[Window, Window]
    """Windows, each with the one that it is compared with."""


CAUTION = 1.3
"""Factor on the dispersion: maps of few cells estimate it badly, and would have too many false classes without."""

DRUG_SEARCHES = "stop-search-drugs"
"""What is taken of a source of police activity that has it; else everything."""

FELL, STEADY, ROSE = DIRECTIONS = ("fell", "steady", "rose")


class Options(pydantic.BaseModel):
    """What a window is compared with."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    against: Literal["previous", "year-before"] = "previous"
    """The window of the same length right before, or the same months a year earlier, which have the same season."""
    activity: tuple[str, ...] = ()
    """Sources that count what the police do: stops and searches. A rise says so where these rose too."""
    harm: tuple[str, ...] = ()
    """Sources that count harm, such as ambulances called or needles found. They stand beside the change."""


def compute(cube: Cube, request: LayerRequest) -> Layer:
    """After over before of every resolution, category and window that has one to compare with."""
    options = request.options if isinstance(request.options, Options) else Options()
    pairs = _pairs(cube, request, options)
    found = {
        (lattice.resolution, after.id, category): _block(lattice, cube, (before, after), category, options)
        for lattice in cube.lattices
        for after, before in pairs.items()
        for category in request.categories
    }
    rho: dict[str, dict[str, dict[str, float]]] = {}
    for (resolution, window, category), (_, dispersion) in found.items():
        rho.setdefault(str(resolution), {}).setdefault(category, {})[window] = dispersion
    return Layer(
        edition=cube.edition,
        spec=_spec(cube, request, pairs, parameters={"against": options.against, "dispersion": rho}, options=options),
        cells=rows.assemble([block for block, _ in found.values()], SIGNED_CLASSES),
    )


def _pairs(cube: Cube, request: LayerRequest, options: Options) -> Pairs:
    """Raises ``MethodError`` where no window has one to compare with."""
    known = {window.months: window for window in cube.windows}
    pairs: dict[Window, Window] = {}
    for after in rows.asked_windows(cube, request):
        back = YEAR if options.against == "year-before" else len(after.months)
        before = known.get(tuple(month - back for month in after.months))
        if before is not None:
            pairs[after] = before
    if not pairs:
        message = f"The layer {request.id!r} has no two windows to compare ({options.against})."
        raise MethodError(message, remedy="Add months, or choose other `windows`, or another `against`, for the layer.")
    return pairs


def _block(
    lattice: Lattice, cube: Cube, pair: tuple[Window, Window], category: str, options: Options
) -> tuple[rows.Block, float]:
    """One map, and its dispersion."""
    counts, seen = cube.cells[lattice.resolution], lattice.supported
    before, after = (counts.dense(INCIDENTS, window.id, category) for window in pair)
    x0, x1 = before[seen], after[seen]
    found = dispersed_change(x0, x1, caution=CAUTION)
    q = benjamini_hochberg(np.where(found.insufficient, np.nan, found.p))
    bins = signed_bins(x1 - x0, q)
    total = x0 + x1
    block = rows.Block(
        place=rows.cell_place(lattice.resolution, lattice.cells),
        window=pair[1].id,
        category=category,
        value=lattice.spread(_ratio(x1, x0)),
        classes=rows.signed_codes(seen, bins, found.insufficient),
        support=np.where(seen, before + after, -1).astype(np.int64),
        status=rows.tested_status(seen, found.insufficient),
        columns={
            "before": np.where(seen, before, np.nan),
            "after": np.where(seen, after, np.nan),
            "lower": lattice.spread(_ratio(found.low, total - found.low)),
            "upper": lattice.spread(_ratio(found.high, total - found.high)),
            "p": lattice.spread(found.p),
            "q": lattice.spread(q),
            **_activity(lattice, cube, pair, options),
            **_both("harm", lattice, [(one, ALL) for one in _cubes(cube, options.harm)], pair),
        },
    )
    return block, found.rho


def _activity(lattice: Lattice, cube: Cube, pair: tuple[Window, Window], options: Options) -> dict[str, Any]:
    """What the police did, before and after, and whether it rose: null where it is not known, or too little to tell."""
    named = [(one, _searches(one)) for one in _cubes(cube, options.activity)]
    columns = _both("activity", lattice, named, pair)
    before, after = columns.values()
    known = np.isfinite(before) & np.isfinite(after)
    sign, enough = direction(before[known], after[known])
    codes = np.full(len(known), -1, dtype=np.int64)
    codes[known] = np.where(enough, sign + DIRECTIONS.index(STEADY), -1)
    return {**columns, "activity": rows.class_words(codes, DIRECTIONS).cast(WORD)}


def _both(
    name: str, lattice: Lattice, cubes: Sequence[tuple[Cube, str]], pair: tuple[Window, Window]
) -> dict[str, NDArray[np.float64]]:
    """Counts of other sources before and after; NaN where there is none, or one that does not know the window or cell."""
    columns: dict[str, NDArray[np.float64]] = {}
    for when, window in zip(("before", "after"), pair, strict=True):
        each = [_known(one, lattice, window, category) for one, category in cubes]
        known = np.sum(each, axis=0) if each else np.full(len(lattice.cells), np.nan)
        columns[f"{name}_{when}"] = np.where(lattice.supported, known, np.nan)
    return columns


def _known(other: Cube, lattice: Lattice, window: Window, category: str) -> NDArray[np.float64]:
    """Incidents of another source on the same cells; NaN where its map cannot have any."""
    place = other.resolutions.index(lattice.resolution)
    counts, seen = other.cells[lattice.resolution], other.lattices[place].supported
    has_cells = any(measure == INCIDENTS for measure, _, _ in counts.slices)
    if window not in other.windows or not has_cells:
        return np.full(len(seen), np.nan)
    return np.where(seen, counts.dense(INCIDENTS, window.id, category), np.nan)


def _cubes(cube: Cube, names: Sequence[str]) -> list[Cube]:
    """Cubes of the named sources that the edition may know. Sources of one series share a cube, which counts once."""
    return list({id(cube.beside[name]): cube.beside[name] for name in names if name in cube.beside}.values())


def _searches(other: Cube) -> str:
    has = any(name == DRUG_SEARCHES for counts in other.cells.values() for _, _, name in counts.slices)
    return DRUG_SEARCHES if has else ALL


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quotient; NaN where nothing is below."""
    ratio: NDArray[np.float64] = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    return ratio


def _spec(
    cube: Cube, request: LayerRequest, pairs: Pairs, *, parameters: dict[str, object], options: Options
) -> LayerSpec:
    usual = (Column("lower", "Usual range from", digits=2), Column("upper", "Usual range to", digits=2))
    beside = {name: getattr(options, name) for name in ("activity", "harm")}
    shown = [f"{name}_{when}" for name, named in beside.items() if _cubes(cube, named) for when in ("before", "after")]
    return describe(
        cube,
        request,
        tuple(pairs),
        classes=content.signed_classes("change"),
        columns=(
            Column("value", content.layer_words("change").value_label, digits=2),
            *usual,
            "before",
            "after",
            "q",
            "p",
            *shown,
        ),
        parameters={
            **parameters,
            "pairs": {after.id: before.id for after, before in pairs.items()},
            "caution": CAUTION,
            "adjustment": "benjamini-hochberg",
            "tests": tests(cube),
            "activity": {name: _searches(cube.beside[name]) for name in options.activity if name in cube.beside},
            "harm": [name for name in options.harm if name in cube.beside],
        },
    )


def _beside(options: Options) -> Beside:
    return Beside(wanted=tuple(dict.fromkeys((*options.activity, *options.harm))))


LAYER = LayerKind(
    kind="change",
    title="Rise and fall",
    question="Is there more or less of it here than before, beyond the usual ups and downs?",
    unit="after divided by before",
    compute=compute,
    refuses={},
    options=Options,
    beside=_beside,
)
