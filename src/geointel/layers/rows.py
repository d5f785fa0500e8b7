"""Layer rows: maps computed one by one, put together as one Arrow table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from geointel.errors import MethodError
from geointel.model import INCIDENTS, SIGNED_CLASSES, SPECIAL
from geointel.model.tables import WORD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.layers.base import LayerRequest
    from geointel.layers.counts import Counts
    from geointel.layers.cube import Cube
    from geointel.model import Window

SHOWN, NO_SUPPORT, INSUFFICIENT, NO_DATA = "shown", "no-support", "insufficient", "no-data"
QUANTILES = (0.2, 0.4, 0.6, 0.8)
BANDS = tuple(str(number) for number in range(len(QUANTILES) + 2))
"""Classes of a value in bands: zero, and five more."""
FOCUS = "drugs"
"""The category that a map of a drug partnership opens with."""


@dataclass(frozen=True)
class Block:
    """One map (or one area level): parallel arrays over its places.

    ``value`` and the kind's float columns are NaN where they are not known; ``classes`` are positions in
    ``words`` with −1 for none; ``support`` is −1 where it has no meaning.
    """

    place: Mapping[str, pa.Array]
    window: str
    category: str
    value: NDArray[np.float64]
    classes: NDArray[np.int64]
    support: NDArray[np.int64]
    status: NDArray[np.object_]
    columns: Mapping[str, Any] = field(default_factory=dict)


def assemble(blocks: list[Block], words: tuple[str, ...]) -> pa.Table:
    """Concatenate blocks into a table in the contract's column order."""
    tables = []
    for block in blocks:
        n = len(block.value)
        arrays: dict[str, pa.Array] = dict(block.place)
        arrays["window"] = word(np.full(n, block.window, dtype=object))
        arrays["category"] = word(np.full(n, block.category, dtype=object))
        arrays["value"] = nullable(block.value)
        arrays["class"] = class_words(block.classes, words)
        arrays["support"] = pa.array(block.support, pa.int32(), mask=block.support < 0)
        arrays["status"] = word(block.status)
        for name, values in block.columns.items():
            arrays[name] = values if isinstance(values, pa.Array) else nullable(values)
        tables.append(pa.table(arrays))
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def cell_place(resolution: int, cells: NDArray[np.int64]) -> dict[str, pa.Array]:
    """The place columns of a map of cells."""
    return {"resolution": pa.array(np.full(len(cells), resolution), pa.int8()), "cell": pa.array(cells, pa.int64())}


def area_place(level: str, codes: tuple[str, ...]) -> dict[str, pa.Array]:
    """The place columns of one area level."""
    return {"level": word(np.full(len(codes), level, dtype=object)), "code": word(np.array(codes, dtype=object))}


def nullable(values: NDArray[np.float64]) -> pa.Array:
    """Float column in which NaN is null: a null is never a zero."""
    values = np.asarray(values, dtype=np.float64)
    return pa.array(values, pa.float64(), mask=np.isnan(values))


def class_words(classes: NDArray[np.int64], words: tuple[str, ...]) -> pa.Array:
    """Dictionary column of class slugs; −1 is null."""
    codes = pa.array(classes, pa.int32(), mask=classes < 0)
    return pa.DictionaryArray.from_arrays(codes, pa.array(words, pa.string()))


def signed_codes(
    supported: NDArray[np.bool_], bins: NDArray[np.int8], insufficient: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Positions in ``SIGNED_CLASSES`` over all study cells; −1 without support or where insufficient."""
    codes = np.full(len(supported), -1, dtype=np.int64)
    codes[supported] = np.where(insufficient, -1, bins.astype(np.int64) + len(SIGNED_CLASSES) // 2)
    return codes


def tested_status(supported: NDArray[np.bool_], insufficient: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Status word of every study cell of a map that is tested."""
    words = np.full(len(supported), NO_SUPPORT, dtype=object)
    words[supported] = np.where(insufficient, INSUFFICIENT, SHOWN)
    return words


def real_breaks(values: NDArray[np.float64], digits: int) -> list[float]:
    """Upper bounds of classes 1 to 4 of a real number: 20, 40, 60, 80 %, rounded, each once and none at 0."""
    if not len(values):
        return []
    bounds = np.unique(np.round(np.quantile(values, QUANTILES), digits))
    found: list[float] = bounds[bounds > 0].tolist()
    return found


def banded(
    maps: Mapping[tuple[int, Window, str], Block], *, digits: int, zero: int = 0
) -> tuple[list[Block], dict[str, Any]]:
    """Maps with classes of ``BANDS`` from breaks: one set for each resolution, category and length of window.

    The breaks are those of all shown values above 0 of such maps, and are returned too, as a layer's spec has them. Class k
    goes up to the k-th of them; ``zero`` is the class of a value of 0. What is
    not shown has no class.
    """
    values: dict[tuple[str, str, str], list[NDArray[np.float64]]] = {}
    for (resolution, window, category), block in maps.items():
        values.setdefault((str(resolution), category, window.kind), []).append(
            block.value[_classed(block) & (block.value > 0)]
        )
    breaks: dict[str, Any] = {}
    for (place, category, kind), found in values.items():
        breaks.setdefault(place, {}).setdefault(category, {})[kind] = real_breaks(np.concatenate(found), digits)
    blocks = [
        replace(block, classes=_bands(block, breaks[str(resolution)][category][window.kind], zero))
        for (resolution, window, category), block in maps.items()
    ]
    return blocks, breaks


def stepped(
    maps: Mapping[tuple[int, Window, str], Block], breaks: Sequence[float]
) -> tuple[list[Block], dict[str, Any]]:
    """Maps with classes of ``BANDS`` from the same breaks everywhere, a value of 0 in the first; and the breaks as in a spec."""
    found: dict[str, Any] = {}
    for resolution, window, category in maps:
        found.setdefault(str(resolution), {}).setdefault(category, {})[window.kind] = list(breaks)
    return [replace(block, classes=_bands(block, breaks, 1)) for block in maps.values()], found


def _bands(block: Block, breaks: Sequence[float], zero: int) -> NDArray[np.int64]:
    above = np.searchsorted(np.asarray(breaks, dtype=np.float64), block.value, side="left") + 1
    return np.where(_classed(block), np.where(block.value > 0, above, zero), -1).astype(np.int64)


def _classed(block: Block) -> NDArray[np.bool_]:
    return np.asarray(block.status == SHOWN)


def special_share(counts: Counts, window: str, category: str) -> NDArray[np.float64]:
    """Share of the incidents at special points, 0 to 1; NaN where there is no incident."""
    incidents = counts.dense(INCIDENTS, window, category)
    special = counts.dense(SPECIAL, window, category)
    share: NDArray[np.float64] = np.divide(special, incidents, out=np.full(len(incidents), np.nan), where=incidents > 0)
    return share


def asked_cube(cube: Cube, request: LayerRequest) -> Cube:
    """Cube of the incidents that the request counts: without those at special points if it leaves them out."""
    return cube.without_special_points() if request.special_points == "out" else cube


def asked_windows(cube: Cube, request: LayerRequest) -> tuple[Window, ...]:
    """Windows of the kinds that the request asks for. Raises ``MethodError`` when there is none."""
    windows = tuple(window for window in cube.windows if window.kind in request.window_kinds)
    if not windows:
        asked = ", ".join(request.window_kinds)
        message = f"The layer {request.id!r} asks for {asked} windows, and the months at hand fill none."
        raise MethodError(message, remedy="Add months, or choose other `windows` for the layer.")
    return windows


def default_view(windows: tuple[Window, ...], request: LayerRequest) -> dict[str, Any]:
    """What the map shows first: the latest of the longest windows, and drugs where the layer has them."""
    longest = max(windows, key=lambda window: (len(window.months), window.months[-1]))
    category = FOCUS if FOCUS in request.categories else request.categories[0]
    return {"window": longest.id, "category": category, "resolution": request.default_resolution}


def word(values: NDArray[np.object_]) -> pa.Array:
    """Dictionary column of words; ``None`` is null."""
    return pa.array(values, pa.string()).dictionary_encode().cast(WORD)
